// Writes the reports of a run: report.json, which is the truth, and the files that are made from it.
import path from 'node:path'
import { writeAtomically } from './atomic.ts'
import { reportHtml } from './html.ts'
import { reportMarkdown } from './markdown.ts'
import { ReportError } from './report-error.ts'
import { type RunRecord, runRecordSchema } from './run-record.ts'
import { findingsSarif } from './sarif.ts'
import { visibleJson } from './visible.ts'

/** Paths of the files of one run. */
export interface ReportFiles {
  readonly html: string
  readonly json: string
  readonly markdown: string
  readonly sarif: string
}

/**
 * Writes all reports into `dir`, which must exist. report.json comes first and whole, so that it is there even if the disk fills up
 * afterwards. Throws ReportError if the record is not valid or a file cannot be written.
 */
export async function writeReports(record: RunRecord, dir: string): Promise<ReportFiles> {
  const valid = validRecord(record)
  const files = {
    html: path.join(dir, 'report.html'),
    json: path.join(dir, 'report.json'),
    markdown: path.join(dir, 'report.md'),
    sarif: path.join(dir, 'findings.sarif'),
  }
  await writeAtomically(files.json, visibleJson(valid))
  await writeAtomically(files.html, reportHtml(valid))
  await writeAtomically(files.markdown, reportMarkdown(valid))
  await writeAtomically(files.sarif, visibleJson(findingsSarif(valid)))
  return files
}

/** The record, if it is one; else a ReportError that names the first field that is not as it must be. */
export function validRecord(record: unknown): RunRecord {
  const checked = runRecordSchema.safeParse(record)
  if (checked.success) return checked.data
  const [issue, ...others] = checked.error.issues
  const where = issue === undefined || issue.path.length === 0 ? 'its top level' : issue.path.map(String).join('.')
  const rest = others.length === 0 ? '' : ` (and ${others.length} more)`
  throw new ReportError(
    `The run record is not valid at ${where}: ${issue?.message ?? 'unknown defect'}${rest}; no report was written. Mend what fills that field: docs/report-format.md says what it means.`,
    { cause: checked.error },
  )
}

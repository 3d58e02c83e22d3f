// Writes the reports of a run: report.json, which is the truth, and the files that are made from it (formats.ts has the table of them).
import path from 'node:path'
import { writeAtomically } from './atomic.ts'
import { FORMATS, type Format, type FormatName } from './formats.ts'
import { firstIssue } from './read-record.ts'
import { ReportError } from './report-error.ts'
import { list } from './results.ts'
import { type RunRecord, runRecordSchema } from './run-record.ts'

/** Paths of the files of one run, by the name of their format. */
export type ReportFiles = Readonly<Record<FormatName, string>>

/**
 * Writes all reports into `dir`, which must exist. report.json comes first and whole, so that it is there even if the disk fills up
 * afterwards. Throws ReportError if the record is not valid or a file cannot be written.
 */
export async function writeReports(record: RunRecord, dir: string): Promise<ReportFiles> {
  return (await writeFormats(record, dir, FORMATS)) as ReportFiles
}

/**
 * Writes some of the formats. Returns their paths by name. One that cannot be made costs none of the others: a night's findings must not be
 * lost to a defect in the tenth of its reports. Throws ReportError all the same, in the end.
 *
 * @param signal no more are begun once it is aborted
 */
export async function writeFormats(
  record: RunRecord,
  dir: string,
  formats: readonly Format[],
  signal?: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const valid = validRecord(record)
  const files: Record<string, string> = {}
  const failures: { readonly file: string; readonly error: unknown }[] = []
  for (const format of formats) {
    if (signal?.aborted) break
    const file = path.join(dir, format.file)
    const text = await textOf(format, valid)
    if ('error' in text) failures.push({ file, ...text })
    else {
      await writeAtomically(file, text.text)
      files[format.name] = file
    }
  }
  if (failures.length === 0) return files
  const which = failures.map(({ file, error }) => `${file} (${error instanceof Error ? error.message : String(error)})`)
  throw new ReportError(
    `Cannot make ${list(which)}: a defect of the gauntlet. All other reports are written, and "gauntlet report write" makes these again once it is mended.`,
    { cause: failures[0]?.error },
  )
}

async function textOf(format: Format, record: RunRecord): Promise<{ text: string } | { error: unknown }> {
  try {
    return { text: await format.text(record) }
  } catch (error) {
    return { error }
  }
}

/** The record, if it is one; else a ReportError that names the first field that is not as it must be. */
export function validRecord(record: unknown): RunRecord {
  const checked = runRecordSchema.safeParse(record)
  if (checked.success) return checked.data
  const others = checked.error.issues.length - 1
  const rest = others === 0 ? '' : ` (and ${others} more)`
  throw new ReportError(
    `The run record is not valid at ${firstIssue(checked.error.issues)}${rest}; no report was written. Mend what fills that field: docs/report-format.md says what it means.`,
    { cause: checked.error },
  )
}

// Reads what a run has left in its directory, for the history: its report, and whom its summary told.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { RUN_SUMMARY_FILE, runSummarySchema } from '../../reports/over-time/run-summary.ts'
import { type RunRecord, runRecordSchema } from '../../reports/run-record.ts'

export const REPORT = 'report.json'
/** Reports have some megabytes; what is larger than this was not written by a run. */
const MAX_BYTES = 512 * 2 ** 20

/** There is no report here, or it is none of this version; the message says where and why. */
export class StoredRunError extends Error {
  override readonly name = 'StoredRunError'
}

/** @param path of report.json @throws {StoredRunError} */
export function readReport(path: string): RunRecord {
  const parsed = runRecordSchema.safeParse(readJson(path))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new StoredRunError(
    `${path} is no report of this version of the project: at ${issue?.path.map(String).join('.') || 'its top level'}: ${issue?.message ?? 'not valid'}.`,
  )
}

function readJson(path: string): unknown {
  try {
    const info = statSync(path)
    if (!info.isFile() || info.size > MAX_BYTES) throw new StoredRunError(`${path} is no report: it is not a file, or too large.`)
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) throw new StoredRunError(`${path} is no report: it is not JSON.`)
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new StoredRunError(`${path} cannot be read (${code}): name the directory of a run, or its report.json.`)
  }
}

/** Ids of the findings that the run's summary told of; none if it has no summary. */
export function notifiedBy(directory: string): readonly string[] {
  try {
    const parsed = runSummarySchema.safeParse(readJson(join(directory, RUN_SUMMARY_FILE)))
    return parsed.success ? parsed.data.notify.map(({ id }) => id) : []
  } catch (error) {
    if (error instanceof StoredRunError) return []
    throw error
  }
}

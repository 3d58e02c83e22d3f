// Reads what a run has left in its directory, for the history: its report, and whom its summary told.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { RUN_SUMMARY_FILE, runSummarySchema } from '../../reports/over-time/run-summary.ts'
import { jsonOf, MAX_REPORT_BYTES, readRecord } from '../../reports/read-record.ts'
import type { RunRecord } from '../../reports/run-record.ts'

/** There is no report here, or it is none of this version; the message says where and why. */
export class StoredRunError extends Error {
  override readonly name = 'StoredRunError'
}

/** @param path of report.json @throws {StoredRunError} */
export function readReport(path: string): RunRecord {
  const read = readRecord(readWhole(path))
  if ('record' in read) return read.record
  throw new StoredRunError(`${path} ${read.problem}.`)
}

function readWhole(path: string): Uint8Array {
  try {
    const info = statSync(path)
    if (!info.isFile() || info.size > MAX_REPORT_BYTES)
      throw new StoredRunError(`${path} is no report: it is not a file, or too large.`)
    return readFileSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new StoredRunError(`${path} cannot be read (${code}): name the directory of a run, or its report.json.`)
  }
}

/** Ids of the findings that the run's summary told of; none if it has no summary. */
export function notifiedBy(directory: string): readonly string[] {
  try {
    const parsed = runSummarySchema.safeParse(jsonOf(readWhole(join(directory, RUN_SUMMARY_FILE))))
    return parsed.success ? parsed.data.notify.map(({ id }) => id) : []
  } catch (error) {
    if (error instanceof StoredRunError) return []
    throw error
  }
}

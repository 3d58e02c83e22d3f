// Finds the report of a run by what somebody types: its name, its directory, or the path of its report.json.
import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { REPORT_FILE } from '../../reports/read-record.ts'
import { StoredRunError } from './stored-run.ts'

/** @returns the path of its report.json @throws {StoredRunError} if there is none */
export function findReport(reports: string, named: string): string {
  for (const path of [resolve(named), resolve(reports, named)]) {
    const info = statSync(path, { throwIfNoEntry: false })
    if (info?.isFile()) return path
    if (info?.isDirectory() && isThere(join(path, REPORT_FILE))) return join(path, REPORT_FILE)
  }
  throw new StoredRunError(
    `${JSON.stringify(named)} is no run: name a directory with a report.json in it, such a file, or a run in ${reports} ("gauntlet report list" lists them).`,
  )
}

/** What may not be looked at counts as there: whoever reads it says why that cannot be. */
function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return true
  }
}

// What a report.json says, if it is one: whoever reads the report of a run begins here, whatever it then makes of one that is none.
import { type RunRecord, runRecordSchema } from './run-record.ts'
import { visible } from './visible.ts'

export const REPORT_FILE = 'report.json'
/** Reports have some megabytes; what is larger than this was not written by a run. */
export const MAX_REPORT_BYTES = 512 * 2 ** 20

/** The record, or what is wrong in a few words that fit behind the name of the file. */
export type ReadRecord = { readonly record: RunRecord } | { readonly problem: string }

export function readRecord(content: Uint8Array): ReadRecord {
  const value = jsonOf(content)
  if (value === undefined) return { problem: 'is no report: it is not JSON' }
  const checked = runRecordSchema.safeParse(value)
  return checked.success
    ? { record: checked.data }
    : { problem: `is no report of this version of the project: at ${firstIssue(checked.error.issues)}` }
}

/** The first place that is not as it must be, and what is wrong there; made visible, since the file says both. */
export function firstIssue(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  const [issue] = issues
  return `${visible(issue?.path.map(String).join('.') || 'its top level')}: ${visible(issue?.message ?? 'not valid')}`
}

/** Undefined if it is no JSON in UTF-8. */
export function jsonOf(content: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content))
  } catch {
    return undefined
  }
}

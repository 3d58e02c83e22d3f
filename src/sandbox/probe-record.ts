// What a probe reported, as one typed record: from a list of calls to a finding that can be stored, compared and shown.
import type { RESULT_STATUSES } from './host/abi/native.ts'
import type { Report } from './host/reports.ts'

export type ProbeStatus = (typeof RESULT_STATUSES)[number]

/** Texts are the guest's, as it wrote them; whoever shows them neutralises them (OUT-01 to OUT-03). */
export interface ProbeRecord {
  readonly status: ProbeStatus
  /** Null if the probe measured none. */
  readonly value: number | null
  readonly unit: string
  readonly message: string
  /** In the order in which they were reported; a name that came twice is there twice. */
  readonly timings: readonly { readonly name: string; readonly nanoseconds: number }[]
}

/**
 * The record of one call. The last result counts, so that a probe can begin with the worst and correct itself; timings count whenever they came.
 *
 * @returns null if there is no result among the reports, timings or not: `unknown` is something that a probe says, and this one said nothing
 */
export function probeRecord(reports: readonly Report[]): ProbeRecord | null {
  const result = reports.findLast((report) => report.type === 'result')
  if (!result) return null
  const { status, value, unit, message } = result
  const timings = reports.flatMap((report) =>
    report.type === 'timing' ? [{ name: report.name, nanoseconds: report.nanoseconds }] : [],
  )
  return { status, value, unit, message, timings }
}

// What a guest reports fills the embedder's memory, so its number and its texts are bounded (RES-07, RES-08).
import type { HostContext } from '../context.ts'
import { ERRNO, GuestFault } from '../errno.ts'
import type { Report } from '../reports.ts'

/**
 * Hands a report to the embedder.
 *
 * @param bytes of its texts, UTF-8
 * @throws {GuestFault} `dquot` if a quota would be exceeded; one that is too long takes nothing from those that follow
 */
export function report(context: HostContext, made: Report, bytes: number): void {
  const { reported, grants } = context
  if (reported.count + 1 > grants.reports.count) throw exceeded(context, 'reports', grants.reports.count)
  if (reported.bytes + bytes > grants.reports.bytes) throw exceeded(context, 'reportBytes', grants.reports.bytes)
  reported.count++
  reported.bytes += bytes
  context.report(made)
}

function exceeded({ reported, event }: HostContext, quota: 'reports' | 'reportBytes', limit: number): GuestFault {
  if (!reported.told.has(quota)) {
    reported.told.add(quota)
    const unit = quota === 'reports' ? 'reports' : 'bytes of reports'
    event({ type: 'quota-exceeded', severity: 'warning', message: `The guest used up its ${limit} ${unit}.`, quota, limit })
  }
  return new GuestFault(ERRNO.dquot)
}

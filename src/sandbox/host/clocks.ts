// The clocks as a guest sees them: rounded down to the granularity of the policy (WSI-10, ENG-06).
import type { HostContext } from './context.ts'
import { ERRNO, GuestFault } from './errno.ts'

const REALTIME = 0
const MONOTONIC = 1

/**
 * Nanoseconds of the clock, unrounded. CPU-time clocks would show the host's load, so they are not offered.
 *
 * @throws {GuestFault} `notsup`, `inval`
 */
export function exactTime(id: number): bigint {
  if (id === REALTIME) return BigInt(Date.now()) * 1_000_000n
  if (id === MONOTONIC) return process.hrtime.bigint()
  throw new GuestFault(id === 2 || id === 3 ? ERRNO.notsup : ERRNO.inval)
}

export const roundedDown = (time: bigint, granularity: bigint): bigint => time - (time % granularity)

/** The time of day for whatever carries one; 0 for a guest without a clock. */
export function realtime({ grants }: HostContext): bigint {
  return grants.clock ? roundedDown(exactTime(REALTIME), BigInt(grants.clock.granularityNs)) : 0n
}

// The clocks as a guest sees them: rounded down to the granularity of the policy (WSI-10, ENG-06).
import type { HostContext } from './context.ts'
import { ERRNO, GuestFault } from './errno.ts'

const REALTIME = 0
const MONOTONIC = 1

/**
 * CPU-time clocks would show the host's load, so they are not offered.
 *
 * @throws {GuestFault} `notsup`, `inval`
 */
export function checkClock(id: number): void {
  if (id !== REALTIME && id !== MONOTONIC) throw new GuestFault(id === 2 || id === 3 ? ERRNO.notsup : ERRNO.inval)
}

/**
 * Nanoseconds of the clock, unrounded.
 *
 * @throws {GuestFault} `notsup`, `inval`
 */
export function exactTime(id: number): bigint {
  checkClock(id)
  return id === REALTIME ? BigInt(Date.now()) * 1_000_000n : process.hrtime.bigint()
}

export const roundedDown = (time: bigint, granularity: bigint): bigint => time - (time % granularity)

/** The time of day for whatever carries one; 0 for a guest without a clock. */
export function realtime({ grants }: HostContext): bigint {
  return grants.clock ? roundedDown(exactTime(REALTIME), BigInt(grants.clock.granularityNs)) : 0n
}

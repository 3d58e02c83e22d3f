// clock_*: rounded down to the granularity of the policy, so that a guest has no timer finer than what it was granted (WSI-10, ENG-06).
import { ERRNO, GuestFault } from '../errno.ts'
import { type Handler, memoryOf } from '../handler.ts'

const REALTIME = 0
const MONOTONIC = 1

/** Nanoseconds of the clock, unrounded. CPU-time clocks would show the host's load, so they are not offered. */
function now(id: number): bigint {
  if (id === REALTIME) return BigInt(Date.now()) * 1_000_000n
  if (id === MONOTONIC) return process.hrtime.bigint()
  throw new GuestFault(id === 2 || id === 3 ? ERRNO.notsup : ERRNO.inval)
}

export const clockCalls: Readonly<Record<string, Handler>> = {
  clock_time_get: (context, args) => {
    const granularity = BigInt(context.grants.clock!.granularityNs)
    const time = now(args.i32('id'))
    memoryOf(context).writeU64(args.i32('time'), time - (time % granularity))
    return ERRNO.success
  },
  clock_res_get: (context, args) => {
    now(args.i32('id'))
    memoryOf(context).writeU64(args.i32('resolution'), BigInt(context.grants.clock!.granularityNs))
    return ERRNO.success
  },
}

// clock_*: rounded down to the granularity of the policy, so that a guest has no timer finer than what it was granted (WSI-10, ENG-06).
import { checkClock, exactTime, roundedDown } from '../clocks.ts'
import { ERRNO } from '../errno.ts'
import { type Handler, memoryOf } from '../handler.ts'

export const clockCalls: Readonly<Record<string, Handler>> = {
  clock_time_get: (context, args) => {
    const granularity = BigInt(context.grants.clock!.granularityNs)
    memoryOf(context).writeU64(args.i32('time'), roundedDown(exactTime(args.i32('id')), granularity))
    return ERRNO.success
  },
  clock_res_get: (context, args) => {
    checkClock(args.i32('id'))
    memoryOf(context).writeU64(args.i32('resolution'), BigInt(context.grants.clock!.granularityNs))
    return ERRNO.success
  },
}

// proc_exit and sched_yield.
import { ERRNO } from '../errno.ts'
import type { Handler } from '../handler.ts'

export const processCalls: Readonly<Record<string, Handler>> = {
  proc_exit: (context, args) => {
    // The gate sees the death and traps: nothing of the guest runs after this (CTL-01, CTL-11).
    context.death = { kind: 'exited', code: args.i32('rval') }
    return ERRNO.success
  },
  sched_yield: () => ERRNO.success,
}

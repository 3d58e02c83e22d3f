// result_report and result_timing: what a probe found out, and how long its parts took.
import { RESULT_STATUSES } from '../abi/native.ts'
import { ERRNO, GuestFault } from '../errno.ts'
import { readText } from '../guest-text.ts'
import type { Handler } from '../handler.ts'
import { readChoice } from './parameters.ts'
import { report } from './report-quota.ts'

/** 104 days; beyond it a number no longer holds every nanosecond. */
const MAX_NANOSECONDS = BigInt(Number.MAX_SAFE_INTEGER)

export const resultCalls: Readonly<Record<string, Handler>> = {
  result_report: (context, args) => {
    const status = readChoice(args, 'status', RESULT_STATUSES)
    const unit = readText(context, args, 'unit')
    const message = readText(context, args, 'message')
    const given = args.f64('value')
    if (Math.abs(given) === Number.POSITIVE_INFINITY) throw new GuestFault(ERRNO.inval)
    const value = Number.isNaN(given) ? null : given
    report(context, { type: 'result', status, value, unit, message }, args.i32('unit_len') + args.i32('message_len'))
    return ERRNO.success
  },
  result_timing: (context, args) => {
    const name = readText(context, args, 'name')
    const nanoseconds = args.i64('nanoseconds')
    if (name === '' || nanoseconds > MAX_NANOSECONDS) throw new GuestFault(ERRNO.inval)
    report(context, { type: 'timing', name, nanoseconds: Number(nanoseconds) }, args.i32('name_len'))
    return ERRNO.success
  },
}

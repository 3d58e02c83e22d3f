// metric_record: one value of a metric. Names are what metric systems take, so that a name can never be read as more than one field.
import { METRIC_KINDS } from '../abi/native.ts'
import { ERRNO, GuestFault } from '../errno.ts'
import { readText } from '../guest-text.ts'
import type { Handler } from '../handler.ts'
import { readChoice } from './parameters.ts'
import { report } from './report-quota.ts'

const NAME = /^[A-Za-z_][A-Za-z0-9_.:/-]*$/

export const metricCalls: Readonly<Record<string, Handler>> = {
  metric_record: (context, args) => {
    const kind = readChoice(args, 'kind', METRIC_KINDS)
    const name = readText(context, args, 'name')
    const unit = readText(context, args, 'unit')
    const value = args.f64('value')
    // No sum and no mean survives one value that is not finite, and JSON has no word for it.
    if (!NAME.test(name) || !Number.isFinite(value)) throw new GuestFault(ERRNO.inval)
    report(context, { type: 'metric', kind, name, value, unit }, args.i32('name_len') + args.i32('unit_len'))
    return ERRNO.success
  },
}

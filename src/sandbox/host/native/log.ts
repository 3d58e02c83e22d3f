// log_write: a line for the embedder's log. It is kept apart from what the host says itself, and shown neutralised (OUT-01 to OUT-03).
import { LOG_LEVELS } from '../abi/native.ts'
import { ERRNO } from '../errno.ts'
import { readText } from '../guest-text.ts'
import type { Handler } from '../handler.ts'
import { readChoice } from './parameters.ts'
import { report } from './report-quota.ts'

export const logCalls: Readonly<Record<string, Handler>> = {
  log_write: (context, args) => {
    const level = readChoice(args, 'level', LOG_LEVELS)
    const message = readText(context, args, 'message')
    report(context, { type: 'log', level, message }, args.i32('message_len'))
    return ERRNO.success
  },
}

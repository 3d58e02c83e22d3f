// kv_*: the cell decodes and asks; the store is the host's, and the broker decides again.
import { ERRNO } from '../errno.ts'
import { readText } from '../guest-text.ts'
import { type Handler, memoryOf } from '../handler.ts'
import { askBroker, giveAnswer } from './parameters.ts'

export const kvCalls: Readonly<Record<string, Handler>> = {
  kv_get: (context, args) => {
    const fields = { key: readText(context, args, 'key') }
    return giveAnswer(context, args, askBroker(context, { operation: 'kv.get', fields }).body)
  },
  kv_set: (context, args) => {
    const fields = { key: readText(context, args, 'key') }
    const body = memoryOf(context).read(args.i32('value'), args.i32('value_len'))
    askBroker(context, { operation: 'kv.set', fields, body })
    return ERRNO.success
  },
  kv_delete: (context, args) => {
    askBroker(context, { operation: 'kv.delete', fields: { key: readText(context, args, 'key') } })
    return ERRNO.success
  },
  kv_keys: (context, args) => {
    const fields = { prefix: readText(context, args, 'prefix') }
    return giveAnswer(context, args, askBroker(context, { operation: 'kv.keys', fields }).body)
  },
}

// dns_resolve: the broker asks, and leaves out what the guest has no business with.
import { RECORD_TYPES } from '../abi/native.ts'
import { readText } from '../guest-text.ts'
import type { Handler } from '../handler.ts'
import { askBroker, giveAnswer, readChoice } from './parameters.ts'

export const dnsCalls: Readonly<Record<string, Handler>> = {
  dns_resolve: (context, args) => {
    const fields = { name: readText(context, args, 'name'), type: readChoice(args, 'type', RECORD_TYPES) }
    return giveAnswer(context, args, askBroker(context, { operation: 'net.dns', fields }).body)
  },
}

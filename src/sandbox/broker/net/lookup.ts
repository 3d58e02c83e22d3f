// The operation net.dns: name lookup for a guest, a capability of its own (NET-17).
import { RECORD_TYPES } from '../../host/abi/native.ts'
import { allowsName } from '../../policy/net-patterns.ts'
import type { Fields } from '../fields.ts'
import { type Prepared, Refused } from '../operation.ts'
import { within } from './deadline.ts'
import { intent, notDone } from './decisions.ts'
import { asRefused } from './errors.ts'
import { canonicalHost } from './host-names.ts'
import type { EndpointParts } from './sockets.ts'

const HOST_CALL = 'dns_resolve'
/** Longest answer, bytes: what fits into a message of 64 KiB, escaped. */
const MAX_ANSWER = 262_144

export function lookupOperation({ rules, decisions, usage, dialler }: EndpointParts, fields: Fields): Prepared {
  const text = fields.text('name', 253)
  const type = fields.choice('type', RECORD_TYPES)
  const host = canonicalHost(text)
  if (host?.kind !== 'name') return notDone(text, decisions.refuse('inval', HOST_CALL, text, 'it is no name'))
  const object = host.text
  const refuse = (errno: 'notcapable' | 'acces', reason: string) =>
    notDone(object, decisions.refuse(errno, HOST_CALL, object, reason))
  if (!rules.dns) return refuse('notcapable', 'the policy grants no name lookup')
  if (!allowsName(rules.dns, host)) return refuse('acces', 'the policy does not allow the name')
  const reversed = addressOfReverseName(object)
  const hidden = reversed === null ? null : dialler.addresses.refusal(reversed)
  if (hidden !== null) return refuse('acces', `the address ${reversed} ${hidden}`)
  return {
    intent: intent(object, usage.request()),
    run: async (signal, decide) => {
      decisions.allow(HOST_CALL, object)
      try {
        const records = await within(signal, 0, (end) => dialler.names.records(object, type, end))
        const shown =
          type === 'A' || type === 'AAAA' ? records.filter((address) => dialler.addresses.refusal(address) === null) : records
        if (records.length > 0 && shown.length === 0) {
          // An internal name exists, and that is all that there is to learn; so it does not exist for the guest.
          const refusal = decisions.refuse(
            'noent',
            HOST_CALL,
            object,
            'all of its addresses are ones that the guest may not connect to',
          )
          await decide(intent(object, refusal))
          throw refusal
        }
        const body = new TextEncoder().encode(shown.map((record) => `${record}\n`).join(''))
        if (body.length === 0) throw new Refused('noent')
        if (body.length > MAX_ANSWER) throw new Refused('msgsize')
        usage.wire(body.length)
        usage.content(body.length)
        return { errno: 'success', body }
      } catch (error) {
        throw signal.aborted && error === signal.reason ? error : asRefused(error)
      }
    },
  }
}

/** The address whose name a PTR query asks for; null if the name is none of those. */
function addressOfReverseName(name: string): string | null {
  const v4 = /^((?:\d{1,3}\.){4})in-addr\.arpa$/.exec(name)
  if (v4) return v4[1]!.slice(0, -1).split('.').reverse().join('.')
  const v6 = /^((?:[0-9a-f]\.){32})ip6\.arpa$/.exec(name)
  if (!v6) return null
  const digits = v6[1]!.replaceAll('.', '')
  return [...digits].reverse().join('').match(/.{4}/g)!.join(':')
}

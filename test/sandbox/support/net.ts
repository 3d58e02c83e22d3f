// The network service behind a real broker, for tests: requests as a cell would send them, and everything that is recorded.
import type { AuditRecord } from '../../../src/sandbox/audit.ts'
import { Broker } from '../../../src/sandbox/broker/broker.ts'
import { decodeReply, encodeRequest } from '../../../src/sandbox/broker/message.ts'
import { type NetOptions, NetService } from '../../../src/sandbox/broker/net/service.ts'
import type { NetQuotas } from '../../../src/sandbox/broker/net/usage.ts'
import type { BrokerRequest } from '../../../src/sandbox/host/channel.ts'
import type { LocalEvent } from '../../../src/sandbox/host/context.ts'
import { errnoName } from '../../../src/sandbox/host/errno.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import type { PolicyInput } from '../../../src/sandbox/policy/schema.ts'

type NetInput = NonNullable<NonNullable<PolicyInput['capabilities']>['net']>

export interface NetHarness extends AsyncDisposable {
  readonly broker: Broker
  readonly service: NetService
  readonly records: AuditRecord[]
  readonly events: LocalEvent[]
  ask(operation: string, fields: BrokerRequest['fields'], body?: Uint8Array): Promise<NetReply>
  /** A GET, unless the fields say otherwise. */
  http(url: string, more?: HttpFields): Promise<NetReply>
  /** The whole body of a response, or the errno that ended it. */
  body(reply: NetReply, max?: number): Promise<string>
  /** Decisions as `allowed object` or `denied object`. */
  decisions(): string[]
}
export interface NetReply {
  readonly errno: string
  readonly fields: Readonly<Record<string, string | number | boolean>>
  readonly text: string
  readonly bytes: Uint8Array
}
export interface HttpFields {
  readonly method?: string
  readonly headers?: string
  readonly timeoutMs?: number
  readonly body?: string
}

const QUOTAS: NetQuotas = { networkBytes: 1_000_000, networkRequests: 50, handles: 10 }

export function netHarness(
  net: NetInput,
  { deadlineMs = 20_000, ...options }: NetOptions & { quotas?: Partial<NetQuotas>; deadlineMs?: number } = {},
): NetHarness {
  const records: AuditRecord[] = []
  const events: LocalEvent[] = []
  const event = (one: LocalEvent) => void events.push(one)
  const grant = resolvePolicy({ capabilities: { net } }).capabilities.net!
  const service = new NetService(grant, { ...QUOTAS, ...options.quotas }, options, event)
  const audit = { write: (record: AuditRecord) => void records.push(record) }
  const broker = new Broker({ services: [service], deadlineMs, audit, event, instance: 'i', module: 'm' })
  const ask: NetHarness['ask'] = async (operation, fields, body) => {
    const reply = decodeReply(await broker.handle(encodeRequest({ operation, fields, ...(body && { body }) })))
    return {
      errno: errnoName(reply.errno)!,
      fields: reply.fields,
      bytes: reply.body,
      text: Buffer.from(reply.body).toString(),
    }
  }
  return {
    broker,
    service,
    records,
    events,
    ask,
    http: (url, { method = 'GET', headers = '', timeoutMs = 0, body = '' } = {}) =>
      ask('net.http', { method, url, headers, timeoutMs }, Buffer.from(body)),
    body: async ({ fields }, max = 65_536) => {
      let all = ''
      for (;;) {
        const { errno, text } = await ask('net.httpBody', { response: fields['response']!, max })
        if (errno !== 'success') return errno
        if (text === '') return all
        all += text
      }
    },
    decisions: () => records.map(({ decision, object }) => `${decision} ${JSON.parse(object)}`),
    [Symbol.asyncDispose]: () => broker.close(),
  }
}

// Texts in the memory of a harness, and the harness in front of a broker with services.
import type { AuditRecord } from '../../../src/sandbox/audit.ts'
import { Broker } from '../../../src/sandbox/broker/broker.ts'
import { decodeReply, encodeRequest } from '../../../src/sandbox/broker/message.ts'
import type { Service } from '../../../src/sandbox/broker/operation.ts'
import type { BrokerReply, BrokerRequest } from '../../../src/sandbox/host/channel.ts'
import type { LocalEvent } from '../../../src/sandbox/host/context.ts'
import { ERRNO, errnoName } from '../../../src/sandbox/host/errno.ts'
import type { CallHarness } from './calls.ts'

/** Writes a text or bytes into the guest's memory; the two arguments that name it. */
export function place(made: CallHarness, at: number, content: string | Uint8Array): [number, number] {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  made.bytes.set(bytes, at)
  return [at, bytes.length]
}

/** A call by its name and the name of what it answers. */
export const named = (made: CallHarness, name: string, ...values: (number | bigint)[]): string | undefined =>
  errnoName(made.call(name, ...values))

export interface BrokerHarness {
  readonly broker: Broker
  readonly audit: AuditRecord[]
  readonly events: LocalEvent[]
  /** As in a jail. */
  ask(operation: string, fields: BrokerRequest['fields'], body?: Uint8Array): Promise<NamedReply>
  /** As under `inline`. */
  askNow(operation: string, fields: BrokerRequest['fields'], body?: Uint8Array): NamedReply
}
export interface NamedReply extends Omit<BrokerReply, 'errno'> {
  readonly errno: string | undefined
}

export function brokerHarness(...services: readonly Service[]): BrokerHarness {
  const audit: AuditRecord[] = []
  const events: LocalEvent[] = []
  const broker = new Broker({
    services,
    deadlineMs: 60_000,
    audit: { write: (record) => void audit.push(record) },
    event: (event) => void events.push(event),
    instance: 'instance',
    module: 'module',
  })
  const request = (operation: string, fields: BrokerRequest['fields'], body?: Uint8Array) =>
    encodeRequest(body ? { operation, fields, body } : { operation, fields })
  const reply = (payload: Uint8Array): NamedReply => {
    const { errno, ...rest } = decodeReply(payload)
    return { errno: errnoName(errno), ...rest }
  }
  return {
    broker,
    audit,
    events,
    ask: async (...parts) => reply(await broker.handle(request(...parts))),
    askNow: (...parts) => reply(broker.handleNow(request(...parts))),
  }
}

/** Lets the harness's calls reach a broker, at once. */
export function connect(made: CallHarness, { askNow }: BrokerHarness): void {
  made.broker = ({ operation, fields, body }) => {
    const reply = askNow(operation, fields, body)
    return { ...reply, errno: ERRNO[reply.errno as keyof typeof ERRNO] }
  }
}

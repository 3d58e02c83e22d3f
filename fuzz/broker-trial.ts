// Hostile requests against a broker with every service: each ends in a reply or in a refusal to listen, in time, recorded before it is done, and nothing grows.
import type { AuditRecord } from '../src/sandbox/audit.ts'
import { Broker } from '../src/sandbox/broker/broker.ts'
import { CryptoService } from '../src/sandbox/broker/crypto.ts'
import type { LiveMount } from '../src/sandbox/broker/directory/handles.ts'
import { DirectoryService, openMounts } from '../src/sandbox/broker/directory/service.ts'
import { BadRequest } from '../src/sandbox/broker/fields.ts'
import { KvService } from '../src/sandbox/broker/kv.ts'
import { MemoryKvStore } from '../src/sandbox/broker/kv-memory.ts'
import { decodeReply } from '../src/sandbox/broker/message.ts'
import { NetService } from '../src/sandbox/broker/net/service.ts'
import type { Service } from '../src/sandbox/broker/operation.ts'
import { ABI } from '../src/sandbox/host/abi/index.ts'
import type { LocalEvent } from '../src/sandbox/host/context.ts'
import { errnoName } from '../src/sandbox/host/errno.ts'
import { encodeFrame, FRAME, FrameReader } from '../src/sandbox/isolation/frames.ts'
import { resolvePolicy } from '../src/sandbox/policy/resolve.ts'
import type { Policy } from '../src/sandbox/policy/schema.ts'
import { KEY_GRANT, KEYS } from './keys.ts'
import { type Frame, LONGEST, type Template } from './requests.ts'

/** Time for one request; the broker's own deadline, and how much later its reply may come on a loaded machine. */
const DEADLINE_MS = 250
const LATE_MS = 5000

/** Errors that the host calls of an operation can answer: what the broker answers goes to the guest as it is. */
const ERRNOS: ReadonlyMap<string, ReadonlySet<string>> = new Map(ABI.map(({ name, errnos }) => [name, new Set<string>(errnos)]))

/** @param source directory of the host's that is mounted @param port of a server that the guest may reach */
export function brokerPolicy(source: string, port: number): Policy {
  return resolvePolicy({
    quotas: {
      handles: 8,
      fileBytes: 65_536,
      inodes: 20,
      kvBytes: 2048,
      kvEntries: 4,
      networkRequests: 6,
      networkBytes: 65_536,
      hostCallMs: DEADLINE_MS,
    },
    capabilities: {
      fs: { mounts: [{ kind: 'directory', at: '/work', source, writable: true }] },
      kv: { namespace: 'fuzz' },
      net: {
        http: { allow: [`http://127.0.0.1:${port}`] },
        // Nothing is asked of any name server: that would be a way out of the machine.
        dns: { allow: [] },
        tcp: { allow: [`127.0.0.1:${port}`] },
        addresses: { allow: ['loopback'] },
      },
      crypto: KEY_GRANT,
    },
  })
}

/** What must never be told to a guest, or about what it did. */
export interface Secrets {
  /** The host's path of the mount, and what is beside it. */
  readonly texts: readonly string[]
}

export class BrokerTrial {
  readonly #broker: Broker
  readonly #templates: ReadonlyMap<string, Template>
  readonly #secrets: Secrets
  readonly #policy: Policy
  readonly #store = new MemoryKvStore()
  readonly #records: AuditRecord[] = []
  readonly #events: LocalEvent[] = []
  /** Whether an operation began, for the request that is dealt with, and one that began too early. */
  #begun = false
  #early: string | null = null
  #overtaken = false
  /** Requests that got a reply, and those that nobody sends. */
  readonly counts = { replies: 0, bad: 0 }

  private constructor(policy: Policy, mounts: readonly LiveMount[], templates: ReadonlyMap<string, Template>, secrets: Secrets) {
    this.#policy = policy
    this.#templates = templates
    this.#secrets = secrets
    const { quotas, capabilities } = policy
    const event = (told: LocalEvent) => void this.#events.push(told)
    const services = [
      new DirectoryService({ mounts, quotas, granularityNs: 1, event }),
      new NetService(capabilities.net!, quotas, {}, event),
      new KvService({ namespace: 'fuzz', quotas, store: this.#store }),
      new CryptoService({ grant: capabilities.crypto!, keys: KEYS, handles: quotas.handles, pace: 'at once' }),
    ]
    this.#broker = new Broker({
      services: services.map((service) => this.#watched(service)),
      deadlineMs: DEADLINE_MS,
      audit: { write: (record) => void this.#records.push(record) },
      event,
      instance: 'fuzz',
      module: 'fuzz',
    })
  }

  static async open(policy: Policy, templates: ReadonlyMap<string, Template>, secrets: Secrets): Promise<BrokerTrial> {
    return new BrokerTrial(policy, await openMounts(policy.capabilities.fs!.mounts), templates, secrets)
  }

  /** Notes whether a decision was recorded when its effect began. */
  #watched(service: Service): Service {
    const operations = Object.entries(service.operations).map(([name, operation]) => {
      const watched: typeof operation = (fields, body) => {
        const { intent, run } = operation(fields, body)
        return {
          intent,
          run: (signal, decide) => {
            this.#begun = true
            if (intent && this.#records.at(-1)?.operation !== name) this.#early = name
            return run(signal, decide)
          },
        }
      }
      return [name, watched] as const
    })
    return {
      operations: Object.fromEntries(operations),
      beginActivation: () => service.beginActivation?.(),
      close: () => service.close(),
    }
  }

  /** Every request in turn, as the jail's pipe brings them. @returns what is wrong, in one sentence, or null */
  async run(frames: readonly Frame[], cut: number): Promise<string | null> {
    this.#broker.beginActivation()
    try {
      const arrived = through(frames, cut)
      if (typeof arrived === 'string') return arrived
      for (const [index, payload] of arrived.entries()) {
        const problem = await this.#one(frames[index]!, payload)
        if (problem !== null) return `${frames[index]!.operation ?? 'no request'}: ${problem}`
      }
      return (await this.#two(frames)) ?? this.#left()
    } finally {
      await this.#broker.close()
    }
  }

  async #one({ operation }: Frame, payload: Uint8Array): Promise<string | null> {
    const before = this.#records.length
    this.#begun = false
    const answer = await inTime(this.#broker.handle(payload))
    if (answer === 'late') return `there was no reply in ${DEADLINE_MS + LATE_MS} ms`
    if (answer instanceof BadRequest) {
      this.counts.bad++
      return this.#records.length > before || this.#begun ? 'it was refused as bad after something was done' : null
    }
    if (!(answer instanceof Uint8Array)) return `the broker failed with ${String(answer)}`
    if (this.#early !== null) return `${this.#early} began before its decision was recorded`
    this.counts.replies++
    return this.#judge(operation, answer, this.#records.slice(before))
  }

  #judge(operation: string | null, bytes: Uint8Array, records: readonly AuditRecord[]): string | null {
    const reply = decodeReply(bytes)
    const name = errnoName(reply.errno)
    if (name === undefined) return `it answered ${reply.errno}, which is no error number`
    const template = operation === null ? undefined : this.#templates.get(operation)
    for (const call of name === 'success' ? [] : (template?.calls ?? [])) {
      if (!ERRNOS.get(call)!.has(name)) return `it answered ${name}, which ${call} does not list among its errors`
    }
    return this.#judgeRecords(template, name, records) ?? this.#leak(Buffer.from(bytes).toString('latin1'))
  }

  #judgeRecords(template: Template | undefined, answered: string, records: readonly AuditRecord[]): string | null {
    // What its deadline overtook may still record what it then does not do.
    this.#overtaken ||= answered === 'timedout'
    if (this.#overtaken) return null
    const denied = records.filter(({ decision }) => decision === 'denied')
    if (denied.length > 0 && (denied.length > 1 || records.at(-1) !== denied[0] || denied[0]!.errno !== answered))
      return `it answered ${answered} where the audit log says ${JSON.stringify(denied)}`
    const wanted = template?.records
    const fits =
      wanted === 'none'
        ? records.length === 0
        : wanted === 'one'
          ? records.length === 1
          : wanted === 'hops'
            ? records.length >= 1
            : wanted === 'one for a mount'
              ? records.length <= 1
              : true
    return fits ? null : `there are ${records.length} audit records, which should be ${wanted}`
  }

  /** A second request while the first is dealt with is heard by nobody. */
  async #two(frames: readonly Frame[]): Promise<string | null> {
    const [first, second] = frames
    if (!first || !second) return null
    const [a, b] = await Promise.all([inTime(this.#broker.handle(first.payload)), inTime(this.#broker.handle(second.payload))])
    return a instanceof BadRequest || b instanceof BadRequest ? null : 'two requests were dealt with at the same time'
  }

  /** What all of it left behind. */
  #left(): string | null {
    const { kvBytes, kvEntries } = this.#policy.quotas
    const { bytes, entries } = this.#store.usage('fuzz')
    if (bytes > kvBytes || entries > kvEntries) return `the key-value store holds ${bytes} bytes in ${entries} entries`
    if (this.#records.some(({ sequence }, index) => sequence !== index + 1)) return 'an audit record is missing'
    return this.#leak(JSON.stringify([this.#events, this.#records]))
  }

  #leak(text: string): string | null {
    const secret = this.#secrets.texts.find((each) => text.includes(each))
    return secret === undefined ? null : `${JSON.stringify(secret)} was told`
  }
}

type Ended = Uint8Array | 'late' | unknown

async function inTime(reply: Promise<Uint8Array>): Promise<Ended> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, DEADLINE_MS + LATE_MS, 'late' as const)
  })
  try {
    return await Promise.race([reply, late])
  } catch (error) {
    return error
  } finally {
    clearTimeout(timer)
  }
}

/** The payloads as the host's reader cuts them out of a stream that comes in pieces of that size. */
function through(frames: readonly Frame[], cut: number): Uint8Array[] | string {
  const stream = Buffer.concat(frames.map(({ payload }) => encodeFrame(FRAME.request, payload)))
  const reader = new FrameReader(LONGEST)
  const arrived: Uint8Array[] = []
  for (let at = 0; at < stream.length; at += cut) {
    for (const { payload } of reader.push(stream.subarray(at, at + cut))) arrived.push(payload)
  }
  const same =
    arrived.length === frames.length && arrived.every((payload, i) => Buffer.compare(payload, frames[i]!.payload) === 0)
  return same ? arrived : 'the frames that arrived are not those that were sent'
}

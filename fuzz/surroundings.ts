// What surrounds the executor guest: a small tree, a real broker with key-value store and keys, a network that is not there, and a look at everything that leaves.
import type { AuditRecord } from '../src/sandbox/audit.ts'
import { Broker } from '../src/sandbox/broker/broker.ts'
import { CryptoService } from '../src/sandbox/broker/crypto.ts'
import { KvService } from '../src/sandbox/broker/kv.ts'
import { MemoryKvStore } from '../src/sandbox/broker/kv-memory.ts'
import { decodeReply, encodeRequest } from '../src/sandbox/broker/message.ts'
import type { HandleKind } from '../src/sandbox/host/abi/index.ts'
import type { BrokerReply, BrokerRequest } from '../src/sandbox/host/channel.ts'
import type { LocalEvent } from '../src/sandbox/host/context.ts'
import type { MountSpec, TreeChange, TreeEntry } from '../src/sandbox/host/fs/file-system.ts'
import type { Report } from '../src/sandbox/host/reports.ts'
import { encodeJson, FRAME, type Frame, FrameReader } from '../src/sandbox/isolation/frames.ts'
import type { GuestSurroundings } from '../src/sandbox/isolation/guest-context.ts'
import { decodeJailFrame, type JailFrame, MAX_JAIL_PAYLOAD } from '../src/sandbox/isolation/jail-frames.ts'
import { Received } from '../src/sandbox/isolation/received.ts'
import { encodeChange } from '../src/sandbox/isolation/wire.ts'
import { resolvePolicy } from '../src/sandbox/policy/resolve.ts'
import type { Policy } from '../src/sandbox/policy/schema.ts'
import { grantsOf } from '../src/sandbox/run-input.ts'
import { KEY_GRANT, KEYS } from './keys.ts'
import { FakeNetwork } from './network.ts'

/** Quotas that a dozen calls can use up. */
const resolved = resolvePolicy({
  isolation: { level: 'inline', exclusiveJail: false },
  quotas: {
    wallClockMs: null,
    cpuMs: null,
    residentBytes: null,
    outputBytes: 4096,
    handles: 12,
    fileBytes: 16_384,
    inodes: 40,
    kvBytes: 2048,
    kvEntries: 4,
    reports: 6,
    reportBytes: 512,
  },
  capabilities: {
    // Fine enough for short waits to be over before anybody has to sleep.
    clock: { granularityNs: 1000 },
    random: { seed: 1 },
    fs: {
      mounts: [
        { kind: 'memory', at: '/' },
        { kind: 'memory', at: '/read-only', writable: false },
        { kind: 'memory', at: '/read-only/below' },
      ],
    },
    kv: { namespace: 'executor' },
    crypto: KEY_GRANT,
  },
})

/** With the network, which policy resolution refuses at the level inline because a real one would have to be waited for. This one answers at once. */
export const executorPolicy: Policy = {
  ...resolved,
  capabilities: {
    ...resolved.capabilities,
    net: { http: null, dns: null, tcp: null, addresses: { allow: [], deny: [] }, redirects: 0 },
  },
}

const file = (path: string, text: string): TreeEntry => ({ type: 'file', path, bytes: new TextEncoder().encode(text) })

/** The names that src/attacks/executor/literals.ts has. */
const TREE: readonly TreeEntry[] = [
  file('file', 'twenty-four bytes of it\n'),
  { type: 'directory', path: 'dir' },
  file('dir/inner', 'inner'),
  { type: 'directory', path: 'dir/deep' },
  file('dir/deep/leaf', ''),
  { type: 'symlink', path: 'link', target: 'file' },
  { type: 'symlink', path: 'dirlink', target: 'dir' },
  { type: 'symlink', path: 'loop', target: 'loop' },
  { type: 'symlink', path: 'dangling', target: 'nowhere' },
]

const mounts = executorPolicy.capabilities.fs!.mounts.map(
  ({ at, writable }): MountSpec => ({ kind: 'memory', at, writable, entries: TREE }),
)
const input = { args: ['executor', 'one', ''], env: { NAME: 'value' }, stdin: 'twelve bytes' }

export const GRANTS = grantsOf(input, executorPolicy, mounts)

/** The handles that the guest has from the start. */
export const OPEN: ReadonlyMap<number, HandleKind> = new Map<number, HandleKind>([
  [0, 'stream'],
  [1, 'stream'],
  [2, 'stream'],
  ...mounts.map((_, index): [number, HandleKind] => [3 + index, 'directory']),
])

/** Events that a host hears in one activation before it ends the jail (isolation/jailed.ts). */
const MAX_EVENTS = 1000

export class Surroundings implements GuestSurroundings {
  readonly #events: LocalEvent[] = []
  readonly #reports: Report[] = []
  readonly #store = new MemoryKvStore()
  readonly #records: AuditRecord[] = []
  readonly #seed: number
  #broker: Broker | null = null
  #output = 0
  #stop = false

  constructor(seed: number) {
    this.#seed = seed
  }

  /** Made when the first request comes, because most programs make none. */
  #newBroker(): Broker {
    const { quotas, capabilities } = executorPolicy
    return new Broker({
      services: [
        new KvService({ namespace: 'executor', quotas, store: this.#store }),
        new CryptoService({ grant: capabilities.crypto!, keys: KEYS, handles: quotas.handles, pace: 'at once' }),
        new FakeNetwork(this.#seed),
      ],
      deadlineMs: quotas.hostCallMs,
      audit: { write: (record) => void this.#records.push(record) },
      event: (event) => void this.#events.push(event),
      instance: 'executor',
      module: 'executor',
    })
  }

  readonly output = (_: 'stdout' | 'stderr', bytes: Uint8Array): void => {
    this.#output += bytes.length
  }
  readonly event = (event: LocalEvent): void => void this.#events.push(event)
  readonly report = (report: Report): void => void this.#reports.push(report)
  readonly channel = {
    call: (request: BrokerRequest): BrokerReply => {
      this.#broker ??= this.#newBroker()
      return decodeReply(this.#broker.handleNow(encodeRequest(request)))
    },
  }
  readonly stopRequested = (): boolean => this.#stop
  /** Nobody waits: a guest that sleeps is ended, as an embedder would whose patience is at its end. */
  readonly sleep = (): void => {
    this.#stop = true
  }

  /** What is wrong with what left the guest, in one sentence, or null. @param changes what it changed in its tree */
  problem(changes: readonly TreeChange[]): string | null {
    const { outputBytes, kvBytes, kvEntries } = executorPolicy.quotas
    if (this.#output > outputBytes) return `${this.#output} bytes were written under a cap of ${outputBytes}`
    const stored = this.#store.usage('executor')
    if (stored.bytes > kvBytes || stored.entries > kvEntries) return `the key-value store holds ${JSON.stringify(stored)}`
    if (this.#events.length > MAX_EVENTS) return `there were ${this.#events.length} events`
    if (this.#records.some(({ sequence }, index) => sequence !== index + 1)) return 'an audit record is missing'
    return this.#refusedFrame(changes)
  }

  /** Whatever a cell sends, its host must take; or an honest guest's jail is ended, and the embedder told of an attack. */
  #refusedFrame(changes: readonly TreeChange[]): string | null {
    if (this.#events.length + this.#reports.length + changes.length === 0) return null
    const { inodes, fileBytes, reports, reportBytes } = executorPolicy.quotas
    // Each call of the executor is an activation of its own, and only what all of them together leave is looked at.
    const received = new Received({ inodes, fileBytes, reports: 20 * reports, reportBytes: 20 * reportBytes })
    const reader = new FrameReader(MAX_JAIL_PAYLOAD)
    const local = this.#events.filter(
      ({ type }) => type !== 'network-access' && type !== 'access-refused' && type !== 'audit-failed',
    )
    const frames = [
      ...local.flatMap((event) => reader.push(encodeJson(FRAME.event, event))),
      ...this.#reports.flatMap((report) => reader.push(encodeJson(FRAME.report, report))),
      ...changes.flatMap((change) => encodeChange(change).map((payload): Frame => ({ type: FRAME.change, payload }))),
    ]
    for (const frame of frames) {
      let decoded: JailFrame
      try {
        decoded = decodeJailFrame(frame)
      } catch {
        return `the host refuses a frame of the cell: ${Buffer.from(frame.payload).toString('latin1', 0, 300)}`
      }
      if ((decoded.kind === 'report' || decoded.kind === 'change') && !received.add(decoded))
        return `the host takes no more ${decoded.kind}s, although the guest kept to its quotas`
    }
    return null
  }
}

// Whatever guests keep in the key-value store, in memory or in SQLite, each finds what was put into its own namespace and nothing else, within its quotas,
// and there is a record for each decision.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { Property, PropertyRun } from '../../src/campaign/property.ts'
import type { AuditRecord } from '../../src/sandbox/audit.ts'
import { Broker } from '../../src/sandbox/broker/broker.ts'
import { KvService } from '../../src/sandbox/broker/kv.ts'
import { MemoryKvStore } from '../../src/sandbox/broker/kv-memory.ts'
import { SqliteKvStore } from '../../src/sandbox/broker/kv-sqlite.ts'
import type { KvStore } from '../../src/sandbox/broker/kv-store.ts'
import { decodeReply, encodeRequest } from '../../src/sandbox/broker/message.ts'
import type { LocalEvent } from '../../src/sandbox/host/context.ts'
import { errnoName } from '../../src/sandbox/host/errno.ts'
import { checkCommands, PairCommand } from '../models/commands.ts'

/** The first two share a namespace, as guests of one principal may; the names of the others are chosen to be mistaken for it. */
const GUESTS = [
  { namespace: 'own', kvBytes: 24, kvEntries: 3 },
  { namespace: 'own', kvBytes: 40, kvEntries: 4 },
  { namespace: 'ow', kvBytes: 40, kvEntries: 4 },
  { namespace: '__proto__', kvBytes: 12, kvEntries: 9 },
] as const
/** Whole namespaces and keys, joined or cut anywhere, look like others of these. */
const KEYS = ['', 'n', 'na', 'own', '__proto__', 'ä', '\u{1f511}', '\uffee'] as const
const DEADLINE_MS = 60_000

/** What a guest is told of one request. */
interface Told {
  readonly errno: string
  readonly body: string
}

class Guest {
  readonly #broker: Broker
  readonly records: AuditRecord[] = []
  readonly events: LocalEvent[] = []

  constructor(store: KvStore, { namespace, ...quotas }: (typeof GUESTS)[number]) {
    this.#broker = new Broker({
      services: [new KvService({ namespace, quotas, store })],
      deadlineMs: DEADLINE_MS,
      audit: { write: (record) => void this.records.push(record) },
      event: (event) => void this.events.push(event),
      instance: 'model',
      module: 'model',
    })
  }

  ask(operation: string, fields: Record<string, string>, body = ''): Told {
    const request = encodeRequest({ operation, fields, body: Buffer.from(body) })
    const { errno, body: answer } = decodeReply(this.#broker.handleNow(request))
    return { errno: errnoName(errno) ?? String(errno), body: Buffer.from(answer).toString() }
  }

  beginActivation(): void {
    this.#broker.beginActivation()
  }
}

/** A namespace is a list of entries, and quotas are sums over it. */
class Model {
  readonly #entries = new Map<string, Map<string, string>>(GUESTS.map(({ namespace }) => [namespace, new Map()]))
  /** Quotas of which each guest was told in this activation. */
  readonly #told = GUESTS.map(() => new Set<string>())
  events = GUESTS.map(() => 0)

  of(guest: number): Map<string, string> {
    return this.#entries.get(GUESTS[guest]!.namespace)!
  }

  set(guest: number, key: string, value: string): Told {
    const { kvBytes, kvEntries } = GUESTS[guest]!
    const before = this.of(guest)
    const after = new Map(before).set(key, value)
    if (after.size > before.size && after.size > kvEntries) return this.#exceeded(guest, 'entries')
    if (bytesOf(after) > bytesOf(before) && bytesOf(after) > kvBytes) return this.#exceeded(guest, 'bytes')
    before.set(key, value)
    return { errno: 'success', body: '' }
  }

  #exceeded(guest: number, quota: string): Told {
    if (!this.#told[guest]!.has(quota)) this.events[guest]!++
    this.#told[guest]!.add(quota)
    return { errno: 'dquot', body: '' }
  }

  beginActivation(guest: number): void {
    this.#told[guest]!.clear()
  }
}

const bytesOf = (entries: ReadonlyMap<string, string>): number =>
  [...entries].reduce((sum, each) => sum + Buffer.byteLength(each.join('')), 0)

/** In the order of the code points, which is not that of JavaScript's strings. */
const keysOf = (entries: ReadonlyMap<string, string>, prefix: string): string =>
  [...entries.keys()]
    .filter((key) => key.startsWith(prefix))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map((key) => `${key}\0`)
    .join('')

/** A store for one program, and what is to be done with it afterwards. */
interface OneStore {
  readonly store: KvStore
  readonly remove: () => void
}

class KvPair {
  readonly model = new Model()
  readonly #store: OneStore
  readonly #guests: readonly Guest[]
  readonly #requests = GUESTS.map(() => 0)

  constructor(store: OneStore) {
    this.#store = store
    this.#guests = GUESTS.map((guest) => new Guest(store.store, guest))
  }

  compare(guest: number, expected: Told, ask: (guest: Guest) => Told): string | null {
    this.#requests[guest]!++
    const told = ask(this.#guests[guest]!)
    if (JSON.stringify(told) !== JSON.stringify(expected))
      return `must be answered ${JSON.stringify(expected)}, and was answered ${JSON.stringify(told)}`
    return this.#recorded(this.#guests[guest]!, guest, expected)
  }

  #recorded({ records, events }: Guest, guest: number, { errno }: Told): string | null {
    if (records.length !== this.#requests[guest])
      return `there are ${records.length} audit records of ${this.#requests[guest]} requests`
    const refused = errno === 'dquot'
    if ((records.at(-1)!.decision === 'denied') !== refused) return `the audit record says "${records.at(-1)!.decision}"`
    return events.length === this.model.events[guest]
      ? null
      : `there were ${events.length} events, and must be ${this.model.events[guest]}`
  }

  beginActivation(guest: number): null {
    this.model.beginActivation(guest)
    this.#guests[guest]!.beginActivation()
    return null
  }

  finish(): string | null {
    try {
      for (const [guest, { namespace }] of GUESTS.entries()) {
        const problem = this.#wrongIn(namespace, this.model.of(guest))
        if (problem) return `in the namespace ${JSON.stringify(namespace)}, ${problem}`
      }
      return null
    } finally {
      this.#store.remove()
    }
  }

  #wrongIn(namespace: string, entries: ReadonlyMap<string, string>): string | null {
    const { store } = this.#store
    const kept = [...store.keys(namespace, '')].map(
      (key) => [key, Buffer.from(store.get(namespace, key) ?? 'nothing').toString()] as const,
    )
    const [must, is] = [[...entries], kept].map((all) => JSON.stringify(all.toSorted()))
    if (must !== is) return `there must be ${must}, and there is ${is}`
    const { entries: count, bytes } = store.usage(namespace)
    return count === entries.size && bytes === bytesOf(entries) ? null : `the sums are ${count} entries and ${bytes} bytes`
  }
}

const guest = fc.nat(GUESTS.length - 1)
const key = fc.constantFrom(...KEYS)
const value = fc.constantFrom('', '1', 'four', 'eight ch', 'sixteen characte')
const words = (name: string, ...args: readonly unknown[]) => `${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`
const success = (body = ''): Told => ({ errno: 'success', body })
const NONE: Told = { errno: 'noent', body: '' }

const command: fc.Arbitrary<PairCommand<KvPair>> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(guest, key, value)
      .map(
        ([who, name, what]) =>
          new PairCommand<KvPair>(words('set', who, name, what), (pair) =>
            pair.compare(who, pair.model.set(who, name, what), (real) => real.ask('kv.set', { key: name }, what)),
          ),
      ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(guest, key).map(
      ([who, name]) =>
        new PairCommand<KvPair>(words('get', who, name), (pair) => {
          const found = pair.model.of(who).get(name)
          return pair.compare(who, found === undefined ? NONE : success(found), (real) => real.ask('kv.get', { key: name }))
        }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(guest, key).map(
      ([who, name]) =>
        new PairCommand<KvPair>(words('delete', who, name), (pair) => {
          const there = pair.model.of(who).delete(name)
          return pair.compare(who, there ? success() : NONE, (real) => real.ask('kv.delete', { key: name }))
        }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(guest, key)
      .map(
        ([who, prefix]) =>
          new PairCommand<KvPair>(words('keys', who, prefix), (pair) =>
            pair.compare(who, success(keysOf(pair.model.of(who), prefix)), (real) => real.ask('kv.keys', { prefix })),
          ),
      ),
  },
  guest.map((who) => new PairCommand<KvPair>(words('beginActivation', who), (pair) => pair.beginActivation(who))),
)

const inMemory = (): OneStore => ({ store: new MemoryKvStore(), remove: () => {} })

/** A file of its own for each program would take most of the time: it is emptied instead. */
function inSqlite(store: SqliteKvStore): OneStore {
  const remove = () =>
    store.atomically(() => {
      for (const { namespace } of GUESTS) for (const key of store.keys(namespace, '')) store.delete(namespace, key)
    })
  return { store, remove }
}

async function withSqlite(run: (store: SqliteKvStore) => PropertyRun): Promise<PropertyRun> {
  const folder = mkdtempSync(join(tmpdir(), 'gauntlet-kv-'))
  const store = SqliteKvStore.open(join(folder, 'kv'))
  try {
    return run(store)
  } finally {
    store.close()
    rmSync(folder, { recursive: true })
  }
}

const property: Property = {
  name: 'key-value',
  threats: ['RES-07', 'CTL-15', 'LNK-08'],
  run: async (seed, milliseconds) => {
    const first = checkCommands(command, () => new KvPair(inMemory()), seed, milliseconds / 2)
    if (first.failure) return first
    // Each change waits for the disk, so there are far fewer of these.
    const second = await withSqlite((store) => checkCommands(command, () => new KvPair(inSqlite(store)), seed, milliseconds / 2))
    return { ...second, executions: first.executions + second.executions }
  },
}
export default property

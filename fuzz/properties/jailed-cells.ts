// What becomes of a jail when its guest has ended, whatever either of them did: its cell goes to the next guest only after one that did nothing an
// honest guest does not do, and to nobody without having been ended otherwise; compiled modules go where the cell may; and however much a jail says,
// what the host keeps of it is bounded.
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { NO_AUDIT } from '../../src/sandbox/audit.ts'
import { Broker } from '../../src/sandbox/broker/broker.ts'
import { encodeRequest } from '../../src/sandbox/broker/message.ts'
import { KeptModules } from '../../src/sandbox/cache/kept-modules.ts'
import type { LocalEvent } from '../../src/sandbox/host/context.ts'
import { DEFAULT_CELL } from '../../src/sandbox/isolation/cell-limits.ts'
import { FRAME } from '../../src/sandbox/isolation/frames.ts'
import type { GuestSpec } from '../../src/sandbox/isolation/guest.ts'
import type { JailListener, JailProcess } from '../../src/sandbox/isolation/jail-process.ts'
import { Jailed } from '../../src/sandbox/isolation/jailed.ts'
import type { Jails } from '../../src/sandbox/isolation/jails.ts'
import { decodeLoad } from '../../src/sandbox/isolation/wire.ts'
import { checkPropertyAsync } from '../check.ts'

const RETURNED = { kind: 'returned', values: [] } as const
const ENDINGS = [RETURNED, { kind: 'exited', code: 0 }, { kind: 'trapped', trap: 'unreachable' }, { kind: 'stopped' }] as const
const ending = fc.constantFrom(RETURNED, RETURNED, RETURNED, ...ENDINGS)

/** What a jail does in an activation, beside ending it. */
const DEEDS = {
  'nothing out of the way': [],
  'output that is not granted': [{ kind: 'output', stream: 'stderr', bytes: Uint8Array.of(1) }],
  'output over the cap': [{ kind: 'output', stream: 'stdout', bytes: new Uint8Array(11) }],
  'a second report': [{ kind: 'ready', probe: {} }],
  'a state that nobody asked for': [{ kind: 'image', bytes: Uint8Array.of(1) }],
  'a reason why there is no state': [{ kind: 'uncapturable', why: { problem: 'handles-open', place: '' } }],
  'news of something suspicious': [
    { kind: 'event', event: { type: 'suspicious-behaviour', severity: 'high', message: 'm', what: 'w' } },
  ],
  'its end': [{ kind: 'gone', detail: 'it ended', outOfMemory: false }],
  'the end of its cell': [{ kind: 'cell-failed', code: 'exit' }],
} as const satisfies Readonly<Record<string, readonly Parameters<JailListener>[0][]>>
type Deed = keyof typeof DEEDS
/** Deeds that no guest does whose cell another one may have. */
const honest: ReadonlySet<Deed> = new Set(['nothing out of the way'])

const activation = fc.record({
  deed: fc.oneof(
    { weight: 6, arbitrary: fc.constant<Deed>('nothing out of the way') },
    fc.constantFrom(...(Object.keys(DEEDS) as Deed[])),
  ),
  ending,
})
/** What every cell may say, and none while nothing is asked of it. */
const UNASKED = {
  output: { kind: 'output', stream: 'stdout', bytes: Uint8Array.of(1) },
  'an ending': { kind: 'ending', ending: RETURNED, memoryBytes: 0, hostCalls: 0, counts: null },
  'a request': { kind: 'request', payload: new Uint8Array(0) },
  'an event': {
    kind: 'event',
    event: { type: 'syscall-logged', severity: 'info', message: 'm', hostCall: 'c', errno: 'success' },
  },
} as const satisfies Readonly<Record<string, Parameters<JailListener>[0]>>
const life = fc.record({
  reuse: fc.constantFrom(null, 'a', 'b'),
  module: fc.constantFrom('m', 'n'),
  exclusive: fc.nat(5).map((n) => n === 0),
  load: activation,
  calls: fc.array(activation, { maxLength: 2 }),
  /** How it is when the guest is ended. */
  end: fc.constantFrom(
    'between two calls',
    'between two calls',
    'in the middle of a call',
    'in the middle of a request',
    'pipe not empty',
    'after it spoke between two calls',
  ),
  /** What it says then. */
  says: fc.constantFrom<keyof typeof UNASKED>('output', 'an ending', 'a request', 'an event'),
  /** Its first call ends by itself, as far as its jail knows, and over the limit, as far as the host does. */
  late: fc.nat(5).map((n) => n === 0),
  /** The jail says that its cell is gone. */
  obeys: fc.nat(20).map((n) => n > 0),
  flood: fc.constantFrom(0, 0, 0, 0, 0, 0, 5000),
})
type Life = typeof life extends fc.Arbitrary<infer T> ? T : never
const trial = fc.array(life, { minLength: 1, maxLength: 4 })

/** A jail of no process, which does as it is told in the trial. */
class FakeJail {
  readonly modules = new KeptModules()
  cell = DEFAULT_CELL
  ended: { readonly detail: string; readonly outOfMemory: boolean } | null = null
  pipeIsClean = true
  obeys = true
  terminated = false
  /** What it does at the next load or call; null: nothing, so that the guest goes on. */
  next: (() => void) | null = null
  /** Compiled modules that it was told to keep, by name; and whose they are. */
  readonly kept = new Map<string, string>()
  readonly problems: string[] = []
  life: Life | null = null
  listener: JailListener = () => {}

  listen(listener: JailListener): void {
    this.listener = listener
  }
  send(type: number, payload: Uint8Array): void {
    if (type === FRAME.load) this.#load(payload)
  }
  #load(payload: Uint8Array): void {
    const { spec, module, forget } = decodeLoad(payload)
    const { reuse, module: name, exclusive, load } = this.life!
    const mine = exclusive || reuse === null ? null : `${reuse} ${name}`
    for (const gone of forget) this.kept.delete(gone)
    // What the host does not count would add up, guest after guest. It says what to forget with the next load of what may be kept.
    if (spec.moduleId !== undefined && this.kept.size > this.modules.statistics.entries)
      this.problems.push(`the jail keeps ${this.kept.size} modules, and its host knows of ${this.modules.statistics.entries}`)
    if (module === null) {
      if (mine === null || this.kept.get(spec.moduleId ?? '') !== mine)
        this.problems.push(`a guest of ${reuse} gets what was compiled for ${this.kept.get(spec.moduleId ?? '') ?? 'nobody'}`)
    }
    // As a cell does it: what was compiled is handed out when its guest ended by itself.
    const ended = load.ending.kind === 'returned' || load.ending.kind === 'exited'
    if (spec.moduleId !== undefined && ended) {
      if (mine === null) this.problems.push('a module is kept though nobody may have the cell that compiled it')
      else this.kept.set(spec.moduleId, mine)
    }
    this.#act()
  }
  sendJson(type: number): void {
    if (type !== FRAME.terminate) {
      this.#act()
      return
    }
    this.terminated = true
    if (this.obeys) queueMicrotask(() => this.listener({ kind: 'cell-gone' }))
  }
  #act(): void {
    const { next } = this
    if (next) queueMicrotask(next)
  }
  /** Processor time, as the host sees it. */
  cpuMs = 0
  sample() {
    return { cpuMs: this.cpuMs, residentBytes: 0 }
  }
  reply(): void {}
  letGo(): void {}
}

const PLAIN: GuestSpec = {
  imports: [],
  memoryExport: null,
  startExport: null,
  functions: ['f'],
  grants: {
    stdio: { stdin: false, stdout: true, stderr: false },
    args: [],
    env: [],
    clock: null,
    random: null,
    stdin: new Uint8Array(0),
    outputBytes: 10,
    handles: 8,
    fs: null,
    net: false,
    kv: false,
    log: false,
    metric: false,
    result: false,
    crypto: false,
    reports: { count: 0, bytes: 0 },
    hostCalls: { deny: [], log: [] },
    callLimit: null,
  },
}
const LIMITS = { wallClockMs: 60_000, cpuMs: 60_000, residentBytes: 2 ** 34 }
const NOTHING = { reports: 0, reportBytes: 0, inodes: 0, fileBytes: 0 }
const EVENT: LocalEvent = { type: 'syscall-logged', severity: 'info', message: 'm', hostCall: 'c', errno: 'success' }

async function holds(lives: readonly Life[]): Promise<string | null> {
  let jail = new FakeJail()
  for (const one of lives) {
    const problem = await live(jail, one)
    if (problem !== null) return problem
    if (jail.problems.length > 0) return jail.problems[0]!
    if (jail.ended) jail = new FakeJail()
  }
  return null
}

async function live(jail: FakeJail, of: Life): Promise<string | null> {
  const { reuse, exclusive, load, calls, end, says, obeys, flood } = of
  Object.assign(jail, { life: of, obeys, terminated: false, pipeIsClean: true })
  const fates: string[] = []
  const jails = {
    give: async (_: unknown, key: string | null = null) => void fates.push(key === null ? 'given' : `given to ${key}`),
    drop: async () => {
      fates.push('dropped')
      jail.ended = { detail: 'it was killed', outOfMemory: false }
    },
  }
  let tell: (event: LocalEvent) => void = () => {}
  const hangs = {
    operations: { 'test.hang': () => ({ intent: null, run: () => new Promise<never>(() => {}) }) },
    close: () => {},
  }
  const housing = new Jailed(
    jail as unknown as JailProcess,
    jails as unknown as Jails,
    { limits: LIMITS, outputBytes: 10, received: NOTHING, exclusive, reuse },
    (event) => {
      tell = event
      return new Broker({ services: [hangs], deadlineMs: 60_000, audit: NO_AUDIT, instance: 'i', module: 'm', event })
    },
  )
  const before = jail.cpuMs
  const does = ({ deed, ending: how }: Life['load']) => {
    jail.next = () => {
      if (of.late && jail.cpuMs === before) jail.cpuMs += 2 * LIMITS.cpuMs
      for (let i = 0; i < flood; i++) jail.listener({ kind: 'event', event: EVENT })
      for (let i = 0; i < flood; i++) tell(EVENT)
      for (const said of DEEDS[deed]) jail.listener(said)
      jail.listener({ kind: 'ending', ending: how, memoryBytes: 0, hostCalls: 0, counts: null })
    }
  }
  const done: Life['load'][] = []
  let ended = false
  for (const [index, each] of [load, ...calls].entries()) {
    does(each)
    done.push(each)
    const { events, ending: how } =
      index === 0 ? await housing.load({ ...PLAIN, moduleId: of.module }, new Uint8Array(100)) : await housing.call('f', [])
    if (events.length > 4000) return `${events.length} events are kept of one activation`
    ended ||= how.kind !== 'returned'
    if (ended) break
  }
  if (!ended && end === 'after it spoke between two calls') jail.listener(UNASKED[says])
  if (!ended && end.startsWith('in the middle')) {
    jail.next = end === 'in the middle of a call' ? null : () => jail.listener({ kind: 'request', payload: HANG })
    void housing.call('f', [])
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (end === 'pipe not empty') jail.pipeIsClean = false
  await housing.end()
  return judge(of, done, ended, jail, fates)
}
const HANG = encodeRequest({ operation: 'test.hang', fields: {} })

/** @param done what came to pass, the load first @param ended whether that was the end of the guest already */
function judge(
  { reuse, exclusive, end, flood, late }: Life,
  done: readonly Life['load'][],
  ended: boolean,
  jail: FakeJail,
  fates: readonly string[],
): string | null {
  const [fate, ...others] = fates
  if (fate === undefined || others.length > 0) return `the jail was ${fates.join(', then ') || 'forgotten'}`
  const unclean = done.find(({ deed, ending: { kind } }) => !honest.has(deed) || (kind !== 'returned' && kind !== 'exited'))
  if (fate.startsWith('given to')) {
    if (fate !== `given to ${reuse}`) return `the cell of a guest of ${reuse} was ${fate}`
    if (exclusive) return 'the cell of a guest that was to be alone was given on'
    if (flood > 1500) return 'the cell of a jail that floods its host was given on'
    if (unclean) return `a cell was given on after ${unclean.deed}, ${unclean.ending.kind}`
    if (end === 'pipe not empty') return 'a cell was given on with something left in its pipe'
    if (!ended && end !== 'between two calls') return `a cell was given on ${end}`
    if (late) return 'the cell of a guest that was over its limit was given on'
  } else if (fate === 'given') {
    if (!ended && end === 'after it spoke between two calls')
      return 'a jail was given back that spoke when nothing was asked of it'
    if (!jail.terminated || !jail.obeys) return 'a jail was given back whose cell was not ended'
    if (exclusive) return 'the jail of a guest that was to be alone was given back'
    if (!ended && end.startsWith('in the middle')) return `a jail was given back that was stopped ${end}, with its pipe as it was`
  }
  return null
}

const property: Property = {
  name: 'jailed-cells',
  threats: ['CTL-12', 'CTL-15', 'ENG-03', 'SUP-06', 'SUP-11', 'RES-04', 'RES-07', 'CTL-09'],
  run: (seed, milliseconds) => checkPropertyAsync(trial, holds, (value) => JSON.stringify(value), seed, milliseconds),
}
export default property

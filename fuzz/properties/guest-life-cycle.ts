// In whatever order a guest is started, called, suspended, captured, restored and ended, by several at the same time: it is in one documented state, goes
// from there only where the documentation lets it, does every call once or not at all, and has ended when it has.
import fc from 'fast-check'
import { assemble } from '../../src/attacks/assemble.ts'
import type { Property } from '../../src/campaign/property.ts'
import type { AuditNote } from '../../src/sandbox/audit.ts'
import { createSandbox, GuestNotReady, type Sandbox, SnapshotError, UsageError } from '../../src/sandbox/index.ts'
import { Inline } from '../../src/sandbox/isolation/inline.ts'
import type { ManagedGuest, StateChange } from '../../src/sandbox/manager/managed-guest.ts'
import { SandboxManager } from '../../src/sandbox/manager/sandbox-manager.ts'
import { activation } from '../models/activation.ts'
import { WISHES, type Wish } from '../models/guest-wishes.ts'
import { checkRaces, untilQuiet } from '../models/races.ts'

/** Counts its calls, which a snapshot keeps, and traps when it is told to. */
const COUNTER = `(module
  (global $n (mut i32) (i32.const 0))
  (func (export "next") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n))
  (func (export "trap") (unreachable)))`

/** docs/isolation.md, "Life cycle", read anew: from each state, where a guest may go. */
const WAYS: Readonly<Record<string, readonly string[]>> = {
  created: ['admitted', 'terminated', 'failed'],
  admitted: ['ready', 'terminated', 'failed'],
  ready: ['running', 'suspended', 'terminated', 'failed'],
  running: ['ready', 'suspended', 'snapshotted', 'terminated', 'failed'],
  suspended: ['ready', 'running', 'terminated', 'failed'],
  snapshotted: ['admitted', 'terminated', 'failed'],
  terminated: [],
  failed: [],
}

const TERMINATED = activation({ ending: { kind: 'terminated' } })

const { load, call, capture, end } = Inline.prototype
/** Of the trial that goes on. */
let scheduler: fc.Scheduler | null = null
/** Guests that have been ended, and those in the middle of something. */
const ended = new WeakMap<Inline, { over: boolean; readonly whenOver: Promise<void>; readonly finish: () => void }>()
const busy = new Set<Inline>()
let overlap = false

function stateOf(housing: Inline) {
  const known = ended.get(housing)
  if (known) return known
  const { promise, resolve } = Promise.withResolvers<void>()
  const state = { over: false, whenOver: promise, finish: resolve }
  ended.set(housing, state)
  return state
}

/** A guest in the caller's thread is done at once; this one takes until the scheduler says so, and can be ended meanwhile, as one in a jail can. */
async function slowly<T>(housing: Inline, what: string, instead: T, act: () => Promise<T>): Promise<T> {
  const state = stateOf(housing)
  if (busy.has(housing)) overlap = true
  busy.add(housing)
  await Promise.race([scheduler?.schedule(Promise.resolve(), what), state.whenOver])
  busy.delete(housing)
  return state.over ? instead : await act()
}

Inline.prototype.load = function (spec, module, first) {
  return slowly(this, 'it is loaded', TERMINATED, () => load.call(this, spec, module, first))
}
Inline.prototype.call = function (name, values) {
  return slowly(this, `${name} runs`, TERMINATED, () => call.call(this, name, values))
}
Inline.prototype.capture = function () {
  return slowly(this, 'its state is captured', { activation: TERMINATED, captured: null }, () => capture.call(this))
}
Inline.prototype.end = async function () {
  const state = stateOf(this)
  state.over = true
  state.finish()
  await scheduler?.schedule(Promise.resolve(), 'its jail ends')
  await end.call(this)
}

class Race {
  readonly #scheduler: fc.Scheduler
  readonly #notes: AuditNote[] = []
  readonly #changes: StateChange[] = []
  readonly #problems: string[] = []
  readonly #sandbox: Sandbox
  readonly #manager: SandboxManager
  readonly #guest: ManagedGuest
  #unsettled = 0
  /** Results of calls that were completed. */
  readonly #counted: number[] = []

  constructor(module: Uint8Array, scheduler: fc.Scheduler) {
    this.#scheduler = scheduler
    const unlimited = { wallClockMs: null, cpuMs: null, residentBytes: null }
    const inline = { level: 'inline', exclusiveJail: false } as const
    const audit = { write: () => {}, note: (note: AuditNote) => void this.#notes.push(note) }
    this.#sandbox = createSandbox({ isolation: inline, quotas: unlimited }, { audit })
    this.#manager = new SandboxManager(this.#sandbox)
    this.#manager.onChange((change) => this.#changes.push(change))
    this.#guest = this.#manager.add(module, undefined, { snapshots: true })
  }

  async run(wishes: readonly Wish[]): Promise<string | null> {
    for (const wish of wishes) {
      this.#unsettled++
      void this.#scheduler
        .schedule(Promise.resolve(), wish)
        .then(() => this.#ask(wish))
        .finally(() => this.#unsettled--)
    }
    await untilQuiet(this.#scheduler)
    if (this.#unsettled > 0) this.#problems.push(`${this.#unsettled} wishes were never answered`)
    const mayEnd = wishes.some((wish) => wish === 'terminate' || wish === 'trap')
    if (!mayEnd && WAYS[this.#guest.state]!.length === 0)
      this.#problems.push(`it is ${this.#guest.state}, and nobody has ended it`)
    const over = this.#guest.terminate()
    await untilQuiet(this.#scheduler)
    await over
    await this.#sandbox[Symbol.asyncDispose]()
    return this.#problems[0] ?? this.#wrongAtTheEnd()
  }

  async #ask(wish: Wish): Promise<void> {
    try {
      const result = await WISHES[wish](this.#guest)
      if (wish === 'misfit') this.#problems.push('a call whose arguments do not fit was made')
      if (wish === 'call' && result && 'values' in result && result.outcome === 'completed')
        this.#counted.push(Number(result.values[0]))
    } catch (error) {
      if (!(error instanceof UsageError) && !(error instanceof SnapshotError) && !(error instanceof GuestNotReady))
        this.#problems.push(`"${wish}" was answered with ${error}`)
    }
  }

  #wrongAtTheEnd(): string | null {
    if (overlap) return 'two things were done with one guest at the same time'
    let at = 'created'
    for (const { from, to } of this.#changes) {
      if (from !== at) return `it left the state ${from}, and was ${at}`
      if (!WAYS[from]!.includes(to)) return `it went from ${from} to ${to}`
      at = to
    }
    if (at !== this.#guest.state) return `it is ${this.#guest.state}, and the last that was told is ${at}`
    if (WAYS[at]!.length > 0) return `it is ${at} after it was terminated`
    if (this.#guest.instance !== null) return 'it has ended, and still has an instance'
    const wrong = this.#counted.findIndex((count, index) => count !== index + 1)
    if (wrong >= 0) return `its calls counted ${this.#counted.join(', ')}`
    return this.#wrongNotes()
  }

  /** Each instance that began was recorded, and so was its end. */
  #wrongNotes(): string | null {
    const of = (type: AuditNote['type']) =>
      this.#notes.flatMap((note) => (note.type === type && 'instance' in note ? [note.instance] : []))
    const [began, over] = [of('guest-started'), of('guest-ended')]
    const open = began.filter((instance) => !over.includes(instance))
    return open.length === 0 ? null : `of ${began.length} guests that began, ${open.length} have no end in the audit log`
  }
}

const wish = fc.constantFrom(...(Object.keys(WISHES) as Wish[]))
const rarelyOver = fc.oneof(
  { arbitrary: wish, weight: 1 },
  { arbitrary: wish.filter((one) => one !== 'trap' && one !== 'terminate'), weight: 4 },
)
/** The first ones begin it, so that the others meet something. */
const wishes = fc.array(rarelyOver, { maxLength: 9 }).map((rest): Wish[] => ['start', ...rest])

const property: Property = {
  name: 'guest-life-cycle',
  threats: ['CTL-06', 'CTL-10', 'LNK-13', 'CTL-15'],
  run: async (seed, milliseconds) => {
    const module = await assemble(COUNTER)
    const holds = async (value: readonly Wish[], of: fc.Scheduler) => {
      scheduler = of
      overlap = false
      const problem = await new Race(module, of).run(value)
      scheduler = null
      return problem
    }
    return await checkRaces(wishes, holds, (value) => value.join(', '), seed, milliseconds)
  },
}
export default property

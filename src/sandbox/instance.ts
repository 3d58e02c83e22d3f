// An instance: one guest, and the states it can be in. One activation at a time; whatever ends a guest ends the instance for good.
import type { NumericType, Signature } from './admission/entries.ts'
import { GuestNotReady, UsageError } from './errors.ts'
import type { SecurityEvent } from './events.ts'
import type { FirstCalls } from './isolation/guest.ts'
import type { Activation, Capture, Housing } from './isolation/housing.ts'
import type { InstanceMonitor } from './monitor/instance-monitor.ts'
import { resultOf } from './outcome.ts'
import type { Policy } from './policy/schema.ts'
import type { ExecutionResult, GuestValue } from './result.ts'
import type { Capturable } from './snapshot/capturable.ts'
import { SnapshotError } from './snapshot/error.ts'
import { sentenceOf } from './snapshot/problem.ts'
import { Snapshot } from './snapshot/snapshot.ts'
import { quoteGuestText } from './text.ts'

/** `starting` only inside `create`; `ready` between calls; `running` during one; `ended` for good, whatever the reason. */
export type InstanceState = 'starting' | 'ready' | 'running' | 'ended'

/** How an instance came to its end. */
export interface InstanceEnd {
  /** Of its last activation; null if there was none. */
  readonly last: ExecutionResult | null
  /** In words. */
  readonly reason: string
}

const COMMAND_OVER = 'it is a command, and _start has returned'
const WAS_TERMINATED = 'it was terminated'
const NO_RESULTS: Signature = { params: [], results: [] }

/** Events that are kept for `events`; listeners get every one. */
const KEPT_EVENTS = 1000

export class Instance implements AsyncDisposable {
  /** Names the instance in the audit log. */
  readonly id: string
  readonly policy: Policy
  /** SHA-256 of the module as it came, hexadecimal. */
  readonly sha256: string
  /** Functions that can be called, with their types. */
  readonly functions: ReadonlyMap<string, Signature>
  readonly #housing: Housing
  readonly #listeners = new Set<(event: SecurityEvent) => void>()
  readonly #events: SecurityEvent[] = []
  readonly #whenEnded: (end: InstanceEnd) => void
  readonly #monitor: InstanceMonitor | null
  readonly #mayCall: () => void
  readonly #endListeners = new Set<(end: InstanceEnd) => void>()
  #state: InstanceState = 'starting'
  /** Null if the module was not prepared for snapshots. */
  #capturable: Capturable | null = null
  #startup: ExecutionResult | null = null
  #last: ExecutionResult | null = null
  /** Why it ended, in words. */
  #reason = ''
  /** It has been told that it ended, which is told once. */
  #gone = false
  /** It was terminated in the middle of an activation; however that ended, there is no guest any more. */
  #terminated = false
  /** What the host still holds for the guest that is gone. */
  #left: SecurityEvent | null = null

  /** For the sandbox; embedders get instances from `create`. */
  constructor(
    id: string,
    policy: Policy,
    sha256: string,
    functions: ReadonlyMap<string, Signature>,
    housing: Housing,
    whenEnded: (end: InstanceEnd) => void,
    monitor: InstanceMonitor | null = null,
    mayCall: () => void = () => {},
  ) {
    this.id = id
    this.policy = policy
    this.sha256 = sha256
    this.functions = functions
    this.#housing = housing
    this.#whenEnded = whenEnded
    this.#monitor = monitor
    this.#mayCall = mayCall
  }

  get state(): InstanceState {
    return this.#state
  }

  /** What came of instantiation, the start function and `_initialize`: output, events, usage. */
  get startup(): ExecutionResult {
    return this.#startup!
  }

  /** Security events so far, the oldest first; at most the last 1,000. */
  get events(): readonly SecurityEvent[] {
    return [...this.#events]
  }

  /** @returns a function that takes the listener away again */
  onEvent(listener: (event: SecurityEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Told once, when the guest is verifiably gone. @returns a function that takes the listener away again */
  onEnd(listener: (end: InstanceEnd) => void): () => void {
    this.#endListeners.add(listener)
    return () => void this.#endListeners.delete(listener)
  }

  /**
   * For the sandbox: loads the module, runs its start function and `_initialize`.
   *
   * @param activation what loads it
   * @param capturable null if the module was not prepared for snapshots
   * @param restored it gets the state of a snapshot, so nothing of it is run
   * @param call the first call, with arguments that fit, in the same activation: its limits hold for all of it together
   */
  async start(
    activation: (housing: Housing, first: FirstCalls) => Promise<Activation>,
    capturable: Capturable | null = null,
    restored = false,
    call: FirstCalls['call'] = null,
  ): Promise<ExecutionResult> {
    this.#capturable = capturable
    const first = { initialize: !restored && this.functions.has('_initialize'), call }
    const signature = call ? this.functions.get(call.name) : NO_RESULTS
    try {
      return await this.#run(() => activation(this.#housing, first), signature)
    } finally {
      if (call?.name === '_start') await this.#end(COMMAND_OVER)
    }
  }

  /**
   * Calls an exported function. i32, f32 and f64 are numbers, i64 is a bigint.
   *
   * @returns how it went; every outcome but `completed` ends the instance
   * @throws {UsageError} if the instance is not ready, has no such function, or the arguments do not fit its type
   * @throws {PrincipalQuotaExceeded} if the guests of its principal have used up their processor time; the guest is as it was
   */
  async call(name: string, ...values: readonly GuestValue[]): Promise<ExecutionResult> {
    if (this.#state === 'ended') throw new UsageError(`The instance has ended (${this.#reason}); create a new one.`)
    if (this.#state !== 'ready') throw new UsageError(`The instance is ${this.#state}; one call at a time.`)
    const signature = this.functions.get(name)
    if (!signature || name === '_initialize') {
      throw new UsageError(
        `The module exports no function ${quoteGuestText(name)} that can be called; it has ${list(this.functions)}.`,
      )
    }
    checkArguments(name, signature, values)
    this.#mayCall()
    let result: ExecutionResult
    try {
      result = await this.#run(() => this.#housing.call(name, values), signature)
    } finally {
      // A command is over when its entry has returned (WASI, "command" life cycle; LNK-13), whatever a listener makes of its events.
      if (name === '_start') await this.#end(COMMAND_OVER)
    }
    return this.accounted(result)
  }

  /**
   * Takes the guest's state: memories, globals, tables. It must be between two calls, and have been created with `snapshots`.
   *
   * @throws {SnapshotError} with the reason if there is state that cannot be captured; the guest goes on
   */
  async snapshot(): Promise<Snapshot> {
    const capturable = this.#mustBeCapturable()
    const taken: Capture[] = []
    const result = await this.#run(async () => {
      const capture = await this.#housing.capture()
      taken.push(capture)
      return capture.activation
    })
    const captured = taken[0]?.captured
    if (!captured || result.outcome !== 'completed')
      throw new SnapshotError('not-ready', `The guest ended while its state was captured. ${result.message}`)
    if ('problem' in captured) throw new SnapshotError(captured.problem, sentenceOf(captured))
    const snapshot = new Snapshot({ identity: capturable.identity, image: captured.image })
    // It comes from the jail, so it is looked at as if it came from a file.
    snapshot.mustFit(capturable)
    return snapshot
  }

  /**
   * Puts the guest back into the state of a snapshot. What it has open is closed; what it has used up of the caps on its whole life stays so.
   *
   * @throws {SnapshotError} if the snapshot is of another module or policy; the guest is as it was then
   * @throws {GuestNotReady} if it could not be restored; the instance has ended then
   */
  async restore(snapshot: Snapshot): Promise<void> {
    snapshot.mustFit(this.#mustBeCapturable())
    const result = await this.#run(() => this.#housing.restore(snapshot.image))
    if (result.outcome !== 'completed') throw new GuestNotReady(result)
  }

  #mustBeCapturable(): Capturable {
    if (this.#state === 'ended') throw new SnapshotError('not-ready', `The instance has ended (${this.#reason}).`)
    if (this.#state !== 'ready')
      throw new SnapshotError('not-ready', `The instance is ${this.#state}; wait for the end of its call.`)
    if (this.#capturable) return this.#capturable
    throw new SnapshotError('not-prepared', 'The instance was not created for snapshots; create it with the option "snapshots".')
  }

  async #run(activate: () => Promise<Activation>, signature?: Signature): Promise<ExecutionResult> {
    const startedAt = performance.now()
    this.#state = 'running'
    this.#monitor?.beginActivation()
    const activation = await activate()
    const result = resultOf(signature ? trusted(activation, signature) : activation, this.policy, startedAt)
    this.#last = result
    this.#startup ??= result
    this.#monitor?.endActivation(activation, result)
    if (result.outcome === 'completed' && !this.#terminated) this.#state = 'ready'
    else await this.#end(result.outcome === 'completed' ? WAS_TERMINATED : result.message)
    // Last, because a listener of the embedder's may throw: the guest has been dealt with by then.
    for (const event of result.securityEvents) this.#emit(event)
    return result
  }

  /** Counted down to zero, however the guest ended: what is left over would add up over many guests (RES-06, CTL-07). */
  #account(): void {
    const count = this.#housing.left
    if (count === 0) return
    const message = `The guest has ended, and ${count} of the things that the host had opened for it are still open.`
    this.#left = { type: 'resources-left', severity: 'high', time: Date.now(), message, count }
    this.#events.push(this.#left)
    this.#reason = `${this.#reason} ${message}`
  }

  /** For the sandbox: the result of an activation, once it is known whether all that the guest had is closed. */
  accounted(result: ExecutionResult): ExecutionResult {
    if (!this.#left || result.securityEvents.includes(this.#left)) return result
    const { message } = this.#left
    return {
      ...result,
      outcome: 'sandbox-fault',
      success: false,
      message,
      securityEvents: [...result.securityEvents, this.#left],
    }
  }

  #emit(event: SecurityEvent): void {
    if (this.#events.push(event) > KEPT_EVENTS) this.#events.shift()
    for (const listener of this.#listeners) listener(event)
  }

  async #end(reason: string): Promise<void> {
    this.#reason ||= reason
    this.#state = 'ended'
    await this.#housing.end()
    if (this.#gone) return
    this.#gone = true
    this.#account()
    const end = { last: this.#last && this.accounted(this.#last), reason: this.#reason }
    this.#whenEnded(end)
    for (const listener of this.#endListeners) {
      try {
        listener(end)
      } catch (error) {
        // The embedder's mistake is the embedder's to hear of, but it must not keep other guests from being ended.
        setImmediate(() => {
          throw error
        })
      }
    }
  }

  /** Ends the guest, in the middle of a call if need be (which then has the outcome `terminated`), and resolves when it is verifiably gone. */
  async terminate(): Promise<void> {
    // A running call settles by itself and sets the state; of one that is ending already, the end is waited for.
    if (this.#state === 'running') this.#terminated = true
    if (this.#state === 'running' || this.#state === 'ended') await this.#housing.end()
    else await this.#end(WAS_TERMINATED)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate()
  }
}

const list = (functions: ReadonlyMap<string, Signature>) =>
  functions.size === 0
    ? 'none'
    : [...functions.keys()]
        .slice(0, 10)
        .map((name) => quoteGuestText(name, 40))
        .join(', ')

/** @throws {UsageError} */
export function checkArguments(name: string, { params }: Signature, values: readonly GuestValue[]): void {
  const fits =
    values.length === params.length && params.every((type, i) => typeof values[i] === (type === 'i64' ? 'bigint' : 'number'))
  if (fits) return
  throw new UsageError(
    `${quoteGuestText(name)} takes (${params.join(', ')}); it was called with (${values.map((v) => typeof v).join(', ')}).`,
  )
}

/** Results come from the jail: their number and values must be those of the function's type, or they are not believed. */
function trusted(activation: Activation, { results }: Signature): Activation {
  if (activation.ending.kind !== 'returned') return activation
  const { values } = activation.ending
  if (values.length === results.length && results.every((type, i) => isOfType(values[i]!, type))) return activation
  return { ...activation, ending: { kind: 'jail-lost', detail: 'it returned values that are not of the function’s type' } }
}

function isOfType(value: GuestValue, type: NumericType): boolean {
  if (type === 'i64') return typeof value === 'bigint'
  if (typeof value !== 'number') return false
  // The JS API hands out i32 as a signed integer, and f32 as a number that a float can hold.
  return type === 'i32' ? value === (value | 0) : type === 'f64' || Object.is(Math.fround(value), value)
}

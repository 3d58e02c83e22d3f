// One guest under management: the state it is in, and what may be done with it there. What it runs in is an instance of the sandbox.
import { randomUUID } from 'node:crypto'
import { GuestNotReady, PoolFull, UsageError } from '../errors.ts'
import type { Instance, InstanceEnd } from '../instance.ts'
import type { PolicyInput } from '../policy/schema.ts'
import type { ExecutionResult, GuestValue } from '../result.ts'
import type { RunOptions, Sandbox } from '../sandbox.ts'
import { SnapshotError } from '../snapshot/error.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import { type GuestAction, type GuestState, hasEnded, refusal, TRANSITIONS } from './states.ts'

/** A guest went from one state to another. */
export interface StateChange {
  readonly guest: string
  readonly principal: string | null
  readonly from: GuestState
  readonly to: GuestState
  /** Why, in one sentence, where it ended; else null. */
  readonly reason: string | null
  /** Milliseconds since the Unix epoch. */
  readonly time: number
}

/** What it is made of. */
export interface Making {
  readonly sandbox: Sandbox
  /** The manager's own copy. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly policy: string | PolicyInput | undefined
  readonly options: RunOptions
  readonly changed: (change: StateChange) => void
}

/** Outcomes after which a guest has ended in order. */
const IN_ORDER: ReadonlySet<ExecutionResult['outcome']> = new Set(['completed', 'exited', 'terminated'])

export class ManagedGuest implements AsyncDisposable {
  readonly id: string = randomUUID()
  readonly principal: string | null
  readonly #making: Making
  readonly #abort = new AbortController()
  #state: GuestState = 'created'
  #instance: Instance | null = null
  /** The start that is under way. */
  #starting: Promise<void> | null = null
  #snapshot: Snapshot | null = null
  /** Its instance ends, and it lives on in its snapshot. */
  #leaving = false
  #last: ExecutionResult | null = null
  #reason: string | null = null

  /** For the manager; embedders get guests from `add` and `create`. */
  constructor(making: Making) {
    this.#making = making
    this.principal = making.options.principal ?? null
    const { signal } = making.options
    if (signal?.aborted) this.#abort.abort()
    else signal?.addEventListener('abort', () => void this.terminate(), { once: true, signal: this.#abort.signal })
  }

  get state(): GuestState {
    return this.#state
  }

  /** Why it ended, in one sentence; null as long as it has not. */
  get reason(): string | null {
    return this.#reason
  }

  /** Its instance, where it has a jail: for events, figures, functions. Calls go through the managed guest. */
  get instance(): Instance | null {
    return this.#instance
  }

  /** What came of its last start or call. */
  get last(): ExecutionResult | null {
    return this.#last
  }

  /**
   * Has the module admitted, without running anything of it.
   *
   * @throws {GuestNotReady} if it is refused; {@link PolicyError} {@link UsageError}
   */
  async admit(): Promise<void> {
    this.#must('admit', 'admitted')
    const { sandbox, bytes, policy, options } = this.#making
    const refused = await sandbox.admit(bytes, policy, options)
    // Somebody else may have admitted or ended it meanwhile.
    this.#must('admit', 'admitted')
    if (!refused) return this.#go('admit')
    this.#ended(refused, refused.message)
    throw new GuestNotReady(refused)
  }

  /**
   * Brings it into a jail, with its start function and `_initialize`, or in the state of its snapshot.
   *
   * @throws {GuestNotReady} if it does not get that far, with the result
   * @throws {PoolFull} if there is no jail for it; it stays as it was, and can be started again
   */
  async start(): Promise<void> {
    if (this.#starting) throw new UsageError('The guest is being started already; wait for that.')
    if (this.#state !== 'created') this.#must('start', 'started')
    this.#starting = this.#start()
    try {
      await this.#starting
    } finally {
      this.#starting = null
    }
  }

  async #start(): Promise<void> {
    if (this.#state === 'created') await this.admit()
    this.#must('start', 'started')
    const { sandbox, bytes, policy, options } = this.#making
    const from = this.#snapshot ? { from: this.#snapshot } : {}
    let instance: Instance
    try {
      instance = await sandbox.create(bytes, policy, { ...options, ...from, signal: this.#abort.signal })
    } catch (error) {
      if (error instanceof PoolFull) throw error
      const result = error instanceof GuestNotReady ? error.result : null
      this.#ended(result, result?.message ?? 'It could not be started.')
      throw error
    }
    this.#last = instance.startup
    this.#instance = instance
    this.#snapshot = null
    instance.onEnd((end) => this.#instanceEnded(instance, end))
    // It may have ended, or been ended, before anybody could listen.
    if (instance.state === 'ended' || hasEnded(this.#state)) return this.#ended(null, 'It was terminated.')
    this.#go('start')
  }

  /** @throws {UsageError} if it is not ready; as {@link Instance.call} */
  async call(name: string, ...values: readonly GuestValue[]): Promise<ExecutionResult> {
    this.#must('call', 'called')
    const running = this.#instance!.call(name, ...values)
    // What does not fit is refused before it begins, and then nothing has changed.
    if (this.#instance?.state === 'running') this.#go('call')
    try {
      const result = await running
      this.#last = result
      return result
    } finally {
      if (this.#state === 'running' && this.#instance?.state === 'ready') this.#go('return')
    }
  }

  /** It takes no more calls; its jail is kept. */
  suspend(): void {
    this.#must('suspend', 'suspended')
    this.#go('suspend')
  }

  resume(): void {
    this.#must('resume', 'resumed')
    this.#go('resume')
  }

  /**
   * Takes its state and gives its jail back.
   *
   * @returns the snapshot, which is kept for `restore` too
   * @throws {SnapshotError} with the reason if there is state that cannot be captured; it goes on as before then
   */
  async snapshot(): Promise<Snapshot> {
    this.#must('capture', 'snapshotted')
    const held = this.#state === 'suspended'
    const instance = this.#instance!
    const capture = instance.snapshot()
    if (instance.state === 'running') this.#go('capture')
    try {
      const snapshot = await capture
      if (this.#state !== 'running') throw new SnapshotError('not-ready', 'The guest ended while its state was captured.')
      this.#snapshot = snapshot
      this.#leaving = true
      await instance.terminate()
      this.#leaving = false
      this.#instance = null
      if (this.#state === 'running') this.#go('keep')
      return snapshot
    } catch (error) {
      if (this.#state === 'running' && instance.state === 'ready') this.#go(held ? 'hold' : 'return')
      throw error
    }
  }

  /** Brings it into a jail again, in the state of its snapshot. @throws as {@link start} */
  async restore(): Promise<void> {
    this.#must('restore', 'restored')
    this.#go('restore')
    await this.start()
  }

  /** Ends it, whatever it is doing or waiting for, and resolves when it is verifiably gone. */
  async terminate(): Promise<void> {
    this.#abort.abort()
    await this.#starting?.catch(() => {})
    await this.#instance?.terminate()
    if (!hasEnded(this.#state)) this.#ended(null, 'It was terminated.')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate()
  }

  #instanceEnded(instance: Instance, { last, reason }: InstanceEnd): void {
    if (instance !== this.#instance || this.#leaving) return
    this.#ended(last, reason)
  }

  #ended(result: ExecutionResult | null, reason: string): void {
    if (result) this.#last = result
    this.#instance = null
    this.#snapshot = null
    if (hasEnded(this.#state)) return
    this.#go(!result || IN_ORDER.has(result.outcome) ? 'terminate' : 'fail', reason)
    this.#abort.abort()
  }

  /** @throws {UsageError} in one sentence */
  #must(action: GuestAction, wish: string): void {
    if (TRANSITIONS[this.#state][action] === undefined) throw new UsageError(refusal(this.#state, wish))
  }

  #go(action: GuestAction, reason: string | null = null): void {
    const from = this.#state
    const to = TRANSITIONS[from][action]
    if (to === undefined) throw new Error(`there is no way "${action}" from ${from}`)
    this.#state = to
    if (hasEnded(to)) this.#reason = reason
    this.#making.changed({ guest: this.id, principal: this.principal, from, to, reason, time: Date.now() })
  }
}

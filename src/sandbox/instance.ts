// An instance: one guest, and the states it can be in. One activation at a time; whatever ends a guest ends the instance for good.
import type { NumericType, Signature } from './admission/entries.ts'
import { UsageError } from './errors.ts'
import type { SecurityEvent } from './events.ts'
import type { Activation, Housing } from './isolation/housing.ts'
import { joinResults, resultOf } from './outcome.ts'
import type { Policy } from './policy/schema.ts'
import type { ExecutionResult, GuestValue } from './result.ts'
import { quoteGuestText } from './text.ts'

/** `starting` only inside `create`; `ready` between calls; `running` during one; `ended` for good, whatever the reason. */
export type InstanceState = 'starting' | 'ready' | 'running' | 'ended'

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
  readonly #whenEnded: () => void
  #state: InstanceState = 'starting'
  #startup: ExecutionResult | null = null
  /** Why it ended, in words. */
  #reason = ''

  /** For the sandbox; embedders get instances from `create`. */
  constructor(
    id: string,
    policy: Policy,
    sha256: string,
    functions: ReadonlyMap<string, Signature>,
    housing: Housing,
    whenEnded: () => void,
  ) {
    this.id = id
    this.policy = policy
    this.sha256 = sha256
    this.functions = functions
    this.#housing = housing
    this.#whenEnded = whenEnded
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

  /** For the sandbox: loads the module, runs its start function and `_initialize`. @param activation what loads it */
  async start(activation: (housing: Housing) => Promise<Activation>): Promise<ExecutionResult> {
    const loaded = await this.#run(() => activation(this.#housing))
    const initialise = loaded.outcome === 'completed' && this.functions.has('_initialize')
    this.#startup = initialise ? joinResults(loaded, await this.#run(() => this.#housing.call('_initialize', []))) : loaded
    return this.#startup
  }

  /**
   * Calls an exported function. i32, f32 and f64 are numbers, i64 is a bigint.
   *
   * @returns how it went; every outcome but `completed` ends the instance
   * @throws {UsageError} if the instance is not ready, has no such function, or the arguments do not fit its type
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
    const result = await this.#run(() => this.#housing.call(name, values), signature)
    // A command is over when its entry has returned (WASI, "command" life cycle; LNK-13).
    if (name === '_start') await this.#end('it is a command, and _start has returned')
    return result
  }

  async #run(activate: () => Promise<Activation>, signature?: Signature): Promise<ExecutionResult> {
    const startedAt = performance.now()
    this.#state = 'running'
    const activation = await activate()
    const result = resultOf(signature ? trusted(activation, signature) : activation, this.policy, startedAt)
    if (result.outcome === 'completed') this.#state = 'ready'
    else await this.#end(result.message)
    // Last, because a listener of the embedder's may throw: the guest has been dealt with by then.
    for (const event of result.securityEvents) this.#emit(event)
    return result
  }

  #emit(event: SecurityEvent): void {
    if (this.#events.push(event) > KEPT_EVENTS) this.#events.shift()
    for (const listener of this.#listeners) listener(event)
  }

  async #end(reason: string): Promise<void> {
    this.#reason ||= reason
    this.#state = 'ended'
    await this.#housing.end()
    this.#whenEnded()
  }

  /** Ends the guest, in the middle of a call if need be (which then has the outcome `terminated`), and resolves when it is verifiably gone. */
  async terminate(): Promise<void> {
    // A running call settles by itself and sets the state.
    if (this.#state === 'running') await this.#housing.end()
    else if (this.#state !== 'ended') await this.#end('it was terminated')
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

function checkArguments(name: string, { params }: Signature, values: readonly GuestValue[]): void {
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

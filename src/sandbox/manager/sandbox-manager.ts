// Many guests of one sandbox over their whole lives: who there is, in which state, and the end of all of them.
import { UsageError } from '../errors.ts'
import { ownData } from '../own-data.ts'
import type { PolicyInput } from '../policy/schema.ts'
import type { ModuleBytes, RunOptions, Sandbox } from '../sandbox.ts'
import { ManagedGuest, type StateChange } from './managed-guest.ts'
import { type GuestState, hasEnded } from './states.ts'

export interface SandboxManagerOptions {
  /** Guests that have ended are listed until so many more have; 0 to 100,000, default 100. */
  readonly keepEnded?: number
}

/** Those who fit in every respect that is named. */
export interface GuestQuery {
  readonly principal?: string | null
  readonly state?: GuestState
}

export class SandboxManager implements AsyncDisposable {
  readonly #sandbox: Sandbox
  readonly #keepEnded: number
  // A Map in the order in which they came.
  readonly #guests = new Map<string, ManagedGuest>()
  readonly #ended: string[] = []
  readonly #listeners = new Set<(change: StateChange) => void>()

  /** @param sandbox in which they run; it stays its owner's @throws {UsageError} */
  constructor(sandbox: Sandbox, { keepEnded = 100 }: SandboxManagerOptions = {}) {
    if (!Number.isInteger(keepEnded) || keepEnded < 0 || keepEnded > 100_000)
      throw new UsageError('The option keepEnded must be a whole number between 0 and 100000.')
    this.#sandbox = sandbox
    this.#keepEnded = keepEnded
  }

  /** Takes a module; nothing is done with it yet. The bytes are copied. */
  add(module: ModuleBytes, policy?: string | PolicyInput, options: RunOptions = {}): ManagedGuest {
    const guest = new ManagedGuest({
      sandbox: this.#sandbox,
      bytes: copyOf(module),
      policy,
      options: ownData(options) as RunOptions,
      changed: (change) => this.#changed(change),
    })
    this.#guests.set(guest.id, guest)
    return guest
  }

  /** Takes a module and starts it. @throws as {@link ManagedGuest.start} */
  async create(module: ModuleBytes, policy?: string | PolicyInput, options: RunOptions = {}): Promise<ManagedGuest> {
    const guest = this.add(module, policy, options)
    try {
      await guest.start()
    } catch (error) {
      // Nobody has it, so nobody could try again.
      await guest.terminate()
      throw error
    }
    return guest
  }

  /** The oldest first; those that have ended too, as long as they are kept. */
  list({ principal, state }: GuestQuery = {}): readonly ManagedGuest[] {
    return [...this.#guests.values()].filter(
      (guest) => (principal === undefined || guest.principal === principal) && (state === undefined || guest.state === state),
    )
  }

  get(id: string): ManagedGuest | null {
    return this.#guests.get(id) ?? null
  }

  /** Told of each change after it. @returns a function that takes the listener away again */
  onChange(listener: (change: StateChange) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /**
   * Ends all guests: running, waiting for a jail, being started, suspended, snapshotted. Resolves when they are verifiably gone, which the kill ladder
   * bounds whatever they do; see docs/isolation.md.
   *
   * @param query only those who fit
   */
  async terminateAll(query: GuestQuery = {}): Promise<void> {
    await Promise.all(this.list(query).map((guest) => guest.terminate()))
  }

  /** Ends all of its guests; the sandbox stays. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminateAll()
  }

  #changed(change: StateChange): void {
    if (hasEnded(change.to)) this.#forgetOldest(change.guest)
    for (const listener of this.#listeners) {
      try {
        listener(change)
      } catch (error) {
        // The embedder's mistake is the embedder's to hear of, but not in the middle of the end of a guest.
        setImmediate(() => {
          throw error
        })
      }
    }
  }

  #forgetOldest(ended: string): void {
    this.#ended.push(ended)
    while (this.#ended.length > this.#keepEnded) this.#guests.delete(this.#ended.shift()!)
  }
}

function copyOf(module: ModuleBytes): Uint8Array<ArrayBuffer> {
  if (module instanceof Uint8Array) return new Uint8Array(module)
  if (module instanceof ArrayBuffer || module instanceof SharedArrayBuffer) return new Uint8Array(new Uint8Array(module))
  throw new UsageError('A module must be given as Uint8Array, ArrayBuffer or SharedArrayBuffer.')
}

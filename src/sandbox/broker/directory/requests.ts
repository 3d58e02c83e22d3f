// The way of every request about a live directory: its turn, one audit record with the decision, then the effect.

import type { LocalEvent } from '../../host/context.ts'
import { type ErrnoName, errnoName } from '../../host/errno.ts'
import { PathEscape, type PathLimits } from '../../host/fs/resolve.ts'
import { quoteGuestText } from '../../text.ts'
import { type Answer, type Intent, type Prepared, Refused } from '../operation.ts'
import { Denied, refusalOf } from './errno.ts'
import type { Turns } from './turns.ts'
import { Walks } from './walk.ts'

/** Denials that are told one by one in an activation; all of them are in the audit log. */
const MAX_TOLD = 100

/** What a request is about, for the audit log and the embedder. */
export interface Subject {
  /** The host call that it comes from, or the likeliest of several. */
  readonly hostCall: string
  /** Guest path. */
  readonly object: string
}

export interface PathRequest<T> {
  readonly subject: Subject
  /** What is refused whatever the path leads to. */
  readonly refusal?: Refused | null
  /** Looks, and changes nothing. What it throws decides. */
  find(walks: Walks): Promise<T>
  act(found: T, walks: Walks): Promise<Answer>
}

export const DONE: Answer = { errno: 'success' }

export class Requests {
  readonly #turns: Turns
  readonly #limits: PathLimits
  #told = 0

  constructor(turns: Turns, limits: PathLimits) {
    this.#turns = turns
    this.#limits = limits
  }

  beginActivation(): void {
    this.#told = 0
  }

  /** Refused because of the policy: the embedder is told. */
  denied({ hostCall, object }: Subject, errno: ErrnoName, why: string): Refused {
    if (++this.#told > MAX_TOLD) return new Refused(errno)
    const last = this.#told === MAX_TOLD ? ' Further refusals are not told.' : ''
    const quoted = quoteGuestText(object)
    const message = `The guest asked for ${quoted}, which ${why}.${last}`
    const event: LocalEvent = { type: 'file-access', severity: 'high', message, hostCall, allowed: false, object: quoted }
    return new Refused(errno, event)
  }

  /** A change of a mount that is only to be read; null if it may be changed (FSX-11, FSX-12). */
  readOnly(subject: Subject, { writable }: { readonly writable: boolean }): Refused | null {
    return writable ? null : this.denied(subject, 'rofs', 'is mounted to be read only')
  }

  /**
   * A request with a path. Whether it stays in the mount is known only when it has been walked, so the walk, which changes nothing, comes before the
   * record; there is exactly one, also if nothing is found.
   */
  onPath<T>({ subject, refusal = null, find, act }: PathRequest<T>): Prepared {
    if (refusal) return decided(subject, refusal)
    return {
      intent: null,
      run: (signal, decide) =>
        this.#turns.take(signal, async () => {
          const walks = new Walks(signal, this.#limits)
          try {
            const found = await this.#find(subject, () => find(walks), signal, decide)
            signal.throwIfAborted()
            return await act(found, walks)
          } catch (error) {
            throw refusalOf(error)
          } finally {
            await walks.end()
          }
        }),
    }
  }

  async #find<T>(subject: Subject, find: () => Promise<T>, signal: AbortSignal, decide: (intent: Intent) => Promise<void>) {
    let found: T
    try {
      found = await find()
    } catch (error) {
      signal.throwIfAborted()
      await decide(intentOf(subject, this.#denialOf(subject, error)))
      throw error
    }
    await decide(intentOf(subject, null))
    return found
  }

  #denialOf(subject: Subject, error: unknown): Refused | null {
    if (error instanceof PathEscape) return this.denied(subject, 'perm', 'leads out of the directory that it was given to')
    if (error instanceof Denied) return this.denied(subject, errnoName(error.errno) ?? 'io', error.why)
    return null
  }

  /** A request on something open. @param subject null for what reveals nothing new and changes nothing */
  onHandle(subject: Subject | null, refusal: Refused | null, act: (signal: AbortSignal) => Promise<Answer>): Prepared {
    if (subject && refusal) return decided(subject, refusal)
    return {
      intent: subject && intentOf(subject, null),
      run: (signal) =>
        this.#turns.take(signal, async () => {
          try {
            return await act(signal)
          } catch (error) {
            throw refusalOf(error)
          }
        }),
    }
  }
}

const intentOf = ({ object }: Subject, refusal: Refused | null): Intent => ({ capability: 'fs', object, refusal })

const decided = (subject: Subject, refusal: Refused): Prepared => ({
  intent: intentOf(subject, refusal),
  run: () => Promise.reject(refusal),
})

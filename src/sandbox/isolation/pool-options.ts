// How many jails a sandbox may have, and what becomes of guests for which there is none. Checked when the sandbox is created.
import { availableParallelism } from 'node:os'
import { UsageError } from '../errors.ts'
import { FIXED } from '../policy/limits/fixed.ts'

export interface PoolOptions {
  /** Jails at any one time, those that are being started included, and so guests at any one time; 1 to 1,000, default 64. */
  readonly maxJails?: number
  /** Jails that are started ahead and held ready, in which no guest has run yet; what is taken or dies is replaced. Default 0. */
  readonly warmJails?: number
  /** Jails that are kept for the next guest when theirs has ended; default: as many as there are processors. */
  readonly idleJails?: number
  /** Guests for which there is no jail wait here, each principal in turn. */
  readonly queue?: {
    /** How many may wait, 0 to 100,000, default 1,000; one more is refused at once. */
    readonly length?: number
    /** How long one may wait, milliseconds, 1 to a day, default 60,000. */
    readonly timeoutMs?: number
  }
}

/** Every figure, checked. */
export interface PoolLimits {
  readonly maxJails: number
  readonly warmJails: number
  readonly idleJails: number
  readonly queueLength: number
  readonly queueMs: number
}

/** @param given own data: what is polluted onto `Object.prototype` is not an option @throws {UsageError} naming the option */
export function readPoolOptions(given: PoolOptions = {}): PoolLimits {
  mustKnow('pool', given, ['maxJails', 'warmJails', 'idleJails', 'queue'])
  const queue = given.queue ?? {}
  mustKnow('pool.queue', queue, ['length', 'timeoutMs'])
  const maxJails = whole('maxJails', given.maxJails ?? FIXED.jails.limit, 1, 1000)
  const warmJails = whole('warmJails', given.warmJails ?? 0, 0, maxJails)
  return {
    maxJails,
    warmJails,
    idleJails: whole('idleJails', given.idleJails ?? Math.min(maxJails, availableParallelism()), 0, maxJails),
    queueLength: whole('queue.length', queue.length ?? FIXED.waiting.limit, 0, 100_000),
    queueMs: whole('queue.timeoutMs', queue.timeoutMs ?? 60_000, 1, 24 * 3600e3),
  }
}

function whole(name: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
  throw new UsageError(`The option pool.${name} must be a whole number between ${min} and ${max}.`)
}

function mustKnow(place: string, value: unknown, names: readonly string[]): void {
  if (value === null || typeof value !== 'object') throw new UsageError(`The option ${place} must be an object.`)
  const unknown = Object.keys(value).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new UsageError(`The option ${place} has no ${JSON.stringify(unknown)}; it has ${names.join(', ')}.`)
}

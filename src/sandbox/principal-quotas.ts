// What all guests of one principal may have together: quotas of a policy are those of one guest, and a principal that may start many has them many
// times over (RES-11, RES-03, RES-09).
import { PrincipalQuotaExceeded, UsageError } from './errors.ts'
import { ownData } from './own-data.ts'
import type { Policy } from './policy/schema.ts'

/** Limits over all guests of one principal in one sandbox; what is left out is not limited. Guests without a principal count as one together. */
export interface PrincipalQuotas {
  /** Guests at the same time, those that wait for a jail included; 1 to 100,000. */
  readonly instances?: number
  /** Sum of `quotas.memoryBytes` of the policies of guests at the same time: what they may grow to, not what they have. */
  readonly memoryBytes?: number
  /** Sum of `quotas.handles`, likewise. */
  readonly handles?: number
  /** Processor time, as the kernel counts it for their jails, within a window that ends now. */
  readonly cpu?: { readonly ms: number; readonly windowMs: number }
}

/** One guest's part in the sums. */
export interface Share {
  /** @param cpuMs of its activation so far */
  sampled(cpuMs: number): void
  /** Before each call of the embedder's. @throws {PrincipalQuotaExceeded} if the principal's processor time is used up */
  mustHaveTime(): void
  /** The guest is gone. May be called often. */
  release(): void
}

/** Parts into which the window is divided: processor time is forgotten by the part. */
const PARTS = 30
/** Principals without a guest whose processor time is remembered; when there are more, those that have used nothing lately go. */
const REMEMBERED = 10_000
const DAY = 24 * 3600e3
const MAX = Number.MAX_SAFE_INTEGER

const SUMS = ['instances', 'memoryBytes', 'handles'] as const
type Sum = (typeof SUMS)[number]

class Principal {
  readonly used: Record<Sum, number> = { instances: 0, memoryBytes: 0, handles: 0 }
  /** Milliseconds by number of the part. A Map in the order of time. */
  readonly #parts = new Map<number, number>()

  spend(cpuMs: number, part: number): void {
    this.#parts.set(part, (this.#parts.get(part) ?? 0) + cpuMs)
    this.#forget(part)
  }

  spent(part: number): number {
    this.#forget(part)
    return [...this.#parts.values()].reduce((sum, ms) => sum + ms, 0)
  }

  #forget(now: number): void {
    for (const [part] of this.#parts) {
      if (part > now - PARTS) break
      this.#parts.delete(part)
    }
  }
}

export class Principals {
  readonly #limits: PrincipalQuotas
  readonly #now: () => number
  // A Map, because principals are named by the embedder's callers.
  readonly #principals = new Map<string, Principal>()

  /** @param now milliseconds of a clock that does not go back @throws {UsageError} on limits that are not valid */
  constructor(limits: PrincipalQuotas = {}, now: () => number = () => performance.now()) {
    this.#limits = readLimits(ownData(limits) as PrincipalQuotas)
    this.#now = now
  }

  /**
   * A guest that is about to start, before anything is allocated for it.
   *
   * @throws {PrincipalQuotaExceeded} if the principal has not that much left, and nothing is counted then
   * @throws {UsageError} if a limit cannot be kept under the policy
   */
  enter(name: string | null, { quotas, isolation }: Policy): Share {
    if (this.#limits.cpu && isolation.level === 'inline')
      throw new UsageError(
        'The option perPrincipal.cpu cannot be kept under isolation level inline, where nobody measures a guest apart.',
      )
    const principal = this.#of(name)
    this.#mustHaveTime(principal)
    const wanted: Record<Sum, number> = { instances: 1, memoryBytes: quotas.memoryBytes, handles: quotas.handles }
    for (const sum of SUMS) {
      const limit = this.#limits[sum]
      if (limit !== undefined && principal.used[sum] + wanted[sum] > limit) throw new PrincipalQuotaExceeded(sum, limit)
    }
    for (const sum of SUMS) principal.used[sum] += wanted[sum]
    return this.#share(principal, wanted)
  }

  #share(principal: Principal, wanted: Readonly<Record<Sum, number>>): Share {
    let last = 0
    let released = false
    return {
      sampled: (cpuMs) => {
        // Less than before: another activation has begun.
        principal.spend(cpuMs < last ? cpuMs : cpuMs - last, this.#part())
        last = cpuMs
      },
      mustHaveTime: () => this.#mustHaveTime(principal),
      release: () => {
        if (released) return
        released = true
        for (const sum of SUMS) principal.used[sum] -= wanted[sum]
      },
    }
  }

  #mustHaveTime(principal: Principal): void {
    const { cpu } = this.#limits
    if (cpu && principal.spent(this.#part()) >= cpu.ms) throw new PrincipalQuotaExceeded('cpu', cpu.ms)
  }

  #of(name: string | null): Principal {
    const key = name === null ? '' : `p:${name}`
    const principal = this.#principals.get(key) ?? new Principal()
    this.#principals.delete(key)
    this.#principals.set(key, principal)
    if (this.#principals.size > REMEMBERED) this.#forgetIdle()
    return principal
  }

  #forgetIdle(): void {
    for (const [key, principal] of this.#principals) {
      if (principal.used.instances === 0 && principal.spent(this.#part()) === 0) this.#principals.delete(key)
    }
  }

  #part(): number {
    return this.#limits.cpu ? Math.floor(this.#now() / (this.#limits.cpu.windowMs / PARTS)) : 0
  }
}

function readLimits(given: PrincipalQuotas): PrincipalQuotas {
  mustKnow('perPrincipal', given, [...SUMS, 'cpu'])
  const { cpu } = given
  if (cpu !== undefined) mustKnow('perPrincipal.cpu', cpu, ['ms', 'windowMs'])
  const optional = (sum: Sum, max: number) => (given[sum] === undefined ? {} : { [sum]: whole(sum, given[sum], 1, max) })
  return {
    ...optional('instances', 100_000),
    ...optional('memoryBytes', MAX),
    ...optional('handles', MAX),
    ...(cpu && { cpu: { ms: whole('cpu.ms', cpu.ms, 1, MAX), windowMs: whole('cpu.windowMs', cpu.windowMs, 1000, DAY) } }),
  }
}

function whole(name: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value
  throw new UsageError(`The option perPrincipal.${name} must be a whole number between ${min} and ${max}.`)
}

function mustKnow(place: string, value: unknown, names: readonly string[]): void {
  if (value === null || typeof value !== 'object') throw new UsageError(`The option ${place} must be an object.`)
  const unknown = Object.keys(value).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new UsageError(`The option ${place} has no ${JSON.stringify(unknown.slice(0, 40))}; it has ${names.join(', ')}.`)
}

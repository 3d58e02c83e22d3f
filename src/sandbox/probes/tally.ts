// What the runs of one version came to, in a form that two versions can be compared in. Bounded, however many runs there are.
import type { SecurityEvent } from '../events.ts'
import type { ExecutionResult } from '../result.ts'

/** Durations that the median is taken of: the last ones. */
const DURATIONS = 1000
/** Kinds of events. There are as many as host calls, quotas and codes, so this is never reached but by mistake. */
const KINDS = 1000

export class Tally {
  readonly statuses = new Map<string, number>()
  readonly #kinds = new Set<string>()
  readonly #durations: number[] = []
  #runs = 0
  #failures = 0

  get runs(): number {
    return this.#runs
  }
  get failures(): number {
    return this.#failures
  }
  /** What distinguishes events beside the texts in them; without `info`, which tells of what was allowed. */
  get kinds(): ReadonlySet<string> {
    return this.#kinds
  }
  /** In milliseconds; null before the first run. */
  get medianDuration(): number | null {
    const sorted = this.#durations.toSorted((a, b) => a - b)
    const middle = sorted.length / 2
    if (sorted.length === 0) return null
    return Number.isInteger(middle) ? (sorted[middle - 1]! + sorted[middle]!) / 2 : sorted[Math.floor(middle)]!
  }

  add({ success, probe, securityEvents, executionTimeMs }: ExecutionResult): void {
    this.#runs++
    if (!success) this.#failures++
    const status = probe?.status ?? 'none'
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1)
    for (const event of securityEvents) if (event.severity !== 'info' && this.#kinds.size < KINDS) this.#kinds.add(kindOf(event))
    this.#durations.push(executionTimeMs)
    if (this.#durations.length > DURATIONS) this.#durations.shift()
  }
}

/** From properties that the host chose the values of, never ones that hold the guest's text. */
function kindOf(event: SecurityEvent): string {
  const details = ['hostCall', 'quota', 'code', 'clock'].flatMap((key) => {
    const value = Object.hasOwn(event, key) ? (event as unknown as Record<string, unknown>)[key] : undefined
    return typeof value === 'string' ? [value] : []
  })
  return [event.type, ...details].join(' ')
}

/** The share of runs that would have to end with another status for the two to be alike: 0 for the same distribution, 1 for nothing in common. */
export function statusDistance(a: Tally, b: Tally): number {
  const statuses = new Set([...a.statuses.keys(), ...b.statuses.keys()])
  const share = (tally: Tally, status: string) => (tally.statuses.get(status) ?? 0) / tally.runs
  return [...statuses].reduce((sum, status) => sum + Math.abs(share(a, status) - share(b, status)), 0) / 2
}

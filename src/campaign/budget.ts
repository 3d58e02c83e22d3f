// The time of a run: how it is written, how the stages share it, and what is left of it.
import { monotonicMs } from './clock.ts'

export class BudgetError extends Error {
  override readonly name = 'BudgetError'
}

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const
const LONGEST_MS = 7 * 24 * UNITS.h

/** Reads `90s`, `2m`, `30m`, `1h`, `1h30m`. Returns milliseconds. Throws BudgetError. */
export function parseBudget(text: string): number {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)]
  const milliseconds = parts.reduce((sum, part) => sum + Number(part[1]) * UNITS[part[2] as keyof typeof UNITS], 0)
  const complete = parts.map((part) => part[0]).join('') === text.trim()
  if (!complete || !(milliseconds >= 1)) {
    throw new BudgetError(`${JSON.stringify(text)} is not a time budget: write a number and a unit, such as 90s, 2m or 1h30m`)
  }
  if (milliseconds > LONGEST_MS) throw new BudgetError(`a budget of ${text} is more than seven days: use 168h at most`)
  return milliseconds
}

/** Shares a time among named parts by their weights. A stage whose weight is 0, or that is not named, gets none. */
export function shareBudget<Name extends string>(
  milliseconds: number,
  weights: Readonly<Record<Name, number>>,
): Record<Name, number> {
  const entries = Object.entries(weights) as [Name, number][]
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0)
  return Object.fromEntries(entries.map(([name, weight]) => [name, total > 0 ? (milliseconds * weight) / total : 0])) as Record<
    Name,
    number
  >
}

/** A time that runs from now on. */
export class Budget {
  readonly milliseconds: number
  readonly #startedMs: number
  readonly #clock: () => number

  constructor(milliseconds: number, clock: () => number = monotonicMs) {
    this.milliseconds = milliseconds
    this.#clock = clock
    this.#startedMs = clock()
  }

  get elapsedMs(): number {
    return this.#clock() - this.#startedMs
  }

  /** Never negative. */
  get remainingMs(): number {
    return Math.max(0, this.milliseconds - this.elapsedMs)
  }

  get spent(): boolean {
    return this.remainingMs === 0
  }
}

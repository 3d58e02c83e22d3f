// The regression stage: every case of the corpus with its twin against every target. A violation is tried again in fresh chambers.
import type { Attack } from '../attacks/attack.ts'
import type { Budget } from './budget.ts'
import type { Journal } from './journal.ts'
import { forEachParallel } from './pool.ts'
import { ReusedChamber } from './reused-chamber.ts'
import { isShown, type Pair, type ShownCause, type TargetChoice, tryFresh } from './trials.ts'

export interface RegressionWork {
  readonly target: TargetChoice
  readonly attack: Attack
  readonly mandatory: boolean
}

export interface RegressionOptions {
  /** In the order in which they are to run. */
  readonly work: readonly RegressionWork[]
  /** When it is spent, work that is not mandatory is left out. */
  readonly budget?: Budget
  readonly journal: Journal | null
  readonly parallel: number
  readonly signal?: AbortSignal
  /** Called once for each attack and target, when both trials are done. */
  readonly onPair: (pair: Pair, target: TargetChoice) => Promise<void> | void
}

/**
 * Runs the attacks; a pair that has begun is finished when the signal is aborted. Rejects with ChamberError if a target does not load.
 * Returns how many pairs were run, and how many were left out because the budget was spent.
 */
export async function runRegression(options: RegressionOptions): Promise<{ done: number; leftOut: number }> {
  const { work, budget, parallel, signal, onPair } = options
  let done = 0
  let leftOut = 0
  const chambers = new ChamberRack(options)
  try {
    await forEachParallel(
      work,
      parallel,
      async ({ target, attack, mandatory }) => {
        if (!mandatory && budget?.spent) {
          leftOut++
          return
        }
        const pair = await chambers.use(target, (chamber) => chamber.runPair(attack))
        done++
        await onPair(pair, target)
      },
      signal,
    )
  } finally {
    await chambers.close()
  }
  return { done, leftOut }
}

/** The chambers of a stage that are not in use, by target. */
class ChamberRack {
  readonly #options: RegressionOptions
  readonly #free = new Map<TargetChoice, ReusedChamber[]>()

  constructor(options: RegressionOptions) {
    this.#options = options
  }

  async use<T>(target: TargetChoice, action: (chamber: ReusedChamber) => Promise<T>): Promise<T> {
    const free = this.#free.get(target) ?? []
    this.#free.set(target, free)
    const { journal, onPair } = this.#options
    const chamber = free.pop() ?? new ReusedChamber({ target, journal, onViolation: onPair })
    try {
      return await action(chamber)
    } finally {
      free.push(chamber)
    }
  }

  async close(): Promise<void> {
    for (const chamber of [...this.#free.values()].flat()) await chamber.close()
  }
}

/** Repeats one trial in a fresh chamber. Returns whether it was violated for the same cause. */
export async function showsAgain(
  target: TargetChoice,
  attack: Attack,
  role: 'attack' | 'twin',
  cause: ShownCause,
): Promise<boolean> {
  const again = await tryFresh(target, attack, role, null)
  return isShown(again.trial, again.observation, again.verdict, cause)
}

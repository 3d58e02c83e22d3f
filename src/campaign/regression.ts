// The regression stage: every case of the corpus with its twin, each in a fresh chamber, against every target.
import type { Attack } from '../attacks/attack.ts'
import type { Budget } from './budget.ts'
import type { Journal } from './journal.ts'
import { forEachParallel } from './pool.ts'
import { type Pair, type TargetChoice, tryFresh, weigh } from './trials.ts'

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
  const { work, budget, journal, parallel, signal, onPair } = options
  let done = 0
  let leftOut = 0
  await forEachParallel(
    work,
    parallel,
    async ({ target, attack, mandatory }) => {
      if (!mandatory && budget?.spent) {
        leftOut++
        return
      }
      const attacked = await tryFresh(target, attack, 'attack', journal)
      const twin = await tryFresh(target, attack, 'twin', journal)
      done++
      await onPair(weigh(attacked, twin), target)
    },
    signal,
  )
  return { done, leftOut }
}

/** Repeats one trial in fresh chambers. Returns how often it was violated by the same oracle with the same code. */
export async function confirm(
  target: TargetChoice,
  attack: Attack,
  role: 'attack' | 'twin',
  cause: { readonly oracle: string; readonly code: string },
  runs: number,
  signal?: AbortSignal,
): Promise<{ runs: number; times: number }> {
  let times = 0
  let done = 0
  for (; done < runs && !signal?.aborted; done++) {
    const again = await tryFresh(target, attack, role, null)
    if (again.verdict.oracles.some((o) => o.kind === 'violated' && o.oracle === cause.oracle && o.code === cause.code)) times++
  }
  return { runs: done, times }
}

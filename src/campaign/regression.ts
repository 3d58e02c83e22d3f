// The regression stage: every case of the corpus with its twin, each in a fresh chamber, against every target.
import type { Attack } from '../attacks/attack.ts'
import type { Journal } from './journal.ts'
import { forEachParallel } from './pool.ts'
import { type Pair, type TargetChoice, tryFresh, weigh } from './trials.ts'

export interface RegressionOptions {
  readonly attacks: readonly Attack[]
  readonly targets: readonly TargetChoice[]
  readonly journal: Journal | null
  readonly parallel: number
  readonly signal?: AbortSignal
  /** Called once for each attack and target, when both trials are done. */
  readonly onPair: (pair: Pair, target: TargetChoice) => Promise<void> | void
}

/**
 * Runs all attacks on all targets; a trial that has begun is finished when the signal is aborted. Rejects with ChamberError if a target does
 * not load. Returns how many pairs were run.
 */
export async function runRegression(options: RegressionOptions): Promise<number> {
  const { attacks, targets, journal, parallel, signal, onPair } = options
  const work = targets.flatMap((target) => attacks.map((attack) => ({ target, attack })))
  let done = 0
  await forEachParallel(
    work,
    parallel,
    async ({ target, attack }) => {
      const attacked = await tryFresh(target, attack, 'attack', journal)
      const twin = await tryFresh(target, attack, 'twin', journal)
      done++
      await onPair(weigh(attacked, twin), target)
    },
    signal,
  )
  return done
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

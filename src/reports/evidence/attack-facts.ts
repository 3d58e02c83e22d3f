// What the trials of each attack come to on the targets that count: contained with the twin allowed, or the doubts that remain.
import type { TrialRecord } from '../run-record.ts'

export interface AttackFacts {
  readonly attack: string
  /** The twin ran on every target and was allowed each time. */
  readonly twinAllowed: boolean
  /** Sentences; empty if the attack was contained, and its twin allowed, on every one of the targets. */
  readonly doubts: readonly string[]
}

type Role = TrialRecord['role']

/**
 * Facts of every attack that ran on at least one of `targets`. An attack that ran several times counts by its worst verdict, so a repetition
 * never improves it.
 */
export function attackFacts(trials: readonly TrialRecord[], targets: readonly string[]): AttackFacts[] {
  const relevant = trials.filter((trial) => targets.includes(trial.target))
  const attacks = new Set(relevant.filter((trial) => trial.role === 'attack').map((trial) => trial.attack))
  return [...attacks].map((attack) => {
    const worst = (target: string, role: Role) =>
      worstTrial(relevant.filter((trial) => trial.attack === attack && trial.target === target && trial.role === role))
    return {
      attack,
      twinAllowed: targets.every((target) => worst(target, 'twin')?.verdict === 'contained'),
      doubts: targets.flatMap((target) =>
        [attackDoubt(attack, target, worst(target, 'attack')), twinDoubt(attack, target, worst(target, 'twin'))].filter(
          (doubt) => doubt !== null,
        ),
      ),
    }
  })
}

const BADNESS: Readonly<Record<TrialRecord['verdict'], number>> = { contained: 0, inconclusive: 1, violated: 2 }

/** The trial with the worst verdict, the earliest of equals; undefined if there is none. */
export function worstTrial(trials: readonly TrialRecord[]): TrialRecord | undefined {
  return trials.reduce<TrialRecord | undefined>(
    (worst, trial) => (worst === undefined || BADNESS[trial.verdict] > BADNESS[worst.verdict] ? trial : worst),
    undefined,
  )
}

function attackDoubt(attack: string, target: string, trial: TrialRecord | undefined): string | null {
  if (trial === undefined) return `${attack} did not run on ${target}.`
  return trial.verdict === 'contained' ? null : `${attack} is ${trial.verdict} on ${target}: ${trial.reason}`
}

function twinDoubt(attack: string, target: string, trial: TrialRecord | undefined): string | null {
  if (trial === undefined) return `The twin of ${attack} did not run on ${target}, so the denial proves nothing.`
  if (trial.verdict === 'contained') return null
  const what = trial.verdict === 'violated' ? 'was not allowed' : 'is inconclusive'
  return `The twin of ${attack} ${what} on ${target}, so the denial proves nothing: ${trial.reason}`
}

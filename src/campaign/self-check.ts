// The harness's check of itself: on the naive host, certain attacks must be seen to go through, or the harness sees nothing.
import type { TrialRecord } from '../reports/run-record.ts'
import type { RunTarget } from './run-context.ts'

/** The naive host that shows that the attacks bite: it is there for that if it does not decide, which it does when the user names it. */
export const isCheck = (target: RunTarget): boolean => target.chamber.target === 'bare' && !target.decides

/** What must be noticed on the target `bare`, and the threats whose attacks show it. */
export const DEMANDS: readonly { readonly what: string; readonly threats: readonly string[] }[] = [
  { what: 'an import through the prototype chain', threats: ['LNK-01'] },
  { what: 'an export named then', threats: ['LNK-07'] },
  { what: 'a kill that the guest swallows', threats: ['CTL-01'] },
  { what: 'memory without a bound', threats: ['RES-03', 'MOD-11'] },
  { what: 'a table without a bound', threats: ['RES-04', 'MOD-10'] },
  { what: 'a guest that never ends', threats: ['RES-01', 'LNK-12'] },
]

/** Whether an attack is one of those that must be seen. */
export const isDemanded = (threats: readonly string[]): boolean =>
  DEMANDS.some((demand) => demand.threats.includes(threats[0] ?? ''))

/** The sentence of the fault, or null if everything was noticed. */
export function selfCheck(trials: readonly TrialRecord[], target: string): string | null {
  const violated = trials.filter((trial) => trial.target === target && trial.role === 'attack' && trial.verdict === 'violated')
  const unseen = DEMANDS.filter((demand) => !violated.some((trial) => demand.threats.includes(trial.threats[0] ?? '')))
  if (unseen.length === 0) return null
  return `the harness noticed nothing of ${unseen.map((demand) => demand.what).join(', ')} on ${target}, a host that is known not to hold: its verdicts on other targets are worth nothing until that is mended`
}

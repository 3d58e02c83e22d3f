// "Assume breach": the attacks in a run that began with JavaScript of the attacker's in a layer of the sandbox, one line each.
import { worstTrial } from './evidence/attack-facts.ts'
import type { RunRecord, TrialRecord } from './run-record.ts'

/** On all targets together, the worst trial of each attack, those of cells first. */
export function breachTrials({ trials }: Pick<RunRecord, 'trials'>): TrialRecord[] {
  const tried = trials.filter(({ role, breach }) => role === 'attack' && breach !== undefined)
  return [...Map.groupBy(tried, ({ attack }) => attack).values()]
    .flatMap((same) => worstTrial(same) ?? [])
    .sort((a, b) => (a.breach === b.breach ? 0 : a.breach === 'cell' ? -1 : 1))
}

// The mutation score in one sentence, for every format.
import { count, list } from './results.ts'
import type { MutationRecord } from './run-record.ts'

/** Files that are named one by one. */
const NAMED = 3

/** @param mutation absent in records that were made before there was such a score */
export function mutationSentence(mutation: MutationRecord | undefined): string {
  if (!mutation) return 'Mutation score: not run.'
  const { result, reason, score, mutants, measuredAt, survived, uncovered, changed } = mutation
  if (result === 'not-run' || score === null || measuredAt === null) return `Mutation score: not run; ${reason}.`
  const more = changed.length - NAMED
  const files = list([...changed.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])])
  const stale =
    changed.length > 0
      ? ` Since then ${files} changed, so it says little about ${changed.length === 1 ? 'that file' : 'those'}.`
      : ''
  // Rounded down: 100 % means all.
  const percent = Math.floor(score * 1000) / 10
  return `Mutation score of the boundary: ${percent} % of ${count(mutants, 'mutant')}, measured ${measuredAt.slice(0, 10)}; survived: ${survived}, in code that no test reaches: ${uncovered}.${stale}`
}

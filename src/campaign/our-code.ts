// Whether a run is about our own sandbox at all. What drives or changes our code says nothing of somebody else's host, and costs time there.
import type { StageName } from './options.ts'

/** Names of our own sandbox among the targets. */
export const OWN_TARGETS: readonly string[] = ['jail', 'inline']

/** Stages that drive or change our own code alone. */
export const OUR_STAGES: readonly StageName[] = ['weakenings', 'properties', 'coverage-guided']

/** Why properties, coverage-guided targets and weakenings have nothing to do in a run; null if they have. */
export function notOurs(targets: readonly string[] | undefined): string | null {
  if (targets === undefined || targets.length === 0 || targets.some((target) => OWN_TARGETS.includes(target))) return null
  return 'the code of our own sandbox is not among the targets of this run: name jail as well to try it'
}

// Which attacks apply to a target: one that refuses to promise a limit is not asked to stop what only that limit can stop.
import type { Attack } from '../attacks/attack.ts'
import type { Target } from '../targets/target.ts'

export type Unenforced = NonNullable<Target['unenforced']>[number]

/** The limit behind each word with which our sandbox says that a limit ended a run; words that are not here name limits that always hold. */
const LIMIT_OF: Readonly<Record<string, Unenforced>> = {
  'wall-clock-limit': 'time',
  'cpu-limit': 'time',
  'memory-limit': 'resident-memory',
}

/** False if the attack can only end by limits that the target does not promise: it would hold the chamber until that is killed. */
export function applies(attack: Pick<Attack, 'expect'>, unenforced: readonly Unenforced[]): boolean {
  const { outcomes, details } = attack.expect
  if (unenforced.length === 0 || outcomes.some((outcome) => outcome !== 'limit')) return true
  // A case that does not say which limit it means is, as far as we know, about time.
  return (details ?? ['wall-clock-limit']).some((word) => {
    const limit = LIMIT_OF[word]
    return limit === undefined || !unenforced.includes(limit)
  })
}

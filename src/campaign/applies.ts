// Which attacks apply to a target: one that refuses to promise a limit is not asked to stop what only that limit can stop.
import type { Attack, Trial } from '../attacks/attack.ts'
import type { Unenforced } from '../targets/target.ts'

type Judged = Pick<Attack, 'expect' | 'setting'> & {
  readonly run?: Attack['run']
  readonly twin?: Pick<Trial, 'run' | 'setting'>
}

/** The limit behind each word with which our sandbox says that a limit ended a run; words that are not here name limits that always hold. */
const LIMIT_OF: Readonly<Record<string, Unenforced>> = {
  'wall-clock-limit': 'time',
  'cpu-limit': 'time',
  'memory-limit': 'resident-memory',
}

/**
 * False if the attack can only end by limits that the target does not promise: it would hold the chamber until that is killed.
 *
 * @param own our own sandbox: only there do we know the layers into which an attacker could break, and on what way a module comes
 */
export function applies(attack: Judged, unenforced: readonly Unenforced[], own = true): boolean {
  // Without a jail the attacker's script would run in the chamber itself.
  if (attack.run?.breach && (!own || unenforced.includes('waiting-host-calls'))) return false
  if (attack.run?.supply && !own) return false
  const { outcomes, details } = attack.expect
  // Who stops no guest that loops answers whatever exceeds another limit with an error, and the guest goes on: of a foreign host we know no more.
  if (!own && unenforced.includes('time') && outcomes.every((outcome) => outcome === 'limit')) return false
  if (unenforced.includes('waiting-host-calls') && (waits(attack) || (attack.twin && waits(attack.twin)))) return false
  if (unenforced.length === 0 || outcomes.some((outcome) => outcome !== 'limit')) return true
  // A case that does not say which limit it means is, as far as we know, about time.
  return (details ?? ['wall-clock-limit']).some((word) => {
    const limit = LIMIT_OF[word]
    return limit === undefined || !unenforced.includes(limit)
  })
}

/** Whether a guest of the trial waits for its host: for what is around it, or for a network that the policy grants. */
function waits({ setting, run }: Partial<Pick<Trial, 'run' | 'setting'>>): boolean {
  const { capabilities } = (run?.policy ?? {}) as { readonly capabilities?: { readonly net?: unknown } }
  return setting !== undefined || Boolean(capabilities?.net)
}

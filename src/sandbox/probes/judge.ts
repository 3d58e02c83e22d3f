// The rule of a canary: what its runs and those of the active version came to, against limits that were set before. Pure, so that it can be told again.
import type { CanaryRule } from './settings.ts'
import { statusDistance, type Tally } from './tally.ts'

export type Verdict =
  | { readonly kind: 'wait' }
  | { readonly kind: 'promote'; readonly because: string }
  | { readonly kind: 'roll-back'; readonly because: string }

/** Differences of medians below this are the machine's, not the module's. */
const NOISE_MS = 10

/** Security events of high severity are no matter of this rule: the first one in a canary's run ends it. */
export function judge(rule: CanaryRule, canary: Tally, active: Tally): Verdict {
  // Even if no other run failed, there would be too many when the rule decides.
  if (canary.failures > rule.maxFailureShare * Math.max(rule.minRuns, canary.runs)) return tooManyFailures(rule, canary)
  if (canary.runs < rule.minRuns || active.runs < rule.minRuns) return { kind: 'wait' }
  const because = newEvents(rule, canary, active) ?? slower(rule, canary, active) ?? otherStatuses(rule, canary, active)
  if (because !== null) return { kind: 'roll-back', because }
  return { kind: 'promote', because: `The rule is met after ${canary.runs} runs, of which ${canary.failures} failed.` }
}

const tooManyFailures = ({ maxFailureShare, minRuns }: CanaryRule, { failures, runs }: Tally): Verdict => ({
  kind: 'roll-back',
  because: `${failures} of ${runs} runs failed; the rule allows ${percent(maxFailureShare)} of at least ${minRuns} (maxFailureShare).`,
})

function newEvents({ noNewEvents }: CanaryRule, canary: Tally, active: Tally): string | null {
  const added = noNewEvents ? [...canary.kinds].filter((kind) => !active.kinds.has(kind)) : []
  if (added.length === 0) return null
  const more = added.length > 3 ? ` and ${added.length - 3} more` : ''
  return `It causes security events that the active version does not: ${added.slice(0, 3).join(', ')}${more} (noNewEvents).`
}

function slower({ maxDurationRatio }: CanaryRule, canary: Tally, active: Tally): string | null {
  const [mine, theirs] = [canary.medianDuration, active.medianDuration]
  if (maxDurationRatio === null || mine === null || theirs === null) return null
  if (mine - theirs < NOISE_MS || mine <= theirs * maxDurationRatio) return null
  return `It takes ${mine.toFixed(1)} ms in the median, the active version ${theirs.toFixed(1)} ms; the rule allows ${maxDurationRatio} times that (maxDurationRatio).`
}

function otherStatuses({ maxStatusDistance }: CanaryRule, canary: Tally, active: Tally): string | null {
  const distance = statusDistance(canary, active)
  if (maxStatusDistance === null || distance <= maxStatusDistance) return null
  return `Its statuses are others than the active version's in ${percent(distance)} of the runs; the rule allows ${percent(maxStatusDistance)} (maxStatusDistance).`
}

const percent = (share: number) => `${Number((share * 100).toFixed(1))} %`

// What a pair of trials says about a host in a comparison: more careful than a verdict on a sandbox of our own, as a foreign host may mean other things.
import { violationOf } from '../../oracles/judge.ts'
import type { OracleVerdict } from '../../oracles/observation.ts'
import { NOT_OFFERED } from '../../oracles/verdict.ts'
import type { Compared } from '../../reports/compare/record.ts'
import type { TargetOutcome } from '../../targets/target.ts'
import { HARM, whyNothingTried } from '../asked.ts'
import type { Pair, Tried } from '../trials.ts'

export interface PairResult {
  readonly result: Compared
  readonly reason: string
  readonly violation: OracleVerdict | null
}

/** Something was done outside of the guest that must not be: harm as well, other than that something was not done. */
const HARMFUL_CODES: ReadonlySet<string> = new Set(['effect-not-expected', 'sent-forbidden'])
/** What a guest says of itself. A case of the corpus checks answers of host calls as ours gives them; a generated one, only what is so on every host. */
const TOLD_BY_GUEST: ReadonlySet<string> = new Set(['exit-code', 'values', 'stdout'])
/** Ways in which a guest ends by itself. */
const BY_ITSELF: ReadonlySet<TargetOutcome> = new Set<TargetOutcome>(['completed', 'exited', 'trapped'])

export function resultOf({ attack, twin }: Pair): PairResult {
  const say = (result: Compared, reason: string, violation: OracleVerdict | null = null): PairResult => ({
    result,
    reason,
    violation,
  })
  const why = whyNothingTried({ attack, twin })
  if (why !== null) return say('not-applicable', why)
  const violation = violationOf(attack.verdict)
  if (violation === null) return say(attack.verdict.kind === 'contained' ? 'contained' : 'undecided', attack.verdict.reason)
  if (HARM.has(violation.oracle) || HARMFUL_CODES.has(violation.code)) return say('violated', violation.reason, violation)
  if (twin.verdict.kind !== 'contained')
    return say('undecided', `its twin was not allowed, so this proves nothing: ${violation.reason}`)
  const doubt = doubtOf(attack, violation)
  return doubt === null ? say('violated', violation.reason, violation) : say('undecided', `${doubt}: ${violation.reason}`)
}

/** Why an answer that is not the one of our sandbox need not be wrong; null if it is. */
function doubtOf({ attack, observation }: Tried, { code, reason }: OracleVerdict): string | null {
  // It was closed, and that is all that can be said: another host need not let in what ours does.
  if (code === NOT_OFFERED) return 'the host refused what it might as well have run'
  if (attack.origin.kind === 'corpus' && TOLD_BY_GUEST.has(code))
    return 'the guest found other answers than ours, which may be as good'
  // The adapter's message is the text of whatever was thrown.
  if (code === 'forbidden-text' && /stands in the (?:messages|detail)$/.test(reason))
    return 'it is in what the host said to its embedder'
  if (code !== 'outcome-not-expected' || observation.result === null) return null
  const { outcome } = observation.result
  const { outcomes } = attack.expect
  if (outcomes.some((expected) => BY_ITSELF.has(expected)) && BY_ITSELF.has(outcome))
    return 'the guest ended by itself, otherwise than with us'
  return outcome === 'trapped' ? 'the guest ended by a trap before it was stopped' : null
}

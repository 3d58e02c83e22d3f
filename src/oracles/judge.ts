// The judge: asks every oracle about a trial, and weighs an attack's verdict against that of its twin.
import type { Trial } from '../attacks/attack.ts'
import { auditOracle } from './audit.ts'
import { canaryOracle } from './canary.ts'
import { effectOracle } from './effect.ts'
import type { Observation, OracleVerdict, Verdict } from './observation.ts'
import type { Oracle } from './oracle.ts'
import { processOracle } from './process.ts'
import { resourceOracle } from './resource.ts'
import { quote } from './text.ts'
import { timeOracle } from './time.ts'
import { NOT_OFFERED, verdictOracle } from './verdict.ts'

/** Code of a trial that a foreign host says it cannot express: nothing was tried. */
export const NOT_APPLICABLE = 'not-applicable'

/** What is worst comes first: the first violation names the finding. */
export const ORACLES: readonly Oracle[] = [
  canaryOracle,
  effectOracle,
  processOracle,
  timeOracle,
  resourceOracle,
  auditOracle,
  verdictOracle,
]

/** All oracles on one observation: violated if any says so, else inconclusive if any could not judge. */
export function judgeTrial(trial: Pick<Trial, 'run' | 'expect'>, observation: Observation, own: boolean): Verdict {
  const inapplicable = own ? undefined : observation.result?.inapplicable
  if (inapplicable !== undefined) {
    const reason = `not applicable: ${quote(inapplicable, 200)}`
    return { kind: 'inconclusive', reason, oracles: [{ oracle: 'verdict', kind: 'inconclusive', code: NOT_APPLICABLE, reason }] }
  }
  const oracles = ORACLES.map((oracle) => oracle(trial, observation, own))
  const decisive =
    oracles.find((verdict) => verdict.kind === 'violated') ??
    oracles.find((verdict) => verdict.kind === 'inconclusive') ??
    oracles.find((verdict) => verdict.oracle === 'verdict')!
  return { kind: decisive.kind, reason: decisive.reason, oracles }
}

/**
 * The twin rule: that an attack was stopped is evidence only if the same thing, done honestly, is allowed. So a contained attack whose twin
 * was not allowed is inconclusive. A violation stays one, whatever became of the twin; but that a foreign host refused what ours would run is
 * none, and where it refused the twin as well, it does not offer what they need, and nothing was tried.
 */
export function judgeAttack(attack: Verdict, twin: Verdict | null): Verdict {
  if (refusedOnly(attack)) {
    const reason =
      twin && refusedOnly(twin)
        ? 'the target refused the attack and its twin alike: it does not offer what they need, so nothing was tried'
        : 'the target refused what it might as well have run: it was closed, and that is all that can be said'
    return { kind: 'inconclusive', reason, oracles: attack.oracles }
  }
  if (attack.kind !== 'contained' || twin?.kind === 'contained') return attack
  const why = twin === null ? 'its twin was not run' : `its twin was not allowed: ${twin.reason}`
  return { kind: 'inconclusive', reason: `the attack was stopped, but ${why}`, oracles: attack.oracles }
}

/** Nothing is wrong but that the module was refused, and so did not do what it was to do. */
function refusedOnly({ oracles }: Verdict): boolean {
  const wrong = oracles.filter((oracle) => oracle.kind === 'violated').map(({ code }) => code)
  return wrong.includes(NOT_OFFERED) && wrong.every((code) => [NOT_OFFERED, 'effect-missing', 'sent-missing'].includes(code))
}

/** The oracle that a violation is named after, or null if the verdict is no violation. */
export const violationOf = (verdict: Verdict): OracleVerdict | null =>
  verdict.oracles.find((oracle) => oracle.kind === 'violated') ?? null

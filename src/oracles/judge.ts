// The judge: asks every oracle about a trial, and weighs an attack's verdict against that of its twin.
import type { Trial } from '../attacks/attack.ts'
import { canaryOracle } from './canary.ts'
import type { Observation, OracleVerdict, Verdict } from './observation.ts'
import type { Oracle } from './oracle.ts'
import { processOracle } from './process.ts'
import { resourceOracle } from './resource.ts'
import { timeOracle } from './time.ts'
import { verdictOracle } from './verdict.ts'

/** What is worst comes first: the first violation names the finding. */
export const ORACLES: readonly Oracle[] = [canaryOracle, processOracle, timeOracle, resourceOracle, verdictOracle]

/** All oracles on one observation: violated if any says so, else inconclusive if any could not judge. */
export function judgeTrial(trial: Pick<Trial, 'run' | 'expect'>, observation: Observation, own: boolean): Verdict {
  const oracles = ORACLES.map((oracle) => oracle(trial, observation, own))
  const decisive =
    oracles.find((verdict) => verdict.kind === 'violated') ??
    oracles.find((verdict) => verdict.kind === 'inconclusive') ??
    oracles.find((verdict) => verdict.oracle === 'verdict')!
  return { kind: decisive.kind, reason: decisive.reason, oracles }
}

/**
 * The twin rule: that an attack was stopped is evidence only if the same thing, done honestly, is allowed. So a contained attack whose twin
 * was not allowed is inconclusive. A violation stays one, whatever became of the twin.
 */
export function judgeAttack(attack: Verdict, twin: Verdict | null): Verdict {
  if (attack.kind !== 'contained' || twin?.kind === 'contained') return attack
  const why = twin === null ? 'its twin was not run' : `its twin was not allowed: ${twin.reason}`
  return { kind: 'inconclusive', reason: `the attack was stopped, but ${why}`, oracles: attack.oracles }
}

/** The oracle that a violation is named after, or null if the verdict is no violation. */
export const violationOf = (verdict: Verdict): OracleVerdict | null =>
  verdict.oracles.find((oracle) => oracle.kind === 'violated') ?? null

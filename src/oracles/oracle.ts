// What an oracle is: a pure rule from an observation to a verdict. It reads nothing else, so a stored observation can be judged again.
import type { Trial } from '../attacks/attack.ts'
import type { Observation, OracleVerdict, VerdictKind } from './observation.ts'

/** `own`: the target is our own sandbox, whose words for outcomes and events are known and judged too. */
export type Oracle = (trial: Pick<Trial, 'run' | 'expect'>, observation: Observation, own: boolean) => OracleVerdict

/** Binds an oracle's name, so that each rule reads as kind, code and reason. */
export const speaker =
  (oracle: OracleVerdict['oracle']) =>
  (kind: VerdictKind, code: string, reason: string): OracleVerdict => ({ oracle, kind, code, reason })

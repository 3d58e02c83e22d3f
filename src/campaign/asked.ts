// What a target is asked, in runs and in comparisons alike: an attack that needs what the target says it does not give is not run, and is no finding.
import type { Attack } from '../attacks/attack.ts'
import { NOT_APPLICABLE, violationOf } from '../oracles/judge.ts'
import type { OracleVerdict } from '../oracles/observation.ts'
import type { Withheld } from '../targets/target.ts'
import { applies } from './applies.ts'
import type { ChamberInfo } from './chamber.ts'
import type { Pair, Tried } from './trials.ts'

/** What a target says of itself, as far as it decides what it is asked. */
export type Asked = Pick<ChamberInfo, 'own' | 'guests' | 'withholds' | 'unenforced'>

/** Why an attack is not even tried on a target; null if it is. */
export function whyNotAsked(attack: Attack, info: Asked): string | null {
  if (info.guests === 'javascript' && attack.bytes[0] === 0) return 'its guests are scripts, and this one is a module'
  const withheld = info.withholds.find((one) => isJudgedBy(attack, one))
  if (withheld !== undefined) return `it does not give its embedder the ${WITHHELD_WORD[withheld]}, by which the case is judged`
  if (applies(attack, info.unenforced, info.own)) return null
  if (!applies(attack, [], info.own)) return 'it needs layers, or a way of a module to its host, that only our own sandbox has'
  return `it promises no ${info.unenforced.join(' and no ')}`
}

const WITHHELD_WORD: Readonly<Record<Withheld, string>> = {
  output: 'output of a guest',
  'exit-code': 'exit code of a guest',
  values: 'values that functions return',
}

/** Whether it takes that to know what became of the attack, or that its twin did what it is for. */
function isJudgedBy({ conditions, twin, ...attack }: Attack, what: Withheld): boolean {
  // A neighbour is known to be undisturbed by what it prints.
  if (what === 'output' && conditions?.includes('benign-neighbour')) return true
  return [attack.expect, twin.expect].some((expect) => {
    if (what === 'output') return expect.stdout !== undefined || expect.forbidden !== undefined
    return what === 'exit-code' ? expect.exitCode !== undefined : expect.values !== undefined
  })
}

/** Oracles that see harm, whatever the host says and whatever became of the twin. */
export const HARM: ReadonlySet<OracleVerdict['oracle']> = new Set(['canary', 'process', 'time', 'resource'])

/** Why nothing was tried by asking a foreign host, as its answers show; null if something was. */
export function whyNothingTried({ attack, twin }: Pair): string | null {
  const why = inapplicableReason(attack) ?? inapplicableReason(twin)
  if (why !== null) return why
  const both = isRefusal(attack) && isRefusal(twin)
  return both ? 'the host refused attack and twin alike: it does not offer what they need' : null
}

const isRefusal = ({ observation, verdict }: Tried): boolean =>
  observation.result?.outcome === 'refused' && violationOf(verdict) !== null && !HARM.has(violationOf(verdict)!.oracle)

const inapplicableReason = ({ verdict }: Tried): string | null =>
  verdict.oracles.some(({ code }) => code === NOT_APPLICABLE) ? verdict.reason : null

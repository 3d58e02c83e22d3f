// Stage 1: every case of the corpus with its twin, against every target.
import type { Attack } from '../../attacks/attack.ts'
import { whyNotAsked, whyNothingTried } from '../asked.ts'
import { type RegressionWork, runRegression } from '../regression.ts'
import type { RunContext, RunTarget } from '../run-context.ts'
import { isCheck, isDemanded, selfCheck } from '../self-check.ts'
import { isOn, leftOutText } from '../switched-off.ts'
import { recordOf } from '../trials.ts'
import { NONE_IN_SHARD, plural, type Stage } from './stage.ts'

/** A stage that has this long compares all targets over all cases; a shorter one asks the naive host only what the harness needs to know. */
const COMPARE_FROM_MS = 300_000

/**
 * What must be run comes first: our own targets with all cases, and of every other as much as shows that the attacks bite. The rest is run while
 * there is time: on a host that does not hold, many a case lasts until it is given up.
 */
function planOf(
  { targets, model }: Pick<RunContext, 'targets' | 'model'>,
  attacks: readonly Attack[],
  compare: boolean,
): { work: RegressionWork[]; leftOut: string[] } {
  const work: RegressionWork[] = []
  const leftOut: string[] = []
  const demanded = demandedAttacks(attacks)
  for (const target of targets) {
    // The check of the harness is about the harness: no overlay takes anything out of it.
    const on = attacks.filter((attack) => !target.decides || isOn(attack, model))
    const able = on.filter((attack) => whyNotAsked(attack, target.info) === null)
    leftOut.push(...notAskedTexts(on, target))
    if (isCheck(target) && !compare)
      leftOut.push(`${target.name}: only what the check of the harness needs; name it as target for the rest`)
    for (const attack of able) {
      const mandatory = target.own || demanded.has(attack.id)
      if (!mandatory && !compare && isCheck(target)) continue
      work.push({ target, attack, mandatory })
    }
  }
  const off = leftOutText(attacks, 'case', model)
  if (off !== null) leftOut.push(off)
  return { work: [...work.filter((item) => item.mandatory), ...work.filter((item) => !item.mandatory)], leftOut }
}

/** Why cases are not asked of a target, each reason once. */
function notAskedTexts(attacks: readonly Attack[], { name, info }: RunTarget): string[] {
  const byReason = Map.groupBy(attacks, (attack) => whyNotAsked(attack, info))
  return [...byReason].flatMap(([reason, cases]) =>
    reason === null ? [] : [`${plural(cases.length, 'case')} not applicable to ${name}: ${reason}`],
  )
}

/** One attack for each of the harness's demands on itself: the first of each threat. */
function demandedAttacks(attacks: readonly Attack[]): Set<string> {
  const byThreat = new Map<string, string>()
  for (const { id, threats } of attacks) if (isDemanded(threats) && !byThreat.has(threats[0]!)) byThreat.set(threats[0]!, id)
  return new Set(byThreat.values())
}

export const corpusStage: Stage = async (context, budget) => {
  const { targets, record } = context
  if (context.attacks.length === 0) return { result: 'not-run', reason: 'there is no attack in the corpus that was asked for' }
  const attacks = context.mine('corpus', context.attacks, ({ id }) => id)
  if (attacks.length === 0) return NONE_IN_SHARD
  const { work, leftOut } = planOf(context, attacks, budget.milliseconds >= COMPARE_FROM_MS)
  let violated = 0
  let done = 0
  const nothing = new Map<string, number>()
  const outcome = await runRegression({
    work,
    budget,
    journal: context.journal,
    parallel: context.parallel,
    ...(context.signal ? { signal: context.signal } : {}),
    onPair: async (pair, target) => {
      const none = !target.own && whyNothingTried(pair) !== null
      if (none) nothing.set(target.name, (nothing.get(target.name) ?? 0) + 1)
      for (const tried of none ? [] : [pair.attack, pair.twin]) {
        const trial = recordOf(tried, target)
        record.trials.push(trial)
        context.emit({ type: 'trial', trial })
        await context.report(tried, target, 'corpus')
      }
      if (pair.attack.verdict.kind === 'violated' && target.decides) violated++
      done++
      context.emit({
        type: 'progress',
        stage: 'corpus',
        done,
        total: work.length,
        what: `${pair.attack.attack.id} on ${target.name}`,
      })
      context.checkpoint()
    },
  })
  if (outcome.leftOut > 0) leftOut.push(`${plural(outcome.leftOut, 'pair')} left out, as the time was spent`)
  for (const [name, number] of nothing)
    leftOut.push(`${plural(number, 'case')} not applicable to ${name}, which does not offer what they need`)
  checkHarness(context)
  const ran = `${plural(outcome.done, 'attack')} run with twin, ${violated} violated on a target that counts`
  const reason = [ran, ...leftOut].join('; ')
  if (violated > 0) return { result: 'failed', reason }
  if (context.interrupted) return { result: 'needs-review', reason: `stopped after ${outcome.done} of ${work.length}: ${reason}` }
  const doubt = record.trials.some(
    (trial) => trial.verdict !== 'contained' && targets.some((t) => t.decides && t.name === trial.target),
  )
  return { result: doubt || outcome.leftOut > 0 ? 'needs-review' : 'passed', reason }
}

/** Only a complete corpus can be asked to show everything; of shards, that is the joined report. */
function checkHarness(context: RunContext): void {
  const check = context.targets.find(isCheck)
  if (!check || context.interrupted || context.options.only || context.options.shard) return
  const fault = selfCheck(context.record.trials, check.name)
  if (fault) context.fault(fault)
}

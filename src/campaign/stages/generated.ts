// Stage 4: attacks made from seeds, against every target that counts, until the time is up.
import { whyNotAsked, whyNothingTried } from '../asked.ts'
import { Budget } from '../budget.ts'
import { hostCallGenerator } from '../compare/host-calls.ts'
import { type AttackGenerator, runGenerated } from '../generated.ts'
import { generatorCanary } from '../generator-canary.ts'
import type { RunContext, RunTarget } from '../run-context.ts'
import { isCheck } from '../self-check.ts'
import { isOn, leftOutText } from '../switched-off.ts'
import { plural, type Stage } from './stage.ts'

/** A target that gets less has hardly started, in milliseconds. */
const LEAST_MS = 5_000

/** Where a host says what it offers, its functions are called too. */
const callsOf = ({ info }: RunTarget) => (info.offers.length > 0 ? [hostCallGenerator(info.offers)] : [])

export const generatedStage: Stage = async (context, budget) => {
  const all = await context.parts.loadGenerators()
  const generators = all.filter((generator) => isOn(generator, context.model))
  const counting = context.targets.filter((target) => target.decides)
  // Generators make modules: a host of scripts would pass over them until the time is up.
  const targets = counting.filter(({ info }) => info.guests === 'webassembly')
  const off = leftOutText(all, 'generator', context.model)
  if (generators.length === 0) return { result: 'not-run', reason: off ?? 'there is no generator' }
  if (counting.length === 0) return { result: 'not-run', reason: 'there is no target that counts' }
  if (targets.length === 0)
    return { result: 'not-applicable', reason: 'generators make modules, and the guests of the target are scripts' }
  // All of them, whatever an overlay leaves of them: a few need not break through, and it is the harness that is checked.
  await askCanary(context, all)
  const before = context.findings.list().length
  let doubtful = 0
  let nothing = 0
  for (const [index, target] of targets.entries()) {
    if (context.interrupted) break
    const share = Math.max(budget.remainingMs / (targets.length - index), LEAST_MS)
    const made = context.record.campaigns.reduce((sum, campaign) => sum + campaign.modules, 0)
    const campaign = await runGenerated({
      generators: [...generators, ...callsOf(target)],
      target,
      accept: (attack) => isOn(attack, context.model) && whyNotAsked(attack, target.info) === null,
      isNothing: (pair) => {
        const none = !target.own && whyNothingTried(pair) !== null
        if (none) nothing++
        return none
      },
      seed: context.options.seed,
      ...(context.options.shard && { shard: context.options.shard }),
      budget: new Budget(share),
      parallel: context.parallel,
      journal: context.journal,
      ...(context.signal ? { signal: context.signal } : {}),
      onFault: (text) => context.fault(text),
      onProgress: (modules) => {
        context.emit({ type: 'progress', stage: 'generated', done: made + modules, total: null, what: target.name })
        context.checkpoint()
      },
      onViolation: async ({ attack, twin }, on) => {
        if (attack.verdict.kind === 'inconclusive') doubtful++
        await context.report(attack, on, 'campaign')
        await context.report(twin, on, 'campaign')
      },
    })
    context.record.campaigns.push(campaign)
  }
  const modules = context.record.campaigns.reduce((sum, campaign) => sum + campaign.modules, 0)
  const violated = context.findings.list().length - before
  const reason = `${plural(modules, 'attack')} from ${plural(generators.length, 'generator')}: ${plural(violated, 'new finding')}, ${doubtful} inconclusive${nothing === 0 ? '' : `; ${nothing} more not applicable, as the host does not offer what they need`}${off === null ? '' : `; ${off}`}`
  if (modules === 0 && nothing > 0) return { result: 'not-applicable', reason }
  if (modules === 0) return { result: 'not-run', reason: 'the time was spent before the first attack' }
  return { result: violated > 0 ? 'failed' : doubtful > 0 || context.interrupted ? 'needs-review' : 'passed', reason }
}

async function askCanary(context: RunContext, generators: readonly AttackGenerator[]): Promise<void> {
  const target = context.targets.find(isCheck)
  if (!target || context.interrupted) return
  const blind = await generatorCanary({
    generators,
    target,
    unenforced: target.info.unenforced,
    seed: context.options.seed,
    parallel: context.parallel,
    ...(context.signal && { signal: context.signal }),
  })
  if (blind !== null) context.fault(blind)
}

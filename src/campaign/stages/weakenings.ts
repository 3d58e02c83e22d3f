// Stage 2: weakenings, to show that the attacks and properties would notice the loss of a control: a sample, or all if there is time.
import { join } from 'node:path'
import type { KnownVerdict } from '../baselines.ts'
import { notOurs } from '../our-code.ts'
import { plant } from '../planting.ts'
import { inRotation } from '../rotation.ts'
import type { RunContext } from '../run-context.ts'
import { loadWeakenings } from '../weakening-file.ts'
import { weakeningsUnavailable } from '../weakenings.ts'
import { NONE_IN_SHARD, plural, type Stage } from './stage.ts'

/** A run that has this long, as one has at night, tries every weakening, even if that takes longer than this stage's share. */
const ALL_FROM_MS = 20 * 60_000
/** A shorter one tries so many at least: a run that plants none shows nothing about itself. About ten seconds' worth. */
const AT_LEAST = 12

export const weakeningsStage: Stage = async (context, budget) => {
  const { root, seed, budgetMs } = context.options
  const foreign = notOurs(context.options.targets)
  if (foreign !== null) return { result: 'not-applicable', reason: foreign }
  const unavailable = weakeningsUnavailable(root)
  if (unavailable) return { result: 'not-run', reason: unavailable }
  const { weakenings, unreadable } = loadWeakenings(join(root, 'fuzz', 'weakenings'))
  for (const text of unreadable) context.fault(text)
  if (weakenings.length === 0) return { result: 'not-run', reason: 'there is no weakening in fuzz/weakenings' }
  const mine = context.mine('weakenings', weakenings, ({ id }) => id)
  if (mine.length === 0) return NONE_IN_SHARD
  const round = context.options.round ?? seed
  const all = budgetMs >= ALL_FROM_MS
  const left = `not in the sample of round ${round}; a run of ${ALL_FROM_MS / 60_000} minutes or more, or gauntlet prove, plants all`
  await plant(inRotation(mine, round), {
    root,
    attacks: (await context.parts.loadAttacks()).attacks,
    seed,
    parallel: context.parallel,
    ...(context.signal && { signal: context.signal }),
    known: verdictsIn(context),
    skip: (planted) =>
      context.interrupted ? 'the run was interrupted' : all || planted < AT_LEAST || !budget.spent ? null : left,
    onRecord: (record) => {
      context.record.weakenings.push(record)
      context.emit({ type: 'weakening', weakening: record })
      const done = context.record.weakenings.length
      context.emit({ type: 'progress', stage: 'weakenings', done, total: mine.length, what: record.id })
      context.checkpoint()
    },
  })
  return endingOf(context)
}

/** What the run's own trials of the corpus came to. */
function verdictsIn({ record, targets }: RunContext): KnownVerdict {
  const nameOf = new Map(targets.map((target) => [target.chamber.target, target.name]))
  return (attack, target) =>
    record.trials.find((trial) => trial.role === 'attack' && trial.attack === attack && trial.target === nameOf.get(target))
      ?.verdict
}

function endingOf({ record: { weakenings } }: RunContext): Awaited<ReturnType<Stage>> {
  const count = (result: string): number => weakenings.filter((weakening) => weakening.result === result).length
  const reason = `${count('detected')} of ${plural(weakenings.length, 'weakening')} detected, ${count('missed')} missed, ${count('broken')} broken, ${count('not-run')} not run`
  if (count('missed') + count('broken') > 0) return { result: 'failed', reason }
  return { result: count('not-run') === weakenings.length ? 'not-run' : count('not-run') > 0 ? 'needs-review' : 'passed', reason }
}

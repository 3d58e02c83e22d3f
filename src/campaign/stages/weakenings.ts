// Stage 2: every weakening, to show that the attacks and properties would notice the loss of a control.
import { join, relative } from 'node:path'
import type { WeakeningRecord } from '../../reports/run-record.ts'
import { forEachParallel } from '../pool.ts'
import { propertyFiles, runProperty } from '../properties.ts'
import type { RunContext } from '../run-context.ts'
import { removeStaleCopies } from '../weakened-copy.ts'
import { loadWeakenings, type Weakening } from '../weakening-file.ts'
import { runWeakening, type WeakeningOptions, weakeningsUnavailable } from '../weakenings.ts'
import { plural, type Stage } from './stage.ts'

/** Time for a property to notice a weakening, in milliseconds: what takes longer to notice would be missed in a short run too. */
const PROPERTY_MS = 5_000
/** A run that has this long, as one has by default, tries every weakening, even if that takes longer than this stage's share. */
const ALL_FROM_MS = 300_000

export const weakeningsStage: Stage = async (context, budget) => {
  const { root } = context.options
  const unavailable = weakeningsUnavailable(root)
  if (unavailable) return { result: 'not-run', reason: unavailable }
  removeStaleCopies(root)
  const { weakenings, unreadable } = loadWeakenings(join(root, 'fuzz', 'weakenings'))
  for (const text of unreadable) context.fault(text)
  if (weakenings.length === 0) return { result: 'not-run', reason: 'there is no weakening in fuzz/weakenings' }
  const options = await optionsFor(context, weakenings)
  const all = context.options.budgetMs >= ALL_FROM_MS
  await forEachParallel(startingAt(context.options.seed, weakenings), context.parallel, async (weakening) => {
    const skipped = context.interrupted ? 'the run was interrupted' : !all && budget.spent ? 'the time was spent' : null
    const record = skipped ? notRun(weakening, skipped) : await runWeakening(weakening, options)
    context.record.weakenings.push(record)
    context.emit({ type: 'weakening', weakening: record })
    context.emit({
      type: 'progress',
      stage: 'weakenings',
      done: context.record.weakenings.length,
      total: weakenings.length,
      what: weakening.id,
    })
    context.checkpoint()
  })
  return endingOf(context)
}

const notRun = ({ id, title, control, threats, file }: Weakening, reason: string): WeakeningRecord => ({
  id,
  title,
  control,
  threats: [...threats],
  file,
  result: 'not-run',
  detectedBy: [],
  reason,
  elapsedMs: 0,
})

function endingOf({ record: { weakenings } }: RunContext): Awaited<ReturnType<Stage>> {
  const count = (result: string): number => weakenings.filter((weakening) => weakening.result === result).length
  const reason = `${count('detected')} of ${plural(weakenings.length, 'weakening')} detected, ${count('missed')} missed, ${count('broken')} broken, ${count('not-run')} not run`
  if (count('missed') + count('broken') > 0) return { result: 'failed', reason }
  return { result: count('not-run') === weakenings.length ? 'not-run' : count('not-run') > 0 ? 'needs-review' : 'passed', reason }
}

/** Runs whose time does not suffice for all begin at different places, so that together they try every one. */
function startingAt(seed: number, weakenings: readonly Weakening[]): Weakening[] {
  const start = seed % weakenings.length
  return [...weakenings.slice(start), ...weakenings.slice(0, start)]
}

async function optionsFor(context: RunContext, weakenings: readonly Weakening[]): Promise<WeakeningOptions> {
  const { options, record, targets, signal } = context
  const nameOf = new Map(targets.map((target) => [target.chamber.target, target.name]))
  const { attacks } = await context.parts.loadAttacks()
  return {
    root: options.root,
    attacks: new Map(attacks.map((attack) => [attack.id, attack])),
    properties: weakenings.some((weakening) => weakening.kind === 'property') ? await propertiesByName(options.root) : new Map(),
    seed: options.seed,
    propertyMs: PROPERTY_MS,
    baseline: (attack, target) =>
      record.trials.find((trial) => trial.role === 'attack' && trial.attack === attack && trial.target === nameOf.get(target))
        ?.verdict,
    ...(signal ? { signal } : {}),
  }
}

/** Asks each property file for its property's name. A file that does not load has none, and is reported by the stage of the properties. */
async function propertiesByName(root: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const path of propertyFiles(join(root, 'fuzz', 'properties'))) {
    const { name, fault } = await runProperty(path, 0, 0)
    if (fault === null) found.set(name, relative(root, path))
  }
  return found
}

// Stage 3: the properties of our own code, each for its share of the time.
import { basename, join, relative } from 'node:path'
import { Witnesses } from '../cells.ts'
import { propertyCanary } from '../engines/property-canary.ts'
import { writeCounterexample, writeLastInput } from '../findings.ts'
import { notOurs } from '../our-code.ts'
import { propertyAgain, propertyFiles, propertyStage } from '../properties.ts'
import { engineNotApplicable, engineNotRun } from '../property.ts'
import { NONE_IN_SHARD, plural, type Stage } from './stage.ts'

/** A property that gets less could not be expected to find anything, in milliseconds. */
const LEAST_MS = 1_000

export const propertiesStage: Stage = async (context, budget) => {
  const { options, record, signal } = context
  const all = propertyFiles(join(options.root, 'fuzz', 'properties'))
  if (all.length === 0) return { result: 'not-run', reason: 'there is no property in fuzz/properties' }
  const foreign = notOurs(options.targets)
  if (foreign !== null) {
    record.engines.push(...all.map((path) => engineNotApplicable(basename(path, '.ts'), 'property', foreign)))
    return { result: 'not-applicable', reason: foreign }
  }
  const files = context.mine('properties', all, (path) => basename(path))
  if (files.length === 0) return NONE_IN_SHARD
  const blind = await propertyCanary(join(options.root, 'fuzz', 'canaries', 'property.ts'), options.seed, signal)
  if (blind !== null) context.fault(blind)
  const witnesses = new Witnesses()
  let failed = 0
  let unclear = 0
  for (const [index, path] of files.entries()) {
    const file = relative(options.root, path)
    const milliseconds = Math.floor(Math.max(budget.remainingMs / (files.length - index), LEAST_MS))
    if (context.interrupted) {
      record.engines.push(engineNotRun(file, 'property', [], 'the run was interrupted'))
      unclear++
      continue
    }
    const {
      engine,
      finding,
      failure,
      fault,
      lastInput,
      witnessed = [],
    } = await propertyStage(path, file, options.seed, milliseconds, context.places, signal)
    record.engines.push(engine)
    for (const { times, ...cell } of witnessed) witnesses.add(cell, times)
    if (witnesses.size > 0) record.cells = witnesses.record()
    if (fault && lastInput !== undefined) {
      const kept = writeLastInput(options.runDirectory, engine.name, lastInput)
      context.fault(`${fault}; the input that it was at is in ${kept}`)
    } else if (fault) context.fault(fault)
    if (engine.result === 'failed') failed++
    else if (engine.result !== 'passed') unclear++
    if (finding && failure) {
      const reproducer = [writeCounterexample(options.runDirectory, finding, failure.counterexample)]
      await context.reportFailure({ ...finding, reproducer }, propertyAgain(path, finding, options.seed, milliseconds, signal))
    }
    context.emit({ type: 'progress', stage: 'properties', done: index + 1, total: files.length, what: engine.name })
    context.checkpoint()
  }
  const reason = `${plural(files.length, 'property', 'properties')}: ${failed} refuted, ${unclear} without an answer`
  return { result: failed > 0 ? 'failed' : unclear > 0 ? 'needs-review' : 'passed', reason }
}

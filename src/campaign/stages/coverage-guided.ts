// Stage 5: coverage-guided fuzzing of our own parsers and host calls, compiled to JavaScript, through jazzer.js.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { EngineRunRecord } from '../../reports/run-record.ts'
import { coverageCanary } from '../engines/canary.ts'
import type { CoverageArtifact, CoverageRun } from '../engines/coverage-guided.ts'
import { isUntidy, tidyCorpus } from '../engines/tidy-corpus.ts'
import { artifactWork, findingOfArtifact } from '../failures.ts'
import { CORPORA, copyInputs } from '../merge/corpora.ts'
import { notOurs } from '../our-code.ts'
import { forEachParallel } from '../pool.ts'
import { engineNotApplicable, engineNotRun, type FuzzTargetAbout } from '../property.ts'
import { inRotation } from '../rotation.ts'
import type { RunContext } from '../run-context.ts'
import { NONE_IN_SHARD, plural, type Stage } from './stage.ts'

/** Loading and instrumenting a target takes some seconds; with less than this there is nothing to see, in seconds. */
const LEAST_SECONDS = 8
/** Targets that a run tries however little time it has; runs that have no time for all try others on other days. */
const LEAST_TARGETS = 2
/** A target that has so long can spend some of it on its corpus, in seconds. */
const TIDY_FROM_SECONDS = 60
const SUFFIX = '.fuzz.ts'

export const coverageStage: Stage = async (context, budget) => {
  const names = targetsIn(join(context.options.root, 'fuzz'))
  if (names.length === 0) return { result: 'not-run', reason: 'there is no coverage-guided target in fuzz' }
  const foreign = notOurs(context.options.targets)
  if (foreign !== null) {
    context.record.engines.push(...names.map((name) => engineNotApplicable(name, 'coverage-guided', foreign)))
    return { result: 'not-applicable', reason: foreign }
  }
  const mine = context.mine('coverage-guided', names, (name) => name)
  if (mine.length === 0) return NONE_IN_SHARD
  const fits = Math.max(LEAST_TARGETS, Math.floor((budget.remainingMs / 1000 / LEAST_SECONDS) * context.parallel))
  const round = context.options.round ?? context.options.seed
  const turns = inRotation(mine, round)
  const chosen = turns.slice(0, fits)
  await askCanary(context, chosen)
  const left = turns.slice(fits).map((name) => notChosen(name, round))
  const results: EngineRunRecord[] = [...left]
  context.record.engines.push(...left)
  let begun = 0
  await forEachParallel(chosen, context.parallel, async (name) => {
    const rounds = Math.ceil((chosen.length - begun++) / context.parallel)
    const engine = await one(context, name, Math.max(budget.remainingMs / 1000 / rounds, LEAST_SECONDS))
    results.push(engine)
    context.record.engines.push(engine)
    const done = results.length - left.length
    context.emit({ type: 'progress', stage: 'coverage-guided', done, total: chosen.length, what: name })
    context.checkpoint()
  })
  return endingOf(results)
}

const targetsIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(SUFFIX))
        .map((name) => name.slice(0, -SUFFIX.length))
        .sort()
    : []

const compiled = (root: string, name: string): string => join(root, 'build', 'fuzz', `${name}.fuzz.js`)

function notChosen(name: string, round: number): EngineRunRecord {
  const reason = `not in the sample of round ${round}: the time was too short for every target; a longer run, or another day's, has it`
  return engineNotRun(name, 'coverage-guided', [], reason)
}

function endingOf(results: readonly EngineRunRecord[]): Awaited<ReturnType<Stage>> {
  const count = (...wanted: string[]): number => results.filter((engine) => wanted.includes(engine.result)).length
  const reason = `${plural(results.length, 'target')}: ${count('passed')} without a finding, ${count('failed')} with, ${count('not-run')} not run, ${count('unknown')} blind or at fault`
  if (count('failed') > 0) return { result: 'failed', reason }
  if (count('not-run') === results.length) return { result: 'not-run', reason: results[0]!.reason }
  return { result: count('passed') === results.length ? 'passed' : 'needs-review', reason }
}

/** An engine that does not find what was put there for it says nothing by finding nothing. */
async function askCanary(context: RunContext, chosen: readonly string[]): Promise<void> {
  const { root, seed } = context.options
  if (context.interrupted || !chosen.some((name) => existsSync(compiled(root, name)))) return
  const target = join(root, 'build', 'fuzz', 'canaries', 'coverage.js')
  if (!existsSync(target)) return context.fault(`${target} is not there, as the build is an old one: run npm run build:fuzz`)
  const includes = ['build/fuzz/canaries']
  const signal = context.signal ? { signal: context.signal } : {}
  const blind = await coverageCanary({
    engine: context.parts.coverageGuided,
    target,
    includes,
    seed: Math.max(1, seed),
    ...signal,
  })
  if (blind !== null) context.fault(blind)
}

async function one(context: RunContext, name: string, seconds: number): Promise<EngineRunRecord> {
  const { root, runDirectory, seed, shard } = context.options
  const skip = (threats: readonly string[], reason: string): EngineRunRecord =>
    engineNotRun(name, 'coverage-guided', threats, reason)
  if (context.interrupted) return skip([], 'the run was interrupted')
  const target = compiled(root, name)
  if (!existsSync(target)) return skip([], `build/fuzz/${name}.fuzz.js is not there: compile it with npm run build:fuzz`)
  const { about } = (await import(pathToFileURL(target).href)) as { about?: FuzzTargetAbout }
  if (!about) {
    context.fault(`fuzz/${name}${SUFFIX} does not export \`about\` with the threats that it is for`)
    return skip([], 'it does not say which threats it is for')
  }
  // Kept between runs, so that each goes on where the last one ended.
  const corpusDir = join(context.options.corpora ?? join(root, '.cache', 'fuzz'), name)
  const instrumented = { target, includes: about.includes ?? ['build/src/'], maxLength: about.maxLength ?? 4_096 }
  const signal = context.signal ? { signal: context.signal } : {}
  const run = await context.parts.coverageGuided({
    ...instrumented,
    corpusDir,
    seedCorpusDir: join(root, 'corpus', 'seeds', name),
    artifactDir: join(runDirectory, 'coverage', name),
    seconds,
    seed: Math.max(1, seed),
    ...(about.dictionary === undefined ? {} : { dictionary: join(root, about.dictionary) }),
    ...(about.minimumEdges === undefined ? {} : { minimumEdges: about.minimumEdges }),
    ...(about.minimumReached === undefined ? {} : { minimumReached: about.minimumReached }),
    ...signal,
    onProgress: ({ execs, edges }) =>
      context.emit({ type: 'progress', stage: 'coverage-guided', done: execs, total: null, what: `${name}: ${edges} edges` }),
  })
  for (const artifact of run.artifacts) await report(context, target, name, about, artifact)
  if (run.status === 'blind' || run.status === 'engine-fault')
    context.fault(`the coverage-guided engine is ${run.status} on ${name}: ${run.reason ?? 'no reason given'}`)
  if (run.status === 'completed' && seconds >= TIDY_FROM_SECONDS && isUntidy(corpusDir))
    await tidyCorpus(corpusDir, { ...instrumented, ...signal })
  // What this machine gathered is of use to the others, and its working folder stays behind on it.
  if (shard) copyInputs(corpusDir, join(runDirectory, CORPORA, name))
  return recordOfRun(name, about, run, seed)
}

/** A finding of the engine is tried again and made smaller without it. */
async function report(
  context: RunContext,
  target: string,
  name: string,
  about: FuzzTargetAbout,
  artifact: CoverageArtifact,
): Promise<void> {
  const { runDirectory } = context.options
  const finding = findingOfArtifact(name, about, artifact, runDirectory)
  const work = artifactWork(target, name, artifact, finding, runDirectory, context.signal)
  try {
    await context.reportFailure(finding, work.again, work.smaller)
  } finally {
    work.close()
  }
}

const RESULTS = {
  completed: 'passed',
  finding: 'failed',
  blind: 'unknown',
  'engine-fault': 'unknown',
  'not-run': 'not-run',
  interrupted: 'needs-review',
} as const satisfies Record<CoverageRun['status'], EngineRunRecord['result']>

function recordOfRun(name: string, about: FuzzTargetAbout, run: CoverageRun, seed: number): EngineRunRecord {
  return {
    name,
    kind: 'coverage-guided',
    threats: [...about.threats],
    result: RESULTS[run.status],
    reason:
      run.reason ??
      (run.artifacts.length > 0 ? plural(run.artifacts.length, 'finding') : `${run.executions} executions without a finding`),
    seed,
    executions: run.executions,
    executionsPerSecond: run.execsPerSecond,
    coverage:
      run.status === 'not-run'
        ? null
        : {
            instrumentedEdges: run.instrumentedEdges,
            initial: run.coverageInitial,
            final: run.coverageFinal,
            corpus: run.corpusSize,
          },
    seconds: run.seconds,
    replay: run.replayCommand,
  }
}

// Stage 5: coverage-guided fuzzing of our own parsers and host calls, compiled to JavaScript, through jazzer.js.
import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { EngineRunRecord, FindingRecord } from '../../reports/run-record.ts'
import type { CoverageArtifact, CoverageRun } from '../engines/coverage-guided.ts'
import { engineNotRun, type FuzzTargetAbout } from '../property.ts'
import type { RunContext } from '../run-context.ts'
import { findingId, severityOf } from '../triage.ts'
import { plural, type Stage } from './stage.ts'

/** Loading and instrumenting a target takes some seconds; with less than this there is nothing to see, in seconds. */
const LEAST_SECONDS = 8
const SUFFIX = '.fuzz.ts'

export const coverageStage: Stage = async (context, budget) => {
  const { root } = context.options
  const folder = join(root, 'fuzz')
  const names = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(SUFFIX))
        .map((name) => name.slice(0, -SUFFIX.length))
        .sort()
    : []
  if (names.length === 0) return { result: 'not-run', reason: 'there is no coverage-guided target in fuzz' }
  const results: EngineRunRecord[] = []
  for (const [index, name] of names.entries()) {
    const seconds = budget.remainingMs / 1000 / (names.length - index)
    const engine = await one(context, name, Math.max(seconds, LEAST_SECONDS))
    results.push(engine)
    context.record.engines.push(engine)
    context.emit({ type: 'progress', stage: 'coverage-guided', done: index + 1, total: names.length, what: name })
    context.checkpoint()
  }
  const count = (...wanted: string[]): number => results.filter((engine) => wanted.includes(engine.result)).length
  const reason = `${plural(names.length, 'target')}: ${count('passed')} without a finding, ${count('failed')} with, ${count('not-run')} not run, ${count('unknown')} blind or at fault`
  if (count('failed') > 0) return { result: 'failed', reason }
  if (count('not-run') === names.length) return { result: 'not-run', reason: results[0]!.reason }
  return { result: count('passed') === names.length ? 'passed' : 'needs-review', reason }
}

async function one(context: RunContext, name: string, seconds: number): Promise<EngineRunRecord> {
  const { root, runDirectory, seed } = context.options
  const skip = (threats: readonly string[], reason: string): EngineRunRecord =>
    engineNotRun(name, 'coverage-guided', threats, reason)
  if (context.interrupted) return skip([], 'the run was interrupted')
  const target = join(root, 'build', 'fuzz', `${name}.fuzz.js`)
  if (!existsSync(target)) return skip([], `build/fuzz/${name}.fuzz.js is not there: compile it with npm run build:fuzz`)
  const { about } = (await import(pathToFileURL(target).href)) as { about?: FuzzTargetAbout }
  if (!about) {
    context.fault(`fuzz/${name}${SUFFIX} does not export \`about\` with the threats that it is for`)
    return skip([], 'it does not say which threats it is for')
  }
  const run = await context.parts.coverageGuided({
    target,
    includes: about.includes ?? ['build/src/'],
    // Kept between runs, so that each goes on where the last one ended.
    corpusDir: join(root, '.cache', 'fuzz', name),
    seedCorpusDir: join(root, 'fuzz', 'seeds', name),
    artifactDir: join(runDirectory, 'coverage', name),
    seconds,
    seed: Math.max(1, seed),
    maxLength: about.maxLength ?? 4_096,
    ...(about.dictionary === undefined ? {} : { dictionary: join(root, about.dictionary) }),
    ...(about.minimumEdges === undefined ? {} : { minimumEdges: about.minimumEdges }),
    ...(context.signal ? { signal: context.signal } : {}),
    onProgress: ({ execs, edges }) =>
      context.emit({ type: 'progress', stage: 'coverage-guided', done: execs, total: null, what: `${name}: ${edges} edges` }),
  })
  for (const artifact of run.artifacts) context.take(findingOfArtifact(name, about, artifact, runDirectory))
  if (run.status === 'blind' || run.status === 'engine-fault')
    context.fault(`the coverage-guided engine is ${run.status} on ${name}: ${run.reason ?? 'no reason given'}`)
  return recordOfRun(name, about, run, seed)
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

function findingOfArtifact(
  name: string,
  about: FuzzTargetAbout,
  artifact: CoverageArtifact,
  runDirectory: string,
): FindingRecord {
  const threat = about.threats[0] ?? null
  const file = `fuzz/${name}${SUFFIX}`
  return {
    // The engine's key is the bug's name: kind, message and place.
    id: findingId({ threat, oracle: 'coverage-guided', code: `${name} ${artifact.key}`, target: 'sandbox' }),
    title: `${name}: ${artifact.kind}`,
    threat,
    target: 'sandbox',
    own: true,
    source: 'coverage-guided',
    severity: severityOf(threat, 'coverage-guided', artifact.kind),
    oracle: 'coverage-guided',
    code: artifact.kind,
    expected: 'every input ends in a result or in a typed refusal',
    actual: artifact.message,
    count: 1,
    firstSeen: new Date().toISOString(),
    replay: artifact.replayCommand,
    reproducer: [relative(runDirectory, artifact.path)],
    wat: null,
    bytesBefore: null,
    bytesAfter: null,
    reproduced: { runs: 1, times: 1 },
    location: { path: file, line: 1 },
  }
}

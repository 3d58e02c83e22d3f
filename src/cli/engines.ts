// `gauntlet engines`: the corpus on every engine that is named, and where they differ.
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { writeEngines } from '../campaign/elsewhere/engines-record.ts'
import { sourcesDigest } from '../campaign/elsewhere/made.ts'
import { differences, type EngineResult, failures, runMatrix } from '../campaign/engine-matrix.ts'
import { defaultParallel } from '../campaign/pool.ts'
import { makeReportsFolder } from '../reports/run-directory.ts'
import { visibleJson } from '../reports/visible.ts'
import { usageError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'
import { CORPUS_DIR, PROJECT_DIR } from './project.ts'
import { type Output, write, writeLine } from './terminal.ts'

export interface EnginesOptions {
  readonly engine?: readonly string[]
  readonly only?: readonly string[]
  readonly reports: string
  readonly json?: true
}

/** The versions of Node that a checkout installs: the oldest that is promised, the one that it runs on, and the newest. */
const NODES = ['node22', 'node', 'node26'].map((name) => join(PROJECT_DIR, 'node_modules', name, 'bin', 'node'))
/** Programs of other engines are in packages for one platform each, of which npm installs the fitting ones. */
const OTHERS = [
  { scope: '@oven', programs: ['bin/bun', 'bin/bun.exe'] },
  { scope: '@deno', programs: ['deno', 'deno.exe'] },
]

function installed(): string[] {
  const others = OTHERS.flatMap(({ scope, programs }) => {
    const folder = join(PROJECT_DIR, 'node_modules', scope)
    const names = existsSync(folder) ? readdirSync(folder).sort() : []
    const found = names.flatMap((name) => programs.map((program) => join(folder, name, program))).find((path) => existsSync(path))
    return found === undefined ? [] : [found]
  })
  return [...NODES, ...others]
}

/** Time between two lines of progress, milliseconds. */
const TELL_EVERY = 10_000

/**
 * @param typed the command as it was typed
 * @returns 0 if every attack was contained on every engine, 1 if not, 130 if it was stopped
 */
export async function engines(
  options: EnginesOptions,
  typed: string,
  { output, notes }: { readonly output: Output; readonly notes: Output },
  signal: AbortSignal,
): Promise<number> {
  // The chambers have a working directory of their own.
  const programs = options.engine?.map((program) => resolve(program)) ?? installed()
  const missing = programs.filter((program) => !existsSync(program))
  if (missing.length > 0)
    throw usageError(`There is no engine at ${missing.join(' and ')}; name programs of Node, Bun or Deno with --engine.`)
  // What was asked for in part only, or stopped, is not kept: it must not stand in the place of the whole.
  const keep = options.only === undefined
  if (keep) await makeReportsFolder(options.reports)
  const started = { root: PROJECT_DIR, command: typed, startedAt: new Date().toISOString(), sources: sourcesDigest(PROJECT_DIR) }
  let told = 0
  const results = await runMatrix({
    corpus: CORPUS_DIR,
    engines: programs,
    ...(options.only && { only: options.only }),
    parallel: defaultParallel(),
    signal,
    onProgress: (engine, done, total) => {
      if (done < total && performance.now() - told < TELL_EVERY) return
      told = performance.now()
      void writeLine(notes, `${engine}: ${done} of ${total} attacks`)
    },
  })
  const failed = failures(results)
  await write(output, options.json ? visibleJson(asJson(results, failed)) : text(results, failed))
  if (signal.aborted) return EXIT.interrupted
  if (keep) await writeEngines({ ...started, results }, options.reports)
  return failed.length > 0 ? EXIT.violation : EXIT.ok
}

const asJson = (results: readonly EngineResult[], failed: readonly string[]) => ({
  engines: results.map(({ outcomes, ...result }) => ({ ...result, outcomes: Object.fromEntries(outcomes) })),
  differences: differences(results),
  failures: failed,
})

const unable = (cases: readonly string[]): string =>
  cases.length === 0 ? '' : `; not tried, as this engine cannot compile their twins: ${cases.join(', ')}`

function text(results: readonly EngineResult[], failed: readonly string[]): string {
  const lines = results.map(({ node, v8, level, attacks, contained, notApplicable, killed, longestKillMs, longestKill }) => {
    const kills =
      killed === 0
        ? 'no guest had to be killed'
        : `${killed} ${killed === 1 ? 'guest' : 'guests'} killed, the slowest gone after ${Math.round(longestKillMs)} ms (${longestKill})`
    const where = level === 'inline' ? `${node} (V8: ${v8}), without jails` : `${node} (V8 ${v8})`
    return `${where}: ${contained} of ${attacks} attacks contained with their twins allowed; ${kills}${unable(notApplicable)}`
  })
  for (const { attack, outcomes } of differences(results))
    lines.push(`different: ${attack}: ${outcomes.map((outcome, i) => `${results[i]!.node} ${outcome}`).join('; ')}`)
  return `${[...lines, ...failed.map((line) => `failed: ${line}`)].join('\n')}\n`
}

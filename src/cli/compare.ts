// `gauntlet compare`: the same attacks on several hosts, and the matrix of what came of them.
import { randomBytes } from 'node:crypto'
import { Budget, parseBudget } from '../campaign/budget.ts'
import { compare as compareHosts } from '../campaign/compare/compare.ts'
import { defaultParallel } from '../campaign/pool.ts'
import { countsOf } from '../reports/compare/matrix.ts'
import type { Comparison } from '../reports/compare/record.ts'
import { tally } from '../reports/compare/words.ts'
import { writeComparison } from '../reports/compare/write.ts'
import { createRunDirectory } from '../reports/run-directory.ts'
import { visible, visibleJson } from '../reports/visible.ts'
import { BUILT_IN_TARGETS, resolveTarget } from '../targets/load.ts'
import { usageError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'
import { modelWith } from './overlay-option.ts'
import { PROJECT_DIR } from './project.ts'
import { type Output, write, writeLine } from './terminal.ts'

export interface CompareCommandOptions {
  readonly only?: readonly string[]
  readonly overlay?: readonly string[]
  readonly budget: string
  readonly seed: string
  readonly perGenerator: string
  readonly reports: string
  readonly json?: true
}

/** Time between two lines of progress, milliseconds. */
const TELL_EVERY = 10_000
const MOST_PER_GENERATOR = 10_000

/**
 * @param typed the command as it was typed
 * @returns 0 if our own sandbox held, or was not among the hosts; 1 if it did not; 2 if a host could not be opened; 130 if it was stopped
 */
export async function compare(
  named: readonly string[],
  options: CompareCommandOptions,
  typed: string,
  { output, notes }: { readonly output: Output; readonly notes: Output },
  signal: AbortSignal,
): Promise<number> {
  const budget = new Budget(parseBudget(options.budget))
  const seed = wholeNumber('--seed', options.seed, 2 ** 31 - 1)
  const perGenerator = wholeNumber('--per-generator', options.perGenerator, MOST_PER_GENERATOR)
  if (options.overlay) modelWith(options.overlay)
  const targets = (named.length > 0 ? named : BUILT_IN_TARGETS).map((target) => resolveTarget(target))
  const directory = await createRunDirectory(options.reports, new Date(), `compare-${randomBytes(3).toString('hex')}`)
  let told = performance.now()
  const comparison = await compareHosts({
    root: PROJECT_DIR,
    targets,
    run: directory.name,
    command: typed,
    seed,
    perGenerator,
    ...(options.only && { only: options.only }),
    ...(options.overlay && { overlays: options.overlay }),
    budget,
    parallel: defaultParallel(),
    signal,
    onProgress: (done, total, what) => {
      if (performance.now() - told < TELL_EVERY) return
      told = performance.now()
      void writeLine(notes, `${done} of ${total}, ${visible(what, { limit: 80 })}`)
    },
  })
  const files = await writeComparison(comparison, directory.path)
  if (options.json) await write(output, visibleJson(comparison))
  else {
    for (const line of summary(comparison)) await writeLine(output, line)
    await writeLine(output, files.html)
  }
  return exitCodeOf(comparison)
}

const summary = ({ hosts, trials }: Comparison): string[] =>
  hosts.map(({ name, version, problem }) =>
    visible(
      problem === null
        ? `${name} (${version}): ${tally(countsOf(trials.filter(({ host }) => host === name)))}`
        : `${name} could not be opened: ${problem}`,
    ),
  )

function exitCodeOf({ completion, hosts, trials }: Comparison): number {
  if (completion === 'interrupted') return EXIT.interrupted
  const own = new Set(hosts.filter((host) => host.own).map(({ name }) => name))
  if (trials.some(({ host, result }) => own.has(host) && result === 'violated')) return EXIT.violation
  return hosts.some(({ problem }) => problem !== null) ? EXIT.fault : EXIT.ok
}

function wholeNumber(option: string, text: string, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (value <= most) return value
  throw usageError(`${option} ${JSON.stringify(text)} is not possible; write a whole number from 0 to ${most}.`)
}

// `gauntlet prove`: plants the weakenings and says which the attacks and properties found, with a record for scripts and a table for people.
import { Budget, parseBudget } from '../campaign/budget.ts'
import { noteProven, type Planting } from '../campaign/elsewhere/proven-file.ts'
import { projectParts } from '../campaign/parts.ts'
import { defaultParallel } from '../campaign/pool.ts'
import { prove as plantSelected } from '../campaign/prove.ts'
import { roundOfDay } from '../campaign/rotation.ts'
import { weakeningsUnavailable } from '../campaign/weakenings.ts'
import { type PlantedRecord, type ProveRecord, proveFiles, writeProve } from '../reports/prove/record.ts'
import { proveTable } from '../reports/prove/text.ts'
import { makeReportsFolder } from '../reports/run-directory.ts'
import type { WeakeningRecord } from '../reports/run-record.ts'
import { visibleJson } from '../reports/visible.ts'
import { inputError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'
import { showProgress } from './progress.ts'
import { PROJECT_DIR } from './project.ts'
import { seedOf } from './seed.ts'
import { type Output, write, writeLine } from './terminal.ts'

export interface ProveOptions {
  readonly only?: readonly string[]
  readonly threat?: readonly string[]
  readonly budget?: string
  readonly seed?: string
  readonly reports: string
  readonly json?: true
}

/** Time between two records on disk, milliseconds: so much a killed run can lose. */
const WRITE_EVERY_MS = 5_000

/**
 * @param typed the command as it was typed
 * @param root the project's folder; tests bring their own
 * @returns 0 if every weakening that was planted was found, 2 if one was missed or could not be planted, 130 if it was stopped
 */
export async function prove(
  options: ProveOptions,
  typed: string,
  streams: { readonly output: Output; readonly notes: Output },
  signal: AbortSignal,
  root = PROJECT_DIR,
): Promise<number> {
  const unavailable = weakeningsUnavailable(root)
  if (unavailable !== null) throw inputError(`Nothing can be proved here: ${unavailable}.`)
  const budgetMs = options.budget === undefined ? null : parseBudget(options.budget)
  const seed = seedOf(options.seed)
  await makeReportsFolder(options.reports)
  const progress = showProgress(streams.notes, false)
  const saver = new Saver(options.reports)
  const record = await plantSelected({
    root,
    command: typed,
    seed,
    round: options.seed === undefined ? roundOfDay(new Date()) : seed,
    parallel: defaultParallel(),
    signal,
    parts: projectParts(root),
    ...(budgetMs !== null && { budget: new Budget(budgetMs) }),
    ...(options.only && { only: options.only }),
    ...(options.threat && { threats: options.threat.map((threat) => threat.toUpperCase()) }),
    onStart: () => progress.show({ type: 'stage-started', stage: 'weakenings', seconds: (budgetMs ?? 0) / 1000 }),
    onProgress: (sofar, weakening) => {
      progress.show({ type: 'weakening', weakening })
      const done = sofar.weakenings.length
      progress.show({ type: 'progress', stage: 'weakenings', done, total: sofar.selected, what: weakening.id })
      saver.note(sofar)
    },
  }).finally(progress.end)
  await saver.end(record)
  await noteProven(options.reports, record.weakenings.map(weakeningOf), plantingOf(record))
  await write(streams.output, options.json ? visibleJson(record) : proveTable(record))
  if (!options.json) await writeLine(streams.output, proveFiles(options.reports).markdown)
  return exitCodeOf(record, signal)
}

const weakeningOf = ({ found: _, by, ms, ...rest }: PlantedRecord): WeakeningRecord => ({
  ...rest,
  detectedBy: by,
  elapsedMs: ms,
})

const plantingOf = ({ seed, finishedAt, node, project, sources, command }: ProveRecord): Planting => ({
  seed,
  at: finishedAt,
  node,
  commit: project.commit,
  sources: sources ?? null,
  source: command,
})

function exitCodeOf(record: ProveRecord, signal: AbortSignal): number {
  const bad = record.faults.length > 0 || record.weakenings.some(({ result }) => result === 'missed' || result === 'broken')
  if (bad) return EXIT.fault
  if (signal.aborted) return EXIT.interrupted
  // Nothing was planted, so nothing was proved.
  return record.weakenings.some(({ found }) => found) ? EXIT.ok : EXIT.fault
}

/** Keeps the files up to date while the work goes on, one writing at a time. */
class Saver {
  readonly #folder: string
  #writing: Promise<void> = Promise.resolve()
  #lastMs = Number.NEGATIVE_INFINITY

  constructor(folder: string) {
    this.#folder = folder
  }

  note(record: ProveRecord): void {
    if (performance.now() - this.#lastMs < WRITE_EVERY_MS) return
    this.#lastMs = performance.now()
    const copy = structuredClone(record)
    // What cannot be written now is said at the end, when it is tried again.
    this.#writing = this.#writing.then(() => writeProve(copy, this.#folder)).catch(() => {})
  }

  async end(record: ProveRecord): Promise<void> {
    await this.#writing
    await writeProve(record, this.#folder)
  }
}

// `gauntlet fuzz`: a whole run of the gauntlet, with progress for people and the report's path for scripts.
import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { parseBudget } from '../campaign/budget.ts'
import type { FailOn } from '../campaign/exit-code.ts'
import { findReport } from '../campaign/history/find-run.ts'
import { History, hasHistory } from '../campaign/history/history.ts'
import { readReport } from '../campaign/history/stored-run.ts'
import { expiredDecision } from '../campaign/risk-decisions.ts'
import { roundOfDay } from '../campaign/rotation.ts'
import { runGauntlet, STAGES } from '../campaign/run.ts'
import { parseShard, type Shard } from '../campaign/shard.ts'
import { createRunDirectory, pointLatest } from '../reports/run-directory.ts'
import type { ChangesRecord, RunRecord } from '../reports/run-record.ts'
import { summarise } from '../reports/summary.ts'
import { visible, visibleJson } from '../reports/visible.ts'
import { resolveTarget } from '../targets/load.ts'
import { attestRun } from './attest.ts'
import { usageError } from './cli-error.ts'
import { readSecretKey } from './key-files.ts'
import { modelWith } from './overlay-option.ts'
import { showProgress } from './progress.ts'
import { PROJECT_DIR } from './project.ts'
import { seedOf } from './seed.ts'
import { type Output, write, writeLine } from './terminal.ts'

export interface FuzzOptions {
  readonly budget: string
  readonly seed?: string
  readonly target?: readonly string[]
  readonly reports: string
  readonly weakenings: boolean
  readonly shard?: string
  readonly corpora?: string
  readonly against?: string
  readonly failOn: string
  readonly overlay?: readonly string[]
  /** File of a secret key. */
  readonly attestKey?: string
  readonly json?: true
}

/**
 * @param typed the command as it was typed
 * @param signal ends the run with what was found so far
 * @returns the exit code of the record
 */
export async function fuzz(
  options: FuzzOptions,
  typed: string,
  streams: { readonly output: Output; readonly notes: Output },
  signal: AbortSignal,
): Promise<number> {
  const budgetMs = parseBudget(options.budget)
  const seed = seedOf(options.seed)
  const shard = shardOf(options)
  const targets = options.target ?? []
  // Before a folder is made: a run that cannot begin leaves nothing behind.
  for (const target of targets) resolveTarget(target)
  if (options.overlay) modelWith(options.overlay)
  const failOn = failOnOf(options.failOn)
  const against = options.against === undefined ? undefined : earlierRun(options.reports, options.against)
  const attestKey = options.attestKey === undefined ? null : await readSecretKey(options.attestKey)
  const directory = await createRunDirectory(options.reports, new Date(), randomBytes(3).toString('hex'))
  const progress = showProgress(streams.notes, targets.length > 0)
  const record = await runGauntlet({
    root: PROJECT_DIR,
    runDirectory: directory.path,
    run: directory.name,
    command: typed,
    seed,
    budgetMs,
    // Without a seed every run is another one; with one, the same change gets the same answer.
    ...(options.seed === undefined && { round: roundOfDay(new Date()) }),
    ...(shard && { shard }),
    failOn,
    ...(against !== undefined && { against }),
    ...(options.corpora !== undefined && { corpora: resolve(options.corpora) }),
    ...(targets.length > 0 && { targets }),
    ...(options.overlay && { overlays: options.overlay.map((path) => resolve(path)) }),
    ...(!options.weakenings && { stages: STAGES.filter((stage) => stage !== 'weakenings') }),
    signal,
    onEvent: progress.show,
  }).finally(progress.end)
  await pointLatest(options.reports, directory.name)
  if (attestKey) await attestRun(directory.path, attestKey, streams.notes)
  await tell(record, directory.path, options.json === true, streams.output)
  return record.exitCode
}

function failOnOf(text: string): FailOn {
  if (text === 'new' || text === 'any') return text
  throw usageError(`--fail-on ${JSON.stringify(text)} is not possible; write "new" or "any".`)
}

/** Now, as a run that has lasted an hour should not end with a mistyped name. */
function earlierRun(reports: string, named: string): string {
  if (hasHistory(reports)) {
    using history = History.open(reports)
    if (history.named(named) !== null) return named
  }
  const path = findReport(reports, named)
  readReport(path)
  return path
}

function shardOf({ shard, seed }: FuzzOptions): Shard | null {
  if (shard === undefined) return null
  // Shards with seeds of their own would try some attacks twice and others never, and could not be joined.
  if (seed === undefined) throw usageError('--shard needs --seed; give all shards the same one.')
  return parseShard(shard)
}

async function tell(record: RunRecord, directory: string, json: boolean, output: Output): Promise<void> {
  const reports = {
    html: join(directory, 'report.html'),
    json: join(directory, 'report.json'),
    markdown: join(directory, 'report.md'),
    sarif: join(directory, 'findings.sarif'),
  }
  const { headline } = summarise(record)
  const { run, seed, completion, completionReason, exitCode } = record
  if (json) {
    const findings = record.findings.map(({ id, title, threat, target, own, severity, replay }) => ({
      id,
      title,
      threat,
      target,
      own,
      severity,
      replay,
    }))
    await write(
      output,
      visibleJson({
        run,
        seed,
        completion,
        completionReason,
        exitCode,
        headline,
        findings,
        changes: record.changes ?? null,
        reports,
      }),
    )
    return
  }
  if (completion !== 'complete')
    await writeLine(output, `The run is ${completion === 'fault' ? 'not sound' : completion}: ${completionReason}.`)
  const expired = expiredDecision(record)
  if (expired !== null) await writeLine(output, visible(`The run fails by ${expired}.`))
  await writeLine(output, headline)
  if (record.changes) await writeLine(output, changesLine(record.changes))
  await writeLine(output, reports.html)
}

function changesLine({ against, new: added, still, fixed, unknown, noLongerTested }: ChangesRecord): string {
  const parts = [
    `${added.length} new`,
    `${still.length} still there`,
    `${fixed.length} fixed`,
    `${unknown.length} not tested again`,
  ]
  const lost = noLongerTested.length > 0 ? `; ${noLongerTested.length} no longer tested` : ''
  return `Findings against ${against}: ${parts.join(', ')}${lost}.`
}

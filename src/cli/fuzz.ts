// `gauntlet fuzz`: a whole run of the gauntlet, with progress for people and the report's path for scripts.
import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { parseBudget } from '../campaign/budget.ts'
import { roundOfDay } from '../campaign/rotation.ts'
import { runGauntlet, STAGES } from '../campaign/run.ts'
import { parseShard, type Shard } from '../campaign/shard.ts'
import { createRunDirectory, pointLatest } from '../reports/run-directory.ts'
import type { RunRecord } from '../reports/run-record.ts'
import { summarise } from '../reports/summary.ts'
import { visibleJson } from '../reports/visible.ts'
import { resolveTarget } from '../targets/load.ts'
import { usageError } from './cli-error.ts'
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
    ...(options.corpora !== undefined && { corpora: resolve(options.corpora) }),
    ...(targets.length > 0 && { targets }),
    ...(!options.weakenings && { stages: STAGES.filter((stage) => stage !== 'weakenings') }),
    signal,
    onEvent: progress.show,
  }).finally(progress.end)
  await pointLatest(options.reports, directory.name)
  await tell(record, directory.path, options.json === true, streams.output)
  return record.exitCode
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
    await write(output, visibleJson({ run, seed, completion, completionReason, exitCode, headline, findings, reports }))
    return
  }
  if (completion !== 'complete')
    await writeLine(output, `The run is ${completion === 'fault' ? 'not sound' : completion}: ${completionReason}.`)
  await writeLine(output, headline)
  await writeLine(output, reports.html)
}

// `gauntlet merge`: the reports of several machines, or of several nights, as one, with their findings' files and their inputs.
import { mkdir } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { enterHistory } from '../campaign/history/look-back.ts'
import { checkCompatible } from '../campaign/merge/compatible.ts'
import { joinCorpora } from '../campaign/merge/corpora.ts'
import { adoptReproducers, readRun, type StoredRun } from '../campaign/merge/files.ts'
import { mergeRecords } from '../campaign/merge/records.ts'
import { expiredDecision } from '../campaign/risk-decisions.ts'
import { makeReportsFolder } from '../reports/run-directory.ts'
import { summarise } from '../reports/summary.ts'
import { visible } from '../reports/visible.ts'
import { writeReports } from '../reports/write.ts'
import { checkOutDirectory } from '../sandbox/out-directory.ts'
import { modelWith } from './overlay-option.ts'
import { PROJECT_DIR } from './project.ts'
import { type Output, writeLine } from './terminal.ts'

/** @param typed the command as it was typed @returns the exit code of the joined record */
export async function merge(
  directories: readonly string[],
  options: { readonly out: string; readonly overlay?: readonly string[]; readonly history?: string },
  typed: string,
  streams: { readonly output: Output; readonly notes: Output },
  signal: AbortSignal,
): Promise<number> {
  const out = resolve(options.out)
  await checkOutDirectory(out)
  const runs: StoredRun[] = []
  for (const directory of directories) runs.push(await readRun(resolve(directory)))
  checkCompatible(runs.map(({ record }) => record))
  const model = modelWith(options.overlay)
  await mkdir(out, { recursive: true })
  const records = []
  for (const run of runs) records.push(await adoptReproducers(run, out))
  const history = options.history === undefined ? null : resolve(options.history)
  if (history !== null) await makeReportsFolder(history)
  const subject = { run: basename(out), command: typed, model, root: PROJECT_DIR, reports: dirname(out), history }
  const record = mergeRecords(records, subject)
  // The report first: the corpora are a help for the next run, and joining them takes a while.
  const files = await writeReports(record, out)
  const problem = history === null ? null : await enterHistory(record, out, history)
  if (problem !== null) await writeLine(streams.notes, `fault: ${problem}`)
  const inputs = runs.map(({ directory }) => directory)
  for (const { target, inputs: count, whole } of await joinCorpora(PROJECT_DIR, inputs, out, signal))
    await writeLine(streams.notes, `corpus of ${target}: ${count} inputs${whole === null ? '' : `, not made smaller: ${whole}`}`)
  if (record.completion !== 'complete')
    await writeLine(streams.output, `The joined run is not whole: ${record.completionReason}.`)
  const expired = expiredDecision(record)
  if (expired !== null) await writeLine(streams.output, visible(`The joined run fails by ${expired}.`))
  await writeLine(streams.output, summarise(record).headline)
  await writeLine(streams.output, files.html)
  return record.exitCode
}

// `gauntlet merge`: the reports of several machines, or of several nights, as one, with their findings' files and their inputs.
import { mkdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { checkCompatible } from '../campaign/merge/compatible.ts'
import { joinCorpora } from '../campaign/merge/corpora.ts'
import { adoptReproducers, readRun, type StoredRun } from '../campaign/merge/files.ts'
import { mergeRecords } from '../campaign/merge/records.ts'
import { summarise } from '../reports/summary.ts'
import { writeReports } from '../reports/write.ts'
import { checkOutDirectory } from '../sandbox/out-directory.ts'
import { loadThreatModel } from '../threats/index.ts'
import { PROJECT_DIR } from './project.ts'
import { type Output, writeLine } from './terminal.ts'

/** @param typed the command as it was typed @returns the exit code of the joined record */
export async function merge(
  directories: readonly string[],
  options: { readonly out: string },
  typed: string,
  streams: { readonly output: Output; readonly notes: Output },
  signal: AbortSignal,
): Promise<number> {
  const out = resolve(options.out)
  await checkOutDirectory(out)
  const runs: StoredRun[] = []
  for (const directory of directories) runs.push(await readRun(resolve(directory)))
  checkCompatible(runs.map(({ record }) => record))
  const model = await loadThreatModel(join(PROJECT_DIR, 'threat-model'))
  await mkdir(out, { recursive: true })
  const records = []
  for (const run of runs) records.push(await adoptReproducers(run, out))
  const record = mergeRecords(records, { run: basename(out), command: typed, model })
  // The report first: the corpora are a help for the next run, and joining them takes a while.
  const files = await writeReports(record, out)
  const inputs = runs.map(({ directory }) => directory)
  for (const { target, inputs: count, whole } of await joinCorpora(PROJECT_DIR, inputs, out, signal))
    await writeLine(streams.notes, `corpus of ${target}: ${count} inputs${whole === null ? '' : `, not made smaller: ${whole}`}`)
  if (record.completion !== 'complete')
    await writeLine(streams.output, `The joined run is not whole: ${record.completionReason}.`)
  await writeLine(streams.output, summarise(record).headline)
  await writeLine(streams.output, files.html)
  return record.exitCode
}

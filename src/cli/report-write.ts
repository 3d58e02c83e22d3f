// `gauntlet report write`: makes the files of a run again from its report.json, all of them or some, there or elsewhere.
import { dirname, resolve } from 'node:path'
import { findReport } from '../campaign/history/find-run.ts'
import { readReport } from '../campaign/history/stored-run.ts'
import { FORMATS, type Format } from '../reports/formats.ts'
import { makeReportsFolder } from '../reports/run-directory.ts'
import { writeFormats } from '../reports/write.ts'
import { usageError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'
import type { Interruption } from './interrupt.ts'
import { type Output, writeLine } from './terminal.ts'

export interface ReportWriteOptions {
  readonly format?: readonly string[]
  readonly out?: string
  readonly reports: string
}

/** @param named the run: its name, its directory, or its report.json @returns 0, or 130 if Ctrl-C came first; every file that is there is whole */
export async function writeReport(
  named: string,
  { format, out, reports }: ReportWriteOptions,
  output: Output,
  interruption: Interruption,
): Promise<number> {
  const chosen = choose(format)
  const report = findReport(reports, named)
  const record = readReport(report)
  const directory = resolve(out ?? dirname(report))
  if (out !== undefined) await makeReportsFolder(directory)
  // What is read is never written over: it is the truth, and it may have another name than report.json.
  const derived = chosen.filter(({ file }) => resolve(directory, file) !== resolve(report))
  const files = await writeFormats(record, directory, derived, interruption.signal)
  for (const file of Object.values(files)) await writeLine(output, file)
  return interruption.code ?? EXIT.ok
}

function choose(names: readonly string[] | undefined): readonly Format[] {
  if (names === undefined) return FORMATS
  const known: readonly Format[] = FORMATS
  const unknown = names.find((name) => !known.some((format) => format.name === name))
  if (unknown === undefined) return known.filter(({ name }) => names.includes(name))
  throw usageError(`There is no format ${JSON.stringify(unknown)}; there are ${known.map(({ name }) => name).join(', ')}.`)
}

// `gauntlet report`: the runs of a folder, and two of them beside each other.
import { findReport } from '../campaign/history/find-run.ts'
import { History, type IndexedRun } from '../campaign/history/history.ts'
import { readReport } from '../campaign/history/stored-run.ts'
import { diffRuns, type RunDiff } from '../reports/over-time/run-diff.ts'
import { diffText } from '../reports/over-time/run-diff-text.ts'
import { duration } from '../reports/results.ts'
import { visible, visibleJson } from '../reports/visible.ts'
import { EXIT } from './exit-codes.ts'
import { requireFolder } from './reports-folder.ts'
import { type Output, write, writeLine } from './terminal.ts'

export async function listReports(
  folder: string,
  { json }: { readonly json?: true },
  output: Output,
  notes: Output,
): Promise<void> {
  requireFolder(folder)
  using history = History.open(folder)
  if (history.setAside !== null)
    await writeLine(notes, `gauntlet: the index was damaged; it is ${history.setAside} now, and all reports were indexed again`)
  for (const { reason } of history.catchUp()) await writeLine(notes, `gauntlet: left out: ${visible(reason)}`)
  const runs = history.runs()
  if (json) await write(output, visibleJson(runs))
  else await write(output, runs.length > 0 ? table(runs) : `There is no run in ${folder}.\n`)
}

const HEADINGS = ['run', 'ended', 'code', 'took', 'findings', 'others', 'attacks', 'executions', 'commit', 'about'] as const

function table(runs: readonly IndexedRun[]): string {
  const rows = [HEADINGS, ...runs.map(cells)]
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd()
  return `${rows.map(line).join('\n')}\n`
}

function cells({ line, subject }: IndexedRun): string[] {
  const { run, completion, exitCode, seconds, findings, attacks, executions, commit } = line
  return [
    run,
    completion,
    String(exitCode),
    duration(seconds * 1000),
    String(findings.own),
    String(findings.other),
    String(attacks),
    executions.toLocaleString('en-US'),
    commit?.slice(0, 12) ?? 'none',
    subject,
  ].map((cell) => visible(cell, { limit: 80 }))
}

/**
 * @param from @param to names of runs, directories, or paths of report.json
 * @returns 1 if there is a new finding about what the later run is about
 */
export async function diffReports(
  from: string,
  to: string,
  { reports, json }: { readonly reports: string; readonly json?: true },
  output: Output,
): Promise<number> {
  const diff = diffRuns(readReport(findReport(reports, from)), readReport(findReport(reports, to)))
  if (json) await write(output, visibleJson(diff))
  else for (const line of diffText(diff)) await writeLine(output, line)
  return exitCodeOf(diff)
}

const exitCodeOf = ({ findings }: RunDiff): number => (findings.new.some(({ decides }) => decides) ? EXIT.violation : EXIT.ok)

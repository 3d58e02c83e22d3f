// The difference of two runs for a terminal: what needs a person first.
import { count, RESULT_WORD } from '../results.ts'
import { visible } from '../visible.ts'
import type { DiffedFinding, DiffedRun, RunDiff, StateChange } from './run-diff.ts'

/** Lines of a section; a list that is longer goes on in --json. */
const MOST = 40

/** @returns lines */
export function diffText(diff: RunDiff): string[] {
  const { from, to, findings } = diff
  return [
    `From ${headText(from)}`,
    `To   ${headText(to)}`,
    ...(from.subject === to.subject ? [] : [visible(`They are not about the same: ${from.subject}; ${to.subject}.`)]),
    ...(to.completion === 'complete'
      ? []
      : ['The later run did not reach its end: what it lacks may only not have been reached.']),
    '',
    ...section('New', findings.new.map(findingText)),
    ...section('Still there', findings.still.map(findingText)),
    ...section('Fixed (what showed them was run again, and held)', findings.fixed.map(findingText)),
    ...section('Unknown (not shown, but not tested again either)', findings.unknown.map(findingText)),
    ...section(
      'No longer tested',
      diff.noLongerTested.map(({ id, title }) => visible(`${id}  ${title}`, { limit: 160 })),
    ),
    ...section('Threats', diff.threats.map(changeText)),
    ...section('Controls', diff.controls.map(changeText)),
    ...section('Requirements of frameworks', diff.requirements.map(changeText)),
    totals(diff),
  ]
}

const headText = ({ run, startedAt, completion, exitCode, commit }: DiffedRun): string =>
  visible(`${run}  ${startedAt}  ${completion}, exit code ${exitCode}, commit ${commit?.slice(0, 12) ?? 'none'}`)

const findingText = ({ id, title, severity, target, decides }: DiffedFinding): string =>
  visible(`${id}  ${severity.padEnd(8)}  ${target}${decides ? '' : ' (decides nothing)'}  ${title}`, { limit: 200 })

const changeText = ({ id, title, from, to }: StateChange): string =>
  visible(`${id}  ${from ? RESULT_WORD[from] : 'not in it'} -> ${to ? RESULT_WORD[to] : 'not in it'}  ${title}`, { limit: 200 })

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  const shown = lines.slice(0, MOST).map((line) => `  ${line}`)
  const more = lines.length > MOST ? [`  and ${count(lines.length - MOST, 'more', 'more')}: see --json`] : []
  return [`${title}: ${lines.length}`, ...shown, ...more, '']
}

function totals({ findings, noLongerTested, threats }: RunDiff): string {
  const { new: added, still, fixed, unknown } = findings
  return `${count(added.length, 'new finding')}, ${still.length} still there, ${fixed.length} fixed, ${unknown.length} unknown; ${noLongerTested.length} no longer tested; ${count(threats.length, 'threat')} changed`
}

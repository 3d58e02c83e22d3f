// The record of `gauntlet prove` for people: figures for each control, and every weakening with what found it. What was not found stands first.
import { table } from '../markdown-blocks.ts'
import { md, mdCode } from '../markdown-text.ts'
import { count, duration } from '../results.ts'
import { visible } from '../visible.ts'
import type { PlantedRecord, ProveRecord } from './record.ts'

const having = (record: ProveRecord, ...results: PlantedRecord['result'][]): PlantedRecord[] =>
  results.flatMap((result) => record.weakenings.filter((weakening) => weakening.result === result))

/** The verdict in one sentence. */
export function proveHeadline(record: ProveRecord): string {
  const of = (result: PlantedRecord['result']) => having(record, result).length
  const planted = of('detected') + of('missed')
  const left = record.selected - planted - of('broken')
  const rest = [
    ...(of('missed') > 0 ? [`${of('missed')} missed`] : []),
    ...(of('broken') > 0 ? [`${of('broken')} could not be planted`] : []),
    ...(left > 0 ? [`${left} not planted`] : []),
  ]
  return `${of('detected')} of ${count(planted, 'planted weakening')} found in ${duration(record.seconds * 1000)}${rest.length > 0 ? `; ${rest.join(', ')}` : ''}.`
}

interface ControlRow {
  readonly control: string
  readonly planted: number
  readonly found: number
  readonly medianMs: number
  readonly slowest: PlantedRecord
}

function byControl(record: ProveRecord): ControlRow[] {
  const planted = Map.groupBy(having(record, 'detected', 'missed'), ({ control }) => control)
  return [...planted]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([control, weakenings]) => {
      const slowestFirst = [...weakenings].sort((a, b) => b.ms - a.ms)
      return {
        control,
        planted: weakenings.length,
        found: weakenings.filter(({ found }) => found).length,
        medianMs: slowestFirst[Math.floor(slowestFirst.length / 2)]!.ms,
        slowest: slowestFirst[0]!,
      }
    })
}

/** For a terminal: one line for each control, then what was not found, then the verdict. */
export function proveTable(record: ProveRecord): string {
  const rows = byControl(record)
  const width = Math.max(7, ...rows.map(({ control }) => control.length))
  const line = (control: string, found: string, median: string, slowest: string) =>
    `${control.padEnd(width)}  ${found.padStart(9)}  ${median.padStart(8)}  ${slowest}`.trimEnd()
  return [
    ...(rows.length > 0 ? [line('control', 'found', 'median', 'slowest')] : []),
    ...rows.map((row) =>
      line(
        visible(row.control),
        `${row.found} of ${row.planted}`,
        duration(row.medianMs),
        `${duration(row.slowest.ms)} ${visible(row.slowest.id)}`,
      ),
    ),
    ...having(record, 'missed', 'broken').map(({ result, id, reason }) =>
      visible(`${result} ${id}: ${reason}`, { limit: 1_000 }),
    ),
    ...record.faults.map((fault) => visible(`fault: ${fault}`)),
    proveHeadline(record),
    '',
  ].join('\n')
}

/** The whole record as Markdown. */
export function proveMarkdown(record: ProveRecord): string {
  const { project, node, platform, cpus, parallel, seed, startedAt, completion } = record
  const about = `${project.name} ${project.version}${project.commit === null ? '' : `, commit ${project.commit}`}; Node ${node} on ${platform}; ${count(parallel, 'at a time', 'at a time')} on ${count(cpus, 'processor')}; seed ${seed}; begun ${startedAt}${completion === 'complete' ? '' : '; interrupted'}`
  return [
    '# What planted weakenings were found by',
    '',
    md(proveHeadline(record)),
    '',
    md(about),
    '',
    ...record.faults.flatMap((fault) => [`- fault: ${md(fault)}`, '']),
    table(
      ['weakening', 'control', 'threats', 'result', 'found by', 'took'],
      having(record, 'missed', 'broken', 'detected', 'not-run').map(cells),
      { figuresFrom: 5 },
    ),
    '',
  ].join('\n')
}

function cells({ id, title, control, threats, result, by, ms, reason }: PlantedRecord): string[] {
  const who = by.length > 0 ? by.map((witness) => mdCode(witness)).join(', ') : md(reason, 300)
  const took = result === 'not-run' ? '' : duration(ms)
  const named = threats.map((threat) => mdCode(threat)).join(' ')
  return [`${mdCode(id)} ${md(title)}`, mdCode(control), named, result === 'detected' ? 'found' : result, who, took]
}

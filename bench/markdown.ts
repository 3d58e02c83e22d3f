// The results for people: one table, the aims first.
import type { Results } from './results.ts'
import type { Figure, Row } from './support/row.ts'

const number = (value: number): string => {
  const size = Math.abs(value)
  if (size >= 1000) return Math.round(value).toLocaleString('en')
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : size >= 1 ? value.toFixed(2) : value.toPrecision(2)
}
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  `| ${head.join(' | ')} |`,
  `|${' --- |'.repeat(head.length)}`,
  ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
]
const unit = (row: Row) => (row.unit === '×' || row.unit === '%' ? row.unit : ` ${row.unit}`)
const spread = ({ median, lower, upper }: Figure, row: Row) =>
  `${number(median)}${unit(row)} (${number(lower)} to ${number(upper)})`

function rivals(row: Row): string {
  const present = Object.entries(row.rivals).map(
    ([name, { median }]) =>
      `${name}: ${number(median)}${unit(row)}${row.ratios[name] === undefined ? '' : `, ${number(row.ratios[name])}×`}`,
  )
  const absent = Object.entries(row.absent).map(([name, why]) => `${name}: ${why}`)
  return [...present, ...absent].join('; ')
}

export function markdown(results: Results): string {
  const { machine, versions, rows } = results
  const aims = rows.filter(({ aim }) => aim !== null)
  const notes = rows.filter(({ note }) => note !== '')
  return [
    '# Results of the bench',
    '',
    `${results.project.name} ${results.project.version}${results.project.commit ? ` at ${results.project.commit.slice(0, 12)}` : ''}, ${results.started}, ${machine.platform}, ${machine.processors} × ${machine.processor}, ${Math.round(machine.memoryBytes / 2 ** 30)} GiB;`,
    `${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
    ...(results.complete ? [] : ['', '**Interrupted: rows are missing.**']),
    ...(results.filter === null ? [] : ['', `Only the rows whose id has "${results.filter}" in it.`]),
    ...(results.quick ? ['', '**Quick: too few samples for the figures to mean much.**'] : []),
    ...(machine.busy
      ? [
          '',
          `**The machine was busy** (load ${number(machine.load.before)} when the run began): ratios are doubtful, times more so.`,
        ]
      : []),
    '',
    'Figures are medians, with the quarters around them; a ratio is ours divided by theirs, of samples taken in turns.',
    ...(aims.length === 0
      ? []
      : [
          '',
          '## Aims',
          '',
          ...table(
            ['what', 'aim', 'is', ''],
            aims.map(({ what, aim }) => [what, aim!.aim, aim!.is, aim!.reached ? 'reached' : '**not reached**']),
          ),
        ]),
    '',
    '## All rows',
    '',
    ...table(
      ['id', 'what', 'ours', 'others, and ours against them'],
      rows.map((row) => [`\`${row.id}\``, row.what, spread(row.ours, row), rivals(row)]),
    ),
    ...(notes.length === 0 ? [] : ['', ...notes.map(({ id, note }) => `- \`${id}\`: ${note}`)]),
    ...Object.entries(results.failures).flatMap(([id, why], index) => [
      ...(index === 0 ? ['', '## Not measured', ''] : []),
      `- \`${id}\`: ${why}`,
    ]),
    '',
  ].join('\n')
}

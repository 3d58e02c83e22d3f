// The same attacks on several hosts, threat by threat, as the last comparison saw them.
import { count } from '../results.ts'
import type { HostMatrixRecord, Result, RunRecord } from '../run-record.ts'
import { threatLinks } from './links.ts'
import { badge } from './marks.ts'
import { moment } from './moment.ts'
import { fold, scrollTable } from './tables.ts'
import { html, type Markup } from './template.ts'

type Cell = HostMatrixRecord['rows'][number]['cells'][string]

const WORDS: Readonly<Record<Cell['result'], readonly [Result, string]>> = {
  violated: ['failed', 'violated'],
  contained: ['passed', 'contained'],
  undecided: ['needs-review', 'undecided'],
  'not-run': ['not-run', 'not run'],
  'not-applicable': ['not-applicable', 'not applicable'],
}

export function hostsSection({ hosts: matrix }: RunRecord): Markup {
  if (!matrix)
    return html`<section><h2 id="hosts">Other hosts</h2><p>${badge('not-run', 'No comparison')} with other hosts is in the record. <code class="command">gauntlet compare</code></p></section>`
  const rows = matrix.rows.map((row) => {
    const cells = matrix.hosts.map(
      ({ name }) => html`<td data-label="${name}">${cell(Object.hasOwn(row.cells, name) ? row.cells[name] : undefined)}</td>`,
    )
    return html`<tr><th scope="row">${threatLinks([row.threat])}</th>${cells}</tr>
`
  })
  return html`<section><h2 id="hosts">Other hosts</h2>
<p>The same attacks on several hosts, by <code>gauntlet compare</code> on ${moment(matrix.at)}${matrix.commit !== null && html`, commit <code>${matrix.commit}</code>`}. A violation is a fact about an attack, not a defect of a project that never promised to stop it.</p>
${scrollTable(
  'Hosts',
  ['Host', ...Object.values(WORDS).map(([, word]) => ({ number: word }))],
  matrix.hosts.map((host) => totals(host, matrix)),
)}
${fold('Threat by host', count(rows.length, 'threat'), scrollTable('Threats by host', ['Threat', ...matrix.hosts.map(({ name }) => name)], rows), { bulk: true })}
</section>`
}

function totals(host: HostMatrixRecord['hosts'][number], { rows }: HostMatrixRecord): Markup {
  const results = rows.map(({ cells }) => (Object.hasOwn(cells, host.name) ? cells[host.name]?.result : undefined) ?? 'not-run')
  const numbers = (Object.keys(WORDS) as Cell['result'][]).map((result) => {
    const number = results.filter((one) => one === result).length
    const [kind, word] = WORDS[result]
    return html`<td class="number" data-label="${word}">${number > 0 ? badge(kind, number) : number}</td>`
  })
  return html`<tr><th scope="row">${host.name} <span class="quiet small">${host.version}${host.own && ' (our own)'}</span></th>${numbers}</tr>
`
}

function cell(seen: Cell | undefined): Markup {
  const [kind, word] = WORDS[seen?.result ?? 'not-run']
  return badge(kind, seen?.result === 'violated' ? `violated by ${seen.violated} of ${seen.attacks}` : word)
}

// The corpus on several engines: where an attack was not contained, and where two engines answer differently.
import { count, duration } from '../results.ts'
import type { EngineRunsRecord, RunRecord } from '../run-record.ts'
import { badge } from './marks.ts'
import { moment } from './moment.ts'
import { fold, scrollTable } from './tables.ts'
import { html, type Markup } from './template.ts'

export function enginesComparedSection({ engineRuns }: RunRecord): Markup {
  if (!engineRuns)
    return html`<section><h2 id="engines">Other engines</h2><p>${badge('not-run', 'No run on other engines')} is in the record. <code class="command">gauntlet engines</code></p></section>`
  const { at, commit, engines, differences } = engineRuns
  return html`<section><h2 id="engines">Other engines</h2>
<p>The corpus against our own sandbox on each engine, by <code>gauntlet engines</code> on ${moment(at)}${commit !== null && html`, commit <code>${commit}</code>`}.</p>
${scrollTable('Engines compared', ['Engine', { number: 'contained' }, { number: 'doubtful' }, { number: 'not applicable' }, { number: 'slowest kill' }], engines.map(row))}
${differences.length === 0 ? html`<p>No attack had different outcomes on two of them.</p>` : different(engineRuns)}
</section>`
}

function row(engine: EngineRunsRecord['engines'][number]): Markup {
  return html`<tr><th scope="row">${engine.engine} <span class="quiet small">${engine.runtime}</span></th>
<td class="number" data-label="contained">${engine.contained === 0 ? badge('not-run', 'none') : badge('passed', engine.contained)}</td>
<td class="number" data-label="doubtful">${engine.doubtful > 0 ? badge('needs-review', engine.doubtful) : engine.doubtful}</td>
<td class="number" data-label="not applicable">${engine.notApplicable}</td>
<td class="number" data-label="slowest kill">${engine.slowestKillMs === null ? '–' : duration(engine.slowestKillMs)}</td></tr>
`
}

/** Where an attack was tried is finer than an engine: with and without a jail. */
function different({ differences }: EngineRunsRecord): Markup {
  const rows = differences.map(
    ({
      attack,
      outcomes,
    }) => html`<tr><th scope="row" class="mono">${attack}</th><td data-label="Outcomes" class="wide"><ul>${Object.entries(outcomes).map(([where, outcome]) => html`<li>${where}: <strong>${outcome}</strong></li>`)}</ul></td></tr>
`,
  )
  return fold(
    'Attacks with different outcomes',
    count(rows.length, 'attack'),
    scrollTable('Different outcomes', ['Attack', 'Outcomes'], rows),
  )
}

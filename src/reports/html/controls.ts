// Controls: what each is, where it lives, and what shows that it works.
import { RESULT_ORDER } from '../results.ts'
import type { ControlStateRecord, RunRecord } from '../run-record.ts'
import { threatLinks } from './links.ts'
import { badge } from './marks.ts'
import { anchor, html, type Markup } from './template.ts'

export function controlsSection(record: RunRecord): Markup {
  const rows = [...record.controls].sort((a, b) => RESULT_ORDER.indexOf(a.result) - RESULT_ORDER.indexOf(b.result))
  return html`<section><h2 id="controls">Controls</h2>
<p class="quiet">Evidence that supports each control. No line of this report says that a product complies with anything.</p>
${rows.length === 0 ? html`<p>${badge('not-run', 'No control is described')} in this record.</p>` : table(rows)}
</section>`
}

function table(rows: readonly ControlStateRecord[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Controls"><table class="stack">
<thead><tr><th scope="col">Control</th><th scope="col">Result</th><th scope="col">Why</th><th scope="col" class="number">Weakenings detected</th><th scope="col">Answers</th></tr></thead>
<tbody>${rows.map(row)}</tbody></table></div>`
}

function row(control: ControlStateRecord): Markup {
  return html`<tr id="${anchor('control', control.id)}"><th scope="row" class="wide"><span class="mono">${control.id}</span> ${control.title}<div class="quiet small">${control.paths.map((file, index) => html`${index > 0 && html`<br>`}<code>${file}</code>`)}</div></th>
<td data-label="Result">${badge(control.result)}</td>
<td data-label="Why" class="wide">${control.reason}</td>
<td data-label="Weakenings detected" class="number">${control.weakenings === 0 ? 'none' : `${control.weakeningsDetected} of ${control.weakenings}`}</td>
<td data-label="Answers">${threatLinks(control.threats)}</td></tr>
`
}

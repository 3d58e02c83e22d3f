// Controls: what each is, where it lives, and what shows that it works.
import { count, urgentFirst } from '../results.ts'
import type { ControlStateRecord, EvidenceItem, RunRecord } from '../run-record.ts'
import { evidenceByControl, evidenceLinks, tallies } from './evidence.ts'
import { threatLinks } from './links.ts'
import { badge } from './marks.ts'
import { scrollTable } from './tables.ts'
import { anchor, html, type Markup } from './template.ts'

export function controlsSection(record: RunRecord): Markup {
  const rows = urgentFirst(record.controls)
  const evidence = evidenceByControl(record)
  return html`<section><h2 id="controls">Controls</h2>
<p class="quiet">Evidence that supports each control. No line of this report says that a product complies with anything.</p>
${
  rows.length === 0
    ? html`<p>${badge('not-run', 'No control is described')} in this record.</p>`
    : scrollTable(
        'Controls',
        ['Control', 'Result', 'Why', { number: 'Weakenings detected' }, 'Answers'],
        rows.map((control) => row(control, evidence.get(control.id) ?? [])),
      )
}
</section>`
}

function row(control: ControlStateRecord, evidence: readonly EvidenceItem[]): Markup {
  return html`<tr id="${anchor('control', control.id)}"><th scope="row" class="wide"><span class="mono">${control.id}</span> ${control.title}<div class="quiet small">${control.paths.map((file, index) => html`${index > 0 && html`<br>`}<code>${file}</code>`)}</div></th>
<td data-label="Result">${badge(control.result)}</td>
<td data-label="Why" class="wide">${control.reason}${evidence.length > 0 && details(evidence)}</td>
<td data-label="Weakenings detected" class="number">${control.weakenings === 0 ? 'none' : `${control.weakeningsDetected} of ${control.weakenings}`}</td>
<td data-label="Answers">${threatLinks(control.threats)}</td></tr>
`
}

function details(evidence: readonly EvidenceItem[]): Markup {
  const sorted = urgentFirst(evidence)
  return html`<details class="more bulk"><summary>${count(evidence.length, 'piece')} of evidence <span class="tally">${tallies(evidence)}</span></summary><div class="small">${evidenceLinks(sorted)}</div></details>`
}

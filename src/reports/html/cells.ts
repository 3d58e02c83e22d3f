// Witnessed cells: every host call with and without its grant, and what it was seen to answer. What nothing has seen stands there with the reason.
import { cellsSentence, emptyRows, GRANT_WORD } from '../cells-text.ts'
import type { CellsRecord, RunRecord } from '../run-record.ts'
import { badge } from './marks.ts'
import { html, type Markup } from './template.ts'

export function cellsSection({ cells }: RunRecord): Markup {
  return html`<section><h2 id="cells">Witnessed cells</h2>
<p>A denial counts only if the same call succeeds where it is allowed. A cell is a host call with a grant, or without it, and one thing that it may answer.</p>
<p>${cells ? html`<strong>${cellsSentence(cells)}</strong>` : html`${badge('not-run', 'Not witnessed')}: ${cellsSentence(cells)}`}</p>
${cells && cells.unexpected.length > 0 && unexpected(cells)}
${cells && cells.empty.length > 0 && empty(cells)}
</section>`
}

function unexpected(cells: CellsRecord): Markup {
  const rows = cells.unexpected.map(
    ({ call, grant, outcome, times }) =>
      html`<tr><td><code>${call}</code></td><td>${GRANT_WORD[grant]}</td><td><code>${outcome}</code></td><td>${times}</td></tr>`,
  )
  return html`<p>${badge('needs-review', 'Answers that the table of host calls does not have')}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Unexpected answers"><table>
<thead><tr><th scope="col">Host call</th><th scope="col">Grant</th><th scope="col">Answer</th><th scope="col">Times</th></tr></thead>
<tbody>${rows}</tbody></table></div>`
}

function empty(cells: CellsRecord): Markup {
  const rows = emptyRows(cells).map(
    ({ call, grant, outcomes, reason }) =>
      html`<tr><td><code>${call}</code></td><td>${grant}</td><td>${outcomes.join(', ')}</td><td>${reason}</td></tr>`,
  )
  return html`<details><summary><strong>Empty cells</strong><span class="tally">${cells.empty.length}</span></summary><div class="inside"><div class="scroll" tabindex="0" role="region" aria-label="Empty cells"><table>
<thead><tr><th scope="col">Host call</th><th scope="col">Grant</th><th scope="col">Never seen to answer</th><th scope="col">Reason</th></tr></thead>
<tbody>${rows}</tbody></table></div></div></details>`
}

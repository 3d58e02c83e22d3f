// Threat coverage at a glance: one row per boundary, one cell per threat, each a link to the threat's row.
import { count, RESULT_ORDER, RESULT_WORD } from '../results.ts'
import type { RunRecord, ThreatStateRecord } from '../run-record.ts'
import { badge, mark } from './marks.ts'
import { anchor, html, type Markup } from './template.ts'

export function coveragePicture(record: RunRecord): Markup {
  const rows = threatsByBoundary(record)
  return html`<p><a class="skip" href="#threat-rows">Skip the picture</a></p>
<ul class="legend">${RESULT_ORDER.map((result) => html`<li>${badge(result)} <span class="quiet">${record.threats.filter((threat) => threat.result === result).length}</span></li>`)}</ul>
<dl class="coverage">
${rows.map(
  (
    row,
  ) => html`<dt>${row.title} <span class="quiet nobreak">${count(row.threats.length, 'threat')}</span></dt><dd>${row.threats.map(cell)}</dd>
`,
)}</dl>`
}

function cell(threat: ThreatStateRecord): Markup {
  const words = `${threat.id} ${threat.title}: ${RESULT_WORD[threat.result]}`
  return html`<a class="cell" href="#${anchor('threat', threat.id)}" title="${words}" aria-label="${words}">${mark(threat.result)}</a>`
}

export interface BoundaryRow {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly between: readonly string[]
  readonly threats: readonly ThreatStateRecord[]
}

/** Boundaries in the record's order; threats of a boundary that the record does not describe come last, under its id. */
export function threatsByBoundary(record: RunRecord): BoundaryRow[] {
  const groups = Map.groupBy(record.threats, (threat) => threat.boundary)
  const described = record.boundaries.map((boundary) => ({ ...boundary, threats: groups.get(boundary.id) ?? [] }))
  const known = new Set(record.boundaries.map((boundary) => boundary.id))
  const others = [...groups]
    .filter(([id]) => !known.has(id))
    .map(([id, threats]) => ({ id, title: id, description: '', between: [], threats }))
  return [...described, ...others]
}

// Every threat with its state, the reason and the evidence; one foldable table per boundary, filtered by result without a script.
import { count, RESULT_ORDER, RESULT_WORD } from '../results.ts'
import type { Result, RunRecord, ThreatStateRecord } from '../run-record.ts'
import { type BoundaryRow, threatsByBoundary } from './coverage-picture.ts'
import { controlLinks } from './links.ts'
import { badge, mark } from './marks.ts'
import { anchor, type Content, html, type Markup, trusted } from './template.ts'

/** The radio buttons and the tables that they filter; the rules that make them work are FILTER_STYLE. */
export function threatRows(record: RunRecord): Markup {
  if (record.threats.length === 0)
    return html`<p>${badge('not-run', 'No threat model was loaded')}: no result of this run is tied to a threat.</p>`
  return html`<div class="threats" id="threat-rows">
<fieldset class="filter"><legend>Show</legend>
<input type="radio" name="show" id="show-all" checked><label for="show-all">all ${record.threats.length}</label>
${RESULT_ORDER.map((result) => filterButton(result, record.threats.filter((threat) => threat.result === result).length))}
</fieldset>
${threatsByBoundary(record).map(boundaryTable)}
</div>`
}

function filterButton(result: Result, threats: number): Markup | null {
  if (threats === 0) return null
  return html`<input type="radio" name="show" id="show-${result}"><label for="show-${result}">${badge(result)} ${threats}</label>
`
}

/** While a filter is on, other rows and boundaries without a match are hidden, and folded tables are open. */
export const FILTER_STYLE = RESULT_ORDER.map(
  (
    result,
  ) => `.threats:has(#show-${result}:checked) .threat:not(.is-${result}), .threats:has(#show-${result}:checked) details.of:not(.has-${result}) { display: none; }
.threats:has(#show-${result}:checked) details.of::details-content { content-visibility: visible; display: block; height: auto; }
`,
).join('')

function boundaryTable(boundary: BoundaryRow): Markup {
  const results = RESULT_ORDER.filter((result) => boundary.threats.some((threat) => threat.result === result))
  const open = results.includes('failed') ? trusted(' open') : null
  return html`<details id="${anchor('boundary', boundary.id)}" class="of ${results.map((result) => `has-${result}`).join(' ')}"${open}>
<summary><strong>${boundary.title}</strong><span class="tally">${results.map((result) => tallyOf(boundary, result))}</span></summary>
<div class="inside">
${boundary.description !== '' && html`<p class="quiet small">${boundary.description}</p>`}
${boundary.between.length > 0 && html`<p class="quiet small">Between ${boundary.between.join(' and ')}.</p>`}
<div class="scroll" tabindex="0" role="region" aria-label="Threats of ${boundary.title}"><table class="stack">
<thead><tr><th scope="col">Threat</th><th scope="col">Result</th><th scope="col">Why</th><th scope="col">Evidence</th><th scope="col">Controls</th></tr></thead>
<tbody>${boundary.threats.map(threatRow)}</tbody></table></div></div></details>
`
}

function tallyOf(boundary: BoundaryRow, result: Result): Markup {
  const number = boundary.threats.filter((threat) => threat.result === result).length
  return html`<span class="r-${result}">${mark(result)} ${number} ${RESULT_WORD[result]}</span>`
}

function threatRow(threat: ThreatStateRecord): Markup {
  return html`<tr class="threat is-${threat.result} under" id="${anchor('threat', threat.id)}">
<th scope="row" class="wide"><span class="mono">${threat.id}</span> ${threat.title}${severity(threat)}</th>
<td data-label="Result">${badge(threat.result)}</td>
<td data-label="Why" class="wide">${threat.reason}</td>
<td data-label="Evidence">${evidenceOf(threat)}</td>
<td data-label="Controls">${controlLinks(threat.controls)}</td>
</tr>
<tr class="about threat is-${threat.result}"><td colspan="5">${aboutThreat(threat)}</td></tr>
`
}

function aboutThreat(threat: ThreatStateRecord): Markup {
  const rated = threat.severity
  const facts: [string, Content][] = [
    ['What', threat.description],
    ['Must hold', threat.requirement],
    ['Severity', rated && html`${rated.level} (${String(rated.score)}), <code>${rated.vector}</code>. ${rated.because}`],
    ['Seen by', threat.detection],
    ['False alarm', threat.falsePositives],
    ['STRIDE', threat.stride?.join(', ')],
    ['Weaknesses', [...(threat.cwe ?? []), ...(threat.capec ?? [])].join(', ')],
    ['Published', threat.provenance?.join('; ')],
    ['Mapped to', threat.mappedTo?.join(', ')],
    ['Stands at', html`<code>${threat.file}:${String(threat.line)}</code>`],
  ]
  const known = facts.filter(([, text]) => text !== undefined && text !== '')
  return html`<details class="more"><summary>About ${threat.id}</summary><dl class="pairs small">${known.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl></details>`
}

function severity({ severity: rated }: ThreatStateRecord): Markup | null {
  if (!rated) return null
  return html` <span class="severity small nobreak">${rated.level} ${String(rated.score)}</span>`
}

function evidenceOf(threat: ThreatStateRecord): Markup | string {
  const { regressions, twins, campaignModules, properties, coverageGuided, weakeningsDetected, weakenings } = threat.evidence
  const parts = [
    regressions > 0 && count(regressions, 'attack'),
    (regressions > 0 || twins > 0) && `${count(twins, 'twin')} allowed`,
    weakenings > 0 && `${weakeningsDetected} of ${count(weakenings, 'weakening')} detected`,
    campaignModules > 0 && count(campaignModules, 'campaign module'),
    properties > 0 && count(properties, 'property', 'properties'),
    coverageGuided > 0 && count(coverageGuided, 'coverage-guided engine'),
  ].filter((part) => part !== false)
  return parts.length === 0
    ? 'none'
    : html`${parts.map((part, index) => html`${index > 0 && ', '}<span class="nobreak">${part}</span>`)}`
}

// Detection power: which deliberately planted weakenings the gauntlet noticed. What it missed stands first.
import { mutationSentence } from '../mutation-text.ts'
import { NO_WEAKENINGS } from '../not-ours.ts'
import { duration, list, WEAKENING_RESULT } from '../results.ts'
import type { RunRecord, WeakeningRecord } from '../run-record.ts'
import { type Summary, totalOf } from '../summary.ts'
import { controlLinks, threatLinks } from './links.ts'
import { badge } from './marks.ts'
import { html, type Markup, trusted } from './template.ts'

const SHOWN_DETECTORS = 4

export function detectionSection(record: RunRecord, summary: Summary): Markup {
  const total = totalOf(summary.weakenings)
  if (summary.subject.foreign && total === 0)
    return html`<section><h2 id="detection">Detection power</h2><p>${badge('not-applicable')} ${NO_WEAKENINGS}</p></section>`
  const having = (...results: WeakeningRecord['result'][]) =>
    results.flatMap((result) => record.weakenings.filter((weakening) => weakening.result === result))
  const open = having('missed', 'broken')
  return html`<section><h2 id="detection">Detection power</h2>
<p>A weakening is a deliberate defect in a copy of a control. If no attack turns red under it, the control is unproven, whatever else is green.</p>
${total === 0 ? html`<p>${badge('not-run', 'No weakening was planted')}: this run does not show that it would notice a broken control.</p>` : html`<p><strong>${headline(summary, total)}</strong></p>`}
${open.length > 0 && table(open)}
${folded('Weakenings that were not run', having('not-run'))}
${folded('Detected weakenings', having('detected'), ' class="bulk"')}
<p>${mutationSentence(record.mutation)}</p>
${survivors(record)}
</section>`
}

/** Changes of the boundary's code that every test let pass. */
function survivors({ mutation }: RunRecord): Markup | null {
  if (!mutation || mutation.survivors.length === 0) return null
  const rows = mutation.survivors.map(
    ({ file, line, mutator, replacement }) =>
      html`<tr><td><code>${file}:${line}</code></td><td>${mutator}</td><td><code>${replacement}</code></td></tr>`,
  )
  return html`<details><summary><strong>Mutants that no test noticed</strong><span class="tally">${mutation.survived + mutation.uncovered}</span></summary><div class="inside"><div class="scroll" tabindex="0" role="region" aria-label="Mutants that no test noticed"><table>
<thead><tr><th scope="col">Place</th><th scope="col">Mutator</th><th scope="col">Instead</th></tr></thead>
<tbody>${rows}</tbody></table></div></div></details>`
}

/** What was detected stands among the evidence too, so on paper it is there once. */
function folded(title: string, rows: readonly WeakeningRecord[], bulk = ''): Markup | null {
  if (rows.length === 0) return null
  return html`<details${trusted(bulk)}><summary><strong>${title}</strong><span class="tally">${rows.length}</span></summary><div class="inside">${table(rows)}</div></details>`
}

function headline(summary: Summary, total: number): string {
  const { missed, broken, 'not-run': notRun } = summary.weakenings
  const rest = [
    missed > 0 && `${missed} missed`,
    broken > 0 && `${broken} could not be planted`,
    notRun > 0 && `${notRun} not run`,
  ].filter((part) => part !== false)
  return `${summary.weakenings.detected} of ${total} weakenings detected${rest.length > 0 ? `; ${list(rest)}` : ''}.`
}

function table(rows: readonly WeakeningRecord[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Weakenings"><table class="stack">
<thead><tr><th scope="col">Weakening</th><th scope="col">Result</th><th scope="col">Control</th><th scope="col">Threats</th><th scope="col">Detected by</th><th scope="col" class="number">Took</th></tr></thead>
<tbody>${rows.map(row)}</tbody></table></div>`
}

function row(weakening: WeakeningRecord): Markup {
  const shown = weakening.detectedBy.slice(0, SHOWN_DETECTORS).join(', ')
  const more = weakening.detectedBy.length - SHOWN_DETECTORS
  return html`<tr><th scope="row" class="wide"><span class="mono">${weakening.id}</span> ${weakening.title}<div class="quiet small"><code>${weakening.file}</code></div></th>
<td data-label="Result">${badge(WEAKENING_RESULT[weakening.result], weakening.result === 'not-run' ? 'not run' : weakening.result)}</td>
<td data-label="Control">${controlLinks([weakening.control])}</td>
<td data-label="Threats">${threatLinks(weakening.threats)}</td>
<td data-label="Detected by">${shown === '' ? weakening.reason || 'nothing' : `${shown}${more > 0 ? ` and ${more} more` : ''}`}</td>
<td data-label="Took" class="number">${weakening.result === 'not-run' ? '–' : duration(weakening.elapsedMs)}</td></tr>
`
}

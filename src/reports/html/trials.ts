// Trials: the attacks of the corpus on every target, side by side, and those on our own that did not go as expected.
import { worstTrial } from '../evidence/attack-facts.ts'
import { bytes, duration, TWIN_WORD, VERDICT_RESULT } from '../results.ts'
import type { RunRecord, TrialRecord } from '../run-record.ts'
import { attacksOf, type Summary } from '../summary.ts'
import { threatLinks } from './links.ts'
import { badge, mark } from './marks.ts'
import { html, type Markup } from './template.ts'

export function trialsSection(record: RunRecord, summary: Summary): Markup {
  const attacks = compare(record)
  return html`<section><h2 id="trials">Attacks by target</h2>
${attacks.length === 0 ? html`<p>${badge('not-run', 'No attack was run')}.</p>` : html`${tallies(summary)}${doubts(summary)}${comparison(record, attacks)}`}
</section>`
}

function tallies(summary: Summary): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Trials by target"><table>
<thead><tr><th scope="col">Target</th><th scope="col" class="number">Attacks</th><th scope="col" class="number">${mark('passed')} contained</th><th scope="col" class="number">${mark('failed')} violated</th><th scope="col" class="number">${mark('needs-review')} inconclusive</th><th scope="col" class="number">Twins allowed</th><th scope="col" class="number">not allowed</th><th scope="col" class="number">undecided</th></tr></thead>
<tbody>${summary.tallies.map(
    (
      tally,
    ) => html`<tr><th scope="row">${tally.name}${tally.own && html` <span class="quiet">(${summary.subject.foreign ? 'under review' : 'our own'})</span>`}</th>${attacksOf(tally) === 0 ? html`<td colspan="7">${badge('not-run')}</td>` : [attacksOf(tally), tally.contained, tally.violated, tally.inconclusive, tally.twinsAllowed, tally.twinsNotAllowed, tally.twinsUndecided].map((number) => html`<td class="number">${number}</td>`)}</tr>
`,
  )}</tbody></table></div>`
}

function doubts(summary: Summary): Markup | null {
  if (summary.doubtfulTrials.length === 0) return null
  return html`<h3 id="doubts">On ${summary.subject.words}, not as expected</h3>
<div class="scroll" tabindex="0" role="region" aria-label="Trials that did not go as expected"><table class="stack">
<thead><tr><th scope="col">Trial</th><th scope="col">Target</th><th scope="col">Verdict</th><th scope="col">Why</th><th scope="col">Replay</th></tr></thead>
<tbody>${summary.doubtfulTrials.map(doubtRow)}</tbody></table></div>`
}

function doubtRow(trial: TrialRecord): Markup {
  return html`<tr><th scope="row"><span class="mono">${trial.attack}</span> ${trial.title}${trial.role === 'twin' && html` <span class="quiet">(twin)</span>`}</th>
<td data-label="Target" class="name">${trial.target}</td>
<td data-label="Verdict">${trial.role === 'twin' ? badge(VERDICT_RESULT[trial.verdict], TWIN_WORD[trial.verdict]) : badge(VERDICT_RESULT[trial.verdict], trial.verdict)}</td>
<td data-label="Why" class="wide">${trial.reason} <span class="quiet small">Outcome ${trial.outcome ?? 'none'}, ${duration(trial.elapsedMs)}, ${bytes(trial.peakResidentBytes)} resident.</span></td>
<td data-label="Replay" class="name"><code>${trial.replay}</code></td></tr>
`
}

interface Compared {
  readonly attack: string
  readonly title: string
  readonly threats: readonly string[]
  /** By target: the worst trial of the attack and of its twin. */
  readonly cells: ReadonlyMap<string, { readonly attack: TrialRecord | undefined; readonly twin: TrialRecord | undefined }>
}

function compare(record: RunRecord): Compared[] {
  return [...Map.groupBy(record.trials, (trial) => trial.attack)].map(([attack, trials]) => {
    const worst = (target: string, role: TrialRecord['role']) =>
      worstTrial(trials.filter((trial) => trial.target === target && trial.role === role))
    return {
      attack,
      title: trials[0]?.title ?? '',
      threats: trials[0]?.threats ?? [],
      cells: new Map(
        record.targets.map((target) => [target.name, { attack: worst(target.name, 'attack'), twin: worst(target.name, 'twin') }]),
      ),
    }
  })
}

function comparison(record: RunRecord, attacks: readonly Compared[]): Markup {
  const differing = attacks.filter((row) => new Set([...row.cells.values()].map((cell) => cell.attack?.verdict)).size > 1)
  const same = attacks.filter((row) => !differing.includes(row))
  return html`${part(record, `Attacks that the targets answer differently`, differing)}${part(record, differing.length > 0 ? 'Attacks that all targets answer alike' : 'All attacks', same)}
<p class="quiet small">The replay command, the module's SHA-256 and the words of every oracle are in report.json.</p>`
}

function part(record: RunRecord, title: string, rows: readonly Compared[]): Markup | null {
  if (rows.length === 0) return null
  return html`<details class="bulk"><summary><strong>${title}</strong><span class="tally">${rows.length}</span></summary><div class="inside">
<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table class="stack">
<thead><tr><th scope="col">Attack</th><th scope="col">Threats</th>${record.targets.map((target) => html`<th scope="col">${target.name}</th>`)}</tr></thead>
<tbody>${rows.map((row) => comparedRow(record, row))}</tbody></table></div></div></details>
`
}

function comparedRow(record: RunRecord, row: Compared): Markup {
  return html`<tr><th scope="row" class="wide"><span class="mono">${row.attack}</span> ${row.title}</th><td data-label="Threats">${threatLinks(row.threats)}</td>${record.targets.map(
    (target) => html`<td data-label="${target.name}">${comparedCell(row.cells.get(target.name))}</td>`,
  )}</tr>
`
}

function comparedCell(cell: { attack: TrialRecord | undefined; twin: TrialRecord | undefined } | undefined): Markup {
  if (cell?.attack === undefined) return badge('not-run')
  const twin = cell.twin === undefined ? 'twin not run' : `twin ${TWIN_WORD[cell.twin.verdict]}`
  return html`${badge(VERDICT_RESULT[cell.attack.verdict], cell.attack.verdict)}<div class="quiet small">${twin}, ${duration(cell.attack.elapsedMs)}</div>`
}

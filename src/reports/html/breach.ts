// What JavaScript in a cell, and in a jail, came to: the part of the trials that assumes that a guest broke out of the engine.
import { breachTrials } from '../breach.ts'
import { VERDICT_RESULT } from '../results.ts'
import type { RunRecord } from '../run-record.ts'
import { badge } from './marks.ts'
import { html, type Markup } from './template.ts'

export function breachSection(record: RunRecord): Markup | null {
  const tried = breachTrials(record)
  if (tried.length === 0) return null
  return html`<section><h2 id="breach">Assume breach</h2>
<p>What JavaScript in a cell or on the main thread of a jail came to, as if a guest had broken out of the engine.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Attacks from within"><table class="stack">
<thead><tr><th scope="col">Attempt</th><th scope="col">Attacker has</th><th scope="col">Came to</th></tr></thead>
<tbody>${tried.map(
    ({ attack, title, breach, verdict, reason }) => html`<tr><th scope="row"><span class="mono">${attack}</span> ${title}</th>
<td data-label="Attacker has">JavaScript in a ${breach ?? 'layer'}</td>
<td data-label="Came to" class="wide">${badge(VERDICT_RESULT[verdict], verdict)} ${verdict !== 'contained' && reason}</td></tr>
`,
  )}</tbody></table></div></section>`
}

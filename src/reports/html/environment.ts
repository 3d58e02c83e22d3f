// The plan with how each part ended, the surroundings of the run, what was active in each target, and the gauntlet's own faults.
import { bytes, duration } from '../results.ts'
import type { RunRecord } from '../run-record.ts'
import { badge } from './marks.ts'
import { type Content, html, type Markup } from './template.ts'

export function environmentSection(record: RunRecord): Markup {
  return html`<section><h2 id="plan">Plan and surroundings</h2>
${stages(record)}
<h3>Surroundings</h3>${pairs(surroundings(record))}
${record.targets.map((target) => html`<h3>Target ${target.name}</h3>${Object.keys(target.facts).length === 0 ? html`<p class="quiet">It says nothing about itself but its version, ${target.version}.</p>` : pairs([['version', target.version], ...Object.entries(target.facts)])}`)}
<h3 id="faults">Faults of the gauntlet</h3>${record.faults.length === 0 ? html`<p class="quiet">None was recorded.</p>` : html`<ul>${record.faults.map((fault) => html`<li>${badge('failed', 'fault')} ${fault}</li>`)}</ul>`}
</section>`
}

function stages(record: RunRecord): Markup {
  if (record.stages.length === 0) return html`<p>${badge('not-run', 'No part of a plan')} is in the record.</p>`
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Parts of the plan"><table class="stack">
<thead><tr><th scope="col">Part of the plan</th><th scope="col">Result</th><th scope="col">Remark</th><th scope="col" class="number">Took</th></tr></thead>
<tbody>${record.stages.map(
    (
      stage,
    ) => html`<tr><th scope="row">${stage.name}</th><td data-label="Result">${badge(stage.result)}</td><td data-label="Remark" class="wide">${stage.reason}</td><td data-label="Took" class="number">${stage.result === 'not-run' ? '–' : duration(stage.seconds * 1_000)}</td></tr>
`,
  )}</tbody></table></div>`
}

function surroundings(record: RunRecord): [string, Content][] {
  const { environment } = record
  return [
    ['command', html`<code>${record.command}</code>`],
    ['seed', String(record.seed)],
    ['budget', duration(record.budgetSeconds * 1_000)],
    ['completion', `${record.completion}${record.completionReason === '' ? '' : `: ${record.completionReason}`}`],
    ['exit code', String(record.exitCode)],
    ['started', record.startedAt],
    ['finished', record.finishedAt],
    ['commit', record.project.commit ?? 'not known'],
    ['platform', `${environment.platform}, ${environment.cpus} processors, ${bytes(environment.memoryBytes)}`],
    ['Node.js', environment.node],
    ['V8', environment.v8],
    ...Object.entries(environment.tools).map(([name, version]): [string, Content] => [name, version]),
  ]
}

function pairs(rows: readonly (readonly [string, Content])[]): Markup {
  return html`<dl class="pairs small">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`
}

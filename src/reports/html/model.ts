// What the threat model takes for granted and what it leaves open: the part of the report that says where its own word ends.
import type { ModelRecord, Result, RunRecord } from '../run-record.ts'
import { threatLinks } from './links.ts'
import { badge } from './marks.ts'
import { fold, scrollTable } from './tables.ts'
import { html, type Markup } from './template.ts'

const VALIDITY: Readonly<Record<ModelRecord['assumptions'][number]['validity'], Result>> = {
  confirmed: 'passed',
  unconfirmed: 'needs-review',
  rejected: 'failed',
}

export function modelSection({ model }: RunRecord): Markup {
  if (!model)
    return html`<section><h2 id="model">Assumptions and residual risks</h2><p>${badge('unknown', 'Not in this record')}: it was made without them. The threat model in the project has them.</p></section>`
  const assumptions = model.assumptions.map(
    ({
      title,
      description,
      validity,
      threats: about,
    }) => html`<tr><th scope="row" class="wide">${title}<div class="quiet small">${description}</div></th>
<td data-label="Validity">${badge(VALIDITY[validity], validity)}</td><td data-label="Threats">${threatLinks(about)}</td></tr>
`,
  )
  const residual = model.residualRisks.map(
    ({
      title,
      description,
      threats: about,
    }) => html`<tr><th scope="row" class="wide">${title}</th><td data-label="What stays open" class="wide">${description}</td><td data-label="Threats">${threatLinks(about)}</td></tr>
`,
  )
  return html`<section><h2 id="model">Assumptions and residual risks</h2>
<p class="small quiet">${model.title}, SHA-256 of its files <code>${model.sha256}</code></p>
<h3>What is assumed</h3>${assumptions.length === 0 ? html`<p>${badge('unknown', 'No assumption')} is written down.</p>` : scrollTable('Assumptions', ['Assumption', 'Validity', 'Threats'], assumptions)}
<h3>What stays open although every control holds</h3>${residual.length === 0 ? html`<p>${badge('unknown', 'No residual risk')} is written down.</p>` : scrollTable('Residual risks', ['Residual risk', 'What stays open', 'Threats'], residual)}
${overlays(model)}
${fold('What is to be protected', model.assets.length, html`<dl class="pairs small">${model.assets.map(({ title, description }) => html`<dt>${title}</dt><dd>${description}</dd>`)}</dl>`)}
</section>`
}

function overlays({ overlays: laid, switchedOff }: ModelRecord): Markup | null {
  if (laid.length === 0 && switchedOff.length === 0) return null
  const rows = switchedOff.map(
    ({
      threat,
      reason,
      overlay,
    }) => html`<tr><th scope="row">${threatLinks([threat])}</th><td data-label="Reason" class="wide">${reason}</td><td data-label="Overlay">${overlay}</td></tr>
`,
  )
  return html`<h3>Overlays</h3><ul>${laid.map(({ title, file, sha256 }) => html`<li>${title} <code>${file}</code> <span class="quiet small">SHA-256 <code>${sha256}</code></span></li>`)}</ul>
${rows.length > 0 && html`<p>Threats that an overlay switches off. They count as not applicable, by the word of whoever wrote the overlay.</p>${scrollTable('Switched off', ['Threat', 'Reason', 'Overlay'], rows)}`}`
}

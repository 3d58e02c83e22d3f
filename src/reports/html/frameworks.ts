// Requirements of frameworks, and which of our controls are evidence that supports them. Nothing here says that a requirement is met.
import { urgentFirst } from '../results.ts'
import type { FrameworkRecord, RunRecord } from '../run-record.ts'
import { tallies } from './evidence.ts'
import { controlLinks, threatLinks } from './links.ts'
import { badge } from './marks.ts'
import { fold, scrollTable } from './tables.ts'
import { html, type Markup } from './template.ts'

export function frameworksSection({ frameworks = [] }: RunRecord): Markup {
  return html`<section><h2 id="frameworks">Frameworks</h2>
<p class="quiet">For each requirement: the controls whose evidence supports it, and how that evidence stands. Whether a requirement is met is for an assessor to say. A requirement whose control was not tried is not run.</p>
${frameworks.length === 0 ? html`<p>${badge('not-run', 'No framework is mapped')} in this record.</p>` : frameworks.map(framework)}
</section>`
}

function framework({ title, version, url, requirements }: FrameworkRecord): Markup {
  const sorted = urgentFirst(requirements)
  return fold(
    html`${title} <span class="quiet">${version}</span>`,
    tallies(requirements),
    // Text, not a link: this page leads nowhere but into itself and its own directory.
    html`<p class="quiet small">Published at <span class="mono">${url}</span></p>
${scrollTable(`Requirements of ${title}`, ['Requirement', 'Result', 'Why', 'Supported by'], sorted.map(row))}`,
  )
}

function row(requirement: FrameworkRecord['requirements'][number]): Markup {
  const { id, title, level, controls, threats, result, reason } = requirement
  return html`<tr><th scope="row" class="wide"><span class="mono nobreak">${id}</span> ${title}${level !== null && html` <span class="quiet small">(${level})</span>`}</th>
<td data-label="Result">${badge(result)}</td><td data-label="Why" class="wide">${reason}</td>
<td data-label="Supported by">${controlLinks(controls)}${controls.length > 0 && threats.length > 0 && html`<br>`}${threatLinks(threats)}</td></tr>
`
}

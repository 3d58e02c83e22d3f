// Decisions that people took about risks: who, why, and until when. What has run out counts no more, and says so first.
import type { RiskRecord, RunRecord } from '../run-record.ts'
import { threatLinks } from './links.ts'
import { badge } from './marks.ts'
import { scrollTable } from './tables.ts'
import { anchor, type Content, html, type Markup } from './template.ts'

const ORDER = ['expired', 'in-force', 'open'] as const satisfies readonly RiskRecord['state'][]

export function risksSection({ risks = [] }: RunRecord): Markup {
  const sorted = [...risks].sort(
    (a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || (a.expires < b.expires ? -1 : a.expires > b.expires ? 1 : 0),
  )
  return html`<section><h2 id="risks">Accepted risks</h2>
${
  risks.length === 0
    ? html`<p>No decision about a risk is in the record: every finding on what the run is about decides the exit code.</p>`
    : html`<p class="quiet">A decision in force keeps the findings that it covers from deciding the exit code, and nothing else: they stay in this report as findings. One that has run out fails the run.</p>
${scrollTable(
  'Decisions about risks',
  ['Decision', 'State', 'About', 'Reason', 'Owner', 'Until'],
  sorted.map((risk) => row(risk)),
)}`
}
</section>`
}

function row(risk: RiskRecord): Markup {
  return html`<tr><th scope="row">${risk.id}<div class="quiet small"><code>${risk.file}:${String(risk.line)}</code></div></th>
<td data-label="State">${state(risk)}</td>
<td data-label="About">${about(risk)}</td>
<td data-label="Reason" class="wide">${risk.reason}</td>
<td data-label="Owner">${risk.owner}<div class="quiet small">${risk.ticket}</div></td>
<td data-label="Until"><span class="nobreak">${risk.expires}</span><div class="quiet small nobreak">decided ${risk.date}</div></td></tr>
`
}

const WORD: Readonly<Record<RiskRecord['status'], string>> = {
  unchecked: 'not looked at',
  'in-discussion': 'in discussion',
  accepted: 'accepted',
  'in-progress': 'being mended',
  mitigated: 'mended, they say',
  'false-positive': 'taken for a false alarm',
}

function state({ state: now, status }: RiskRecord): Markup {
  if (now === 'expired') return badge('failed', `expired: was ${WORD[status]}`)
  return now === 'in-force' ? badge('needs-review', WORD[status]) : badge('unknown', WORD[status])
}

function about({ threat, finding, covers }: RiskRecord): Content {
  const others = covers.filter((id) => id !== finding)
  return html`${threat !== null && threatLinks([threat])}${finding !== null && findingLink(finding)}<div class="quiet small">${covers.length === 0 ? 'covers no finding of this run' : others.length > 0 && html`covers ${others.map((id, index) => html`${index > 0 && ', '}${findingLink(id)}`)}`}</div>`
}

function findingLink(id: string): Markup {
  return html`<a class="mono" href="#${anchor('finding', id)}">${id}</a>`
}

// What is new, still there, gone, or no longer tested, against an earlier run. Gone because nobody looked is not gone.
import { count } from '../results.ts'
import type { ChangesRecord, RunRecord } from '../run-record.ts'
import { badge } from './marks.ts'
import { fold, scrollTable } from './tables.ts'
import { anchor, type Content, html, type Markup } from './template.ts'

export function changesSection({ changes, findings }: RunRecord): Markup {
  if (!changes)
    return html`<section><h2 id="changes">Changes</h2><p>${badge('not-run', 'No earlier run')} of the same targets to compare this one with is in the record.</p></section>`
  const known = new Map(findings.map((finding) => [finding.id, finding]))
  // Whatever this run does not have any more may have been our own: it stands with ours, by its id alone.
  const ids = (list: readonly string[]): Content => {
    const ours = list.filter((id) => known.get(id)?.own ?? true)
    const others = list.filter((id) => !ours.includes(id))
    if (list.length === 0) return 'none'
    const items = (part: readonly string[]) =>
      html`<ul>${part.map((id) => html`<li>${named(id, known.get(id)?.title)}</li>`)}</ul>`
    return html`${ours.length > 0 && items(ours)}${others.length > 0 && fold('On other targets', count(others.length, 'finding'), items(others), { bulk: true })}`
  }
  const ours = (list: readonly string[]) => list.some((id) => known.get(id)?.own ?? true)
  const rows: readonly (readonly [Content, Content])[] = [
    [badge(ours(changes.new) ? 'failed' : changes.new.length > 0 ? 'needs-review' : 'passed', 'New findings'), ids(changes.new)],
    [
      badge(ours(changes.still) ? 'failed' : changes.still.length > 0 ? 'needs-review' : 'passed', 'Still there'),
      ids(changes.still),
    ],
    [badge('passed', 'Gone: tried again, and did not show'), ids(changes.fixed)],
    [badge('unknown', 'Not seen, but nothing that could show them was run'), ids(changes.unknown)],
  ]
  return html`<section><h2 id="changes">Changes</h2>
<p>Against the run <span class="mono">${changes.against}</span>, findings on all targets.</p>
<dl class="pairs">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${untested(changes)}
</section>`
}

function named(id: string, title: string | undefined): Markup {
  return html`<a href="#${anchor('finding', id)}"><span class="mono">${id}</span> ${title}</a>`
}

function untested({ noLongerTested }: ChangesRecord): Markup {
  if (noLongerTested.length === 0)
    return html`<p>${badge('passed', 'Nothing stopped being tested')}: all evidence of that run is in this one too.</p>`
  const rows = noLongerTested.map(
    ({
      id,
      title,
      kind,
    }) => html`<tr><th scope="row" class="mono">${id}</th><td data-label="Kind">${kind}</td><td data-label="What" class="wide">${title}</td></tr>
`,
  )
  return fold(
    html`${badge('not-run', 'No longer tested')}`,
    count(rows.length, 'piece of evidence', 'pieces of evidence'),
    scrollTable('No longer tested', ['Evidence', 'Kind', 'What'], rows),
    { open: rows.length <= 20 },
  )
}

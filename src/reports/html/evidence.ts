// The evidence as an auditor asks for it: what was run, what was expected, what was seen, when and with what, and the command that does it again.
import { subjectTargets } from '../evidence/subject.ts'
import { count, duration, RESULT_ORDER, RESULT_WORD, urgentFirst } from '../results.ts'
import type { EvidenceItem, RunRecord } from '../run-record.ts'
import { controlLinks, threatLinks } from './links.ts'
import { badge, mark } from './marks.ts'
import { moment } from './moment.ts'
import { fold, scrollTable } from './tables.ts'
import { anchor, type Content, html, type Markup } from './template.ts'

type Kind = EvidenceItem['kind']

/** In the order of the page, with what must be seen for the evidence to speak for the control. */
const KINDS: Readonly<Record<Kind, { readonly title: string; readonly expected: string }>> = {
  regression: { title: 'Attacks of the corpus', expected: 'The attack is contained, and its twin is allowed.' },
  campaign: { title: 'Generated campaigns', expected: 'Every module is contained.' },
  property: { title: 'Properties', expected: 'No input breaks the property.' },
  'coverage-guided': { title: 'Coverage-guided fuzzing', expected: 'No input breaks the target, and coverage is seen.' },
  weakening: { title: 'Weakenings', expected: 'An attack or a property turns red.' },
  test: { title: 'Tests', expected: 'All tests of the file pass.' },
  mutation: { title: 'Mutation test', expected: 'A test notices the change.' },
  'engine-run': { title: 'Corpus on other engines', expected: 'The attacks are contained there too.' },
  comparison: { title: 'Comparison of hosts', expected: 'Each host answers, whatever it answers.' },
  bench: { title: 'Measurements', expected: 'The figure is within its bound.' },
}

/** Threats or controls that are named one by one in a row; an engine can bear on all of them. */
const NAMED = 6

export function evidenceSection(record: RunRecord): Markup {
  const items = record.evidence ?? []
  const about = aboutSubject(record)
  const ours = Map.groupBy(items.filter(about), (item) => item.kind)
  const others = Map.groupBy(
    items.filter((item) => !about(item)),
    (item) => item.target ?? '',
  )
  return html`<section><h2 id="evidence">Evidence</h2>
<p class="quiet">What was run and bears on a threat or a control: what was expected, what was seen, and one command that does it again. Where a row names no version, it ran with those under <a href="#plan">Plan and surroundings</a>.</p>
${items.length === 0 ? html`<p>${badge('not-run', 'No evidence is listed')} in this record; the tables of attacks, engines and weakenings below still hold what was run.</p>` : (Object.keys(KINDS) as Kind[]).map((kind) => group(kind, ours.get(kind) ?? [], record))}
${others.size > 0 && html`<h3>On other targets</h3><p class="quiet">It decides the state of nothing: that an attack succeeds on a target without a defence shows that the attack bites.</p>`}
${[...others].map(([target, list]) => fold(target, tallies(list), rows(target, list, record), { bulk: true }))}
</section>`
}

/** Whether an item is about what is under review; one without a target is about the project itself. */
function aboutSubject(record: RunRecord): (item: EvidenceItem) => boolean {
  const subject = new Set(subjectTargets(record))
  return ({ target }) => target === null || subject.has(target)
}

function group(kind: Kind, items: readonly EvidenceItem[], record: RunRecord): Content {
  if (items.length === 0) return null
  const { title, expected } = KINDS[kind]
  const inside = html`<p class="small"><span class="quiet">Expected of each:</span> ${expected}</p>${rows(title, items, record)}`
  return fold(title, tallies(items), inside)
}

function rows(label: string, items: readonly EvidenceItem[], record: RunRecord): Markup {
  const sorted = urgentFirst(items)
  return scrollTable(
    label,
    ['Evidence', 'Observed', 'Bears on', 'Ran', 'Replay'],
    sorted.map((item) => row(item, record)),
  )
}

function row(item: EvidenceItem, record: RunRecord): Markup {
  return html`<tr id="${evidenceAnchor(item)}"><th scope="row" class="wide"><span class="mono">${item.id}</span> ${item.title}</th>
<td data-label="Observed" class="wide">${badge(item.result)} ${item.reason}${item.stale !== null && html`<div class="small">${badge('needs-review', 'may be out of date')}: ${item.stale}</div>`}</td>
<td data-label="Bears on">${bearsOn(item)}</td>
<td data-label="Ran" class="name">${ran(item, record)}</td>
<td data-label="Replay" class="name"><code>${item.replay}</code></td></tr>
`
}

function bearsOn({ threats, controls }: EvidenceItem): Markup {
  return html`${few(threats, threatLinks)}${threats.length > 0 && controls.length > 0 && html`<br>`}${few(controls, controlLinks)}`
}

function few(ids: readonly string[], links: (ids: readonly string[]) => Markup): Markup {
  return html`${links(ids.slice(0, NAMED))}${ids.length > NAMED && html` <span class="nobreak">and ${ids.length - NAMED} more</span>`}`
}

/** What differs from the run as a whole is said; the rest would be the same words two thousand times. */
function ran(item: EvidenceItem, record: RunRecord): Content {
  const parts: Content[] = [count(item.count, 'time')]
  if (item.seconds !== null) parts.push(duration(item.seconds * 1_000))
  if (item.seed !== null && item.seed !== record.seed) parts.push(`seed ${item.seed}`)
  parts.push(moment(item.at))
  if (item.source !== record.command) parts.push(html`by <code>${item.source}</code>`)
  const versions = Object.entries(item.versions).map(([name, version]) => `${name} ${version}`)
  return html`<span class="small">${[...parts, ...versions].map((part, index) => html`${index > 0 && html`<br>`}${part}`)}</span>`
}

export function tallies(items: readonly { readonly result: EvidenceItem['result'] }[]): Content {
  return RESULT_ORDER.map((result) => {
    const number = items.filter((item) => item.result === result).length
    return number > 0 && html`<span class="r-${result}">${mark(result)} ${number} ${RESULT_WORD[result]}</span>`
  })
}

/** The evidence that counts for each control. */
export function evidenceByControl(record: RunRecord): Map<string, EvidenceItem[]> {
  const byControl = new Map<string, EvidenceItem[]>()
  for (const item of (record.evidence ?? []).filter(aboutSubject(record)))
    for (const control of new Set(item.controls)) {
      const items = byControl.get(control)
      if (items) items.push(item)
      else byControl.set(control, [item])
    }
  return byControl
}

/** A short list of links to rows of evidence, for the control that they bear on. */
export function evidenceLinks(items: readonly EvidenceItem[]): Content {
  return items.map(
    (item, index) =>
      html`${index > 0 && ', '}<a href="#${evidenceAnchor(item)}">${item.result !== 'passed' && mark(item.result)}${item.result !== 'passed' && ` ${RESULT_WORD[item.result]}: `}${item.id}</a>`,
  )
}

const evidenceAnchor = (item: EvidenceItem): string => anchor('evidence', item.id)

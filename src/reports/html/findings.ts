// Findings as cards: what was expected, what happened, how to see it again.
import { decisionSentence, decisionsByFinding } from '../evidence/accepted.ts'
import { bytes, count } from '../results.ts'
import type { FindingRecord, RiskRecord, RunRecord } from '../run-record.ts'
import type { Summary } from '../summary.ts'
import { threatLinks } from './links.ts'
import { badge } from './marks.ts'
import { moment } from './moment.ts'
import { anchor, type Content, html, lines, type Markup, relativeHref } from './template.ts'

export function findingsSection(record: RunRecord, summary: Summary): Markup {
  const decisions = decisionsByFinding(record)
  const judged = new Set(summary.ownFindings)
  const card = (finding: FindingRecord) => cardOf(finding, decisions.get(finding.id) ?? [], judged.has(finding))
  const others = [...Map.groupBy(summary.otherFindings, (finding) => finding.target)]
  return html`<section><h2 id="findings">Findings</h2>
${summary.ownFindings.length === 0 && html`<p>${summary.tone === 'void' ? badge('not-run', 'Nothing was tried') : 'No finding'} on ${summary.subject.words}.</p>`}
${summary.ownFindings.map(card)}
${others.length > 0 && html`<h3 id="other-findings">About other targets</h3><p class="quiet">These do not decide the exit code. On a target without defences they are expected: they show that the attacks bite.</p>`}
${others.map(([target, findings]) => html`<details class="bulk"><summary><strong>${target}</strong><span class="tally">${count(findings.length, 'finding')}</span></summary><div class="inside">${findings.map(card)}</div></details>`)}
</section>`
}

/** @param judged the verdict is about what it was found on */
function cardOf(finding: FindingRecord, decisions: readonly RiskRecord[], judged: boolean): Markup {
  const pairs: [string, Content][] = [
    ['Expected', finding.expected],
    ['Actual', finding.actual],
    ['Target', `${finding.target}${finding.own ? ' (our own)' : ''}`],
    ['Threat', finding.threat === null ? 'none of the model' : threatLinks([finding.threat])],
    ['Judged by', html`${finding.oracle} oracle, <code>${finding.code}</code>`],
    ...(finding.hostCall === undefined
      ? []
      : [['Host call', html`<code>${finding.hostCall}</code>`] satisfies [string, Content]]),
    ['Seen', `${count(finding.count, 'time')}, first ${moment(finding.firstSeen)}, by ${finding.source}`],
    ['Reproduced', reproduced(finding)],
    ['Replay', html`<code>${finding.replay}</code>`],
    ...longId(finding),
    ['Reproducer', reproducer(finding)],
    ...decisions.map((risk): [string, Content] => ['Decision', decided(risk)]),
    ['Stands at', html`<code>${finding.location.path}:${String(finding.location.line)}</code>`],
  ]
  return html`<article id="${anchor('finding', finding.id)}" class="${!judged && 'other'}"><h3>${badge(judged ? 'failed' : 'not-applicable', finding.severity)} ${finding.title} <span class="quiet small mono">${finding.id}</span></h3>
<dl class="pairs">${pairs.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${finding.wat !== null && html`<pre tabindex="0" aria-label="WebAssembly text of ${finding.id}"><code>${lines(finding.wat)}</code></pre>`}</article>
`
}

function decided(risk: RiskRecord): Markup {
  const result = risk.state === 'expired' ? 'failed' : risk.state === 'in-force' ? 'needs-review' : 'unknown'
  return html`${badge(result, risk.state === 'in-force' ? risk.status : risk.state)} ${decisionSentence(risk)}`
}

function reproduced(finding: FindingRecord): string {
  const { runs, times } = finding.reproduced
  return runs === 0 ? 'not tried again' : `${finding.flaky ? 'flaky: ' : ''}${times} of ${count(runs, 'run')}`
}

/** A page of base64 helps nobody; the report's data has the rest. */
const LONGEST_SHOWN_ID = 2_000

function longId({ portable }: FindingRecord): [string, Content][] {
  if (portable === undefined || portable.length > LONGEST_SHOWN_ID) return []
  return [['On another machine', html`<code>gauntlet replay ${portable}</code>`]]
}

function reproducer(finding: FindingRecord): Content {
  const size =
    finding.bytesAfter === null
      ? null
      : `${finding.bytesBefore === null ? '' : `${bytes(finding.bytesBefore)} minimised to `}${bytes(finding.bytesAfter)}`
  if (finding.reproducer.length === 0) return size ?? 'none'
  return html`${finding.reproducer.map((file, index) => html`${index > 0 && ', '}${link(file)}`)}${size !== null && html` <span class="quiet">(${size})</span>`}`
}

function link(file: string): Markup {
  const href = relativeHref(file)
  return href === null ? html`<code>${file}</code>` : html`<a href="${href}"><code>${file}</code></a>`
}

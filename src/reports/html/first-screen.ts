// The first screen: the verdict, what was attacked, what was found, what was not run, and what to do next.
import { engineRan } from '../evidence.ts'
import { bytes, count, duration, RESULT_ORDER, RESULT_WORD } from '../results.ts'
import type { Result, RunRecord } from '../run-record.ts'
import { attacksOf, type Summary, type Tone, totalOf } from '../summary.ts'
import { badge, mark } from './marks.ts'
import { anchor, type Content, html, type Markup } from './template.ts'

const TONE_RESULT: Readonly<Record<Tone, Result>> = {
  escape: 'failed',
  void: 'not-run',
  partial: 'needs-review',
  open: 'needs-review',
  held: 'passed',
}

export function firstScreen(record: RunRecord, summary: Summary): Markup {
  const result = TONE_RESULT[summary.tone]
  return html`<header>
<p class="run"><strong>${record.project.name} ${record.project.version}</strong><span>run ${record.run}</span><span>${record.startedAt}</span><span>${spent(record)}</span><span>exit code ${String(record.exitCode)}</span></p>
${alarm(record, summary)}
<div class="verdict r-${result}">${mark(result)}<h1>${summary.headline}</h1>${summary.otherFindings.length > 0 && html`<p>${othersSentence(record, summary)}</p>`}</div>
<dl class="figures">${figures(record, summary)}</dl>
<div class="answers">
<section><h2>What was attacked</h2>${attacked(record)}</section>
<section><h2>What was found</h2>${found(record, summary)}</section>
<section><h2>What was not run</h2>${notRun(record, summary)}</section>
<section><h2>What to do next</h2><ol>${summary.next.map((step) => html`<li>${step.text}${step.command !== null && html` <code class="command">${step.command}</code>`}</li>`)}</ol></section>
</div>
</header>`
}

function spent(record: RunRecord): string {
  const milliseconds = Date.parse(record.finishedAt) - Date.parse(record.startedAt)
  return Number.isFinite(milliseconds) ? `took ${duration(milliseconds)}` : `finished ${record.finishedAt}`
}

function alarm(record: RunRecord, summary: Summary): Markup | null {
  if (summary.alarm === null) return null
  return html`<div class="alarm" role="alert"><p><strong>${mark('failed')} ${record.completion === 'interrupted' ? 'Interrupted' : 'Fault'}: this report is not whole.</strong></p>
<p>${summary.alarm}</p>
${record.faults.length > 0 && html`<ul>${record.faults.slice(0, 5).map((fault) => html`<li>${fault}</li>`)}</ul>${record.faults.length > 5 && html`<p><a href="#faults">${count(record.faults.length, 'fault')} in all</a></p>`}`}
<p>What was seen until then is below. Nothing that is missing counts as passed.</p></div>`
}

function othersSentence(record: RunRecord, summary: Summary): string {
  const targets = new Set(summary.otherFindings.map((finding) => finding.target))
  const compared = record.targets.some((target) => target.own)
    ? ' Those are expected where a target has no defence, and show that the attacks bite; they say nothing about our own sandbox.'
    : ''
  return `On ${[...targets].join(', ')} there ${summary.otherFindings.length === 1 ? 'is 1 finding' : `are ${count(summary.otherFindings.length, 'finding')}`}.${compared}`
}

function figures(record: RunRecord, summary: Summary): Content {
  const own = summary.tallies.filter((tally) => tally.own)
  const attacks = own.map((tally) =>
    figure(`Attacks contained on ${tally.name}`, ratio(tally.contained, attacksOf(tally)), twinWords(tally)),
  )
  const planted = totalOf(summary.weakenings)
  return [
    ...attacks,
    figure(
      'Planted weakenings detected',
      ratio(summary.weakenings.detected, planted),
      planted === 0
        ? 'none planted: detection is unproven'
        : `${summary.weakenings.missed} missed, ${summary.weakenings['not-run'] + summary.weakenings.broken} not planted`,
    ),
    figure('Threats with full evidence', ratio(summary.threats.passed, record.threats.length), threatWords(summary)),
    fuzzingFigure(record),
  ]
}

function fuzzingFigure(record: RunRecord): Markup {
  const engines = record.engines.filter(engineRan)
  const executions = count(
    engines.reduce((sum, engine) => sum + engine.executions, 0),
    'execution',
  )
  const modules = record.campaigns.reduce((sum, campaign) => sum + campaign.modules, 0)
  const by = `by ${count(engines.length, 'property or engine', 'properties and engines')}`
  if (modules > 0)
    return figure('Fuzzing', count(modules, 'module'), `on ${count(record.campaigns.length, 'target')}; and ${executions} ${by}`)
  return engines.length > 0
    ? figure('Fuzzing', executions, `${by}; no campaign`)
    : figure('Fuzzing', 'not run', 'no campaign and no engine')
}

function figure(title: string, big: Content, small: Content): Markup {
  return html`<div class="figure"><dt>${title}</dt><dd class="big">${big}</dd><dd class="quiet small">${small}</dd></div>`
}

/** `7 of 9`, or words: 0 of 0 must not look like a result. */
function ratio(part: number, whole: number): Content {
  return whole === 0 ? 'not run' : html`${part} <span class="quiet">of</span> ${whole}`
}

function twinWords(tally: Summary['tallies'][number]): string {
  const twins = tally.twinsAllowed + tally.twinsNotAllowed + tally.twinsUndecided
  return `${tally.violated} violated, ${tally.inconclusive} inconclusive; ${twins === 0 ? 'no twin was run' : `${tally.twinsAllowed} of ${count(twins, 'twin')} allowed`}`
}

function threatWords(summary: Summary): string {
  const rest = RESULT_ORDER.filter((result) => result !== 'passed' && summary.threats[result] > 0)
  return rest.map((result) => `${summary.threats[result]} ${RESULT_WORD[result]}`).join(', ') || 'none open'
}

function attacked(record: RunRecord): Markup {
  if (record.targets.length === 0) return html`<p>${badge('not-run', 'Nothing')}: no target was named.</p>`
  return html`<ul>${record.targets.map(
    (target) =>
      html`<li><strong>${target.name}</strong> ${target.version}${target.own && html` <span class="quiet">(our own)</span>`}${digests(target.facts)}</li>`,
  )}</ul>
<p class="quiet small">On Node.js ${record.environment.node}, V8 ${record.environment.v8}, ${record.environment.platform}, ${count(record.environment.cpus, 'processor')}, ${bytes(record.environment.memoryBytes)}${record.project.commit !== null && html`; commit <code>${record.project.commit}</code>`}.</p>`
}

/** Facts that identify the target's bytes. */
function digests(facts: Readonly<Record<string, string>>): Content {
  return Object.entries(facts)
    .filter(([name]) => /digest|sha-?(256|384|512)/i.test(name))
    .map(([name, value]) => html`<br><span class="quiet small">${name} <code>${value}</code></span>`)
}

function found(record: RunRecord, summary: Summary): Markup {
  const own = summary.ownFindings.slice(0, 5)
  const missed = record.weakenings.filter((weakening) => weakening.result === 'missed')
  return html`<ul>${own.map((finding) => html`<li>${badge('failed', finding.severity)} <a href="#${anchor('finding', finding.id)}">${finding.title}</a> <span class="quiet">on ${finding.target}</span></li>`)}
${summary.ownFindings.length > own.length && html`<li><a href="#findings">${count(summary.ownFindings.length - own.length, 'more finding')} on our own sandbox</a></li>`}
${summary.ownFindings.length === 0 && html`<li>No finding on our own sandbox${summary.tone === 'void' && ', because nothing was tried'}.</li>`}
${summary.otherFindings.length > 0 && html`<li><a href="#other-findings">${count(summary.otherFindings.length, 'finding')}</a> on other targets.</li>`}
${missed.length > 0 && html`<li>${badge('failed', 'missed')} <a href="#detection">${count(missed.length, 'planted weakening')}</a> that nothing noticed.</li>`}
${summary.doubtfulTrials.length > 0 && html`<li>${badge('needs-review')} <a href="#doubts">${count(summary.doubtfulTrials.length, 'trial')}</a> on our own sandbox that did not go as expected.</li>`}</ul>`
}

function notRun(record: RunRecord, summary: Summary): Markup {
  const stages = record.stages.filter((stage) => stage.result === 'not-run' || stage.result === 'unknown')
  const engines = record.engines.filter((engine) => engine.result === 'not-run')
  const weakenings = summary.weakenings['not-run']
  const threats = summary.threats['not-run'] + summary.threats.unknown
  if (record.stages.length === 0 && record.trials.length === 0)
    return html`<p>${badge('not-run', 'Everything')}: the record names no part of a plan, and no trial.</p>`
  if (stages.length + engines.length + weakenings + threats + summary.blindEngines.length === 0)
    return html`<p>Nothing was left out: all ${count(record.stages.length, 'part')} of the plan ran.</p>`
  return html`<ul>${stages.map((stage) => html`<li>${badge(stage.result, stage.name)}: ${stage.reason}</li>`)}
${engines.map((engine) => html`<li>${badge('not-run', engine.name)}: ${engine.reason}</li>`)}
${summary.blindEngines.map((engine) => html`<li>${badge('failed', engine.name)} ran blind: it saw no coverage.</li>`)}
${weakenings > 0 && html`<li>${badge('not-run', count(weakenings, 'weakening'))}: <a href="#detection">see there</a>.</li>`}
${threats > 0 && html`<li>${badge('not-run', count(threats, 'threat'))} of ${record.threats.length} without evidence: <a href="#threats">see there</a>.</li>`}</ul>`
}

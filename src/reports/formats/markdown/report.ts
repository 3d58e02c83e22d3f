// The report in short, for pull requests and the logs of CI.

import { breachTrials } from '../../breach.ts'
import { cellsSentence, emptyRows } from '../../cells-text.ts'
import { acceptedFindings, decisionSentence } from '../../evidence/accepted.ts'
import { more, section, table } from '../../markdown-blocks.ts'
import { md, mdCode } from '../../markdown-text.ts'
import { mutationSentence } from '../../mutation-text.ts'
import { applicableEngines, NO_WEAKENINGS } from '../../not-ours.ts'
import { count, duration, RESULT_ORDER, RESULT_WORD } from '../../results.ts'
import type { FindingRecord, RiskRecord, RunRecord } from '../../run-record.ts'
import { attacksOf, type Summary, summarise, totalOf } from '../../summary.ts'
import { changes, frameworks, history, model, risks } from './around.ts'

/** Longest lists; the rest is in report.json. A comment on GitHub holds 65,536 characters. */
const SHOWN_FINDINGS = 20
const SHOWN_ROWS = 30

export function reportMarkdown(record: RunRecord): string {
  const summary = summarise(record)
  const parts = [
    title(record, summary),
    targets(summary),
    threats(record, summary),
    findings(record, summary),
    risks(record),
    changes(record),
    breach(record),
    detection(record, summary),
    fuzzing(record),
    cells(record),
    frameworks(record),
    model(record),
    history(record),
    notRun(record),
    next(summary),
    provenance(record),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

const TONE_WORD: Readonly<Record<Summary['tone'], string>> = {
  escape: 'FAILED',
  void: 'NOT RUN',
  partial: 'NOT FINISHED',
  open: 'NEEDS REVIEW',
  held: 'PASSED',
}

function title(record: RunRecord, summary: Summary): string {
  const lines = [`# ${TONE_WORD[summary.tone]}: ${md(summary.headline)}`]
  if (summary.alarm !== null) {
    lines.push('', `> **THIS REPORT IS NOT WHOLE.** ${md(summary.alarm)} Nothing that is missing counts as passed.`)
    for (const fault of record.faults) lines.push('>', `> fault: ${md(fault)}`)
  }
  return lines.join('\n')
}

function targets(summary: Summary): string {
  const rows = summary.tallies.map((tally) => [
    `${md(tally.name)}${tally.own ? (summary.subject.foreign ? ' (under review)' : ' (our own)') : ''}`,
    ...(attacksOf(tally) === 0
      ? ['not run', '', '', '', '']
      : [attacksOf(tally), tally.contained, tally.violated, tally.inconclusive, tally.twinsAllowed].map(String)),
  ])
  return section(
    'Attacks',
    table(['target', 'attacks', 'contained', 'violated', 'inconclusive', 'twins allowed'], rows, {
      none: 'No target was attacked.',
    }),
  )
}

function threats(record: RunRecord, summary: Summary): string {
  if (record.threats.length === 0) return section('Threats', 'No threat model was loaded: no result is tied to a threat.')
  const line = RESULT_ORDER.map((result) => `${summary.threats[result]} ${RESULT_WORD[result]}`).join(', ')
  const failed = record.threats.filter((threat) => threat.result === 'failed')
  const rows = failed.slice(0, SHOWN_ROWS).map((threat) => `- ${mdCode(threat.id)} ${md(threat.title)}: ${md(threat.reason)}`)
  return section(
    `Threats (${record.threats.length})`,
    [`${line}.`, ...(rows.length > 0 ? ['', ...rows] : []), ...more(failed.length, SHOWN_ROWS)].join('\n'),
  )
}

function findings(record: RunRecord, summary: Summary): string {
  const own = summary.ownFindings
  const accepted = acceptedFindings(record)
  const cards = own.slice(0, SHOWN_FINDINGS).map((finding) => card(finding, accepted.get(finding.id)))
  const others = [...Map.groupBy(summary.otherFindings, (finding) => finding.target)].map(
    ([target, list]) => `${count(list.length, 'finding')} on ${md(target)}`,
  )
  const lines = [
    own.length === 0
      ? summary.tone === 'void'
        ? `Nothing was tried on ${md(summary.subject.words)}.`
        : `No finding on ${md(summary.subject.words)}.`
      : cards.join('\n'),
    ...more(own.length, SHOWN_FINDINGS),
    ...(others.length > 0 ? ['', `Other targets, for comparison: ${others.join(', ')}.`] : []),
  ]
  return section('Findings', lines.join('\n'))
}

/** @param risk the decision that accepts it, if there is one in force */
function card(finding: FindingRecord, risk: RiskRecord | undefined): string {
  return [
    `- **${finding.severity}** ${md(finding.title)} (${mdCode(finding.id)}, ${finding.threat === null ? 'no threat of the model' : mdCode(finding.threat)}, on ${md(finding.target)})`,
    `  - expected: ${md(finding.expected)}`,
    `  - actual: ${md(finding.actual)}`,
    `  - replay: ${mdCode(finding.replay)}`,
    ...(risk === undefined ? [] : [`  - accepted: ${md(decisionSentence(risk))}`]),
    ...(finding.flaky ? [`  - flaky: seen again ${finding.reproduced.times} of ${count(finding.reproduced.runs, 'time')}`] : []),
  ].join('\n')
}

function detection(record: RunRecord, summary: Summary): string {
  const total = totalOf(summary.weakenings)
  if (summary.subject.foreign && total === 0)
    return section('Detection power', `${RESULT_WORD['not-applicable']}: ${NO_WEAKENINGS}`)
  if (total === 0)
    return section(
      'Detection power',
      `No weakening was planted: this run does not show that it would notice a broken control.\n\n${md(mutationSentence(record.mutation))}`,
    )
  const { detected, 'not-run': notRun } = summary.weakenings
  const open = (['missed', 'broken'] as const).flatMap((result) =>
    record.weakenings.filter((weakening) => weakening.result === result),
  )
  const rows = open
    .slice(0, SHOWN_ROWS)
    .map(
      (weakening) =>
        `- **${weakening.result}** ${mdCode(weakening.id)} ${md(weakening.title)} (control ${mdCode(weakening.control)})`,
    )
  const line = `${detected} of ${count(total, 'weakening')} detected${notRun > 0 ? `, ${notRun} not run` : ''}.`
  return section(
    'Detection power',
    [
      line,
      ...(rows.length > 0 ? ['', ...rows] : []),
      ...more(open.length, SHOWN_ROWS),
      '',
      md(mutationSentence(record.mutation)),
    ].join('\n'),
  )
}

function fuzzing(record: RunRecord): string {
  const { shown, rest } = applicableEngines(record.engines)
  const engines = shown.map((engine) => [
    md(engine.name),
    RESULT_WORD[engine.result],
    engine.executions.toLocaleString('en-US'),
    engine.coverage === null
      ? ''
      : `${engine.coverage.initial} → ${engine.coverage.final} of ${engine.coverage.instrumentedEdges}`,
    engine.seed === null ? '–' : String(engine.seed),
  ])
  const campaigns = record.campaigns.map((campaign) => {
    const violated = Object.values(campaign.byGenerator).reduce((sum, generator) => sum + generator.violated, 0)
    return `- campaign on ${md(campaign.target)}: ${campaign.modules === 0 ? 'not run' : `${count(campaign.modules, 'module')}, ${violated} violated`}, seed ${campaign.seed}, ${duration(campaign.seconds * 1_000)}`
  })
  const body = [
    ...(rest !== null && engines.length === 0
      ? []
      : [table(['engine', 'result', 'executions', 'edges covered', 'seed'], engines, { none: 'No engine was run.' })]),
    ...(rest === null ? [] : [md(rest)]),
    campaigns.length > 0 ? campaigns.join('\n') : 'No campaign was run.',
  ]
  return section('Fuzzing', body.join('\n\n'))
}

/** Which calls answered what, with their grant and without; the empty cells by call. */
function cells({ cells: seen }: RunRecord): string {
  if (!seen) return ''
  const rows = emptyRows(seen).map(({ call, grant, outcomes, reason }) => [
    mdCode(call),
    grant,
    md(outcomes.join(', ')),
    md(reason),
  ])
  const more = rows.length > SHOWN_ROWS ? `\n\n${rows.length - SHOWN_ROWS} more rows are in report.json.` : ''
  const empty = table(['host call', 'grant', 'never seen', 'reason'], rows.slice(0, SHOWN_ROWS), { none: 'No cell is empty.' })
  return section('Witnessed cells', `${cellsSentence(seen)}\n\n${empty}${more}`)
}

function notRun(record: RunRecord): string {
  const stages = record.stages.filter((stage) => stage.result !== 'passed' && stage.result !== 'not-applicable')
  const engines = record.engines.filter((engine) => engine.result === 'not-run')
  const rows = [...stages, ...engines].map((part) => `- **${RESULT_WORD[part.result]}** ${md(part.name)}: ${md(part.reason)}`)
  return rows.length === 0 ? '' : section('What did not pass or was not run', rows.join('\n'))
}

function next(summary: Summary): string {
  const steps = summary.next.map(
    (step, index) => `${index + 1}. ${md(step.text)}${step.command === null ? '' : ` ${mdCode(step.command)}`}`,
  )
  return section('Next', steps.join('\n'))
}

function provenance(record: RunRecord): string {
  const { environment } = record
  const targets = record.targets.map((target) => `${md(target.name)} ${md(target.version)}`).join(', ')
  return `${md(`${record.project.name} ${record.project.version}`)}, run ${mdCode(record.run)}, seed ${record.seed}, exit code ${record.exitCode}, Node.js ${md(environment.node)}, V8 ${md(environment.v8)}, ${md(environment.platform)}. Targets: ${targets || 'none'}. Everything else is in report.json beside this file.`
}

/** What came of the attacks that began with code of the attacker's in a layer of the sandbox. */
function breach(record: RunRecord): string {
  const tried = breachTrials(record)
  if (tried.length === 0) return ''
  const rows = tried.map(({ attack, breach, title, verdict, reason }) => [
    `JavaScript in a ${breach}`,
    `${mdCode(attack)} ${md(title)}`,
    verdict === 'contained' ? 'contained' : `${verdict}: ${md(reason)}`,
  ])
  return section('Assume breach', table(['attacker has', 'attempt', 'came to'], rows))
}

// What stands around a run, in Markdown: decisions about risks, what changed, frameworks, the threat model, earlier runs. A record of before may
// lack each of them; then there is nothing to say.
import { decisionSentence } from '../../evidence/accepted.ts'
import { more, section, table } from '../../markdown-blocks.ts'
import { md, mdCode } from '../../markdown-text.ts'
import { count, duration, RESULT_ORDER, RESULT_WORD } from '../../results.ts'
import type { ChangesRecord, FrameworkRecord, PastRun, Result, RunRecord } from '../../run-record.ts'

const SHOWN_RISKS = 20
const SHOWN_CHANGES = 10
const SHOWN_GAPS = 10
const SHOWN_RUNS = 7

/** Expired ones first: they fail the run. */
export function risks({ risks: all = [] }: RunRecord): string {
  if (all.length === 0) return ''
  const order = ['expired', 'in-force', 'open'] as const
  const rows = order.flatMap((state) => all.filter((risk) => risk.state === state))
  const lines = rows.slice(0, SHOWN_RISKS).map((risk) => {
    const about = risk.finding ?? risk.threat
    const covers = risk.covers.length > 0 ? `; covers ${count(risk.covers.length, 'finding')} of this run` : ''
    return `- **${risk.state}** ${about === null ? '' : `${mdCode(about)} `}${md(decisionSentence(risk))}${covers}`
  })
  return section('Risks decided upon', [...lines, ...more(rows.length, SHOWN_RISKS)].join('\n'))
}

export function changes({ changes: since }: RunRecord): string {
  if (since === undefined) return ''
  const lines = [
    named('new', since.new),
    named('still there', since.still),
    named('fixed', since.fixed),
    named('unknown, as nothing that could show it was run', since.unknown),
    lost(since),
  ].filter((line) => line !== null)
  const body = lines.length > 0 ? lines.join('\n') : 'Nothing: no finding then or now, and nothing stopped being tested.'
  return section(`Changes since ${mdCode(since.against)}`, body)
}

function named(what: string, ids: readonly string[]): string | null {
  if (ids.length === 0) return null
  const left = ids.length > SHOWN_CHANGES ? ` and ${ids.length - SHOWN_CHANGES} more` : ''
  return `- ${count(ids.length, 'finding')} ${what}: ${ids
    .slice(0, SHOWN_CHANGES)
    .map((id) => mdCode(id))
    .join(', ')}${left}`
}

function lost({ noLongerTested }: ChangesRecord): string | null {
  if (noLongerTested.length === 0) return null
  const left = noLongerTested.length > SHOWN_CHANGES ? ` and ${noLongerTested.length - SHOWN_CHANGES} more` : ''
  const ids = noLongerTested.slice(0, SHOWN_CHANGES).map(({ id }) => mdCode(id))
  return `- **no longer tested**: ${ids.join(', ')}${left}`
}

/** A row for each framework; requirements without evidence by name, as those are the gaps. */
export function frameworks({ frameworks: all = [] }: RunRecord): string {
  if (all.length === 0) return ''
  const rows = all.map(({ title, version, requirements }) => [
    md(`${title} ${version}`),
    ...RESULT_ORDER.map((result) => String(requirements.filter((requirement) => requirement.result === result).length)),
  ])
  const gaps = all.map(gapsOf).filter((line) => line !== null)
  return section(
    'Frameworks',
    [
      'Evidence that supports a requirement is counted here; that is no claim of conformity.',
      table(['requirements', ...RESULT_ORDER.map((result) => RESULT_WORD[result])], rows),
      ...(gaps.length > 0 ? [gaps.join('\n')] : []),
    ].join('\n\n'),
  )
}

function gapsOf({ title, requirements }: FrameworkRecord): string | null {
  const gaps = requirements.filter(({ result }) => result === 'not-run').map(({ id }) => id)
  if (gaps.length === 0) return null
  const left = gaps.length > SHOWN_GAPS ? ` and ${gaps.length - SHOWN_GAPS} more` : ''
  return `- not run, ${md(title)}: ${gaps
    .slice(0, SHOWN_GAPS)
    .map((id) => mdCode(id))
    .join(', ')}${left}`
}

export function model({ model: told, boundaries, threats, controls }: RunRecord): string {
  if (told === undefined) return ''
  const { title, sha256, assets, actors, flows, assumptions, residualRisks, overlays, switchedOff } = told
  const figures = [
    count(assets.length, 'asset'),
    count(actors.length, 'actor'),
    count(boundaries.length, 'trust boundary', 'trust boundaries'),
    count(flows.length, 'data flow'),
    count(threats.length, 'threat'),
    count(controls.length, 'control'),
    count(residualRisks.length, 'residual risk'),
  ]
  const unsure = assumptions.filter(({ validity }) => validity !== 'confirmed')
  const lines = [
    `${md(title)} (${mdCode(sha256.slice(0, 16))}): ${figures.join(', ')}.`,
    ...(overlays.length > 0
      ? ['', `Overlays: ${overlays.map((overlay) => `${md(overlay.title)} (${mdCode(overlay.file)})`).join(', ')}.`]
      : []),
    ...(switchedOff.length > 0 ? ['', ...[...Map.groupBy(switchedOff, ({ reason }) => reason)].map(switchedOffLine)] : []),
    ...(unsure.length > 0
      ? ['', ...unsure.map(({ title: assumed, validity }) => `- assumption, ${validity}: ${md(assumed)}`)]
      : []),
  ]
  return section('Threat model', lines.join('\n'))
}

export function history({ history: runs = [] }: RunRecord): string {
  // The run itself alone is no history.
  if (runs.length < 2) return ''
  const rows = runs.slice(-SHOWN_RUNS).toReversed().map(historyRow)
  const body = table(
    ['run', 'findings', 'passed', 'failed', 'needs review', 'attacks', 'executions', 'weakenings detected', 'took'],
    rows,
  )
  return section('Runs of late', [body, ...more(runs.length, SHOWN_RUNS)].join('\n'))
}

function historyRow(run: PastRun): string[] {
  const having = (result: Result) => String(run.threats[result] ?? 0)
  const whole = run.completion === 'complete' ? '' : ` (${run.completion === 'fault' ? 'fault' : 'interrupted'})`
  return [
    `${mdCode(run.run)}${whole}`,
    String(run.findings.own),
    having('passed'),
    having('failed'),
    having('needs-review'),
    run.attacks.toLocaleString('en-US'),
    run.executions.toLocaleString('en-US'),
    `${run.weakenings.detected} of ${run.weakenings.planted}`,
    duration(run.seconds * 1_000),
  ]
}

/** An overlay switches whole boundaries off, for one reason. */
function switchedOffLine([reason, entries]: [string, readonly { readonly threat: string }[]]): string {
  return `- switched off: ${entries.map(({ threat }) => mdCode(threat)).join(', ')}: ${md(reason)}`
}

// `gauntlet replay`: attacks and their twins, each in a chamber of its own, and what every oracle makes of them; properties and inputs likewise.
import type { Trial } from '../attacks/attack.ts'
import { applies } from '../campaign/applies.ts'
import { type ChamberInfo, inFreshChamber } from '../campaign/chamber.ts'
import { expectedText } from '../campaign/trials.ts'
import { judgeAttack, judgeTrial } from '../oracles/judge.ts'
import type { Observation, Verdict } from '../oracles/observation.ts'
import { visible, visibleJson } from '../reports/visible.ts'
import { resolveTarget } from '../targets/load.ts'
import { EXIT } from './exit-codes.ts'
import type { Interruption } from './interrupt.ts'
import { type FailureAnswer, type FailureSubject, readSubject, type Subject, type TrialSubject } from './replay-subject.ts'
import { outputJson } from './result-json.ts'
import { type Output, write } from './terminal.ts'

export interface ReplayOptions {
  readonly target?: string
  /** Folder in which findings are looked up. */
  readonly reports: string
  readonly json?: true
}

interface Tried {
  readonly trial: Trial
  readonly observation: Observation
  readonly verdict: Verdict
}

const EXIT_OF_VERDICT = { contained: EXIT.ok, violated: EXIT.violation, inconclusive: EXIT.fault } as const

/** The gravest answer counts: violated, then undecided, then contained. */
const GRAVITY: readonly Verdict['kind'][] = ['contained', 'inconclusive', 'violated']

/**
 * Replays one attack after the other; with `json`, prints an object for a single one and an array for several.
 *
 * @returns 0 if all were contained, 1 if any was violated, 2 if one could not be decided
 */
export async function replay(
  what: readonly string[],
  options: ReplayOptions,
  output: Output,
  interruption: Interruption,
): Promise<number> {
  // All are read first, so that a misspelt name is told before any time is spent.
  const subjects = []
  for (const one of what) subjects.push(await readSubject(one, options.reports))
  const reports: Report[] = []
  for (const subject of subjects) {
    const report = await replaySubject(subject, options, interruption)
    if (typeof report === 'number') return report
    if (!options.json) await write(output, reports.length > 0 ? `\n${asText(report)}` : asText(report))
    reports.push(report)
  }
  if (options.json) await write(output, visibleJson(reports.length === 1 ? asData(reports[0]!) : reports.map(asData)))
  const gravest = Math.max(...reports.map(({ verdict }) => GRAVITY.indexOf(verdict.kind)))
  return EXIT_OF_VERDICT[GRAVITY[gravest]!]
}

type Report = TrialReport | FailureReport

async function replaySubject(subject: Subject, options: ReplayOptions, interruption: Interruption): Promise<Report | number> {
  if (subject.kind === 'trial') return await replayOne(subject, options, interruption)
  if (interruption.code !== null) return interruption.code
  const answer = await subject.run(interruption.signal)
  return interruption.code ?? { subject, answer, verdict: verdictOf(answer) }
}

interface FailureReport {
  readonly subject: FailureSubject
  readonly answer: FailureAnswer
  readonly verdict: Pick<Verdict, 'kind' | 'reason'>
}

function verdictOf({ failure, fault }: FailureAnswer): FailureReport['verdict'] {
  if (fault !== null) return { kind: 'inconclusive', reason: fault }
  return failure === null ? { kind: 'contained', reason: 'it held' } : { kind: 'violated', reason: failure }
}

interface TrialReport {
  readonly subject: TrialSubject
  readonly info: ChamberInfo
  readonly attack: Tried
  readonly twin: Tried | null
  readonly verdict: Verdict
}

/** @returns an exit code if it was interrupted */
async function replayOne(
  subject: TrialSubject,
  options: ReplayOptions,
  interruption: Interruption,
): Promise<TrialReport | number> {
  const target = resolveTarget(options.target ?? subject.target ?? 'jail')
  // A trial ends within seconds by itself; what is asked between two is whether to begin the next.
  if (interruption.code !== null) return interruption.code
  const { tried: attack, info } = await attempt(target, subject.id, subject.attack)
  if (interruption.code !== null) return interruption.code
  const twin = subject.twin && (await attempt(target, `${subject.id}.twin`, subject.twin)).tried
  // A stored trial was found without a twin of its own; then the attack's verdict stands alone.
  const judged = subject.twin ? judgeAttack(attack.verdict, twin?.verdict ?? null) : attack.verdict
  const verdict = applies(subject.attack, info.unenforced, info.own) ? judged : notApplicable(info)
  return { subject, info, attack, twin: twin ?? null, verdict }
}

/** What a run of the gauntlet leaves out is shown here, but proves nothing. */
const notApplicable = ({ name, unenforced }: ChamberInfo): Verdict => ({
  kind: 'inconclusive',
  reason:
    unenforced.length > 0
      ? `the case does not apply to ${name}, which promises no ${unenforced.join(' and no ')}`
      : `the case does not apply to ${name}: it needs layers that only our own sandbox has`,
  oracles: [],
})

async function attempt(target: string, name: string, trial: Trial): Promise<{ tried: Tried; info: ChamberInfo }> {
  const { observation, info } = await inFreshChamber({ target }, name, trial)
  return { tried: { trial, observation, verdict: judgeTrial(trial, observation, info.own) }, info }
}

function asData(report: Report): object {
  if ('info' in report) return trialData(report)
  const { subject, answer, verdict } = report
  const { threats, counterexample = null } = answer
  return { attack: subject.id, title: subject.title, threats, verdict: verdict.kind, reason: verdict.reason, counterexample }
}

function trialData({ subject, info, attack, twin, verdict }: TrialReport): object {
  const plain = ({ trial, observation, verdict: { kind, reason, oracles } }: Tried) => ({
    verdict: kind,
    reason,
    oracles,
    expected: trial.expect,
    observation: {
      ...observation,
      result: observation.result && {
        ...observation.result,
        stdout: outputJson(observation.result.stdout),
        stderr: outputJson(observation.result.stderr),
      },
    },
  })
  return {
    attack: subject.id,
    title: subject.title,
    threats: subject.threats,
    target: info,
    verdict: verdict.kind,
    reason: verdict.reason,
    trials: { attack: plain(attack), twin: twin && plain(twin) },
  }
}

function asText(report: Report): string {
  const lines = 'info' in report ? trialLines(report) : failureLines(report)
  return `${lines.map((line) => visible(line, { limit: 4_000 })).join('\n')}\n`
}

function failureLines({ subject, answer, verdict }: FailureReport): string[] {
  const { threats, counterexample } = answer
  return [
    `${subject.id}: ${subject.title}`,
    ...(threats.length > 0 ? [`threats   ${threats.join(', ')}`] : []),
    ...(counterexample === undefined ? [] : ['', 'with', ...counterexample.split('\n').map((line) => `  ${line}`)]),
    '',
    `verdict   ${verdict.kind}: ${verdict.reason}`,
  ]
}

function trialLines({ subject, info, attack, twin, verdict }: TrialReport): string[] {
  return [
    `${subject.id}: ${subject.title}`,
    `threats   ${subject.threats.join(', ')}`,
    `target    ${info.name} (${info.version})`,
    '',
    ...describe('attack', attack),
    '',
    ...(twin ? describe('twin', twin) : ['twin      none is stored with this trial']),
    '',
    `verdict   ${verdict.kind}: ${verdict.reason}`,
  ]
}

const TWIN_WORDS = { contained: 'allowed', violated: 'not allowed', inconclusive: 'undecided' } as const

function describe(role: 'attack' | 'twin', { trial, observation, verdict }: Tried): string[] {
  const { result, threw, chamber } = observation
  const ended = result
    ? `${result.outcome} (${result.detail})`
    : (threw ?? (chamber.hung ? 'no answer; it had to be killed' : 'no answer'))
  const exit = result?.exitCode === null || result?.exitCode === undefined ? '' : `, exit code ${result.exitCode}`
  const events = result && result.events.length > 0 ? `, events ${result.events.join(', ')}` : ''
  const words = role === 'twin' ? TWIN_WORDS[verdict.kind] : verdict.kind
  return [
    `${role.padEnd(10)}${words}`,
    `  expected  ${expectedText(trial)}`,
    `  seen      ${ended}${exit}${events}, after ${Math.round(observation.elapsedMs)} ms`,
    ...verdict.oracles.map(({ oracle, kind, reason }) => `  ${oracle.padEnd(9)} ${kind}: ${reason}`),
  ]
}

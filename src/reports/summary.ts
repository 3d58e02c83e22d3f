// What a run comes to: the verdict in one sentence, the figures behind it, what stays open and what to do next. Shared by all formats.
import { worstTrial } from './evidence/attack-facts.ts'
import { engineBlind } from './evidence/states.ts'
import { type NextStep, nextSteps } from './next-steps.ts'
import { subjectOf } from './over-time/subject.ts'
import { count, list, RESULT_ORDER, SEVERITIES } from './results.ts'
import type { EngineRunRecord, FindingRecord, Result, RunRecord, TrialRecord, WeakeningRecord } from './run-record.ts'

/**
 * - `escape`: our own sandbox (or, if it was not part of the run, the target under review) was violated.
 * - `void`: nothing was tried, so nothing is known.
 * - `partial`: nothing escaped, but the run did not reach its end.
 * - `open`: nothing escaped, but something stays unproven; or all that was found is accepted by decisions in force.
 * - `held`: nothing escaped and nothing stays open.
 */
export type Tone = 'escape' | 'void' | 'partial' | 'open' | 'held'

/** Whom the verdict is about. */
export interface Subject {
  /** Somebody else's host, rather than our own sandbox. */
  readonly foreign: boolean
  /** `our own sandbox`, or the names of the targets. */
  readonly words: string
}

export interface TargetTally {
  readonly name: string
  /** Whether the verdict is about it: our own, or the target under review where ours was not part of the run. */
  readonly own: boolean
  /** Attacks by their worst verdict. */
  readonly contained: number
  readonly violated: number
  readonly inconclusive: number
  /** Twins by their worst verdict. */
  readonly twinsAllowed: number
  readonly twinsNotAllowed: number
  readonly twinsUndecided: number
}

export interface Summary {
  readonly tone: Tone
  readonly subject: Subject
  /** The verdict, one sentence. */
  readonly headline: string
  /** Why the run itself is not to be trusted or not whole; null if it is. */
  readonly alarm: string | null
  /** What stays open, one phrase each. */
  readonly open: readonly string[]
  readonly next: readonly NextStep[]
  /** Findings that decide the exit code, gravest first. */
  readonly ownFindings: readonly FindingRecord[]
  /** Findings about other targets, gravest first; on `bare` they show that the attacks bite. */
  readonly otherFindings: readonly FindingRecord[]
  readonly tallies: readonly TargetTally[]
  readonly threats: Readonly<Record<Result, number>>
  readonly controls: Readonly<Record<Result, number>>
  readonly weakenings: Readonly<Record<WeakeningRecord['result'], number>>
  readonly blindEngines: readonly EngineRunRecord[]
  /** Attack trials on the targets that the verdict is about whose worst verdict is not `contained`, or whose twin was not allowed. */
  readonly doubtfulTrials: readonly TrialRecord[]
}

export function summarise(record: RunRecord): Summary {
  const judged = subjectOf(record)
  const own = new Set(judged)
  const foreign = judged.length > 0 && !record.targets.some((target) => target.own && own.has(target.name))
  const findings = sortFindings(record.findings)
  const ownFindings = findings.filter((finding) => finding.own || own.has(finding.target))
  const facts = {
    subject: { foreign, words: foreign ? list(judged) : 'our own sandbox' },
    ownFindings,
    otherFindings: findings.filter((finding) => !ownFindings.includes(finding)),
    tallies: tally(record, own),
    threats: countBy(record.threats),
    controls: countBy(record.controls),
    weakenings: countWeakenings(record.weakenings),
    blindEngines: record.engines.filter(engineBlind),
    doubtfulTrials: record.trials.filter((trial) => own.has(trial.target) && trial.verdict !== 'contained'),
  }
  const open = openPoints(record, facts)
  const verdict = verdictOf(record, facts, open)
  return { ...facts, ...verdict, open, alarm: alarmOf(record), next: nextSteps(record, facts) }
}

export type Facts = Omit<Summary, 'tone' | 'headline' | 'alarm' | 'open' | 'next'>

/** Gravest first, then by id, so that the order is the same in every run. */
export function sortFindings(findings: readonly FindingRecord[]): FindingRecord[] {
  return [...findings].sort(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  )
}

function verdictOf(record: RunRecord, facts: Facts, open: readonly string[]): { tone: Tone; headline: string } {
  const { words } = facts.subject
  const violations = ownViolations(record, facts)
  const whole = record.completion === 'complete' && record.faults.length === 0
  if (violations !== null && allAccepted(record, facts)) {
    const headline = `${capital(words)} did not hold, and decisions in force accept what was found: ${violations}.`
    return { tone: whole ? 'open' : 'partial', headline }
  }
  if (violations !== null) return { tone: 'escape', headline: `${capital(words)} did not hold: ${violations}.` }
  if (executedOnOwn(record, facts) === 0) {
    const nothing = !record.targets.some(({ own }) => own)
      ? 'Nothing was attacked in this run, so it says nothing.'
      : 'Nothing was tried against our own sandbox, so this run says nothing about it.'
    return { tone: 'void', headline: nothing }
  }
  if (!whole) {
    return {
      tone: 'partial',
      headline: 'Nothing escaped in the part of the plan that was run, but the plan was not finished: this is no pass.',
    }
  }
  if (open.length > 0)
    return { tone: 'open', headline: `Nothing escaped ${words}, but not everything is proven: ${list(open.slice(0, 3))}.` }
  return { tone: 'held', headline: `Nothing escaped ${words}: ${heldFigures(facts)}.` }
}

/** Names of hosts stay as they are. */
const capital = (words: string): string => (words === 'our own sandbox' ? 'Our own sandbox' : words)

/** What was violated on the targets that count, as a phrase; null if nothing was. Counts trials and campaigns too, should triage have lost one. */
function ownViolations(record: RunRecord, facts: Facts): string | null {
  const findings = decidingFindings(facts)
  const gravest = findings[0]
  if (gravest !== undefined)
    return `${count(findings.length, 'finding')}, ${findings.length === 1 ? 'of severity' : 'the gravest'} ${gravest.severity}${acceptedPhrase(record, findings)}`
  const judged = facts.tallies.filter((tally) => tally.own)
  const attacks = judged.reduce((sum, tally) => sum + tally.violated, 0)
  const modules = record.campaigns
    .filter((campaign) => judged.some(({ name }) => name === campaign.target))
    .flatMap((campaign) => Object.values(campaign.byGenerator))
    .reduce((sum, generator) => sum + generator.violated, 0)
  const parts = [attacks > 0 ? count(attacks, 'attack') : null, modules > 0 ? count(modules, 'campaign module') : null].filter(
    (part) => part !== null,
  )
  return parts.length === 0 ? null : `${list(parts)} violated it, and no finding was made of that`
}

const decidingFindings = ({ ownFindings }: Facts): readonly FindingRecord[] =>
  ownFindings.filter((finding) => finding.source !== 'weakening')

function accepted({ risks = [] }: RunRecord, findings: readonly FindingRecord[]): number {
  const covered = new Set(risks.filter(({ state }) => state === 'in-force').flatMap(({ covers }) => covers))
  return findings.filter(({ id }) => covered.has(id)).length
}

/** That somebody accepts all findings does not make a sandbox hold; but then they do not decide the exit code, and the verdict must say why. */
function allAccepted(record: RunRecord, facts: Facts): boolean {
  const findings = decidingFindings(facts)
  return findings.length > 0 && accepted(record, findings) === findings.length
}

function acceptedPhrase(record: RunRecord, findings: readonly FindingRecord[]): string {
  const number = accepted(record, findings)
  return number === 0 || number === findings.length ? '' : `; decisions in force accept ${number} of them`
}

function heldFigures(facts: Facts): string {
  const attacks = facts.tallies
    .filter((tally) => tally.own)
    .map((tally) => `${count(tally.contained, 'attack')} contained on ${tally.name}`)
  const weakenings = `${facts.weakenings.detected} of ${count(totalOf(facts.weakenings), 'planted weakening')} noticed`
  return list(facts.subject.foreign ? attacks : [...attacks, weakenings])
}

/** Everything that was executed against the targets that count: attacks, campaign modules, and for our own what drives its code. */
function executedOnOwn(record: RunRecord, facts: Facts): number {
  const ownTargets = facts.tallies.filter((tally) => tally.own)
  const own = new Set(ownTargets.map((tally) => tally.name))
  const attacks = ownTargets.reduce((sum, tally) => sum + attacksOf(tally), 0)
  const modules = record.campaigns
    .filter((campaign) => own.has(campaign.target))
    .reduce((sum, campaign) => sum + campaign.modules, 0)
  const engines = facts.subject.foreign ? [] : record.engines
  const executions = engines.reduce((sum, engine) => sum + engine.executions, 0)
  return attacks + modules + executions
}

function alarmOf(record: RunRecord): string | null {
  if (record.completion === 'fault') return `The gauntlet itself failed: ${record.completionReason}`
  if (record.completion === 'interrupted') return `This run was interrupted: ${record.completionReason}`
  if (record.faults.length > 0) return `The gauntlet itself had ${count(record.faults.length, 'fault')} in this run.`
  return null
}

function openPoints(record: RunRecord, facts: Facts): string[] {
  const own = facts.tallies.filter((tally) => tally.own)
  const inconclusive = own.reduce((sum, tally) => sum + tally.inconclusive, 0)
  const twins = own.reduce((sum, tally) => sum + tally.twinsNotAllowed + tally.twinsUndecided, 0)
  const stages = record.stages.filter((stage) => stage.result !== 'passed' && stage.result !== 'not-applicable')
  const unrun = record.engines.filter((engine) => engine.result !== 'passed' && engine.result !== 'not-applicable')
  const unplanted = facts.weakenings['not-run'] + facts.weakenings.broken
  const points: [number, (number: number) => string][] = [
    [expiredRisks(record), (n) => `${count(n, 'decision')} about risks expired, which fails the run`],
    [facts.weakenings.missed, (n) => `${count(n, 'weakening')} went unnoticed`],
    [totalOf(facts.weakenings) === 0 && !facts.subject.foreign ? 1 : 0, () => 'no weakening was planted'],
    [facts.blindEngines.length, (n) => `${count(n, 'coverage-guided engine')} saw no coverage`],
    [inconclusive, (n) => `${count(n, 'attack is', 'attacks are')} inconclusive`],
    [twins, (n) => `${count(n, 'twin was', 'twins were')} not allowed`],
    [stages.length, (n) => `${count(n, 'part')} of the plan did not pass`],
    [unrun.length, (n) => `${count(n, 'engine')} did not pass`],
    [unplanted, (n) => `${count(n, 'weakening was', 'weakenings were')} not planted`],
    [record.threats.length === 0 ? 1 : 0, () => 'no threat model was loaded'],
    [facts.threats['not-run'] + facts.threats.unknown, (n) => `${count(n, 'threat has', 'threats have')} no evidence`],
    [facts.threats['needs-review'], (n) => `${count(n, 'threat needs', 'threats need')} review`],
    [facts.threats.failed, (n) => `${count(n, 'threat')} failed`],
  ]
  return points.filter(([number]) => number > 0).map(([number, phrase]) => phrase(number))
}

const expiredRisks = ({ risks = [] }: RunRecord): number => risks.filter(({ state }) => state === 'expired').length

function tally(record: RunRecord, judged: ReadonlySet<string>): TargetTally[] {
  return record.targets.map((target) => {
    const trials = record.trials.filter((trial) => trial.target === target.name)
    const attacks = worstByAttack(trials.filter((trial) => trial.role === 'attack'))
    const twins = worstByAttack(trials.filter((trial) => trial.role === 'twin'))
    const having = (list: readonly TrialRecord[], verdict: TrialRecord['verdict']) =>
      list.filter((trial) => trial.verdict === verdict).length
    return {
      name: target.name,
      own: judged.has(target.name),
      contained: having(attacks, 'contained'),
      violated: having(attacks, 'violated'),
      inconclusive: having(attacks, 'inconclusive'),
      twinsAllowed: having(twins, 'contained'),
      twinsNotAllowed: having(twins, 'violated'),
      twinsUndecided: having(twins, 'inconclusive'),
    }
  })
}

function worstByAttack(trials: readonly TrialRecord[]): TrialRecord[] {
  return [...Map.groupBy(trials, (trial) => trial.attack).values()].map((group) => worstTrial(group)!)
}

/** Attacks that ran on a target. */
export function attacksOf(tally: TargetTally): number {
  return tally.contained + tally.violated + tally.inconclusive
}

/** All weakenings, whatever became of them. */
export function totalOf(weakenings: Summary['weakenings']): number {
  return weakenings.detected + weakenings.missed + weakenings['not-run'] + weakenings.broken
}

function countBy(items: readonly { readonly result: Result }[]): Record<Result, number> {
  return Object.fromEntries(
    RESULT_ORDER.map((result) => [result, items.filter((item) => item.result === result).length]),
  ) as Record<Result, number>
}

function countWeakenings(weakenings: readonly WeakeningRecord[]): Record<WeakeningRecord['result'], number> {
  const having = (result: WeakeningRecord['result']) => weakenings.filter((weakening) => weakening.result === result).length
  return { detected: having('detected'), missed: having('missed'), 'not-run': having('not-run'), broken: having('broken') }
}

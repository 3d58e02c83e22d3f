// What a person should do after reading the report, most urgent first.
import { count, list } from './results.ts'
import type { RunRecord } from './run-record.ts'
import type { Facts } from './summary.ts'

export interface NextStep {
  readonly text: string
  /** A command line that does it or shows it, if there is one. */
  readonly command: string | null
}

/** How many findings, weakenings or trials are named one by one; the rest is in the tables. */
const NAMED = 3

export function nextSteps(record: RunRecord, facts: Facts): NextStep[] {
  const steps = [
    ...faultSteps(record),
    ...findingSteps(facts),
    ...riskSteps(record),
    ...weakeningSteps(record),
    ...doubtSteps(facts),
    ...unfinishedSteps(record, facts),
    ...threatSteps(record, facts),
    ...goneSteps(record),
  ]
  return steps.length > 0
    ? steps
    : [
        {
          text: 'Nothing is open. Keep this report with the release, and run the gauntlet again after the next change.',
          command: record.command,
        },
      ]
}

function faultSteps(record: RunRecord): NextStep[] {
  if (record.completion === 'fault' || record.faults.length > 0)
    return [{ text: 'Mend the fault of the gauntlet, then run it again.', command: record.command }]
  if (record.completion === 'interrupted')
    return [{ text: 'Run it again to the end; no threat that was left out counts as passed.', command: record.command }]
  return []
}

/** A decision that has run out fails the run, whatever was found. */
function riskSteps({ risks = [] }: RunRecord): NextStep[] {
  const expired = risks.filter((risk) => risk.state === 'expired').map((risk) => risk.id)
  if (expired.length === 0) return []
  return [{ text: `Decide again about ${named(expired)}: the day on which that decision ended is past.`, command: null }]
}

function goneSteps({ changes }: RunRecord): NextStep[] {
  const gone = changes?.noLongerTested ?? []
  if (gone.length === 0) return []
  const what = count(gone.length, 'piece of evidence', 'pieces of evidence')
  return [
    { text: `Find out why ${what} of the run before ${gone.length === 1 ? 'is' : 'are'} missing in this one.`, command: null },
  ]
}

function findingSteps(facts: Facts): NextStep[] {
  const findings = facts.ownFindings
  const named = findings.slice(0, NAMED).map((finding) => ({
    text:
      finding.source === 'weakening'
        ? `Look into ${finding.id}: ${finding.title}.`
        : `Replay ${finding.id} (${finding.severity}) and mend it: ${finding.title}.`,
    command: finding.replay,
  }))
  return findings.length > NAMED
    ? [
        ...named,
        { text: `Then the other ${count(findings.length - NAMED, 'finding')} on ${facts.subject.words}.`, command: null },
      ]
    : named
}

function weakeningSteps(record: RunRecord): NextStep[] {
  const missed = record.weakenings.filter((weakening) => weakening.result === 'missed').map((weakening) => weakening.id)
  const broken = record.weakenings.filter((weakening) => weakening.result === 'broken').map((weakening) => weakening.id)
  const steps: NextStep[] = []
  if (missed.length > 0)
    steps.push({
      text: `Write an attack that notices ${named(missed)}: until then ${missed.length === 1 ? 'the control behind it is' : 'the controls behind them are'} unproven.`,
      command: null,
    })
  if (broken.length > 0) steps.push({ text: `Mend the weakening ${named(broken)}: it could not be planted.`, command: null })
  return steps
}

function doubtSteps(facts: Facts): NextStep[] {
  const inconclusive = facts.doubtfulTrials.filter((trial) => trial.role === 'attack' && trial.verdict === 'inconclusive')
  const twins = facts.doubtfulTrials.filter((trial) => trial.role === 'twin')
  const steps: NextStep[] = []
  if (inconclusive[0])
    steps.push({
      text: `Settle ${count(inconclusive.length, 'inconclusive attack')}, ${inconclusive[0].attack} first.`,
      command: inconclusive[0].replay,
    })
  if (twins[0])
    steps.push({
      text: `Find out why ${count(twins.length, 'twin was', 'twins were')} not allowed, ${twins[0].attack} first: its denial proves nothing.`,
      command: twins[0].replay,
    })
  return steps
}

function unfinishedSteps(record: RunRecord, facts: Facts): NextStep[] {
  const blind = facts.blindEngines.map((engine) => engine.name)
  const failed = record.engines.filter((engine) => engine.result === 'failed' && !facts.blindEngines.includes(engine))
  const stages = record.stages.filter((stage) => stage.result === 'not-run').map((stage) => stage.name)
  const steps: NextStep[] = []
  if (blind.length > 0)
    steps.push({
      text: `Make ${named(blind)} see coverage: its sources were not instrumented, so its executions prove nothing.`,
      command: null,
    })
  for (const engine of failed.slice(0, NAMED))
    steps.push({ text: `Look into the failed engine ${engine.name}: ${engine.reason}`, command: engine.replay })
  if (stages.length > 0) steps.push({ text: `Run what was left out: ${named(stages)}.`, command: null })
  const sampled = facts.weakenings['not-run'] > 0 || record.engines.some((engine) => engine.result === 'not-run')
  if (stages.length === 0 && record.completion === 'complete' && sampled)
    steps.push({
      text: 'Give it more time for what this run had none for: 20 minutes and more plant every weakening.',
      command: null,
    })
  return steps
}

function threatSteps(record: RunRecord, facts: Facts): NextStep[] {
  const without = record.threats
    .filter((threat) => threat.result === 'not-run' || threat.result === 'unknown')
    .map((threat) => threat.id)
  const steps: NextStep[] = []
  if (record.threats.length === 0)
    steps.push({ text: 'Load the threat model: without it, no result can be tied to a threat.', command: null })
  if (without.length > 0)
    steps.push({
      text: `${facts.subject.foreign ? 'Run it for longer, or add attacks' : 'Add attacks'} for ${count(without.length, 'threat')} without evidence: ${named(without)}.`,
      command: facts.subject.foreign ? record.command : null,
    })
  if (facts.threats['needs-review'] > 0)
    steps.push({
      text: `Read the reasons of ${count(facts.threats['needs-review'], 'threat that needs', 'threats that need')} review.`,
      command: null,
    })
  return steps
}

function named(ids: readonly string[]): string {
  return ids.length <= NAMED ? list(ids) : `${ids.slice(0, NAMED).join(', ')} and ${ids.length - NAMED} more`
}

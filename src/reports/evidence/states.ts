// States of threats and controls, computed from what a run saw on the targets that it is about; never written by hand.
//
// The rules are the two tables THREAT_RULES and CONTROL_RULES: from top to bottom, the first rule that has something to say decides. Doubt
// stands above proof, so one good attack never hides a bad one. Runs against other targets (`bare`, other hosts) prove that an attack bites,
// not that our sandbox stops it: they are no evidence here, unless the run is about such a host (evidence/subject.ts). What other commands
// showed of the same sources counts, each piece with its own date; a weakening that they planted is as good as one of this run.
import type { Control, SwitchedOff, Threat } from '../../threats/index.ts'
import { threatFields } from '../model-record.ts'
import { count, list } from '../results.ts'
import type {
  ControlStateRecord,
  EngineRunRecord,
  EvidenceItem,
  Result,
  RunRecord,
  ThreatStateRecord,
  WeakeningRecord,
} from '../run-record.ts'
import { type AttackFacts, attackFacts } from './attack-facts.ts'
import { decisiveTargets, isForeign, subjectTargets } from './subject.ts'
import { knownWeakenings } from './weakenings.ts'

/** What is needed of the threat model. */
export interface StateModel {
  readonly controls: readonly Pick<Control, 'id' | 'title' | 'paths'>[]
  readonly threats: readonly Pick<
    Threat,
    'id' | 'title' | 'boundary' | 'cwe' | 'description' | 'requirement' | 'controls' | 'file' | 'line'
  >[]
  /** By overlays. */
  readonly switchedOff?: readonly SwitchedOff[]
}

export type Evidence = Pick<
  RunRecord,
  'targets' | 'trials' | 'weakenings' | 'engines' | 'campaigns' | 'findings' | 'subject' | 'evidence'
>

export interface States {
  readonly threats: ThreatStateRecord[]
  readonly controls: ControlStateRecord[]
}

/** One state for every threat and control of the model, in the model's order. */
export function threatStates(model: StateModel, evidence: Evidence): States {
  const off = new Map((model.switchedOff ?? []).map((entry) => [entry.threat, entry]))
  const weakenings = knownWeakenings(evidence)
  const known = { ...evidence, weakenings }
  const threats = model.threats.map((threat) => threatState(threat, factsOf(threat, known), off.get(threat.id)))
  const resultOf = new Map(threats.map((threat) => [threat.id, threat]))
  const controls = model.controls.map((control) => {
    const answered = model.threats
      .filter((threat) => threat.controls.includes(control.id))
      .map((threat) => resultOf.get(threat.id)!)
    return controlState(control, {
      tests: testsOf(evidence, (item) => item.controls.includes(control.id)),
      paths: control.paths,
      threats: answered,
      weakenings: isForeign(evidence) ? [] : weakenings.filter((weakening) => weakening.control === control.id),
      failedElsewhere: failedElsewhere(evidence, (item) => item.controls.includes(control.id)),
      foreign: isForeign(evidence),
    })
  })
  return { threats, controls }
}

// --- rules -------------------------------------------------------------------------------------------------------------------------------

interface Rule<Facts> {
  readonly result: Result
  /** The reason, one sentence; null if the rule does not apply. */
  readonly because: (facts: Facts) => string | null
}

const THREAT_RULES: readonly Rule<ThreatFacts>[] = [
  { result: 'failed', because: (f) => first(f.violations) },
  { result: 'not-run', because: (f) => (f.tried ? null : 'Nothing in this run tried it.') },
  {
    result: 'needs-review',
    because: (f) => first(f.failedEngines.map((engine) => `The ${engine.name} engine failed: ${engine.reason}`)),
  },
  { result: 'needs-review', because: (f) => first(f.failedElsewhere.map(sentenceOf)) },
  { result: 'needs-review', because: (f) => first(f.advisories) },
  {
    result: 'needs-review',
    because: (f) =>
      f.attacks.length > 0 ? null : `No regression attack ran ${f.where}; the only evidence is ${otherEvidence(f)}.`,
  },
  { result: 'needs-review', because: (f) => first(f.attacks.flatMap((attack) => attack.doubts)) },
  { result: 'needs-review', because: (f) => missed(f.weakenings) },
  // Nothing can be planted in a host of somebody else: what holds there is proven by the attacks and their twins.
  {
    result: 'passed',
    because: (f) =>
      f.foreign
        ? `${count(f.attacks.length, 'attack was', 'attacks were')} contained on every target with the twin allowed.`
        : null,
  },
  {
    result: 'needs-review',
    because: (f) =>
      f.weakenings.length > 0 ? null : 'Contained, but unproven: no weakening shows that the attack would notice.',
  },
  {
    result: 'needs-review',
    because: (f) => (detected(f.weakenings) > 0 ? null : `Contained, but unproven: ${unfinished(f.weakenings)}.`),
  },
  {
    result: 'passed',
    because: (f) =>
      `${count(f.attacks.length, 'attack was', 'attacks were')} contained on every jail target with the twin allowed; ${detected(f.weakenings)} of ${count(f.weakenings.length, 'weakening')} detected.`,
  },
]

const CONTROL_RULES: readonly Rule<ControlFacts>[] = [
  {
    result: 'not-run',
    because: (f) => (f.foreign || f.paths.length > 0 ? null : 'Not built yet: the threat model names no source file for it.'),
  },
  {
    result: 'failed',
    because: (f) => {
      const realised = f.threats.filter((threat) => threat.result === 'failed').map((threat) => threat.id)
      return realised.length === 0 ? null : `It answers ${list(realised)}, which did not hold in this run.`
    },
  },
  { result: 'needs-review', because: (f) => missed(f.weakenings) },
  { result: 'needs-review', because: (f) => first(f.failedElsewhere.map(sentenceOf)) },
  {
    result: 'not-applicable',
    because: (f) => (f.foreign && f.threats.length === 0 ? 'Not a control of the host that this run is about.' : null),
  },
  {
    result: 'not-run',
    because: (f) =>
      detected(f.weakenings) > 0 || f.threats.some((threat) => threat.result !== 'not-run')
        ? null
        : 'Built, but nothing in this run tried it.',
  },
  // Nothing can be planted in a host of somebody else: its controls are as good as what they answer.
  { result: 'needs-review', because: (f) => (f.foreign ? first(unproven(f.threats)) : null) },
  {
    result: 'passed',
    because: (f) => (f.foreign ? `${count(f.threats.length, 'threat')} that it answers did not get through.` : null),
  },
  {
    result: 'needs-review',
    because: (f) => (f.weakenings.length > 0 ? null : 'Unproven: no weakening of it shows that its loss would be noticed.'),
  },
  { result: 'needs-review', because: (f) => (detected(f.weakenings) > 0 ? null : `Unproven: ${unfinished(f.weakenings)}.`) },
  {
    result: 'passed',
    because: (f) =>
      `${detected(f.weakenings)} of ${count(f.weakenings.length, 'weakening')} of it detected, and no threat that it answers failed.`,
  },
]

function decide<Facts>(rules: readonly Rule<Facts>[], facts: Facts): { result: Result; reason: string } {
  for (const rule of rules) {
    const reason = rule.because(facts)
    if (reason !== null) return { result: rule.result, reason }
  }
  return { result: 'unknown', reason: 'No rule applies to this evidence.' }
}

// --- facts -------------------------------------------------------------------------------------------------------------------------------

interface ThreatFacts {
  /** Sentences about our own targets. */
  readonly violations: readonly string[]
  /** Whether anything at all was executed for the threat. */
  readonly tried: boolean
  readonly attacks: readonly AttackFacts[]
  readonly weakenings: readonly WeakeningRecord[]
  readonly engines: readonly EngineRunRecord[]
  readonly failedEngines: readonly EngineRunRecord[]
  readonly campaignModules: number
  /** Attacks that ran on our own targets, but on none with a jail. */
  readonly unjailed: number
  readonly failedElsewhere: readonly EvidenceItem[]
  /** Sentences about published defects of an engine that a target runs on, where its version is what answers the threat. */
  readonly advisories: readonly string[]
  readonly tests: number | undefined
  /** What the targets that count are called. */
  readonly where: string
  /** The run is about a host of somebody else. */
  readonly foreign: boolean
}

interface ControlFacts {
  readonly paths: readonly string[]
  readonly threats: readonly ThreatStateRecord[]
  readonly weakenings: readonly WeakeningRecord[]
  readonly failedElsewhere: readonly EvidenceItem[]
  readonly tests: number | undefined
  /** The run is about a host of somebody else. */
  readonly foreign: boolean
}

/** Whether an engine executed anything that it could judge; a coverage-guided one with no instrumented edge or no coverage was blind. */
export function engineRan(engine: EngineRunRecord): boolean {
  return engine.result !== 'not-run' && engine.result !== 'not-applicable' && engine.executions > 0 && !engineBlind(engine)
}

/** A coverage-guided engine that saw nothing of what it drove: typically sources that the instrumentation silently skipped. */
export function engineBlind(engine: EngineRunRecord): boolean {
  if (engine.kind !== 'coverage-guided' || engine.result === 'not-run' || engine.result === 'not-applicable') return false
  return engine.coverage === null || engine.coverage.instrumentedEdges === 0 || engine.coverage.final === 0
}

function factsOf({ id: threat, controls }: StateModel['threats'][number], evidence: Evidence): ThreatFacts {
  const foreign = isForeign(evidence)
  const own = new Set(subjectTargets(evidence))
  const trials = evidence.trials.filter((trial) => own.has(trial.target) && trial.threats.includes(threat))
  const attacks = attackFacts(trials, decisiveTargets(evidence))
  // Weakenings change our own code, properties and coverage-guided targets drive it: they say nothing of another host.
  const weakenings = foreign ? [] : evidence.weakenings.filter((weakening) => weakening.threats.includes(threat))
  const named = foreign ? [] : evidence.engines.filter((engine) => engine.threats.includes(threat))
  const engines = named.filter(engineRan)
  const batches = evidence.campaigns
    .filter((campaign) => own.has(campaign.target))
    .flatMap((campaign) => Object.values(campaign.byGenerator).filter((generator) => generator.threats.includes(threat)))
  const campaignModules = batches.reduce((sum, batch) => sum + batch.modules, 0)
  return {
    violations: violationsOf(threat, evidence, own),
    tried: trials.length > 0 || campaignModules > 0 || engines.length > 0 || weakenings.some(weakeningRan),
    attacks,
    weakenings,
    engines,
    failedEngines: named.filter((engine) => engine.result === 'failed'),
    campaignModules,
    unjailed: new Set(trials.filter((trial) => trial.role === 'attack').map((trial) => trial.attack)).size - attacks.length,
    failedElsewhere: failedElsewhere(evidence, (item) => item.threats.includes(threat)),
    advisories: controls.includes(ENGINE_GATE) ? advisoriesOf(evidence, own) : [],
    tests: foreign ? undefined : testsOf(evidence, (item) => item.threats.includes(threat)),
    where: foreign ? 'on the host' : 'in a jail',
    foreign,
  }
}

/** No attack on a defect of the engine that is unknown to us can be written; one that is published, and not mended, needs no attack. */
const ENGINE_GATE = 'engine-version-gate'

/** A target of ours says which advisories its engine has, and `none known` if there is none. */
function advisoriesOf({ targets }: Evidence, subject: ReadonlySet<string>): string[] {
  return targets.flatMap(({ name, facts }) => {
    const known = facts['engine advisories']
    return subject.has(name) && known !== undefined && known !== 'none known'
      ? [`The engine of ${name} has published defects: ${known}.`]
      : []
  })
}

/** How many unit tests passed; undefined in a record that has no list of evidence. */
function testsOf({ evidence }: Evidence, about: (item: EvidenceItem) => boolean): number | undefined {
  return evidence
    ?.filter(({ kind, result, stale }) => kind === 'test' && result === 'passed' && stale === null)
    .filter(about)
    .reduce((sum, item) => sum + item.count, 0)
}

/** What another command showed to fail, of the very sources that this run is of. */
function failedElsewhere({ evidence = [], subject, targets }: Evidence, about: (item: EvidenceItem) => boolean): EvidenceItem[] {
  const names = new Set(subjectTargets({ targets, ...(subject && { subject }) }))
  return evidence.filter(
    (item) =>
      item.result === 'failed' &&
      item.stale === null &&
      OF_OTHER_COMMANDS.has(item.kind) &&
      (item.target === null || names.has(item.target)) &&
      about(item),
  )
}

const OF_OTHER_COMMANDS: ReadonlySet<EvidenceItem['kind']> = new Set(['test', 'engine-run', 'comparison', 'bench'])

function violationsOf(threat: string, evidence: Evidence, own: ReadonlySet<string>): string[] {
  // A finding from a weakening is about a copy that was broken on purpose; what it says of the gauntlet stands with the weakening.
  const foreign = isForeign(evidence)
  const findings = evidence.findings
    .filter((finding) => (finding.own && !foreign) || own.has(finding.target))
    .filter((finding) => finding.source !== 'weakening' && finding.threat === threat)
    .map((finding) => `Finding ${finding.id} on ${finding.target}: ${finding.title}.`)
  const trials = evidence.trials
    .filter(
      (trial) =>
        own.has(trial.target) && trial.role === 'attack' && trial.verdict === 'violated' && trial.threats.includes(threat),
    )
    .map((trial) => `${trial.attack} violated ${trial.target}: ${trial.reason}`)
  const campaigns = evidence.campaigns
    .filter((campaign) => own.has(campaign.target))
    .flatMap((campaign) =>
      Object.entries(campaign.byGenerator)
        .filter(([, generator]) => generator.violated > 0 && generator.threats.includes(threat))
        .filter(([, generator]) => !accountedFor(generator.threats, campaign.target, evidence))
        .map(
          ([name, generator]) =>
            `${count(generator.violated, 'module')} of the generator ${name} violated ${campaign.target}, and no finding says which threat it was.`,
        ),
    )
  return [...findings, ...trials, ...campaigns]
}

/** Whether a finding says which of a generator's threats its violations realised; then they are not held against the others. */
function accountedFor(threats: readonly string[], target: string, evidence: Evidence): boolean {
  return evidence.findings.some(
    (finding) =>
      finding.source === 'campaign' && finding.target === target && finding.threat !== null && threats.includes(finding.threat),
  )
}

function threatState(threat: StateModel['threats'][number], facts: ThreatFacts, off: SwitchedOff | undefined): ThreatStateRecord {
  const decided = decide(THREAT_RULES, facts)
  return {
    id: threat.id,
    title: threat.title,
    boundary: threat.boundary,
    // Who switches a threat off says that it cannot be realised; one that was realised refutes that.
    ...(off && decided.result !== 'failed'
      ? { result: 'not-applicable' as const, reason: `The overlay ${JSON.stringify(off.overlay)} switches it off: ${off.reason}` }
      : decided),
    evidence: {
      regressions: facts.attacks.length,
      twins: facts.attacks.filter((attack) => attack.twinAllowed).length,
      campaignModules: facts.campaignModules,
      properties: facts.engines.filter((engine) => engine.kind === 'property').length,
      coverageGuided: facts.engines.filter((engine) => engine.kind === 'coverage-guided').length,
      weakeningsDetected: detected(facts.weakenings),
      weakenings: facts.weakenings.length,
      ...(facts.tests !== undefined && { tests: facts.tests }),
    },
    controls: [...threat.controls],
    ...threatFields(threat),
    file: threat.file,
    line: threat.line,
  }
}

function controlState(control: StateModel['controls'][number], facts: ControlFacts): ControlStateRecord {
  return {
    id: control.id,
    title: control.title,
    paths: [...control.paths],
    ...decide(CONTROL_RULES, facts),
    threats: facts.threats.map((threat) => threat.id),
    weakeningsDetected: detected(facts.weakenings),
    weakenings: facts.weakenings.length,
    ...(facts.tests !== undefined && { tests: facts.tests }),
  }
}

// --- sentences ---------------------------------------------------------------------------------------------------------------------------

function first(sentences: readonly string[]): string | null {
  const [sentence, ...others] = sentences
  if (sentence === undefined) return null
  return others.length === 0 ? sentence : `${sentence} And ${others.length} more.`
}

/** Names the item, so that its replay and its record can be found. */
function sentenceOf({ id, at, reason }: EvidenceItem): string {
  return `${id} failed on ${at.slice(0, 10)}: ${reason}`
}

function unproven(threats: readonly ThreatStateRecord[]): string[] {
  return threats
    .filter(({ result }) => result !== 'passed' && result !== 'not-applicable')
    .map(({ id, result }) => `It answers ${id}, which ${result === 'not-run' ? 'was not run' : 'needs review'}.`)
}

function missed(weakenings: readonly WeakeningRecord[]): string | null {
  const blind = weakenings.filter((weakening) => weakening.result === 'missed').map((weakening) => weakening.id)
  return blind.length === 0 ? null : `The gauntlet is blind here: ${list(blind)} was planted and nothing noticed.`
}

function unfinished(weakenings: readonly WeakeningRecord[]): string {
  const parts = (['not-run', 'broken'] as const)
    .map((result) => ({
      result,
      ids: weakenings.filter((weakening) => weakening.result === result).map((weakening) => weakening.id),
    }))
    .filter((part) => part.ids.length > 0)
    .map((part) => `${list(part.ids)} ${part.result === 'broken' ? 'could not be planted' : 'was not run'}`)
  return list(parts)
}

function otherEvidence(facts: ThreatFacts): string {
  const parts = [
    facts.campaignModules > 0 ? count(facts.campaignModules, 'campaign module') : null,
    facts.engines.length > 0 ? count(facts.engines.length, 'property or coverage-guided engine') : null,
    facts.unjailed > 0 ? `${count(facts.unjailed, 'attack')} without a jail` : null,
    facts.weakenings.some(weakeningRan) ? count(facts.weakenings.filter(weakeningRan).length, 'weakening') : null,
  ].filter((part) => part !== null)
  return list(parts) || 'a twin without its attack'
}

function weakeningRan(weakening: WeakeningRecord): boolean {
  return weakening.result === 'detected' || weakening.result === 'missed'
}

function detected(weakenings: readonly WeakeningRecord[]): number {
  return weakenings.filter((weakening) => weakening.result === 'detected').length
}

// States of threats and controls, computed from what a run saw on our own targets; never written by hand.
//
// The rules are the two tables THREAT_RULES and CONTROL_RULES: from top to bottom, the first rule that has something to say decides. Doubt
// stands above proof, so one good attack never hides a bad one. Runs against other targets (`bare`, other hosts) prove that an attack bites,
// not that our sandbox stops it: they are no evidence here.
import type { Control, Threat } from '../threats/index.ts'
import { type AttackFacts, attackFacts } from './attack-facts.ts'
import { count, list } from './results.ts'
import type { ControlStateRecord, EngineRunRecord, Result, RunRecord, ThreatStateRecord, WeakeningRecord } from './run-record.ts'

/** What is needed of the threat model. */
export interface StateModel {
  readonly controls: readonly Pick<Control, 'id' | 'title' | 'paths'>[]
  readonly threats: readonly Pick<
    Threat,
    'id' | 'title' | 'boundary' | 'cwe' | 'description' | 'requirement' | 'controls' | 'file' | 'line'
  >[]
}

export type Evidence = Pick<RunRecord, 'targets' | 'trials' | 'weakenings' | 'engines' | 'campaigns' | 'findings'>

export interface States {
  readonly threats: ThreatStateRecord[]
  readonly controls: ControlStateRecord[]
}

/** One state for every threat and control of the model, in the model's order. */
export function threatStates(model: StateModel, evidence: Evidence): States {
  const threats = model.threats.map((threat) => threatState(threat, factsOf(threat.id, evidence)))
  const resultOf = new Map(threats.map((threat) => [threat.id, threat]))
  const controls = model.controls.map((control) => {
    const answered = model.threats
      .filter((threat) => threat.controls.includes(control.id))
      .map((threat) => resultOf.get(threat.id)!)
    return controlState(
      control,
      answered,
      evidence.weakenings.filter((weakening) => weakening.control === control.id),
    )
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
  {
    result: 'needs-review',
    because: (f) =>
      f.attacks.length > 0 ? null : `No regression attack ran in a jail; the only evidence is ${otherEvidence(f)}.`,
  },
  { result: 'needs-review', because: (f) => first(f.attacks.flatMap((attack) => attack.doubts)) },
  { result: 'needs-review', because: (f) => missed(f.weakenings) },
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
    because: (f) => (f.paths.length > 0 ? null : 'Not built yet: the threat model names no source file for it.'),
  },
  {
    result: 'failed',
    because: (f) => {
      const realised = f.threats.filter((threat) => threat.result === 'failed').map((threat) => threat.id)
      return realised.length === 0 ? null : `It answers ${list(realised)}, which did not hold in this run.`
    },
  },
  { result: 'needs-review', because: (f) => missed(f.weakenings) },
  {
    result: 'not-run',
    because: (f) =>
      detected(f.weakenings) > 0 || f.threats.some((threat) => threat.result !== 'not-run')
        ? null
        : 'Built, but nothing in this run tried it.',
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
}

interface ControlFacts {
  readonly paths: readonly string[]
  readonly threats: readonly ThreatStateRecord[]
  readonly weakenings: readonly WeakeningRecord[]
}

/**
 * Names of our own targets that hold the guest in a jail. A target is one unless it says otherwise (`isolation: inline` among its facts, or
 * `inline` in its name): a target too many makes the rules stricter, one too few would let an attack pass without a jail.
 */
export function jailTargets(targets: RunRecord['targets']): string[] {
  return targets
    .filter((target) => target.own && target.facts['isolation'] !== 'inline' && !/\binline\b/.test(target.name))
    .map((target) => target.name)
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

function factsOf(threat: string, evidence: Evidence): ThreatFacts {
  const own = new Set(evidence.targets.filter((target) => target.own).map((target) => target.name))
  const trials = evidence.trials.filter((trial) => own.has(trial.target) && trial.threats.includes(threat))
  const attacks = attackFacts(trials, jailTargets(evidence.targets))
  const weakenings = evidence.weakenings.filter((weakening) => weakening.threats.includes(threat))
  const named = evidence.engines.filter((engine) => engine.threats.includes(threat))
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
  }
}

function violationsOf(threat: string, evidence: Evidence, own: ReadonlySet<string>): string[] {
  // A finding from a weakening is about a copy that was broken on purpose; what it says of the gauntlet stands with the weakening.
  const findings = evidence.findings
    .filter((finding) => (finding.own || own.has(finding.target)) && finding.source !== 'weakening' && finding.threat === threat)
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

function threatState(threat: StateModel['threats'][number], facts: ThreatFacts): ThreatStateRecord {
  return {
    id: threat.id,
    title: threat.title,
    boundary: threat.boundary,
    ...decide(THREAT_RULES, facts),
    evidence: {
      regressions: facts.attacks.length,
      twins: facts.attacks.filter((attack) => attack.twinAllowed).length,
      campaignModules: facts.campaignModules,
      properties: facts.engines.filter((engine) => engine.kind === 'property').length,
      coverageGuided: facts.engines.filter((engine) => engine.kind === 'coverage-guided').length,
      weakeningsDetected: detected(facts.weakenings),
      weakenings: facts.weakenings.length,
    },
    controls: [...threat.controls],
    cwe: [...threat.cwe],
    description: threat.description,
    requirement: threat.requirement,
    file: threat.file,
    line: threat.line,
  }
}

function controlState(
  control: StateModel['controls'][number],
  threats: readonly ThreatStateRecord[],
  weakenings: readonly WeakeningRecord[],
): ControlStateRecord {
  return {
    id: control.id,
    title: control.title,
    paths: [...control.paths],
    ...decide(CONTROL_RULES, { paths: control.paths, threats, weakenings }),
    threats: threats.map((threat) => threat.id),
    weakeningsDetected: detected(weakenings),
    weakenings: weakenings.length,
  }
}

// --- sentences ---------------------------------------------------------------------------------------------------------------------------

function first(sentences: readonly string[]): string | null {
  const [sentence, ...others] = sentences
  if (sentence === undefined) return null
  return others.length === 0 ? sentence : `${sentence} And ${others.length} more.`
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

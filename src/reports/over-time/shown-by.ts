// What showed a finding, by name, and whether a later run has tried the same: without that, its absence says nothing.
import { posix } from 'node:path'
import type { FindingRecord, RunRecord, TrialRecord } from '../run-record.ts'

const trialName = ({ role, attack, target }: Pick<TrialRecord, 'role' | 'attack' | 'target'>): string =>
  `${role}:${attack}@${target}`
const generatorName = (name: string, target: string): string => `generator:${name}@${target}`
const engineName = (kind: string, name: string): string => `${kind}:${name}`

/** Names of what showed a finding in its run. None, if that cannot be told; such a finding is never taken for fixed. */
export function shownBy(finding: FindingRecord, record: Pick<RunRecord, 'trials' | 'campaigns'>): string[] {
  switch (finding.source) {
    case 'corpus':
      return attacksOf(finding, record)
    case 'campaign':
      return generatorsOf(finding, record)
    case 'property':
      return [engineName('property', finding.code)]
    case 'coverage-guided':
      return [engineName('coverage-guided', posix.basename(finding.location.path, '.fuzz.ts'))]
    case 'weakening':
      return []
  }
}

/** A finding is one cause, and several attacks may have shown it: all of them count. */
function attacksOf({ oracle, code, target, threat }: FindingRecord, { trials }: Pick<RunRecord, 'trials'>): string[] {
  const shows = (trial: TrialRecord): boolean =>
    trial.target === target &&
    (threat === null || trial.threats.includes(threat)) &&
    trial.oracles.some((verdict) => verdict.kind === 'violated' && verdict.oracle === oracle && verdict.code === code)
  return [...new Set(trials.filter(shows).map(trialName))].sort()
}

/** The generator that the command to replay it names; else, as a smaller module has no generator, every one that may have made it. */
function generatorsOf(finding: FindingRecord, { campaigns }: Pick<RunRecord, 'campaigns'>): string[] {
  const { target, threat } = finding
  const [, named] = /\bgenerator:([\w-]+)@/.exec(`${finding.replay} ${finding.portable ?? ''}`) ?? []
  if (named !== undefined) return [generatorName(named, target)]
  const violated = campaigns
    .filter((campaign) => campaign.target === target)
    .flatMap(({ byGenerator }) => Object.entries(byGenerator))
    .filter(([, { violated, threats }]) => violated > 0 && (threat === null || threats.includes(threat)))
  return [...new Set(violated.map(([name]) => generatorName(name, target)))].sort()
}

/**
 * Names of what a run tried that held, in the words of `shownBy`. An attack that was undecided, or went wrong in another way, and an engine that
 * stopped at another failure, might show the finding yet: they are not among them.
 */
export function heldIn(record: Pick<RunRecord, 'trials' | 'campaigns' | 'engines'>): ReadonlySet<string> {
  const held = new Set<string>()
  for (const trial of record.trials) if (trial.verdict === 'contained') held.add(trialName(trial))
  for (const trial of record.trials) if (trial.verdict !== 'contained') held.delete(trialName(trial))
  for (const { target, byGenerator } of record.campaigns)
    for (const [name, { modules }] of Object.entries(byGenerator)) if (modules > 0) held.add(generatorName(name, target))
  for (const { kind, name, result } of record.engines) if (result === 'passed') held.add(engineName(kind, name))
  return held
}

/** Whether everything that showed a finding was tried again and held. */
export const wasTriedAgain = (names: readonly string[], held: ReadonlySet<string>): boolean =>
  names.length > 0 && names.every((name) => held.has(name))

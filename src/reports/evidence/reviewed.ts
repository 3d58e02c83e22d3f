// What a record is about: the targets whose evidence decides, their findings, and what a requirement of a framework rests on.

import type {
  ControlStateRecord,
  EvidenceItem,
  FindingRecord,
  FrameworkRecord,
  RunRecord,
  ThreatStateRecord,
} from '../run-record.ts'
import { countedFindings } from './accepted.ts'
import { isForeign, subjectTargets } from './subject.ts'

/** The requirement of one framework. */
export type Requirement = FrameworkRecord['requirements'][number]

/** The targets whose evidence decides; all of them if the run names none. */
export function reviewedTargets(record: RunRecord): RunRecord['targets'] {
  const subject = new Set(subjectTargets(record))
  const reviewed = record.targets.filter(({ name }) => subject.has(name))
  return reviewed.length > 0 ? reviewed : record.targets
}

/** Gravest first. What a weakening showed is about a copy that was broken on purpose. */
export function reviewedFindings(record: RunRecord): FindingRecord[] {
  return countedFindings(record).filter(({ source }) => source !== 'weakening')
}

/** What the report is about, in one name: our package, or the host of somebody else that was attacked. */
export interface Product {
  readonly name: string
  readonly version: string
  readonly own: boolean
  /** Digest of the sandbox's files. */
  readonly digest?: string
}

export function productOf(record: RunRecord): Product {
  const { name, version, sandbox } = record.project
  const [host, ...others] = reviewedTargets(record)
  if (host !== undefined && isForeign(record))
    return { name: [host, ...others].map((target) => target.name).join(', '), version: host.version, own: false }
  return { name, version, own: true, ...(sandbox !== undefined && /^[0-9a-f]{64}$/.test(sandbox) && { digest: sandbox }) }
}

/** The threats whose evidence bears on a requirement: its own, and those that its controls answer. */
export function threatsOf(requirement: Requirement, record: RunRecord): ThreatStateRecord[] {
  const named = new Set([...requirement.threats, ...controlsOf(requirement, record).flatMap(({ threats }) => threats)])
  return record.threats.filter(({ id }) => named.has(id))
}

export function controlsOf(requirement: Requirement, record: RunRecord): ControlStateRecord[] {
  const named = new Set(requirement.controls)
  return record.controls.filter(({ id }) => named.has(id))
}

/**
 * What was run, by threat, and only on the targets under review: that an attack bites on a host without defence is no failure of the one that
 * has it.
 */
export function evidenceByThreat(record: RunRecord): ReadonlyMap<string, readonly EvidenceItem[]> {
  const reviewed = new Set(reviewedTargets(record).map(({ name }) => name))
  const found = new Map<string, EvidenceItem[]>()
  for (const item of record.evidence ?? [])
    if (item.target === null || reviewed.has(item.target))
      for (const threat of item.threats) {
        const items = found.get(threat)
        if (items) items.push(item)
        else found.set(threat, [item])
      }
  return found
}

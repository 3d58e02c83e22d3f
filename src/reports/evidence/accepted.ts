// Which findings a run is judged by, and which of them somebody has accepted: the same for every format.

import type { FindingRecord, RiskRecord, RunRecord } from '../run-record.ts'
import { sortFindings } from '../summary.ts'
import { subjectTargets } from './subject.ts'

/**
 * Findings about the targets under review, gravest first. Others show that the attacks bite; to report them as well would raise an alert each
 * for what is expected. A run against somebody else's host alone is about that host.
 */
export function countedFindings(record: RunRecord): FindingRecord[] {
  const subject = new Set(subjectTargets(record))
  const findings = sortFindings(record.findings)
  if (subject.size === 0) return findings
  const aboutOwn = record.targets.some(({ name, own }) => own && subject.has(name))
  return findings.filter((finding) => subject.has(finding.target) || (aboutOwn && finding.own))
}

/** Decisions by the finding that they cover. One that is in force is the only one that counts; else all of them are there to be seen. */
export function decisionsByFinding(record: RunRecord): Map<string, readonly RiskRecord[]> {
  const decisions = new Map<string, RiskRecord[]>()
  for (const risk of record.risks ?? [])
    for (const finding of risk.covers) decisions.set(finding, [...(decisions.get(finding) ?? []), risk])
  return new Map(
    [...decisions].map(([finding, risks]) => {
      const inForce = risks.filter((risk) => risk.state === 'in-force')
      return [finding, inForce.length > 0 ? inForce.slice(0, 1) : risks]
    }),
  )
}

/** The decisions in force, by the finding that they cover. */
export function acceptedFindings(record: RunRecord): Map<string, RiskRecord> {
  const accepted = [...decisionsByFinding(record)].flatMap(([finding, [risk]]) =>
    risk?.state === 'in-force' ? [[finding, risk] as const] : [],
  )
  return new Map(accepted)
}

/** Who decided it, why and until when, one sentence. */
export function decisionSentence(risk: RiskRecord): string {
  const ticket = risk.ticket === '' ? '' : `, ticket ${risk.ticket}`
  const end = risk.state === 'expired' ? `expired after ${risk.expires}` : `until ${risk.expires}`
  return `Risk ${risk.id} (${risk.status}, ${end}), decided by ${risk.owner} on ${risk.date}${ticket}: ${risk.reason}`
}

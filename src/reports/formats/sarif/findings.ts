// Findings as SARIF 2.1.0, in the shape that GitHub code scanning takes: only failures, each at a place in the source tree.
import type { Log, ReportingDescriptor } from 'sarif'
import { acceptedFindings, countedFindings } from '../../evidence/accepted.ts'
import { count } from '../../results.ts'
import type { FindingRecord, RunRecord } from '../../run-record.ts'
import { findingResult } from './finding-result.ts'
import { SARIF_LIMITS } from './limits.ts'
import { type Note, sarifLog } from './log.ts'
import { type Place, placeOf } from './places.ts'
import { gravestByRule, ruleOf, threatRule, UNCLASSIFIED, unclassifiedRule } from './rules.ts'

/**
 * SARIF log of a run's findings. GitHub shows every result of an upload as an alert, whatever its kind and its `suppressions`
 * (codeql-action#1230), so those about other targets and those that somebody has accepted are left out; evidence.sarif has them.
 */
export function findingsSarif(record: RunRecord): Log {
  const counted = countedFindings(record)
  const accepted = acceptedFindings(record)
  const open = counted.filter((finding) => !accepted.has(finding.id))
  const placed = open.map((finding) => ({ finding, place: placeOf(finding, record) }))
  const located = placed.filter((entry): entry is { finding: FindingRecord; place: Place } => entry.place !== null)
  const kept = located.slice(0, SARIF_LIMITS.results)
  const rules = rulesOf(
    record,
    kept.map((entry) => entry.finding),
  )
  const indexOf = new Map(rules.map((rule, index) => [rule.id, index]))
  return sarifLog(record, {
    category: `${record.project.name}/`,
    rules,
    results: kept.map(({ finding, place }) => findingResult(finding, ruleOf(finding, record), indexOf, place)),
    notes: notesOf({
      unplaced: placed.filter((entry) => entry.place === null).map((entry) => entry.finding.id),
      cut: located.length - kept.length,
      accepted: counted.length - open.length,
      others: record.findings.length - counted.length,
    }),
  })
}

/** A rule for every threat that was tried in this run or has a finding: a list of rules is read as a list of what was checked. */
function rulesOf(record: RunRecord, findings: readonly FindingRecord[]): ReportingDescriptor[] {
  const gravest = gravestByRule(findings, record)
  const rules = record.threats
    .filter(
      (threat) =>
        gravest.has(threat.id) ||
        (threat.result !== 'not-run' && threat.result !== 'not-applicable' && threat.result !== 'unknown'),
    )
    .map((threat) => threatRule(threat, gravest.get(threat.id)))
  const unclassified = gravest.get(UNCLASSIFIED)
  return unclassified === undefined ? rules : [...rules, unclassifiedRule(unclassified)]
}

interface LeftOut {
  readonly unplaced: readonly string[]
  readonly cut: number
  readonly accepted: number
  readonly others: number
}

function notesOf({ unplaced, cut, accepted, others }: LeftOut): Note[] {
  const notes: (Note | null)[] = [
    unplaced.length === 0
      ? null
      : [
          'warning',
          `${count(unplaced.length, 'finding')} without a place in the source tree left out; see report.json: ${unplaced.join(', ')}`,
        ],
    cut === 0
      ? null
      : [
          'warning',
          `${count(cut, 'finding')} of the lowest severities left out, as only ${SARIF_LIMITS.results} are shown; see report.json.`,
        ],
    accepted === 0 ? null : ['note', `${count(accepted, 'finding')} that an accepted risk covers left out; see evidence.sarif.`],
    others === 0 ? null : ['note', `${count(others, 'finding')} about other targets left out; see report.json.`],
  ]
  return notes.filter((note) => note !== null)
}

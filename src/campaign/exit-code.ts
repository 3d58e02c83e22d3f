// The exit code of a run: what a shell or a CI job learns.
import type { FindingRecord, RunRecord } from '../reports/run-record.ts'
import { coveredFindings, expiredDecision } from './risk-decisions.ts'

/** Which findings decide: `new` are those that the run compared with did not have; without such a run all are. */
export type FailOn = 'new' | 'any'

export const EXIT = { clean: 0, violated: 1, fault: 2, interrupted: 130 } as const

/** Why the run is not trustworthy as a whole, or null: a weakening that nothing noticed, and what the record lists as faults. */
export function doubtOf(record: Pick<RunRecord, 'faults' | 'weakenings'>): string | null {
  const [fault] = record.faults
  if (fault !== undefined) return fault
  const bad = record.weakenings.filter((weakening) => weakening.result === 'missed' || weakening.result === 'broken')
  return bad.length > 0 ? `${bad.length} weakening(s) missed or broken: ${bad.map((weakening) => weakening.id).join(', ')}` : null
}

/**
 * A run that was stopped says so; else a violation on a target that counts outranks a fault of the harness. A finding that a decision in force
 * covers does not count, and a decision that has expired counts as much as a finding.
 */
export function exitCodeOf(
  record: Pick<RunRecord, 'faults' | 'weakenings' | 'findings' | 'risks' | 'changes'>,
  interrupted: boolean,
  deciding: ReadonlySet<string>,
  failOn: FailOn = 'any',
): number {
  if (interrupted) return EXIT.interrupted
  if (expiredDecision(record) !== null) return EXIT.violated
  const known = failOn === 'new' ? knownFindings(record, deciding) : []
  if (countedFindings(record, deciding).length > known.length) return EXIT.violated
  return doubtOf(record) === null ? EXIT.clean : EXIT.fault
}

type Counted = Pick<RunRecord, 'findings' | 'risks' | 'changes'>

function countedFindings(record: Counted, deciding: ReadonlySet<string>): FindingRecord[] {
  const covered = coveredFindings(record)
  return record.findings.filter(({ id, own, target }) => (own || deciding.has(target)) && !covered.has(id))
}

/** Findings that would decide, had the run compared with not left them open. */
export const knownFindings = (record: Counted, deciding: ReadonlySet<string>): FindingRecord[] =>
  countedFindings(record, deciding).filter(({ id }) => record.changes?.still.includes(id))

// The exit code of a run: what a shell or a CI job learns.
import type { RunRecord } from '../reports/run-record.ts'

export const EXIT = { clean: 0, violated: 1, fault: 2, interrupted: 130 } as const

/** Why the run is not trustworthy as a whole, or null: a weakening that nothing noticed, and what the record lists as faults. */
export function doubtOf(record: Pick<RunRecord, 'faults' | 'weakenings'>): string | null {
  const [fault] = record.faults
  if (fault !== undefined) return fault
  const bad = record.weakenings.filter((weakening) => weakening.result === 'missed' || weakening.result === 'broken')
  return bad.length > 0 ? `${bad.length} weakening(s) missed or broken: ${bad.map((weakening) => weakening.id).join(', ')}` : null
}

/** A run that was stopped says so; else a violation on a target that counts outranks a fault of the harness. */
export function exitCodeOf(
  record: Pick<RunRecord, 'faults' | 'weakenings' | 'findings'>,
  interrupted: boolean,
  deciding: ReadonlySet<string>,
): number {
  if (interrupted) return EXIT.interrupted
  if (record.findings.some((finding) => finding.own || deciding.has(finding.target))) return EXIT.violated
  return doubtOf(record) === null ? EXIT.clean : EXIT.fault
}

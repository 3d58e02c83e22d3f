// What a run is about: only runs that are about the same may be set side by side in time.
import type { FindingRecord, RunRecord } from '../run-record.ts'

/** The targets whose evidence decides: those that the record names; else our own sandbox; else, where that was not run, whatever was. */
export function subjectOf({ subject, targets }: Pick<RunRecord, 'subject' | 'targets'>): readonly string[] {
  const own = targets.filter((target) => target.own)
  return subject ?? (own.length > 0 ? own : targets).map(({ name }) => name)
}

/** Equal for runs that may be compared. A shard is compared with the same shard only: another one tries other things. */
export function subjectKey(record: Pick<RunRecord, 'subject' | 'targets' | 'shard'>): string {
  const { shard } = record
  const names = [...subjectOf(record)].sort().join(', ')
  return shard ? `${names} (shard ${shard.number}/${shard.of})` : names
}

/** Whether a finding is about what the run is about, rather than about a host that is there to show that the attacks bite. */
export function isAboutSubject(finding: Pick<FindingRecord, 'own' | 'target'>, record: RunRecord): boolean {
  return finding.own || subjectOf(record).includes(finding.target)
}

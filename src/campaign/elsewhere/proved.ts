// Weakenings that were planted before: one that this run did not plant is evidence with the date of then.
import { proveFiles, proveRecordSchema } from '../../reports/prove/record.ts'
import { WEAKENING_RESULT } from '../../reports/results.ts'
import type { EvidenceItem } from '../../reports/run-record.ts'
import { readLeft } from './file.ts'
import type { Looking } from './looking.ts'
import { staleness } from './made.ts'
import { type ProvenWeakening, readProven } from './proven-file.ts'

/** Of each the latest, from what runs and commands keep together, and from the last record of `gauntlet prove` alone. */
export function provedEvidence({ reports, now }: Looking): EvidenceItem[] {
  const latest = new Map<string, ProvenWeakening>()
  for (const entry of [...readProven(reports), ...lastProve(reports)]) {
    const known = latest.get(entry.id)
    if (!known || known.at < entry.at) latest.set(entry.id, entry)
  }
  return [...latest.values()].map(
    ({ id, title, control, threats, result, reason, seconds, seed, at, node, source, ...made }) => ({
      id: `weakening:${id}`,
      kind: 'weakening',
      title,
      threats,
      controls: [control],
      result: WEAKENING_RESULT[result],
      reason,
      target: null,
      count: 1,
      seed,
      seconds,
      at,
      versions: { node },
      source,
      stale: staleness(made, now),
      replay: `npx gauntlet prove --only ${id}`,
    }),
  )
}

function lastProve(reports: string): ProvenWeakening[] {
  const record = readLeft(proveFiles(reports).json, proveRecordSchema, 'gauntlet prove writes a new one')
  if (!record) return []
  const { project, sources, command, seed, node, finishedAt } = record
  // A record of before kept no digest: then the commit alone decides.
  const made = { commit: project.commit, ...(sources !== undefined && { sources }) } as Pick<
    ProvenWeakening,
    'commit' | 'sources'
  >
  return record.weakenings.flatMap(({ id, title, threats, control, result, by, reason, ms }) =>
    result === 'not-run'
      ? []
      : [
          {
            ...{ id, title, control, threats, result, seconds: ms / 1000 },
            reason: reason || `Noticed by ${by.join(', ')}.`,
            ...{ seed, at: finishedAt, node, source: command },
            ...made,
          },
        ],
  )
}

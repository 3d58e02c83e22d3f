// When each weakening was planted last, and what came of it: `proven.json` in the folder of the reports, kept by runs and by `gauntlet prove`, since each
// of them plants a part only.
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from '../../reports/atomic.ts'
import type { WeakeningRecord } from '../../reports/run-record.ts'
import { visibleJson } from '../../reports/visible.ts'
import { readLeft } from './file.ts'

const provenWeakening = z.strictObject({
  id: z.string(),
  title: z.string(),
  control: z.string(),
  threats: z.array(z.string()),
  result: z.enum(['detected', 'missed', 'broken']),
  reason: z.string(),
  seconds: z.number(),
  seed: z.number(),
  at: z.string(),
  node: z.string(),
  commit: z.string().nullable(),
  sources: z.string().nullable(),
  /** The command that planted it. */
  source: z.string(),
})
const provenFile = z.strictObject({ schemaVersion: z.literal(1), weakenings: z.array(provenWeakening) })
export type ProvenWeakening = z.infer<typeof provenWeakening>

/** What all weakenings of one command have in common. */
export type Planting = Pick<ProvenWeakening, 'seed' | 'at' | 'node' | 'commit' | 'sources' | 'source'>

export const provenPath = (reports: string): string => join(reports, 'proven.json')

/** @throws {Error} if there is a file that cannot be read */
export function readProven(reports: string): readonly ProvenWeakening[] {
  return readLeft(provenPath(reports), provenFile, 'remove it, and the next run begins a new one')?.weakenings ?? []
}

/**
 * Puts what was planted now in the place of what was known before. One that was not planted stays as it is.
 * @throws {ReportError} if it cannot be written @throws {Error} if what is there cannot be read
 */
export async function noteProven(reports: string, weakenings: readonly WeakeningRecord[], planting: Planting): Promise<void> {
  const planted = weakenings.flatMap(({ id, title, control, threats, result, reason, detectedBy, elapsedMs }) =>
    result === 'not-run'
      ? []
      : [
          {
            ...{ id, title, control, threats, result, seconds: elapsedMs / 1000 },
            reason: reason || `Noticed by ${detectedBy.join(', ')}.`,
            ...planting,
          },
        ],
  )
  if (planted.length === 0) return
  const known = new Map<string, ProvenWeakening>(readProven(reports).map((entry) => [entry.id, entry]))
  for (const entry of planted) known.set(entry.id, entry)
  const ordered = [...known.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  await writeAtomically(provenPath(reports), visibleJson({ schemaVersion: 1, weakenings: ordered }))
}

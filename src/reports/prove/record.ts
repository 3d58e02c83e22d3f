// The record of `gauntlet prove`: which planted weakenings were found, by what, and how long that took. `prove.json` is this and nothing else.
import path from 'node:path'
import { z } from 'zod'
import { writeAtomically } from '../atomic.ts'
import { type WeakeningRecord, weakening } from '../run-record.ts'
import { visibleJson } from '../visible.ts'
import { proveMarkdown } from './text.ts'

/** Raised when a field changes its meaning or goes away. */
export const PROVE_RECORD_VERSION = 1

const planted = weakening.omit({ detectedBy: true, elapsedMs: true }).extend({
  /** Null if nobody was asked: it was not planted, or could not be. */
  found: z.boolean().nullable(),
  /** The attacks and properties that noticed. */
  by: z.array(z.string()),
  /** From the copying of the sources to the last witness's word, in milliseconds. */
  ms: z.number(),
})

export const proveRecordSchema = z.strictObject({
  schemaVersion: z.literal(PROVE_RECORD_VERSION),
  project: z.strictObject({ name: z.string(), version: z.string(), commit: z.string().nullable() }),
  /** Digest of the sources; null if they changed while it ran, absent in records of before. */
  sources: z.string().nullable().optional(),
  command: z.string(),
  startedAt: z.string(),
  finishedAt: z.string(),
  /** `interrupted` also stands in the file while the work goes on. */
  completion: z.enum(['complete', 'interrupted']),
  node: z.string(),
  platform: z.string(),
  cpus: z.number().int(),
  parallel: z.number().int(),
  seed: z.number().int(),
  /** Weakenings that were asked for, of all that there are. */
  selected: z.number().int(),
  stored: z.number().int(),
  seconds: z.number(),
  weakenings: z.array(planted),
  /** Files of weakenings or of the corpus that cannot be used. */
  faults: z.array(z.string()),
})
export type ProveRecord = z.infer<typeof proveRecordSchema>
export type PlantedRecord = z.infer<typeof planted>

export function plantedOf({ detectedBy, elapsedMs, ...rest }: WeakeningRecord): PlantedRecord {
  const found = rest.result === 'detected' ? true : rest.result === 'missed' ? false : null
  return { ...rest, found, by: detectedBy, ms: elapsedMs }
}

/** The files of a record; the second is for people. */
export const proveFiles = (folder: string) => ({ json: path.join(folder, 'prove.json'), markdown: path.join(folder, 'prove.md') })

/** Writes both files, each in one step. Throws ReportError. */
export async function writeProve(record: ProveRecord, folder: string): Promise<void> {
  const files = proveFiles(folder)
  await writeAtomically(files.json, visibleJson(proveRecordSchema.parse(record)))
  await writeAtomically(files.markdown, proveMarkdown(record))
}

// The record of `gauntlet engines`: what each engine made of the corpus. `engines.json` is this and nothing else.
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from '../../reports/atomic.ts'
import { visibleJson } from '../../reports/visible.ts'
import { differences, type EngineResult } from '../engine-matrix.ts'
import { describeProject } from '../environment.ts'
import { sourcesDigest } from './made.ts'

const engine = z.strictObject({
  node: z.string(),
  v8: z.string(),
  level: z.enum(['jail', 'inline']),
  attacks: z.number().int(),
  contained: z.number().int(),
  notApplicable: z.array(z.string()),
  doubts: z.array(z.string()),
  killed: z.number().int(),
  longestKillMs: z.number(),
  longestKill: z.string().nullable(),
  /** Verdict and outcome by attack. */
  outcomes: z.record(z.string(), z.string()),
})

export const enginesRecordSchema = z.strictObject({
  schemaVersion: z.literal(1),
  project: z.strictObject({ name: z.string(), version: z.string(), commit: z.string().nullable() }),
  sources: z.string().nullable(),
  command: z.string(),
  startedAt: z.string(),
  finishedAt: z.string(),
  engines: z.array(engine),
  /** `outcomes` in the order of the engines. */
  differences: z.array(z.strictObject({ attack: z.string(), outcomes: z.array(z.string()) })),
})
export type EnginesRecord = z.infer<typeof enginesRecordSchema>

export const enginesFile = (reports: string): string => join(reports, 'engines.json')

export interface EnginesRun {
  readonly root: string
  /** As it was typed. */
  readonly command: string
  readonly startedAt: string
  /** Digest of the sources when it began. */
  readonly sources: string
  readonly results: readonly EngineResult[]
}

/** @param reports must exist. @throws {ReportError} */
export async function writeEngines({ root, command, startedAt, sources, results }: EnginesRun, reports: string): Promise<void> {
  const record: EnginesRecord = {
    schemaVersion: 1,
    project: describeProject(root),
    sources: sourcesDigest(root) === sources ? sources : null,
    command,
    startedAt,
    finishedAt: new Date().toISOString(),
    engines: results.map(({ outcomes, level = 'jail', notApplicable, doubts, ...rest }) => ({
      ...rest,
      level,
      notApplicable: [...notApplicable],
      doubts: [...doubts],
      outcomes: Object.fromEntries(outcomes),
    })),
    differences: differences(results).map(({ attack, outcomes }) => ({ attack, outcomes: [...outcomes] })),
  }
  await writeAtomically(enginesFile(reports), visibleJson(record))
}

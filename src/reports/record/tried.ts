// What a run tried: attacks, campaigns, engines, weakenings, and which cells of the host calls it saw.
import { z } from 'zod'
import { RESULTS } from './results.ts'

export const oracleVerdict = z.strictObject({
  oracle: z.string(),
  kind: z.enum(['contained', 'violated', 'inconclusive']),
  code: z.string(),
  reason: z.string(),
})

/** One attack, or its twin, against one target. */
export const trialRecord = z.strictObject({
  attack: z.string(),
  title: z.string(),
  threats: z.array(z.string()),
  target: z.string(),
  role: z.enum(['attack', 'twin']),
  verdict: z.enum(['contained', 'violated', 'inconclusive']),
  reason: z.string(),
  oracles: z.array(oracleVerdict),
  /** The target's own word for what happened; null if it never answered. */
  outcome: z.string().nullable(),
  elapsedMs: z.number(),
  peakResidentBytes: z.number(),
  replay: z.string(),
  /** SHA-256 of the module's bytes. */
  sha256: z.string(),
  origin: z.string(),
  /** The layer in which JavaScript of the attacker ran; absent where only a guest did. */
  breach: z.enum(['cell', 'jail']).optional(),
})

export const findingRecord = z.strictObject({
  /** Stable over runs: a hash of cause (threat, oracle, code, target, host call, place), not of bytes. */
  id: z.string(),
  title: z.string(),
  threat: z.string().nullable(),
  target: z.string(),
  /** True if it is about our own sandbox, and so decides the exit code. */
  own: z.boolean(),
  source: z.enum(['corpus', 'campaign', 'property', 'coverage-guided', 'weakening']),
  severity: z.enum(['critical', 'high', 'medium', 'low']),
  oracle: z.string(),
  code: z.string(),
  /** The host call that went wrong, where that is known. */
  hostCall: z.string().optional(),
  /** How or where it showed, without what differs from run to run: part of the cause. */
  place: z.string().optional(),
  expected: z.string(),
  actual: z.string(),
  /** How many trials showed it. */
  count: z.number().int(),
  /** In whatever run; the folder of the reports remembers. */
  firstSeen: z.string(),
  lastSeen: z.string().optional(),
  replay: z.string(),
  /** The whole reproducer as one word: `gauntlet replay <portable>` repeats it wherever this version of the project is. */
  portable: z.string().optional(),
  /** Files of the reproducer, relative to the run's directory; the first is the one to look at. */
  reproducer: z.array(z.string()),
  /** WebAssembly text of the minimised reproducer, if it has one and it is short; guest text. */
  wat: z.string().nullable(),
  bytesBefore: z.number().int().nullable(),
  bytesAfter: z.number().int().nullable(),
  reproduced: z.strictObject({ runs: z.number().int(), times: z.number().int() }),
  /** True if it was tried again and did not show each time. */
  flaky: z.boolean().optional(),
  /** A file of the project that a reviewer can open: the corpus case or the line of the threat model. */
  location: z.strictObject({ path: z.string(), line: z.number().int() }),
})

export const weakening = z.strictObject({
  id: z.string(),
  title: z.string(),
  control: z.string(),
  threats: z.array(z.string()),
  file: z.string(),
  result: z.enum(['detected', 'missed', 'not-run', 'broken']),
  /** The attacks, properties or oracles that went red. */
  detectedBy: z.array(z.string()),
  reason: z.string(),
  elapsedMs: z.number(),
})

export const engineRun = z.strictObject({
  name: z.string(),
  kind: z.enum(['property', 'coverage-guided']),
  threats: z.array(z.string()),
  result: z.enum(RESULTS),
  /** Why it was not run, or what is to be said about it. */
  reason: z.string(),
  seed: z.number().nullable(),
  executions: z.number(),
  executionsPerSecond: z.number(),
  /** Only for coverage-guided engines. */
  coverage: z
    .strictObject({ instrumentedEdges: z.number(), initial: z.number(), final: z.number(), corpus: z.number() })
    .nullable(),
  seconds: z.number(),
  replay: z.string(),
})

export const campaign = z.strictObject({
  target: z.string(),
  seed: z.number(),
  modules: z.number().int(),
  byGenerator: z.record(
    z.string(),
    z.strictObject({
      modules: z.number().int(),
      contained: z.number().int(),
      violated: z.number().int(),
      inconclusive: z.number().int(),
      byOutcome: z.record(z.string(), z.number().int()),
      threats: z.array(z.string()),
    }),
  ),
  seconds: z.number(),
})

export const mutation = z.strictObject({
  result: z.enum(['measured', 'not-run']),
  reason: z.string(),
  measuredAt: z.string().nullable(),
  /** Share of the mutants that a test noticed, 0 to 1. */
  score: z.number().nullable(),
  mutants: z.number().int(),
  killed: z.number().int(),
  survived: z.number().int(),
  /** In code that no test reaches; they count as not noticed. */
  uncovered: z.number().int(),
  /** Files that are not any more what was measured. */
  changed: z.array(z.string()),
  /** Those that nothing noticed, the first of them; Stryker's own report has all. */
  survivors: z.array(z.strictObject({ file: z.string(), line: z.number().int(), mutator: z.string(), replacement: z.string() })),
})

export const cell = {
  call: z.string(),
  grant: z.enum(['granted', 'filtered', 'not-granted']),
  /** An error number's name, `success`, `ended`, or `refused` for a module that was not admitted. */
  outcome: z.string(),
}

export const cells = z.strictObject({
  /** Cells that the ABI table has, and those of them that this run has seen. */
  cells: z.number().int(),
  witnessed: z.number().int(),
  rows: z.array(z.strictObject({ ...cell, times: z.number().int() })),
  empty: z.array(z.strictObject({ ...cell, reason: z.string() })),
  /** Seen, and not in the table. */
  unexpected: z.array(z.strictObject({ ...cell, times: z.number().int() })),
})

export type TrialRecord = z.infer<typeof trialRecord>
export type FindingRecord = z.infer<typeof findingRecord>
export type WeakeningRecord = z.infer<typeof weakening>
export type EngineRunRecord = z.infer<typeof engineRun>
export type CampaignRecord = z.infer<typeof campaign>
export type MutationRecord = z.infer<typeof mutation>
export type CellsRecord = z.infer<typeof cells>

// Runs beside each other in time.
import { z } from 'zod'
import { RESULTS } from './results.ts'
import { EVIDENCE_KINDS } from './states.ts'

/** One run in a line, for trends. */
export const pastRun = z.strictObject({
  run: z.string(),
  startedAt: z.string(),
  completion: z.enum(['complete', 'interrupted', 'fault']),
  exitCode: z.number().int(),
  commit: z.string().nullable(),
  budgetSeconds: z.number(),
  seconds: z.number(),
  /** Of our own sandbox, and of other targets. */
  findings: z.strictObject({ own: z.number().int(), other: z.number().int() }),
  threats: z.record(z.enum(RESULTS), z.number().int()),
  attacks: z.number().int(),
  /** Of engines and campaigns together. */
  executions: z.number(),
  /** Of all engines that ran, over their own seconds. */
  executionsPerSecond: z.number(),
  /** Edges that coverage-guided engines had reached at their ends, added up; null if none ran. */
  edges: z.number().nullable(),
  weakenings: z.strictObject({ detected: z.number().int(), planted: z.number().int() }),
  mutationScore: z.number().nullable(),
})

/** Against an earlier run of the same targets. */
export const changes = z.strictObject({
  /** Name of the earlier run. */
  against: z.string(),
  /** Ids of findings. */
  new: z.array(z.string()),
  still: z.array(z.string()),
  /** What showed them was run again, and they did not show. */
  fixed: z.array(z.string()),
  /** They did not show, but nothing that could show them was run. */
  unknown: z.array(z.string()),
  /** Evidence that the earlier run had and this one has not. */
  noLongerTested: z.array(z.strictObject({ id: z.string(), title: z.string(), kind: z.enum(EVIDENCE_KINDS) })),
})

export type PastRun = z.infer<typeof pastRun>
export type ChangesRecord = z.infer<typeof changes>

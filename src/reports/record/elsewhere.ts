// What other commands have measured last: the corpus on several engines, the attacks on several hosts.
import { z } from 'zod'

/** The corpus on one engine, of the last `gauntlet engines`. */
export const engineColumn = z.strictObject({
  engine: z.string(),
  runtime: z.string(),
  contained: z.number().int(),
  doubtful: z.number().int(),
  notApplicable: z.number().int(),
  slowestKillMs: z.number().nullable(),
})

export const engineRuns = z.strictObject({
  at: z.string(),
  commit: z.string().nullable(),
  engines: z.array(engineColumn),
  differences: z.array(z.strictObject({ attack: z.string(), outcomes: z.record(z.string(), z.string()) })),
})

/** Threat by host, of the last `gauntlet compare`. */
export const hostMatrix = z.strictObject({
  at: z.string(),
  commit: z.string().nullable(),
  hosts: z.array(z.strictObject({ name: z.string(), version: z.string(), own: z.boolean() })),
  rows: z.array(
    z.strictObject({
      threat: z.string(),
      cells: z.record(
        z.string(),
        z.strictObject({
          result: z.enum(['violated', 'contained', 'undecided', 'not-run', 'not-applicable']),
          attacks: z.number().int(),
          violated: z.number().int(),
        }),
      ),
    }),
  ),
})

export type EngineRunsRecord = z.infer<typeof engineRuns>
export type HostMatrixRecord = z.infer<typeof hostMatrix>

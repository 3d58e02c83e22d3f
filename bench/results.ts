// One run of the bench as data: results/*.json has this form, and the Markdown beside it follows from it.
import { z } from 'zod'
import { rowSchema } from './support/row.ts'

export const RESULTS_VERSION = 1

export const resultsSchema = z.strictObject({
  schema: z.literal(RESULTS_VERSION),
  started: z.iso.datetime(),
  finished: z.iso.datetime(),
  /** False: interrupted, and rows are missing. */
  complete: z.boolean(),
  /** True: too few samples for the figures to mean much. */
  quick: z.boolean(),
  /** What the rows were chosen by; null: all of them. */
  filter: z.string().nullable(),
  project: z.strictObject({ name: z.string(), version: z.string(), commit: z.string().nullable() }),
  machine: z.strictObject({
    platform: z.string(),
    processor: z.string(),
    processors: z.number().int(),
    memoryBytes: z.number().int(),
    /** Load averages over one minute. What others do on the machine is in every figure. */
    load: z.strictObject({ before: z.number(), after: z.number() }),
    /** Others were at work when the run began. */
    busy: z.boolean(),
  }),
  versions: z.record(z.string(), z.string()),
  rows: z.array(rowSchema),
  /** Measures that failed, and how. */
  failures: z.record(z.string(), z.string()),
})
export type Results = z.infer<typeof resultsSchema>

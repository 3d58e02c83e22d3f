// What a measurement comes to: one row, with what else was measured beside it, and how far it is from what we aim at.
import { z } from 'zod'

/** Of one contender: the middle of its samples, and the quarters around it, in the row's unit. */
export const figureSchema = z.strictObject({
  median: z.number(),
  lower: z.number(),
  upper: z.number(),
  highest: z.number(),
  samples: z.number().int().min(1),
})
export type Figure = z.infer<typeof figureSchema>

export const aimSchema = z.strictObject({
  /** What we want, in words: `at most 1.15×`. */
  aim: z.string(),
  /** What came out, in the same words: `1.21×`. */
  is: z.string(),
  reached: z.boolean(),
})
export type Aim = z.infer<typeof aimSchema>

export const rowSchema = z.strictObject({
  /** Group and name: `compute/gemm`. What `--filter` looks at. */
  id: z.string(),
  what: z.string(),
  unit: z.enum(['ms', 'µs', 'ns', 'MiB', '%', '×', 'per s']),
  ours: figureSchema,
  /** Others that did the same in turns with ours, by what they are. */
  rivals: z.record(z.string(), figureSchema),
  /** Ours against each of them: the middle of the ratios of samples that were taken one after the other. */
  ratios: z.record(z.string(), z.number()),
  /** Rivals without a figure, and why. */
  absent: z.record(z.string(), z.string()),
  /** Null: nothing was promised. */
  aim: aimSchema.nullable(),
  /** What one has to know to read the row rightly; may be empty. */
  note: z.string(),
})
export type Row = z.infer<typeof rowSchema>

/** What a measure says of itself; the rest of the row follows from samples. */
export type About = Pick<Row, 'id' | 'what' | 'unit'> & {
  readonly note?: string
  readonly absent?: Readonly<Record<string, string>>
}

// What an embedder may set about a probe and about a canary, checked: a mistake here is an error at once, not a probe that never runs.
import { z } from 'zod'
import { UsageError } from '../errors.ts'
import { ownData } from '../own-data.ts'

const DAY = 24 * 3600e3

const schedule = z
  .strictObject({
    /** From one due time to the next, in milliseconds. */
    everyMs: z
      .number()
      .int()
      .min(10)
      .max(7 * DAY),
    /** Each run is due up to this much later than the pattern says, at random, so that not all probes run at the same moment. */
    jitterMs: z
      .number()
      .int()
      .min(0)
      .max(7 * DAY)
      .default(0),
  })
  // Then each run is due before the next one, whatever the random source says.
  .refine(({ everyMs, jitterMs }) => jitterMs <= everyMs, { path: ['jitterMs'], message: 'must not be more than everyMs' })

/** What becomes of a run that is due while an earlier one of the probe still runs. */
const overlap = z.discriminatedUnion('policy', [
  /** It is recorded as skipped. */
  z.strictObject({ policy: z.literal('skip') }),
  /** It waits, up to this many; the next one is recorded as skipped. */
  z.strictObject({ policy: z.literal('queue'), length: z.number().int().min(1).max(1000) }),
])

const settings = z.strictObject({
  id: z.string().min(1).max(100),
  schedule,
  overlap: overlap.default({ policy: 'skip' }),
  /** Who vouches for the modules of this probe: consent to one then holds for later ones that want no more (see docs/manifest.md). */
  principal: z.string().min(1).max(200).nullable().default(null),
  /** Number of the first run: an embedder that keeps results can go on counting. */
  firstRun: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).default(1),
})
export type ProbeSettings = z.infer<typeof settings>
export type ProbeSettingsInput = z.input<typeof settings>

const canary = z.strictObject({
  /** Share of the runs that the new version gets: whole hundredths, so that it can be kept exactly. */
  share: z
    .number()
    .min(0.01)
    .max(0.99)
    .refine((share) => Math.round(share * 100) / 100 === share, 'must be a whole number of hundredths'),
  /** Runs of either version that must have ended before the rule decides. */
  minRuns: z.number().int().min(1).max(10_000).default(10),
  /** Largest share of the new version's runs that may fail. */
  maxFailureShare: z.number().min(0).max(1).default(0),
  /** No security event, `info` aside, of a kind that the active version does not cause. */
  noNewEvents: z.boolean().default(true),
  /** The new version's median duration against the active one's; null: not compared. */
  maxDurationRatio: z.number().min(1).max(1000).nullable().default(2),
  /** Largest share of runs in which the two versions' probe statuses are distributed differently; null: not compared. */
  maxStatusDistance: z.number().min(0).max(1).nullable().default(0.5),
})
export type CanaryRule = z.infer<typeof canary>

/** Which versions may follow the active one: newer ones, ones with the same version number too, or any. */
const allowVersion = z.enum(['newer', 'same', 'any'])
export type AllowVersion = z.infer<typeof allowVersion>

const swap = z.strictObject({
  canary: canary.nullable().default(null),
  allowVersion: allowVersion.default('newer'),
})
export type SwapSettings = z.infer<typeof swap>
export type SwapSettingsInput = z.input<typeof swap>

/** @throws {UsageError} */
export const probeSettings = (input: unknown): ProbeSettings => checked(settings, input, 'The probe')
/** @throws {UsageError} */
export const swapSettings = (input: unknown): SwapSettings => checked(swap, input, 'The swap')

function checked<T>(schema: z.ZodType<T>, input: unknown, what: string): T {
  const parsed = schema.safeParse(ownData(input))
  // Without a prototype: what was left out must not be found on a polluted `Object.prototype` (SUP-01).
  if (parsed.success) return ownData(parsed.data) as T
  const problems = parsed.error.issues.map(({ path, message }) => `${path.map(String).join('.') || '(top level)'}: ${message}`)
  throw new UsageError(`${what} is not set up as it must be. ${problems.join('; ')}.`)
}

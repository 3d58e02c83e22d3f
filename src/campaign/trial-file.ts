// A trial as a JSON file beside its module: what a reproducer and the journal write down, and `gauntlet replay` reads.
import { z } from 'zod'
import { CONDITIONS, type Trial } from '../attacks/attack.ts'
import { settingSchema } from '../attacks/setting.ts'
import { TARGET_OUTCOMES } from '../targets/target.ts'

export class TrialFileError extends Error {
  override readonly name = 'TrialFileError'
}

/** Everything of a trial but its bytes, with where it comes from. */
export interface StoredTrial {
  readonly attack: string
  readonly target: string
  readonly threats: readonly string[]
  readonly trial: Omit<Trial, 'bytes'>
  /** The attack's twin, where the trial is an attack's: without it nobody could say later whether a denial proves anything. */
  readonly twin?: Trial
}

const integer = z
  .string()
  .regex(/^-?\d+n$/)
  .transform((text) => BigInt(text.slice(0, -1)))
// JSON has no NaN and no infinities, which are honest arguments of a WebAssembly function.
const special = z.enum(['NaN', 'Infinity', '-Infinity', '-0']).transform(Number)
const base64 = z
  .strictObject({ base64: z.string() })
  .transform(({ base64: text }) => Uint8Array.from(Buffer.from(text, 'base64')))
const limit = z.number().nonnegative()
const supply = z.strictObject({
  policyText: z.string().optional(),
  manifest: z.strictObject({ side: z.string().optional(), required: z.boolean().optional() }).optional(),
  principal: z.string().optional(),
  before: z
    .array(
      z.strictObject({
        module: base64,
        answer: z.enum(['granted', 'denied']).optional(),
        principal: z.string().optional(),
        policy: z.unknown().optional(),
      }),
    )
    .optional(),
  out: z.string().optional(),
  editor: z.string().optional(),
})

const trial = z.strictObject({
  run: z.strictObject({
    calls: z
      .array(
        z.strictObject({
          call: z.string(),
          args: z.array(z.union([z.number(), integer, special])).optional(),
          together: z.boolean().optional(),
        }),
      )
      .optional(),
    stdin: base64.optional(),
    args: z.array(z.string()).optional(),
    env: z.record(z.string(), z.string()).optional(),
    limits: z
      .strictObject({ wallClockMs: limit, cpuMs: limit, memoryBytes: limit, tableElements: limit, outputBytes: limit })
      .partial()
      .optional(),
    policy: z.unknown().optional(),
    supply: supply.optional(),
    breach: z.strictObject({ layer: z.enum(['cell', 'jail', 'bare']), script: z.string() }).optional(),
  }),
  expect: z.strictObject({
    outcomes: z.array(z.enum(TARGET_OUTCOMES)).min(1),
    details: z.array(z.string()).optional(),
    exitCode: z.number().int().optional(),
    stdout: z.string().optional(),
    values: z.array(z.string()).optional(),
    forbidden: z.array(z.string()).optional(),
    events: z.array(z.string()).optional(),
    withinMs: z.number().positive().optional(),
    residentMiB: z.number().positive().optional(),
    effects: z.array(z.string()).optional(),
    sent: z.array(z.string()).optional(),
    notSent: z.array(z.string()).optional(),
    audit: z.array(z.string()).optional(),
  }),
  conditions: z.array(z.enum(CONDITIONS)).optional(),
  setting: settingSchema.optional(),
})

const stored = z.strictObject({
  attack: z.string(),
  target: z.string(),
  threats: z.array(z.string()),
  trial,
  twin: trial.extend({ bytes: base64 }).optional(),
})

function encode(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
    return Object.is(value, -0) ? '-0' : String(value)
  return value
}

const inBase64 = (bytes: Uint8Array) => ({ base64: Buffer.from(bytes).toString('base64') })

/** The trial without its bytes, as JSON can hold it. */
function plainTrial({ run, expect, conditions, setting }: Omit<Trial, 'bytes'>): object {
  // An attack is a trial too, and has more to it than belongs here.
  const stdin = run.stdin ? { stdin: inBase64(run.stdin) } : {}
  const before = run.supply?.before?.map((earlier) => ({ ...earlier, module: inBase64(earlier.module) }))
  const supply = before ? { supply: { ...run.supply, before } } : {}
  return { run: { ...run, ...stdin, ...supply }, expect, ...(conditions && { conditions }), ...(setting && { setting }) }
}

/** The text of the file; two-space JSON with a newline at the end. */
export function formatTrial({ attack, target, threats, trial, twin }: StoredTrial): string {
  const around = twin ? { twin: { ...plainTrial(twin), bytes: inBase64(twin.bytes) } } : {}
  return `${JSON.stringify({ attack, target, threats, trial: plainTrial(trial), ...around }, encode, 2)}\n`
}

/** Reads such a text. `name` is for the message. Throws TrialFileError. */
export function parseTrial(text: string, name: string): StoredTrial {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new TrialFileError(`${name} is not JSON: ${(error as Error).message}`)
  }
  const parsed = stored.safeParse(json)
  if (parsed.success) return parsed.data as StoredTrial
  const issue = parsed.error.issues[0]!
  throw new TrialFileError(`${name} is not a stored trial: at ${issue.path.join('.') || 'the top'}: ${issue.message}`)
}

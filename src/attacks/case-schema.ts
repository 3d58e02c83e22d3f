// What may stand in the header of a corpus case, and in a recipe file: one strict schema, from which types and messages follow.
import { z } from 'zod'
import { TARGET_OUTCOMES } from '../targets/target.ts'
import { ASSEMBLERS } from './assemble.ts'
import { CONDITIONS } from './attack.ts'
import { settingSchema } from './setting.ts'

const whole = z.number().int().min(0)
/** i32, f32 and f64 as numbers; i64 as text with an `n` behind it, because YAML's numbers are doubles here. */
const argument = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d{1,20}n$/, 'must be a number, or a 64-bit integer written like "5n"')
    .transform((text) => BigInt(text.slice(0, -1))),
])

const limits = z
  .strictObject({ wallClockMs: whole, cpuMs: whole, memoryBytes: whole, tableElements: whole, outputBytes: whole })
  .partial()

/** How the bytes of a module are made: a named recipe with its parameters, or text. */
const source = {
  recipe: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  wat: z.string().optional(),
}
const oneSource = (value: { readonly recipe?: string | undefined; readonly wat?: string | undefined }) =>
  (value.recipe === undefined) !== (value.wat === undefined)
const ONE_SOURCE = { message: 'needs either recipe (with parameters) or wat, and not both' }

const supply = z.strictObject({
  policyText: z.string().optional(),
  manifest: z.strictObject({ side: z.string().optional(), required: z.boolean().optional() }).optional(),
  principal: z.string().optional(),
  before: z
    .array(
      z
        .strictObject({
          ...source,
          answer: z.enum(['granted', 'denied']).optional(),
          principal: z.string().optional(),
          policy: z.record(z.string(), z.unknown()).optional(),
        })
        .refine(oneSource, ONE_SOURCE),
    )
    .min(1)
    .max(10)
    .optional(),
  out: z.string().optional(),
  editor: z.string().optional(),
})

const breach = z.strictObject({ layer: z.enum(['cell', 'jail', 'bare']), script: z.string().min(1) })

const run = z.strictObject({
  calls: z
    .array(z.strictObject({ call: z.string(), args: z.array(argument).optional(), together: z.boolean().optional() }))
    .optional(),
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  /** UTF-8 text on standard input; YAML escapes such as "\x00" make any byte below 0x80. */
  stdin: z.string().optional(),
  limits: limits.optional(),
  policy: z.record(z.string(), z.unknown()).optional(),
  supply: supply.optional(),
  breach: breach.optional(),
})
/** A twin that inherits runs the attack's script where it names another layer only. */
const twinRun = run.extend({ breach: breach.partial({ script: true }).optional() })

const expect = z.strictObject({
  outcomes: z.array(z.enum(TARGET_OUTCOMES)).min(1),
  details: z.array(z.string()).min(1).optional(),
  exitCode: z.number().int().optional(),
  stdout: z.string().optional(),
  values: z.array(z.string()).optional(),
  forbidden: z.array(z.string().min(1)).optional(),
  events: z.array(z.string()).min(1).optional(),
  withinMs: whole.optional(),
  residentMiB: whole.optional(),
  effects: z.array(z.string()).optional(),
  sent: z.array(z.string().min(1)).optional(),
  notSent: z.array(z.string().min(1)).optional(),
  audit: z.array(z.string()).optional(),
})

const conditions = z.array(z.enum(CONDITIONS)).min(1)

const about = {
  title: z.string().min(1).max(160),
  threats: z.array(z.string().regex(/^[A-Z]{3}-\d{2}$/, 'must be an id of the threat model such as LNK-01')).min(1),
  /** Advisory, specification section or measurement from which the attack comes. */
  provenance: z.string().min(1),
  /** Which control has to be weakened for this case to go red, in words. */
  notices: z.string().min(1).optional(),
  assembler: z.enum(ASSEMBLERS).optional(),
  /** False if an engine must refuse the attack's bytes by itself. */
  valid: z.boolean().optional(),
  run: run.optional(),
  conditions: conditions.optional(),
  setting: settingSchema.optional(),
  expect,
}
const twin = {
  /** Take calls, args, env, stdin, policy, setting and the limits that are not times from the attack. */
  inherit: z.boolean().optional(),
  assembler: z.enum(ASSEMBLERS).optional(),
  run: twinRun.optional(),
  conditions: conditions.optional(),
  setting: settingSchema.optional(),
  expect,
}

export const watHeader = z.strictObject(about)
export const watTwinHeader = z.strictObject(twin)
export const recipeFile = z
  .strictObject({
    ...about,
    ...source,
    twin: z.strictObject({ ...twin, ...source }).refine(oneSource, ONE_SOURCE),
  })
  .refine(oneSource, ONE_SOURCE)

export type AttackHeader = z.infer<typeof watHeader>
export type TwinHeader = z.infer<typeof watTwinHeader>
export type RunHeader = z.infer<typeof twinRun>
export type SupplyHeader = z.infer<typeof supply>
export type ExpectHeader = z.infer<typeof expect>

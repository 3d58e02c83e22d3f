// What a chamber and its parent say to each other. A guest may have taken the chamber over, so what comes from there is checked.
import { z } from 'zod'
import type { Condition, RunOptions } from '../attacks/attack.ts'
import type { Limits } from '../oracles/limits.ts'
import { GUEST_LANGUAGES, UNENFORCED, WITHHELD } from '../targets/target.ts'

/** A trial on its way into the chamber. */
export interface TrialMessage {
  readonly kind: 'trial'
  readonly id: number
  readonly bytes: Uint8Array
  readonly run: RunOptions
  readonly limits: Limits
  readonly conditions: readonly Condition[]
  /** Variables that the chamber's process has while the trial runs. */
  readonly environment: Readonly<Record<string, string>>
  /** For the condition `benign-neighbour`: a module that prints `secret` twice and ends. */
  readonly neighbour: { readonly module: Uint8Array; readonly secret: string } | null
}

export type ToChamber =
  | { readonly kind: 'open'; readonly target: string; readonly sources: string | null }
  | { readonly kind: 'describe' }
  | TrialMessage
  | { readonly kind: 'close' }

const text = z.string()
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array)

const result = z.strictObject({
  // Not the enumerated set: a word outside of it is for the oracle to see.
  outcome: text,
  detail: text,
  messages: z.array(text).readonly(),
  stdout: bytes,
  stderr: bytes,
  exitCode: z.number().nullable(),
  values: z.array(text).readonly(),
  events: z.array(text).readonly(),
  audit: z.array(text).readonly().optional(),
  killMs: z.number().optional(),
  inapplicable: text.optional(),
})

const numberTypes = z.array(z.enum(['i32', 'i64', 'f32', 'f64'])).readonly()
const role = z.enum(['allocate', 'store-byte']).exactOptional()
const offered = z.strictObject({ module: text, name: text, parameters: numberTypes, results: numberTypes, role })

/** Every message from a chamber. `at` is `monotonicMs()` of the chamber. */
export const fromChamber = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ready'),
    name: text,
    version: text,
    own: z.boolean(),
    unenforced: z.array(z.enum(UNENFORCED)).readonly(),
    guests: z.enum(GUEST_LANGUAGES),
    withholds: z.array(z.enum(WITHHELD)).readonly(),
    offers: z.array(offered).readonly(),
  }),
  z.strictObject({ kind: z.literal('open-failed'), message: text }),
  z.strictObject({ kind: z.literal('facts'), facts: z.record(text, text) }),
  z.strictObject({ kind: z.literal('beat'), at: z.number() }),
  z.strictObject({ kind: z.literal('unhandled'), text }),
  z.strictObject({
    kind: z.literal('answer'),
    id: z.number(),
    at: z.number(),
    result: result.nullable(),
    threw: text.nullable(),
    canaries: z.array(z.strictObject({ name: text, seen: text })).readonly(),
  }),
])
export type FromChamber = z.infer<typeof fromChamber>
export type Answer = Extract<FromChamber, { kind: 'answer' }>

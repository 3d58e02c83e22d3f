// The frames that a jail may send, checked as if they came from an attacker: a guest that broke out of the engine would sit right there.
import { z } from 'zod'
import { TRAPS } from '../result.ts'
import { FRAME, type Frame, ProtocolError } from './frames.ts'
import type { Ending } from './guest.ts'
import { fromWire } from './wire.ts'

/** Largest frame from a jail, bytes: `OUTPUT_PIECE` and a result of 1,000 values both fit several times. */
export const MAX_JAIL_PAYLOAD = 2 ** 20

const text = (max: number) => z.string().max(max)
const size = z
  .number()
  .min(0)
  .max(2 ** 53)
// Every quantifier is bounded: with open ones a megabyte of digits would keep the host busy for hours, backtracking.
const NUMBER = /^(-?\d{1,25}|-?\d{0,25}\.\d{1,25}(e[+-]\d{1,3})?|-?\d{1,25}e[+-]\d{1,3}|NaN|-?Infinity)$/
const wireValue = z.tuple([z.enum(['f', 'i']), z.string().regex(NUMBER)]).transform((v, context) => {
  try {
    return fromWire(v)
  } catch {
    context.addIssue({ code: 'custom', message: 'not an i64' })
    return z.NEVER
  }
})

const ending = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('returned'), values: z.array(wireValue).max(1000) }),
  z.strictObject({
    kind: z.literal('exited'),
    code: z
      .number()
      .int()
      .min(0)
      .max(2 ** 32 - 1),
  }),
  z.strictObject({ kind: z.literal('trapped'), trap: z.enum(TRAPS) }),
  z.strictObject({ kind: z.enum(['uncaught-exception', 'output-limit', 'stopped', 'out-of-memory']) }),
  z.strictObject({ kind: z.enum(['engine-refused', 'fault']), detail: text(4000) }),
])

const severity = z.enum(['info', 'warning', 'high'])
const event = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('syscall-blocked'),
    severity,
    message: text(400),
    hostCall: text(80),
    capability: text(40).nullable(),
  }),
  z.strictObject({ type: z.literal('suspicious-behaviour'), severity, message: text(400), what: text(80) }),
])

const schemas = {
  ready: z.record(text(80), text(2000)),
  ending: z.strictObject({ ending, memoryBytes: size, hostCalls: size }),
  event,
  usage: z.strictObject({ cpuMicros: size, residentBytes: size }),
  nothing: z.strictObject({}),
  cellFailed: z.strictObject({ code: text(80) }),
}

export type JailFrame =
  | { readonly kind: 'ready'; readonly probe: Readonly<Record<string, string>> }
  | { readonly kind: 'ending'; readonly ending: Ending; readonly memoryBytes: number; readonly hostCalls: number }
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  | { readonly kind: 'event'; readonly event: z.infer<typeof event> }
  | { readonly kind: 'usage'; readonly cpuMicros: number; readonly residentBytes: number }
  | { readonly kind: 'cell-gone' }
  | { readonly kind: 'cell-ready' }
  | { readonly kind: 'cell-failed'; readonly code: string }

function json<S extends z.ZodType>(schema: S, payload: Uint8Array): z.infer<S> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    throw new ProtocolError('a frame holds no JSON')
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new ProtocolError('a frame holds something else than its type says')
  return parsed.data
}

/** @throws {ProtocolError} on anything that a jail of ours would not send */
export function decodeJailFrame({ type, payload }: Frame): JailFrame {
  switch (type) {
    case FRAME.ready:
      return { kind: 'ready', probe: json(schemas.ready, payload) }
    case FRAME.ending:
      return { kind: 'ending', ...json(schemas.ending, payload) }
    case FRAME.stdout:
      return { kind: 'output', stream: 'stdout', bytes: payload }
    case FRAME.stderr:
      return { kind: 'output', stream: 'stderr', bytes: payload }
    case FRAME.event:
      return { kind: 'event', event: json(schemas.event, payload) }
    case FRAME.usage:
      return { kind: 'usage', ...json(schemas.usage, payload) }
    case FRAME.cellGone:
      json(schemas.nothing, payload)
      return { kind: 'cell-gone' }
    case FRAME.cellReady:
      json(schemas.nothing, payload)
      return { kind: 'cell-ready' }
    case FRAME.cellFailed:
      return { kind: 'cell-failed', ...json(schemas.cellFailed, payload) }
    default:
      throw new ProtocolError(`a frame has the unknown type ${type}`)
  }
}

// The frames that a jail may send, checked as if they came from an attacker: a guest that broke out of the engine would sit right there.
//
// Written by hand, not with the schema library that checks policies: this code has to work in a host whose `Object.prototype` somebody has
// polluted, where libraries that walk objects with `for…in` or fill in their tables late do not (LNK-02).
import { TRAPS, type Trap } from '../result.ts'
import { FRAME, type Frame, ProtocolError } from './frames.ts'
import type { Ending } from './guest.ts'
import { fromWire } from './wire.ts'

/** Largest frame from a jail, bytes: a piece of output and a result of 1,000 values both fit several times. */
export const MAX_JAIL_PAYLOAD = 2 ** 20
const MAX_VALUES = 1000

type Severity = 'info' | 'warning' | 'high'
export type JailEvent =
  | {
      readonly type: 'syscall-blocked'
      readonly severity: Severity
      readonly message: string
      readonly hostCall: string
      readonly capability: string | null
    }
  | { readonly type: 'suspicious-behaviour'; readonly severity: Severity; readonly message: string; readonly what: string }

export type JailFrame =
  | { readonly kind: 'ready'; readonly probe: Readonly<Record<string, string>> }
  | { readonly kind: 'ending'; readonly ending: Ending; readonly memoryBytes: number; readonly hostCalls: number }
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  | { readonly kind: 'event'; readonly event: JailEvent }
  | { readonly kind: 'usage'; readonly cpuMicros: number; readonly residentBytes: number }
  | { readonly kind: 'cell-ready' }
  | { readonly kind: 'cell-gone' }
  | { readonly kind: 'cell-failed'; readonly code: string }

/** @throws {ProtocolError} on anything that a jail of ours would not send */
export function decodeJailFrame({ type, payload }: Frame): JailFrame {
  switch (type) {
    case FRAME.stdout:
      return { kind: 'output', stream: 'stdout', bytes: payload }
    case FRAME.stderr:
      return { kind: 'output', stream: 'stderr', bytes: payload }
    case FRAME.ready:
      return { kind: 'ready', probe: probeOf(json(payload)) }
    case FRAME.ending: {
      const { ending, memoryBytes, hostCalls } = exactly(json(payload), 'ending', 'memoryBytes', 'hostCalls')
      return { kind: 'ending', ending: endingOf(ending), memoryBytes: size(memoryBytes), hostCalls: size(hostCalls) }
    }
    case FRAME.event:
      return { kind: 'event', event: eventOf(json(payload)) }
    case FRAME.usage: {
      const { cpuMicros, residentBytes } = exactly(json(payload), 'cpuMicros', 'residentBytes')
      return { kind: 'usage', cpuMicros: size(cpuMicros), residentBytes: size(residentBytes) }
    }
    case FRAME.cellGone:
      exactly(json(payload))
      return { kind: 'cell-gone' }
    case FRAME.cellReady:
      exactly(json(payload))
      return { kind: 'cell-ready' }
    case FRAME.cellFailed:
      return { kind: 'cell-failed', code: text(exactly(json(payload), 'code').code, 80) }
    default:
      throw new ProtocolError(`a frame has the unknown type ${type}`)
  }
}

const bad = (): never => {
  throw new ProtocolError('a frame holds something else than its type says')
}

function json(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    throw new ProtocolError('a frame holds no JSON')
  }
}

/** An object with these own keys and no others. Only own keys are ever read from it. */
function exactly<K extends string>(value: unknown, ...keys: readonly K[]): Record<K, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return bad()
  if (Object.keys(value).length !== keys.length || !keys.every((key) => Object.hasOwn(value, key))) return bad()
  return value as Record<K, unknown>
}

const text = (value: unknown, max: number): string => (typeof value === 'string' && value.length <= max ? value : bad())

/** A count or a number of bytes: finite, not negative, exact. */
const size = (value: unknown): number =>
  typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : bad()

const oneOf = <T extends string>(value: unknown, ...choices: readonly T[]): T =>
  choices.find((choice) => choice === value) ?? bad()

function probeOf(value: unknown): Record<string, string> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return bad()
  const entries = Object.entries(value)
  if (entries.length > 40) return bad()
  const probe = Object.create(null) as Record<string, string>
  for (const [key, entry] of entries) probe[text(key, 80)] = text(entry, 2000)
  return probe
}

/** Own `kind`, or whatever else tells the forms of an object apart. */
const tag = (value: unknown, key: string): unknown =>
  value !== null && typeof value === 'object' && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : bad()

function endingOf(value: unknown): Ending {
  const kind = tag(value, 'kind')
  switch (kind) {
    case 'returned':
      return { kind, values: valuesOf(exactly(value, 'kind', 'values').values) }
    case 'exited': {
      const code = size(exactly(value, 'kind', 'code').code)
      return Number.isInteger(code) && code <= 0xffff_ffff ? { kind, code } : bad()
    }
    case 'trapped':
      return { kind, trap: oneOf<Trap>(exactly(value, 'kind', 'trap').trap, ...TRAPS) }
    case 'uncaught-exception':
    case 'output-limit':
    case 'stopped':
    case 'out-of-memory':
      exactly(value, 'kind')
      return { kind }
    case 'engine-refused':
    case 'fault':
      return { kind, detail: text(exactly(value, 'kind', 'detail').detail, 4000) }
    default:
      return bad()
  }
}

function valuesOf(value: unknown): (number | bigint)[] {
  if (!Array.isArray(value) || value.length > MAX_VALUES) return bad()
  return value.map((entry: unknown) => {
    if (!Array.isArray(entry) || entry.length !== 2) return bad()
    const [kind, digits] = [oneOf(entry[0], 'f', 'i'), text(entry[1], 40)]
    const pattern = kind === 'i' ? /^-?\d{1,20}$/ : /^(?:-?\d+(?:\.\d+)?(?:e[+-]\d+)?|NaN|-?Infinity)$/
    return pattern.test(digits) ? fromWire([kind, digits]) : bad()
  })
}

function eventOf(value: unknown): JailEvent {
  const type = tag(value, 'type')
  if (type === 'suspicious-behaviour') {
    const { severity, message, what } = exactly(value, 'type', 'severity', 'message', 'what')
    return { type, severity: severityOf(severity), message: text(message, 400), what: text(what, 80) }
  }
  if (type !== 'syscall-blocked') return bad()
  const { severity, message, hostCall, capability } = exactly(value, 'type', 'severity', 'message', 'hostCall', 'capability')
  return {
    type,
    severity: severityOf(severity),
    message: text(message, 400),
    hostCall: text(hostCall, 80),
    capability: capability === null ? null : text(capability, 40),
  }
}

const severityOf = (value: unknown) => oneOf<Severity>(value, 'info', 'warning', 'high')

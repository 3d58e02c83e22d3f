// The frames that a jail may send, checked as if they came from an attacker: a guest that broke out of the engine would sit right there.
//
// Written by hand, not with the schema library that checks policies: this code has to work in a host whose `Object.prototype` somebody has
// polluted, where libraries that walk objects with `for…in` or fill in their tables late do not (LNK-02).
import type { Severity } from '../events.ts'
import { ABI } from '../host/abi/index.ts'
import { LOG_LEVELS, METRIC_KINDS, RESULT_STATUSES } from '../host/abi/native.ts'
import type { CallRow, GuestCounts } from '../host/call-counts.ts'
import type { LocalEvent } from '../host/context.ts'
import type { Report } from '../host/reports.ts'
import { FIXED } from '../policy/limits/fixed.ts'
import { TRAPS, type Trap } from '../result.ts'
import { CAPTURE_PROBLEMS, type CaptureProblem, type Uncapturable } from '../snapshot/problem.ts'
import { FRAME, type Frame, ProtocolError } from './frames.ts'
import type { Ending } from './guest.ts'
import { fromWire, parted } from './wire.ts'

/** Largest frame from a jail, bytes: a piece of output and a result of 1,000 values both fit several times. */
export const MAX_JAIL_PAYLOAD = FIXED.jailFrameBytes.limit
const MAX_VALUES = FIXED.values.limit

/** A piece of a file that the guest changed; `more` until its last. */
export type JailChange =
  | { readonly type: 'file'; readonly path: string; readonly bytes: Uint8Array; readonly more: boolean }
  | { readonly type: 'directory' | 'removed'; readonly path: string }
  | { readonly type: 'symlink'; readonly path: string; readonly target: string }

export type JailFrame =
  | { readonly kind: 'ready'; readonly probe: Readonly<Record<string, string>> }
  | {
      readonly kind: 'ending'
      readonly ending: Ending
      readonly memoryBytes: number
      readonly hostCalls: number
      readonly counts: GuestCounts | null
    }
  | { readonly kind: 'output'; readonly stream: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  | { readonly kind: 'event'; readonly event: LocalEvent }
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'change'; readonly change: JailChange }
  | { readonly kind: 'image'; readonly bytes: Uint8Array }
  | { readonly kind: 'uncapturable'; readonly why: Uncapturable }
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
      const of = exactly(json(payload), 'ending', 'memoryBytes', 'hostCalls', 'counts')
      return {
        kind: 'ending',
        ending: endingOf(of.ending),
        memoryBytes: size(of.memoryBytes),
        hostCalls: size(of.hostCalls),
        counts: of.counts === null ? null : countsOf(of.counts),
      }
    }
    case FRAME.event:
      return { kind: 'event', event: eventOf(json(payload)) }
    case FRAME.report:
      return { kind: 'report', report: reportOf(json(payload)) }
    case FRAME.change:
      return { kind: 'change', change: changeOf(payload) }
    case FRAME.image:
      return { kind: 'image', bytes: payload }
    case FRAME.uncapturable:
      return { kind: 'uncapturable', why: uncapturableOf(json(payload)) }
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

const oneOf = <T extends string | boolean>(value: unknown, ...choices: readonly T[]): T =>
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
    case 'fuel-limit':
    case 'host-call-limit':
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

/** The place is a kind of thing and its number: what an embedder is shown of it is no text of a guest's. */
function uncapturableOf(value: unknown): Uncapturable {
  const { problem, place } = exactly(value, 'problem', 'place')
  const where = text(place, 60)
  return /^[a-z0-9 ()]*$/.test(where) ? { problem: oneOf<CaptureProblem>(problem, ...CAPTURE_PROBLEMS), place: where } : bad()
}

/** Host calls by their places in the ABI table, each at most once: a jail can lie about numbers, but it cannot bring names (OUT-11). */
function countsOf(value: unknown): GuestCounts {
  const { calls, handles, fuel, refusedGrows } = exactly(value, 'calls', 'handles', 'fuel', 'refusedGrows')
  const { open, peak } = exactly(handles, 'open', 'peak')
  if (!Array.isArray(calls) || calls.length > ABI.length) return bad()
  let last = -1
  const rows = calls.map((row: unknown): CallRow => {
    if (!Array.isArray(row) || row.length !== 4) return bad()
    const index = size(row[0])
    if (!Number.isInteger(index) || index <= last || index >= ABI.length) return bad()
    last = index
    return [index, size(row[1]), size(row[2]), size(row[3])]
  })
  const refused = size(refusedGrows)
  if (!Number.isInteger(refused) || refused > 3) return bad()
  return {
    calls: rows,
    handles: { open: size(open), peak: size(peak) },
    fuel: fuel === null ? null : size(fuel),
    refusedGrows: refused,
  }
}

/** Events that a guest can cause in its cell. Names and texts are capped; what an embedder shows of them was neutralised there, or by nobody. */
function eventOf(value: unknown): LocalEvent {
  const type = tag(value, 'type')
  const fields = <K extends string>(...keys: readonly K[]) =>
    exactly<K | 'type' | 'severity' | 'message'>(value, 'type', 'severity', 'message', ...keys)
  const common = (of: Record<'severity' | 'message', unknown>) => ({
    severity: oneOf<Severity>(of.severity, 'info', 'warning', 'high'),
    message: text(of.message, 2000),
  })
  switch (type) {
    case 'suspicious-behaviour': {
      const of = fields('what')
      return { type, ...common(of), what: text(of.what, 80) }
    }
    case 'syscall-blocked': {
      const of = fields('hostCall', 'capability')
      return {
        type,
        ...common(of),
        hostCall: text(of.hostCall, 80),
        capability: of.capability === null ? null : text(of.capability, 40),
      }
    }
    case 'syscall-logged': {
      const of = fields('hostCall', 'errno')
      return { type, ...common(of), hostCall: text(of.hostCall, 80), errno: text(of.errno, 40) }
    }
    case 'file-access': {
      const of = fields('hostCall', 'allowed', 'object')
      const object = of.object === null ? null : text(of.object, 2000)
      return { type, ...common(of), hostCall: text(of.hostCall, 80), allowed: oneOf(of.allowed, true, false), object }
    }
    case 'quota-exceeded': {
      const of = fields('quota', 'limit')
      return { type, ...common(of), quota: text(of.quota, 80), limit: size(of.limit) }
    }
    default:
      return bad()
  }
}

/** Quotas are counted where reports are kept; here is only what each may hold. The caps are those of the ABI table, in UTF-16 code units. */
function reportOf(value: unknown): Report {
  const type = tag(value, 'type')
  switch (type) {
    case 'log': {
      const { level, message } = exactly(value, 'type', 'level', 'message')
      return { type, level: oneOf(level, ...LOG_LEVELS), message: text(message, 65_536) }
    }
    case 'metric': {
      const of = exactly(value, 'type', 'kind', 'name', 'value', 'unit')
      return {
        type,
        kind: oneOf(of.kind, ...METRIC_KINDS),
        name: text(of.name, 256),
        value: finite(of.value),
        unit: text(of.unit, 64),
      }
    }
    case 'result': {
      const of = exactly(value, 'type', 'status', 'value', 'unit', 'message')
      const number = of.value === null ? null : finite(of.value)
      return {
        type,
        status: oneOf(of.status, ...RESULT_STATUSES),
        value: number,
        unit: text(of.unit, 64),
        message: text(of.message, 4096),
      }
    }
    case 'timing': {
      const { name, nanoseconds } = exactly(value, 'type', 'name', 'nanoseconds')
      return { type, name: text(name, 128), nanoseconds: size(nanoseconds) }
    }
    default:
      return bad()
  }
}

const finite = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : bad())

/** An absolute path of plain names: an embedder may write the file to a disk of its own (FSX-15). */
const guestPath = (value: unknown): string => {
  const path = text(value, 65_536)
  return /^(?:\/(?!\.{1,2}(?:\/|$))[^/\0]+)+$/u.test(path) ? path : bad()
}

function changeOf(payload: Uint8Array): JailChange {
  let parts: ReturnType<typeof parted>
  try {
    parts = parted(payload)
  } catch {
    return bad()
  }
  const value = json(parts.json)
  const type = tag(value, 'type')
  if (type === 'file') {
    const { path, more } = exactly(value, 'type', 'path', 'more')
    return { type, path: guestPath(path), bytes: parts.rest, more: oneOf(more, true, false) }
  }
  if (parts.rest.length > 0) return bad()
  if (type === 'symlink') {
    const { path, target } = exactly(value, 'type', 'path', 'target')
    return { type, path: guestPath(path), target: text(target, 65_536) }
  }
  return { type: oneOf(type, 'directory', 'removed'), path: guestPath(exactly(value, 'type', 'path').path) }
}

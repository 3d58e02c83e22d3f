// How values and the load request are written on the channel. JSON has no bigint, no NaN and no -0, so numbers cross as tagged text.
import type { TreeChange } from '../host/fs/file-system.ts'
import type { FirstCalls, GuestSpec } from './guest.ts'

/** `f` for i32, f32 and f64, `i` for i64. */
export type WireValue = readonly ['f' | 'i', string]

export const toWire = (value: number | bigint): WireValue =>
  typeof value === 'bigint' ? ['i', value.toString()] : ['f', Object.is(value, -0) ? '-0' : String(value)]

/** @throws {SyntaxError} if the text of an i64 is not a whole number */
export const fromWire = ([kind, text]: WireValue): number | bigint =>
  kind === 'i' ? BigInt.asIntN(64, BigInt(text)) : Number(text)

/** What a jail is told to load. */
export interface Load {
  readonly spec: GuestSpec
  /** Null for a module that the jail has kept, compiled, under `spec.moduleId`. */
  readonly module: Uint8Array<ArrayBuffer> | null
  readonly first: FirstCalls
  /** Modules that it keeps no longer. */
  readonly forget: readonly string[]
}

/** What of a load the jail's main thread needs; the rest is its cell's to read. */
export interface LoadHead {
  readonly moduleId?: string
  readonly forget: readonly string[]
}

/**
 * Length and JSON of the head; length and JSON of the rest; and the bytes of everything in it that is bytes: module, standard input, files, state.
 * In the JSON stands where they are.
 */
export function encodeLoad({ spec, module, first: { initialize, call }, forget }: Load): Uint8Array<ArrayBuffer> {
  const head: LoadHead = { ...(spec.moduleId !== undefined && { moduleId: spec.moduleId }), forget }
  const blobs: Uint8Array[] = []
  let at = 0
  const first = { initialize, call: call && { name: call.name, values: call.values.map(toWire) } }
  const json = JSON.stringify({ spec, module, first, forget }, (_, value: unknown) => {
    if (!(value instanceof Uint8Array)) return value
    blobs.push(value)
    at += value.length
    return { at: at - value.length, blob: value.length }
  })
  const body = joined(encoder.encode(json), Uint8Array.of(blobs.length & 255, blobs.length >>> 8, blobs.length >>> 16), ...blobs)
  return joined(encoder.encode(JSON.stringify(head)), body)
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** @param payload from the host, which is trusted */
export const headOfLoad = (payload: Uint8Array): LoadHead => JSON.parse(decoder.decode(firstOf(payload))) as LoadHead

/**
 * @param payload from the host, which is trusted
 * @throws {TypeError} if there are bytes where none are looked for: a defect of the sandbox
 */
export function decodeLoad(payload: Uint8Array): Load {
  const body = payload.subarray(4 + firstOf(payload).length)
  const json = firstOf(body)
  const rest = body.subarray(4 + json.length)
  const load = JSON.parse(decoder.decode(json)) as Load & { first: { call: { values: WireValue[] } | null } }
  let left = rest[0]! | (rest[1]! << 8) | (rest[2]! << 16)
  // At the known places only: to look everywhere takes longer than many a guest does.
  for (const { holder, key } of bytesIn(load)) {
    const value = holder[key]
    if (!isBlob(value)) continue
    holder[key] = rest.slice(BLOBS + value.at, BLOBS + value.at + value.blob)
    left--
  }
  if (left !== 0) throw new TypeError('a load has bytes in a place where none are looked for')
  const { spec, module, forget, first } = load
  const call = first.call && { name: first.call.name, values: first.call.values.map(fromWire) }
  return { spec, module, forget, first: { initialize: first.initialize, call } }
}

/** Bytes that say how many blobs there are. */
const BLOBS = 3

interface Holder {
  readonly holder: Record<string, unknown>
  readonly key: string
}

function bytesIn(load: Load): Holder[] {
  const { spec } = load
  const of = (holder: unknown, key: string): Holder => ({ holder: holder as Record<string, unknown>, key })
  const files = spec.grants.fs?.mounts.flatMap(({ entries }) => entries.map((entry) => of(entry, 'bytes'))) ?? []
  return [of(load, 'module'), of(spec, 'image'), of(spec.grants, 'stdin'), ...files]
}

const isBlob = (value: unknown): value is { readonly at: number; readonly blob: number } =>
  value !== null && typeof value === 'object' && Object.hasOwn(value, 'blob')

/** Most bytes of a file in one frame; the host refuses frames over 1 MiB. */
const FILE_PIECE = 512 * 1024

/** The frames' payloads for one change; a file takes as many as its size needs, all but the last with `more`. */
export function encodeChange(change: TreeChange): Uint8Array[] {
  const head = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
  if (change.type !== 'file') return [joined(head(change))]
  const { bytes, type, path } = change
  const pieces: Uint8Array[] = []
  for (let at = 0; at === 0 || at < bytes.length; at += FILE_PIECE) {
    const more = at + FILE_PIECE < bytes.length
    pieces.push(joined(head({ type, path, more }), bytes.subarray(at, at + FILE_PIECE)))
  }
  return pieces
}

/** Length of the first part, then all parts. */
function joined(first: Uint8Array, ...others: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = others.reduce((sum, part) => sum + part.length, 4 + first.length)
  const payload = new Uint8Array(size)
  new DataView(payload.buffer).setUint32(0, first.length, true)
  let at = 4
  for (const part of [first, ...others]) {
    payload.set(part, at)
    at += part.length
  }
  return payload
}

/** The first part, of a payload of our own. */
const firstOf = (payload: Uint8Array): Uint8Array =>
  payload.subarray(4, 4 + new DataView(payload.buffer, payload.byteOffset, payload.byteLength).getUint32(0, true))

/** @throws {RangeError} if the payload is shorter than it says */
export function parted(payload: Uint8Array): { json: Uint8Array; rest: Uint8Array<ArrayBuffer> } {
  const end = 4 + new DataView(payload.buffer, payload.byteOffset, payload.byteLength).getUint32(0, true)
  if (end > payload.length) throw new RangeError('a payload is shorter than it says')
  return { json: payload.subarray(4, end), rest: payload.slice(end) }
}

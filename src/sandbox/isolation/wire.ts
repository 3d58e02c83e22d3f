// How values and the load request are written on the channel. JSON has no bigint, no NaN and no -0, so numbers cross as tagged text.
import type { TreeChange } from '../host/fs/file-system.ts'
import type { GuestSpec } from './guest.ts'

/** `f` for i32, f32 and f64, `i` for i64. */
export type WireValue = readonly ['f' | 'i', string]

export const toWire = (value: number | bigint): WireValue =>
  typeof value === 'bigint' ? ['i', value.toString()] : ['f', Object.is(value, -0) ? '-0' : String(value)]

/** @throws {SyntaxError} if the text of an i64 is not a whole number */
export const fromWire = ([kind, text]: WireValue): number | bigint =>
  kind === 'i' ? BigInt.asIntN(64, BigInt(text)) : Number(text)

/** Length of the JSON part, JSON part, and the bytes of everything in it that is bytes: module, standard input, files. */
export function encodeLoad(spec: GuestSpec, module: Uint8Array): Uint8Array {
  const blobs: Uint8Array[] = []
  const json = JSON.stringify({ spec, module }, (_, value: unknown) =>
    value instanceof Uint8Array ? taken(blobs, value) : value,
  )
  return joined(new TextEncoder().encode(json), ...blobs)
}

function taken(blobs: Uint8Array[], blob: Uint8Array): { blob: number } {
  blobs.push(blob)
  return { blob: blob.length }
}

/** @param payload from the host, which is trusted */
export function decodeLoad(payload: Uint8Array): { spec: GuestSpec; module: Uint8Array<ArrayBuffer> } {
  const { json, rest } = parted(payload)
  let at = 0
  // JSON.parse revives in the order in which JSON.stringify wrote.
  const next = (length: number) => {
    at += length
    return rest.slice(at - length, at)
  }
  return JSON.parse(new TextDecoder().decode(json), (_, value: unknown) => (isBlob(value) ? next(value.blob) : value)) as {
    spec: GuestSpec
    module: Uint8Array<ArrayBuffer>
  }
}

const isBlob = (value: unknown): value is { readonly blob: number } =>
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
function joined(first: Uint8Array, ...others: readonly Uint8Array[]): Uint8Array {
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

/** @throws {RangeError} if the payload is shorter than it says */
export function parted(payload: Uint8Array): { json: Uint8Array; rest: Uint8Array<ArrayBuffer> } {
  const end = 4 + new DataView(payload.buffer, payload.byteOffset, payload.byteLength).getUint32(0, true)
  if (end > payload.length) throw new RangeError('a payload is shorter than it says')
  return { json: payload.subarray(4, end), rest: payload.slice(end) }
}

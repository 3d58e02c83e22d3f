// How values and the load request are written on the channel. JSON has no bigint, no NaN and no -0, so numbers cross as tagged text.
import type { Grants } from '../host/context.ts'
import type { GuestSpec } from './guest.ts'

/** `f` for i32, f32 and f64, `i` for i64. */
export type WireValue = readonly ['f' | 'i', string]

export const toWire = (value: number | bigint): WireValue =>
  typeof value === 'bigint' ? ['i', value.toString()] : ['f', Object.is(value, -0) ? '-0' : String(value)]

/** @throws {SyntaxError} if the text of an i64 is not a whole number */
export const fromWire = ([kind, text]: WireValue): number | bigint =>
  kind === 'i' ? BigInt.asIntN(64, BigInt(text)) : Number(text)

type WireSpec = Omit<GuestSpec, 'grants'> & { readonly grants: Omit<Grants, 'stdin'>; readonly moduleBytes: number }

/** Length of the JSON part, JSON part, module, standard input. */
export function encodeLoad(spec: GuestSpec, module: Uint8Array): Uint8Array {
  const { stdin, ...grants } = spec.grants
  const wire: WireSpec = { ...spec, grants, moduleBytes: module.length }
  const json = new TextEncoder().encode(JSON.stringify(wire))
  const payload = new Uint8Array(4 + json.length + module.length + stdin.length)
  new DataView(payload.buffer).setUint32(0, json.length, true)
  payload.set(json, 4)
  payload.set(module, 4 + json.length)
  payload.set(stdin, 4 + json.length + module.length)
  return payload
}

export function decodeLoad(payload: Uint8Array): { spec: GuestSpec; module: Uint8Array<ArrayBuffer> } {
  const jsonEnd = 4 + new DataView(payload.buffer, payload.byteOffset).getUint32(0, true)
  const { moduleBytes, ...wire } = JSON.parse(new TextDecoder().decode(payload.subarray(4, jsonEnd))) as WireSpec
  const moduleEnd = jsonEnd + moduleBytes
  return {
    spec: { ...wire, grants: { ...wire.grants, stdin: payload.slice(moduleEnd) } },
    module: payload.slice(jsonEnd, moduleEnd),
  }
}

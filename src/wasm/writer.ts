// Small composable encoders for modules: well formed ones, and ones that lie about counts, sizes and encodings.

import { encodeSigned, encodeUnsigned, padLeb128 } from './leb128.ts'
import type { Limits, ReferenceType, ValueType } from './types.ts'
import { ABSTRACT_HEAP_TYPES, NUMBER_TYPES } from './types.ts'

/** One byte, or a sequence of them. */
export type Bytes = number | readonly number[] | Uint8Array

/** Joins bytes. Numbers must be from 0 to 255. */
export function bytes(...parts: readonly Bytes[]): Uint8Array {
  return concat(parts)
}

/** The same for a list, which may be longer than the engine allows arguments to be. */
export function concat(parts: readonly Bytes[]): Uint8Array {
  const out = new Uint8Array(parts.reduce<number>((sum, part) => sum + (typeof part === 'number' ? 1 : part.length), 0))
  let at = 0
  for (const part of parts) {
    if (typeof part === 'number') out[at++] = checkByte(part)
    else {
      if (!(part instanceof Uint8Array)) part.forEach(checkByte)
      out.set(part, at)
      at += part.length
    }
  }
  return out
}

function checkByte(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > 255) throw new RangeError('A byte must be an integer from 0 to 255.')
  return value
}

function within(value: number | bigint, low: bigint, high: bigint, what: string): number | bigint {
  const exact = BigInt(value)
  if (exact < low || exact > high) throw new RangeError(`${what} is out of range.`)
  return value
}

// Integers. `length` pads to that many bytes; more than 5 (32 bits) or 10 (64 bits) make an illegal encoding.

export function u32(value: number, length?: number): Uint8Array {
  return padded(encodeUnsigned(within(value, 0n, 2n ** 32n - 1n, 'A u32')), length, false)
}

export function u64(value: number | bigint, length?: number): Uint8Array {
  return padded(encodeUnsigned(value), length, false)
}

export function s32(value: number, length?: number): Uint8Array {
  return padded(encodeSigned(within(value, -(2n ** 31n), 2n ** 31n - 1n, 'An s32')), length, true)
}

export function s33(value: number, length?: number): Uint8Array {
  return padded(encodeSigned(within(value, -(2n ** 32n), 2n ** 32n - 1n, 'An s33')), length, true)
}

export function s64(value: number | bigint, length?: number): Uint8Array {
  return padded(encodeSigned(value), length, true)
}

function padded(encoded: Uint8Array, length: number | undefined, signed: boolean): Uint8Array {
  return length === undefined ? encoded : padLeb128(encoded, length, signed)
}

/** Four bytes, little-endian IEEE 754. */
export function f32(value: number): Uint8Array {
  const out = new Uint8Array(4)
  new DataView(out.buffer).setFloat32(0, value, true)
  return out
}

/** Eight bytes, little-endian IEEE 754. */
export function f64(value: number): Uint8Array {
  const out = new Uint8Array(8)
  new DataView(out.buffer).setFloat64(0, value, true)
  return out
}

/** A name: length and UTF-8 bytes. Pass bytes to write a name that is not valid UTF-8. */
export function name(text: string | Uint8Array): Uint8Array {
  const encoded = typeof text === 'string' ? new TextEncoder().encode(text) : text
  return bytes(u32(encoded.length), encoded)
}

/** A vector. `count` replaces the true number of entries, as a number or as raw bytes. */
export function vec(entries: readonly Bytes[], count: number | Uint8Array = entries.length): Uint8Array {
  return concat([typeof count === 'number' ? u32(count) : count, ...entries])
}

// Sections and modules

export const MODULE_HEADER = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00)

/** A section. `size` replaces the true payload size, as a number or as raw bytes. */
export function section(id: number, payload: Bytes, size?: number | Uint8Array): Uint8Array {
  const contents = bytes(payload)
  const declared = size ?? contents.length
  return bytes(id, typeof declared === 'number' ? u32(declared) : declared, contents)
}

export function customSection(sectionName: string | Uint8Array, contents: Bytes = []): Uint8Array {
  return section(0, bytes(name(sectionName), contents))
}

export function moduleOf(...sections: readonly Uint8Array[]): Uint8Array {
  return bytes(MODULE_HEADER, ...sections)
}

const vectorSection =
  (id: number) =>
  (...entries: readonly Bytes[]): Uint8Array =>
    section(id, vec(entries))

export const typeSection = vectorSection(1)
export const importSection = vectorSection(2)
export const tableSection = vectorSection(4)
export const memorySection = vectorSection(5)
export const globalSection = vectorSection(6)
export const exportSection = vectorSection(7)
export const elementSection = vectorSection(9)
export const codeSection = vectorSection(10)
export const dataSection = vectorSection(11)
export const tagSection = vectorSection(13)

export function functionSection(...typeIndices: readonly number[]): Uint8Array {
  return section(3, vec(typeIndices.map((index) => u32(index))))
}

export function startSection(functionIndex: number): Uint8Array {
  return section(8, u32(functionIndex))
}

export function dataCountSection(count: number): Uint8Array {
  return section(12, u32(count))
}

// Types

/** A value type from its name in the text format. */
export function valueType(type: ValueType): Uint8Array {
  const number = NUMBER_TYPES.find((form) => form.name === type)
  return number ? Uint8Array.of(number.byte) : referenceType(type as ReferenceType)
}

/** A reference type in its shortest encoding. Throws `RangeError` for text that is no reference type. */
export function referenceType(type: ReferenceType): Uint8Array {
  const shorthand = ABSTRACT_HEAP_TYPES.find((form) => form.shorthand === type)
  if (shorthand) return Uint8Array.of(shorthand.byte)
  const spelled = /^\(ref (null )?([a-z0-9]+)\)$/.exec(type)
  if (!spelled) throw new RangeError('A reference type must be a shorthand, (ref T) or (ref null T).')
  return bytes(spelled[1] ? 0x63 : 0x64, heapType(spelled[2]!))
}

function heapType(text: string): Uint8Array {
  if (/^\d+$/.test(text)) return s33(Number(text))
  const form = ABSTRACT_HEAP_TYPES.find((candidate) => candidate.heapType === text)
  if (!form) throw new RangeError('A heap type must be a type index or the name of an abstract heap type.')
  return Uint8Array.of(form.byte)
}

/** A function type without subtyping. */
export function functionType(params: readonly ValueType[] = [], results: readonly ValueType[] = []): Uint8Array {
  return bytes(0x60, vec(params.map(valueType)), vec(results.map(valueType)))
}

/** Bounds of a memory or table; 64-bit bounds are written as u64, others as u32. */
export function limits({ min, max, is64, shared }: Limits): Uint8Array {
  const bound = (value: number) => (is64 ? u64(value) : u32(value))
  const flags = (max === undefined ? 0 : 1) | (shared ? 2 : 0) | (is64 ? 4 : 0)
  return bytes(flags, bound(min), max === undefined ? [] : bound(max))
}

// Code

/** A function body with its size. `locals` are groups of a count and a type. `size` replaces the true size. */
export function body(
  instructions: Bytes,
  locals: readonly (readonly [count: number, type: ValueType])[] = [],
  size?: number | Uint8Array,
): Uint8Array {
  const contents = bytes(vec(locals.map(([count, type]) => bytes(u32(count), valueType(type)))), instructions)
  const declared = size ?? contents.length
  return bytes(typeof declared === 'number' ? u32(declared) : declared, contents)
}

/** A prefixed opcode: prefix byte and sub-opcode, optionally padded to `length` bytes. */
export function prefixed(prefix: number, code: number, length?: number): Uint8Array {
  return bytes(prefix, u32(code, length))
}

/** Flags, memory index where it is not 0, and offset of a memory access. */
export function memarg(align: number, offset: number | bigint = 0, memory = 0): Uint8Array {
  return memory === 0 ? bytes(u32(align), u64(offset)) : bytes(u32(align + 64), u32(memory), u64(offset))
}

export const END = 0x0b

/** Encoders of common instructions. */
export const instruction = {
  unreachable: Uint8Array.of(0x00),
  nop: Uint8Array.of(0x01),
  drop: Uint8Array.of(0x1a),
  return: Uint8Array.of(0x0f),
  end: Uint8Array.of(END),
  block: (inner: Bytes) => bytes(0x02, 0x40, inner, END),
  loop: (inner: Bytes) => bytes(0x03, 0x40, inner, END),
  br: (label: number) => bytes(0x0c, u32(label)),
  brIf: (label: number) => bytes(0x0d, u32(label)),
  brTable: (labels: readonly number[], fallback: number) => bytes(0x0e, vec(labels.map((label) => u32(label))), u32(fallback)),
  call: (index: number) => bytes(0x10, u32(index)),
  callIndirect: (type: number, table = 0) => bytes(0x11, u32(type), u32(table)),
  localGet: (index: number) => bytes(0x20, u32(index)),
  localSet: (index: number) => bytes(0x21, u32(index)),
  globalGet: (index: number) => bytes(0x23, u32(index)),
  globalSet: (index: number) => bytes(0x24, u32(index)),
  i32Const: (value: number) => bytes(0x41, s32(value)),
  i64Const: (value: number | bigint) => bytes(0x42, s64(value)),
  f32Const: (value: number) => bytes(0x43, f32(value)),
  f64Const: (value: number) => bytes(0x44, f64(value)),
  refFunc: (index: number) => bytes(0xd2, u32(index)),
  memoryGrow: (memory = 0) => bytes(0x40, u32(memory)),
} as const

// The opcode table: every instruction of WebAssembly 3.0, the threads proposal and the legacy exceptions, and nothing else.

import type { Feature } from './features.ts'
import { ATOMICS } from './opcodes/atomics.ts'
import { BULK } from './opcodes/bulk.ts'
import { GARBAGE_COLLECTION } from './opcodes/garbage-collection.ts'
import type { Immediate, OpcodeRow } from './opcodes/rows.ts'
import { SIMD } from './opcodes/simd.ts'
import { SINGLE_BYTE } from './opcodes/single-byte.ts'

export type { Immediate } from './opcodes/rows.ts'

/** One instruction of the table. */
export interface OpcodeInfo {
  /** 0 for single-byte opcodes, else 0xFB, 0xFC, 0xFD or 0xFE. */
  readonly prefix: number
  /** The opcode byte, or the sub-opcode (a u32 in LEB128) that follows the prefix. */
  readonly code: number
  /** Unique number of the instruction: `prefix * 65536 + code`. */
  readonly key: number
  /** Name in the text format. Not unique: `select`, `ref.test` and `ref.cast` have two encodings each. */
  readonly name: string
  readonly immediates: readonly Immediate[]
  readonly features: readonly Feature[]
  /** Whether it may occur in a constant expression (section 3.4.13), and what allowed it there. */
  readonly constant: false | 'always' | Feature
}

/** Bytes that announce a sub-opcode. */
export const PREFIXES = [0xfb, 0xfc, 0xfd, 0xfe] as const

const CONSTANT_SINCE: ReadonlyMap<string, 'always' | Feature> = new Map<string, 'always' | Feature>([
  ['i32.const', 'always'],
  ['i64.const', 'always'],
  ['f32.const', 'always'],
  ['f64.const', 'always'],
  ['v128.const', 'always'],
  ['global.get', 'always'],
  ['ref.null', 'always'],
  ['ref.func', 'always'],
  ['end', 'always'],
  ['i32.add', 'extended-const'],
  ['i32.sub', 'extended-const'],
  ['i32.mul', 'extended-const'],
  ['i64.add', 'extended-const'],
  ['i64.sub', 'extended-const'],
  ['i64.mul', 'extended-const'],
  ['ref.i31', 'gc'],
  ['struct.new', 'gc'],
  ['struct.new_default', 'gc'],
  ['array.new', 'gc'],
  ['array.new_default', 'gc'],
  ['array.new_fixed', 'gc'],
  ['any.convert_extern', 'gc'],
  ['extern.convert_any', 'gc'],
])

function describe(prefix: number, rows: readonly OpcodeRow[]): OpcodeInfo[] {
  return rows.map(([code, name, immediates = [], features = []]) => {
    const constant = CONSTANT_SINCE.get(name) ?? false
    return Object.freeze({ prefix, code, key: prefix * 65536 + code, name, immediates, features, constant })
  })
}

/** All instructions, by prefix and code. */
export const OPCODES: readonly OpcodeInfo[] = Object.freeze([
  ...describe(0, SINGLE_BYTE),
  ...describe(0xfb, GARBAGE_COLLECTION),
  ...describe(0xfc, BULK),
  ...describe(0xfd, SIMD),
  ...describe(0xfe, ATOMICS),
])

// Dense arrays per prefix: the decoder looks every instruction up here.
const byPrefix: (OpcodeInfo | undefined)[][] = Array.from({ length: 256 }, () => [])
for (const info of OPCODES) {
  const group = byPrefix[info.prefix]!
  while (group.length <= info.code) group.push(undefined)
  group[info.code] = info
}

/** The instruction with this prefix (0 for none) and code, or `undefined` if there is none. */
export function findOpcode(prefix: number, code: number): OpcodeInfo | undefined {
  const group = byPrefix[prefix]!
  return code < group.length ? group[code] : undefined
}

/** Whether this byte announces a sub-opcode. */
export function isPrefix(byte: number): boolean {
  return byte >= 0xfb && byte <= 0xfe
}

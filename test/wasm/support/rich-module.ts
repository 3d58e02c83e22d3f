// A module that has one of everything, and for each opcode a way to use it in such a module.

import type { OpcodeInfo } from '../../../src/wasm/index.ts'
import {
  body,
  bytes,
  codeSection,
  dataCountSection,
  dataSection,
  END,
  elementSection,
  functionSection,
  functionType,
  globalSection,
  limits,
  memarg,
  memorySection,
  moduleOf,
  prefixed,
  tableSection,
  tagSection,
  typeSection,
  u32,
  vec,
} from '../../../src/wasm/writer.ts'

const TYPE = { function: 0, struct: 1, array: 2, packedStruct: 3, packedArray: 4, functionArray: 5 } as const

const GC_TYPES = [
  bytes(0x5f, vec([Uint8Array.of(0x7f, 1)])),
  bytes(0x5e, 0x7f, 1),
  bytes(0x5f, vec([Uint8Array.of(0x78, 1)])),
  bytes(0x5e, 0x78, 1),
  bytes(0x5e, 0x70, 1),
]

/** The module with `code` as its function's instructions, whose final `end` it adds. Without `gc`, only the function type. */
export function richModule(code: Uint8Array, { gc = true } = {}): Uint8Array {
  return moduleOf(
    typeSection(functionType(), ...(gc ? GC_TYPES : [])),
    functionSection(0),
    tableSection(bytes(0x70, limits({ min: 1, is64: false, shared: false }))),
    memorySection(limits({ min: 1, max: 1, is64: false, shared: false })),
    tagSection(bytes(0, 0)),
    globalSection(bytes(0x7f, 1, 0x41, 0, END)),
    elementSection(bytes(1, 0, vec([u32(0)]))),
    dataCountSection(1),
    codeSection(body(bytes(code, END), [[1, 'i32']])),
    dataSection(bytes(1, vec([0]))),
  )
}

/** The opcode with valid immediates, between two `unreachable`: after the first any operands are there, and any results may be left. */
export function useOf(info: OpcodeInfo): Uint8Array {
  const opcode = info.prefix === 0 ? Uint8Array.of(info.code) : prefixed(info.prefix, info.code)
  const whole = bytes(opcode, ...info.immediates.map((kind) => immediate(info, kind)))
  return bytes(0x00, inContext(info, whole), 0x00)
}

/** Puts instructions that only exist inside, or together with, a block into one. */
function inContext(info: OpcodeInfo, whole: Uint8Array): Uint8Array {
  switch (info.name) {
    case 'block':
    case 'loop':
    case 'if':
    case 'try_table':
      return bytes(whole, END)
    case 'try':
      return bytes(whole, 0x19, END)
    case 'else':
      return bytes(0x04, 0x40, whole, END)
    case 'catch':
    case 'catch_all':
      return bytes(0x06, 0x40, whole, END)
    case 'delegate':
      return bytes(0x06, 0x40, whole)
    case 'rethrow':
      return bytes(0x06, 0x40, 0x19, whole, END)
    case 'end':
      return bytes(0x02, 0x40, whole)
    case 'br_on_cast':
    case 'br_on_cast_fail':
    case 'br_on_non_null':
      return bytes(0x02, 0x6e, 0x00, whole, 0x00, END, 0x1a, 0x00)
    default:
      return whole
  }
}

function immediate(info: OpcodeInfo, kind: OpcodeInfo['immediates'][number]): Uint8Array {
  switch (kind) {
    case 'block-type':
      return Uint8Array.of(0x40)
    case 'label-table':
      return bytes(vec([u32(0), u32(0)]), u32(0))
    case 'catches':
      return vec([Uint8Array.of(0x00, 0, 0), Uint8Array.of(0x02, 0)])
    case 'memarg':
      return memarg(alignment(info))
    case 'f32':
      return new Uint8Array(4)
    case 'f64':
      return new Uint8Array(8)
    case 'v128':
    case 'lanes':
      return new Uint8Array(16)
    case 'value-types':
      return vec([Uint8Array.of(0x7f)])
    case 'heap-type':
      return Uint8Array.of(info.name === 'ref.null' ? 0x70 : 0x6e)
    case 'struct-type':
      return u32(/_[su]$/.test(info.name) ? TYPE.packedStruct : TYPE.struct)
    case 'array-type':
      return u32(/_elem$/.test(info.name) ? TYPE.functionArray : /_[su]$/.test(info.name) ? TYPE.packedArray : TYPE.array)
    case 'cast-flags':
      return Uint8Array.of(0x03)
    default:
      // Indices, labels, lanes, counts, reserved bytes and integers: 0 is valid for each of them here.
      return Uint8Array.of(0)
  }
}

/** Atomic accesses must state exactly their width; 0 is right for all others. */
function alignment(info: OpcodeInfo): number {
  if (info.prefix !== 0xfe) return 0
  const narrow = /(?:rmw|load|store|wait)(8|16|32|64)/.exec(info.name)?.[1]
  const width = narrow === undefined ? (info.name.startsWith('i64') ? 64 : 32) : Number(narrow)
  return Math.log2(width / 8)
}

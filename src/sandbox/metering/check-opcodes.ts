// The opcodes that the checker has to know, by the reader's numbers.
import type { WasmModule } from '../../wasm/index.ts'

export const K = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  try: 0x06,
  catch: 0x07,
  throw: 0x08,
  rethrow: 0x09,
  throwRef: 0x0a,
  end: 0x0b,
  br: 0x0c,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  returnCall: 0x12,
  returnCallIndirect: 0x13,
  callRef: 0x14,
  returnCallRef: 0x15,
  delegate: 0x18,
  catchAll: 0x19,
  tryTable: 0x1f,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  memoryGrow: 0x40,
  i64Const: 0x42,
  i64LtS: 0x53,
  i64Add: 0x7c,
  i64Sub: 0x7d,
  refFunc: 0xd2,
  arrayNewFixed: 0xfb0008,
  memoryCopy: 0xfc000a,
  memoryFill: 0xfc000b,
  tableCopy: 0xfc000e,
  tableGrow: 0xfc000f,
  tableFill: 0xfc0011,
} as const

/** Calls, tail calls included. */
export const CALLS: ReadonlySet<number> = new Set([
  K.call,
  K.callIndirect,
  K.callRef,
  K.returnCall,
  K.returnCallIndirect,
  K.returnCallRef,
])
export const THROWS: ReadonlySet<number> = new Set([K.throw, K.rethrow, K.throwRef])
/** Instructions that leave the function for its caller, or for a function in its place. */
export const ENDS: ReadonlySet<number> = new Set([K.return, K.returnCall, K.returnCallIndirect, K.returnCallRef])
/** Instructions behind which nothing goes on. */
export const JUMPS: ReadonlySet<number> = new Set([K.unreachable, K.br, K.brTable, ...ENDS, ...THROWS])

type IsWide = (module: WasmModule, a: number, b: number) => boolean
const memory = ({ memories }: WasmModule, index: number) => memories[index]!.limits.is64
const table = ({ tables }: WasmModule, index: number) => tables[index]!.limits.is64

/** Whether the length of a bulk instruction has 64 bits, for those that can have one. */
export const LENGTH_64: ReadonlyMap<number, IsWide> = new Map<number, IsWide>([
  [K.memoryGrow, memory],
  [K.memoryFill, memory],
  [K.memoryCopy, (module, a, b) => memory(module, a) && memory(module, b)],
  [K.tableGrow, table],
  [K.tableFill, table],
  [K.tableCopy, (module, a, b) => table(module, a) && table(module, b)],
])

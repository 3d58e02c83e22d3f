// The executor guest: one module, generated from the ABI table, that interprets a byte program as a sequence of host calls.
import { ABI, type AbiFunction, type AbiValueType } from '../../sandbox/host/abi/index.ts'
import {
  type Bytes,
  body,
  bytes,
  codeSection,
  END,
  elementSection,
  exportSection,
  functionSection,
  functionType,
  globalSection,
  importSection,
  instruction,
  limits,
  memarg,
  memorySection,
  moduleOf,
  name,
  tableSection,
  typeSection,
  u32,
  vec,
} from '../../wasm/writer.ts'

/** The calls that the executor can make. A program names them by their index here. */
export const EXECUTOR_CALLS: readonly AbiFunction[] = ABI

/**
 * Written as a call's result when the guest is still alive where it must not be: an exception of the host was caught, or `proc_exit` returned. Every
 * call is wrapped: what an unwrapped one would show, an exception that leaves the guest, the harness sees as the guest's end.
 */
export const SURVIVED = 0x5afe

/**
 * Every field of a record is eight bytes: how the call is made, its arguments, and the slot for its result (the error number, and 1 behind it if the
 * guest was ever alive where it must not be).
 */
export const FIELD = 8
export const recordBytes = (call: AbiFunction): number => FIELD * (call.parameters.length + 2)
export const resultOffset = (call: AbiFunction): number => FIELD * (call.parameters.length + 1)
/** The first field: the call's index, pages by which the memory grows before it, how often it is made, frames below it, bytes of the record. */
export const HEADER = { index: 0, grow: 1, times: 2, depth: 4, length: 6 } as const

/** Where programs have their records; behind everything that honest pointers of a program point to. */
export const RECORDS = 0x8000

export const PAGE = 65_536
/** Most pages that the memory can have: a growth succeeds, another one, and then one fails. */
export const MAX_PAGES = 3

/** Load instruction and alignment of each type. */
const LOAD = { i32: [0x28, 2], i64: [0x29, 3], f64: [0x2b, 3] } as const
const EQZ = 0x45
const SUBTRACT = 0x6b
const ADD = 0x6a

// The parameters of the guest's own functions.
const RECORD = 0
const DEPTH = 1
const PROGRAM_END = 1
const TIMES = 2
const FRAMES = 3
const LENGTH = 4
/** The guest's one global: whether it was alive where it must not be, in this record's calls. */
const MARK = 0

/** One argument out of the record. */
function argument(type: AbiValueType, index: number): Uint8Array {
  const [opcode, alignment] = LOAD[type]
  return bytes(instruction.localGet(RECORD), opcode, memarg(alignment, FIELD * (index + 1)))
}

const byteOf = (offset: number) => bytes(instruction.localGet(RECORD), 0x2d, memarg(0, offset))
const shortOf = (offset: number) => bytes(instruction.localGet(RECORD), 0x2f, memarg(1, offset))

/** `try (result i32) <call> catch_all <mark> SURVIVED end`: whatever the host throws, this guest would go on. */
function guarded(call: AbiFunction, index: number): Uint8Array {
  const args = call.parameters.map((parameter, i) => argument(parameter.type, i))
  const survived = bytes(instruction.i32Const(1), instruction.globalSet(MARK), instruction.i32Const(SURVIVED))
  const result = call.result === 'errno' ? [] : survived
  return bytes(0x06, 0x7f, ...args, instruction.call(index), result, 0x19, survived, END)
}

/** `step(record)`: one `br_table` over the calls; an index that names none does nothing. */
function step(calls: readonly AbiFunction[]): Uint8Array {
  let code: Bytes = bytes(
    byteOf(HEADER.index),
    instruction.brTable(
      calls.map((_, index) => index),
      calls.length,
    ),
  )
  calls.forEach((call, index) => {
    const slot = resultOffset(call)
    const made = bytes(instruction.localGet(RECORD), guarded(call, index), 0x36, memarg(2, slot))
    // Behind the call, because it may write over its own record.
    const marked = bytes(instruction.localGet(RECORD), instruction.globalGet(MARK), 0x36, memarg(2, slot + 4))
    code = bytes(instruction.block(code), made, marked, instruction.return)
  })
  return body(bytes(instruction.block(code), END))
}

/** `deep(record, depth)`: enters itself again through the table until no depth is left, then makes the call. */
function deep(stepIndex: number, type: number): Uint8Array {
  const less = bytes(instruction.localGet(DEPTH), instruction.i32Const(1), SUBTRACT)
  const again = bytes(instruction.localGet(RECORD), less, instruction.i32Const(0), instruction.callIndirect(type))
  const bottom = bytes(instruction.localGet(RECORD), instruction.call(stepIndex))
  return body(bytes(instruction.localGet(DEPTH), 0x04, 0x40, again, 0x05, bottom, END, END))
}

/** `run(start, end)`: record after record. How a call is made is read before it is, because it may write over its own record. */
function run(deepIndex: number): Uint8Array {
  const finished = bytes(instruction.localGet(RECORD), instruction.localGet(PROGRAM_END), 0x4f, instruction.brIf(1))
  const grown = bytes(byteOf(HEADER.grow), 0x04, 0x40, byteOf(HEADER.grow), 0x40, 0x00, instruction.drop, END)
  const read = bytes(
    instruction.i32Const(0),
    instruction.globalSet(MARK),
    ...[
      [HEADER.times, TIMES],
      [HEADER.depth, FRAMES],
      [HEADER.length, LENGTH],
    ].map(([offset, local]) => bytes(shortOf(offset!), instruction.localSet(local!))),
  )
  const once = bytes(instruction.localGet(RECORD), instruction.localGet(FRAMES), instruction.call(deepIndex))
  const left = bytes(instruction.localGet(TIMES), instruction.i32Const(1), SUBTRACT, instruction.localSet(TIMES))
  const repeated = instruction.loop(bytes(once, left, instruction.localGet(TIMES), EQZ, EQZ, instruction.brIf(0)))
  const advance = bytes(instruction.localGet(RECORD), instruction.localGet(LENGTH), ADD, instruction.localSet(RECORD))
  const loop = instruction.loop(bytes(finished, grown, read, repeated, advance, instruction.br(0)))
  return body(bytes(instruction.block(loop), END), [[3, 'i32']])
}

/** The module's bytes. It exports `run(start, end)` and its memory of `pages` pages. */
export function executorModule(pages = 1): Uint8Array {
  const calls = EXECUTOR_CALLS
  const count = calls.length
  const types = calls.map((call) =>
    functionType(
      call.parameters.map((parameter) => parameter.type),
      call.result === 'errno' ? ['i32'] : [],
    ),
  )
  const imports = calls.map((call, index) => bytes(name(call.module), name(call.name), 0x00, u32(index)))
  const max = Math.max(pages, MAX_PAGES)
  return moduleOf(
    typeSection(...types, functionType(['i32']), functionType(['i32', 'i32'])),
    importSection(...imports),
    functionSection(count, count + 1, count + 1),
    tableSection(bytes(0x70, limits({ min: 1, max: 1, is64: false, shared: false }))),
    memorySection(limits({ min: pages, max, is64: false, shared: false })),
    globalSection(bytes(0x7f, 0x01, instruction.i32Const(0), END)),
    exportSection(bytes(name('run'), 0x00, u32(count + 2)), bytes(name('memory'), 0x02, u32(0))),
    elementSection(bytes(0x00, instruction.i32Const(0), END, vec([u32(count + 1)]))),
    codeSection(step(calls), deep(count, count + 1), run(count + 1)),
  )
}

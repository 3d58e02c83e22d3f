// The executor guest: one module, generated from the ABI table, that interprets a byte program as a sequence of host calls.
import { ABI, type AbiFunction, type AbiValueType } from '../../sandbox/host/abi/index.ts'
import {
  type Bytes,
  body,
  bytes,
  codeSection,
  END,
  exportSection,
  functionSection,
  functionType,
  importSection,
  instruction,
  limits,
  memarg,
  memorySection,
  moduleOf,
  name,
  typeSection,
  u32,
} from '../../wasm/writer.ts'

/** The calls that the executor can make. A program names them by their index here. */
export const EXECUTOR_CALLS: readonly AbiFunction[] = ABI

/** Written as a call's result when the guest is still alive where it must not be: an exception of the host was caught, or `proc_exit` returned. */
export const SURVIVED = 0x5afe

/** Every field of a record is eight bytes: the call's index, its arguments, the slot for its result. */
export const FIELD = 8
export const recordBytes = (call: AbiFunction): number => FIELD * (call.parameters.length + 2)
export const resultOffset = (call: AbiFunction): number => FIELD * (call.parameters.length + 1)

/** Where programs have their records; behind everything that honest pointers of a program point to. */
export const RECORDS = 0x8000

const PC = 0
const PROGRAM_END = 1

/** Load instruction and alignment of each type. */
const LOAD = { i32: [0x28, 2], i64: [0x29, 3], f64: [0x2b, 3] } as const

/** One argument out of the record. */
function argument(type: AbiValueType, index: number): Uint8Array {
  const [opcode, alignment] = LOAD[type]
  return bytes(instruction.localGet(PC), opcode, memarg(alignment, FIELD * (index + 1)))
}

/** `try (result i32) <call> catch_all SURVIVED end`: whatever the host throws, this guest would go on. */
function guarded(call: AbiFunction, index: number): Uint8Array {
  const args = call.parameters.map((parameter, i) => argument(parameter.type, i))
  const result = call.result === 'errno' ? [] : instruction.i32Const(SURVIVED)
  return bytes(0x06, 0x7f, ...args, instruction.call(index), result, 0x19, instruction.i32Const(SURVIVED), END)
}

/** What follows the end of the call's block: make the call, store the result, go on to the next record. */
function branch(call: AbiFunction, index: number, count: number): Uint8Array {
  const store = bytes(instruction.localGet(PC), guarded(call, index), 0x36, memarg(2, resultOffset(call)))
  const advance = bytes(instruction.localGet(PC), instruction.i32Const(recordBytes(call)), 0x6a, instruction.localSet(PC))
  return bytes(store, advance, instruction.br(count - 1 - index))
}

/** `run(start, end)`: a loop around one `br_table` over the calls; an index that names none ends it. */
function run(calls: readonly AbiFunction[]): Uint8Array {
  const count = calls.length
  const labels = calls.map((_, index) => index)
  const finished = bytes(instruction.localGet(PC), instruction.localGet(PROGRAM_END), 0x4f, instruction.brIf(1))
  const opcode = bytes(instruction.localGet(PC), 0x2d, memarg(0))
  let code: Bytes = bytes(opcode, instruction.brTable(labels, count + 1))
  calls.forEach((call, index) => {
    code = bytes(instruction.block(code), branch(call, index, count))
  })
  return body(bytes(instruction.block(instruction.loop(bytes(finished, code))), END))
}

/** The module's bytes. It exports `run(start, end)` and its memory of `pages` pages, which cannot grow. */
export function executorModule(pages = 1): Uint8Array {
  const calls = EXECUTOR_CALLS
  const types = calls.map((call) =>
    functionType(
      call.parameters.map((parameter) => parameter.type),
      call.result === 'errno' ? ['i32'] : [],
    ),
  )
  const imports = calls.map((call, index) => bytes(name(call.module), name(call.name), 0x00, u32(index)))
  return moduleOf(
    typeSection(...types, functionType(['i32', 'i32'])),
    importSection(...imports),
    functionSection(calls.length),
    memorySection(limits({ min: pages, max: pages, is64: false, shared: false })),
    exportSection(bytes(name('run'), 0x00, u32(calls.length)), bytes(name('memory'), 0x02, u32(0))),
    codeSection(run(calls)),
  )
}

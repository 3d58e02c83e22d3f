// The slow reference counter: a second, naive rewriter that adds the cost of each instruction to a global directly in front of it. It knows nothing of
// blocks, loops and locals that hold the fuel, and shares no code with the metering but the table of costs.

import { costOf, entryCost, HOST_CALL } from '../../../../src/sandbox/metering/costs.ts'
import {
  encodeExportSection,
  forEachInstruction,
  functionTypeOfBody,
  type Instruction,
  readModule,
  replaceSections,
  type SectionId,
  type StructType,
  type WasmModule,
  writer as w,
} from '../../../../src/wasm/index.ts'

/** Name of the exported global that counts. */
export const COUNT = 'count'

const ADD = 0x7c

export function withReferenceCounter(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const module = readModule(bytes)
  const counter = module.globals.length
  const bodies = module.bodies.map((_, index) => counted(bytes, module, index, counter))
  const globals = module.globals.map(({ type, mutable, init }) =>
    w.bytes(w.valueType(type), mutable ? 1 : 0, bytes.subarray(init!.offset, init!.offset + init!.size)),
  )
  const edits = new Map<SectionId, Uint8Array>([
    [6, w.vec([...globals, w.bytes(w.valueType('i64'), 1, w.instruction.i64Const(0), w.END)])],
    [7, encodeExportSection([...module.exports, { name: COUNT, kind: 'global', index: counter }])],
    [10, w.vec(bodies)],
  ])
  return new Uint8Array(replaceSections(bytes, module, edits))
}

function counted(bytes: Uint8Array, module: WasmModule, index: number, counter: number): Uint8Array {
  const body = module.bodies[index]!
  const { params, results } = functionTypeOfBody(module, index)
  const values = params.length + body.declaredLocals
  const count = (...units: w.Bytes[]) =>
    w.bytes(...units, w.instruction.globalGet(counter), ADD, w.instruction.globalSet(counter))
  const parts: Uint8Array[] = [count(w.instruction.i64Const(entryCost(values + results.length)))]
  forEachInstruction(bytes, module, index, (instruction) => {
    const { info, offset, end } = instruction
    const { fixed, each = 0, length } = costOf(info)!
    const units = fixed + each * operands(instruction, module) + (callsHost(instruction, module) ? HOST_CALL : 0)
    if (length) {
      // Two locals, one for either width of a length.
      const wide = hasWideLength(instruction, module)
      const local = values + (wide ? 1 : 0)
      const value = wide ? w.instruction.localGet(local) : w.bytes(w.instruction.localGet(local), 0xad)
      const scaled = w.bytes(value, w.instruction.i64Const(length.shift), 0x88, w.instruction.i64Const(length.factor), 0x7e)
      parts.push(w.bytes(w.instruction.localSet(local), count(scaled), w.instruction.localGet(local)))
    }
    if (units > 0) parts.push(count(w.instruction.i64Const(units)))
    parts.push(bytes.subarray(offset, end))
  })
  const groups = w.bytes(bytes.subarray(body.offset, body.codeOffset))
  // Few groups, so their number takes one byte.
  const locals = w.bytes(groups[0]! + 2, groups.subarray(1), [1, 0x7f, 1, 0x7e])
  const whole = w.bytes(locals, ...parts)
  return w.bytes(w.u32(whole.length), whole)
}

function operands({ info, values }: Instruction, { types }: WasmModule): number {
  if (info.name === 'array.new_fixed') return values[1]!
  return info.name.startsWith('struct.new') ? (types[values[0]!] as StructType).fields.length : 0
}

const callsHost = ({ info, values }: Instruction, { importCounts }: WasmModule) =>
  (info.name === 'call' || info.name === 'return_call') && values[0]! < importCounts.function

function hasWideLength({ info, values }: Instruction, { memories, tables }: WasmModule): boolean {
  const indices = info.name.endsWith('.copy') ? [values[0]!, values[1]!] : [values[0]!]
  if (/^memory\.(copy|fill|grow)$/.test(info.name)) return indices.every((index) => memories[index]!.limits.is64)
  if (/^table\.(copy|fill|grow)$/.test(info.name)) return indices.every((index) => tables[index]!.limits.is64)
  return false
}

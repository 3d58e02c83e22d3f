// What the cost of an instruction depends on beside the instruction: which calls may leave the guest, and whether calls can end by an exception.
import { type Instruction, isAnyReferenced, type StructType, type WasmModule } from '../../wasm/index.ts'
import { type Cost, HOST_CALL } from './costs.ts'

export const OP = {
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
  brIf: 0x0d,
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
  memoryGrow: 0x40,
  tableGrow: 0xfc_000f,
  structNew: 0xfb_0000,
  structNewDefault: 0xfb_0001,
  arrayNewFixed: 0xfb_0008,
} as const

export interface MeteringFacts {
  /** Number of imported functions: an index below it is a host call. */
  readonly hostFunctions: number
  /** Whether an imported function can be called through a table or a reference. */
  readonly hostIsReferenced: boolean
  /** Whether anything can be thrown: exceptions are made with tags, and the host throws none. */
  readonly throws: boolean
}

/** @param bytes those that the module was read from */
export function meteringFacts(bytes: Uint8Array, module: WasmModule): MeteringFacts {
  const hostFunctions = module.importCounts.function
  return { hostFunctions, hostIsReferenced: isAnyReferenced(bytes, module, hostFunctions), throws: module.tags.length > 0 }
}

/** Whether this instruction calls a function of the host, or may do so. */
export function mayCallHost({ info, values }: Instruction, { hostFunctions, hostIsReferenced }: MeteringFacts): boolean {
  switch (info.key) {
    case OP.call:
    case OP.returnCall:
      return values[0]! < hostFunctions
    case OP.callIndirect:
    case OP.returnCallIndirect:
    case OP.callRef:
    case OP.returnCallRef:
      return hostIsReferenced
    default:
      return false
  }
}

/** Units for this instruction, without what depends on a length on the stack. */
export function fixedCost(instruction: Instruction, cost: Cost, module: WasmModule, facts: MeteringFacts): number {
  let units = cost.fixed
  if (cost.each !== undefined) units += cost.each * operandsOf(instruction, module)
  if (mayCallHost(instruction, facts)) units += HOST_CALL
  return units
}

function operandsOf({ info, values }: Instruction, { types }: WasmModule): number {
  return info.key === OP.arrayNewFixed ? values[1]! : (types[values[0]!] as StructType).fields.length
}

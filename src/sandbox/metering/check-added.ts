// The functions that metering added, as the checker expects them: byte for byte one of the few that there can be.
import { functionTypeOfBody, type WasmModule, writer as w } from '../../wasm/index.ts'
import type { AddedGlobals } from './check.ts'
import { type LengthRate, METERED_INSTRUCTIONS } from './costs.ts'
import type { Metering } from './meter.ts'
import { MeteringDefect } from './metering-defect.ts'

type Address = 'i32' | 'i64'

export type AddedFunction =
  /** Charges for a length and gives it back. */
  | { readonly kind: 'length'; readonly address: Address; readonly rate: LengthRate }
  | { readonly kind: 'grow-memory' | 'grow-table'; readonly index: number }

interface Expected {
  readonly role: AddedFunction
  readonly type: string
  readonly body: string
}

/**
 * What each function behind the guest's own is, by index.
 *
 * @throws {MeteringDefect} if one is none of those that are expected
 */
export function addedFunctions(
  written: Uint8Array,
  module: WasmModule,
  output: WasmModule,
  metering: Metering,
  globals: AddedGlobals,
): ReadonlyMap<number, AddedFunction> {
  const expected = [...(globals.fuel === null ? [] : lengths(globals.fuel)), ...growths(module, metering, globals.refusedGrows)]
  const added = new Map<number, AddedFunction>()
  for (let at = module.bodies.length; at < output.bodies.length; at++) {
    const { offset, size } = output.bodies[at]!
    const { params, results } = functionTypeOfBody(output, at)
    const body = hex(written.subarray(offset, offset + size))
    const type = `${params.join(' ')} -> ${results.join(' ')}`
    const found = expected.find((candidate) => candidate.body === body && candidate.type === type)
    if (!found) throw new MeteringDefect('an added function is none that there should be', offset)
    added.set(module.importCounts.function + at, found.role)
  }
  return added
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** A body without its size. */
const bodyOf = (locals: readonly w.Bytes[], ...code: readonly w.Bytes[]): string => hex(w.bytes(w.vec(locals), ...code, w.END))

function lengths(fuel: number): Expected[] {
  const rates = new Map(
    [...METERED_INSTRUCTIONS.values()].flatMap(({ length }) => (length ? [[JSON.stringify(length), length]] : [])),
  )
  return [...rates.values()].flatMap((rate) => [ofLength(fuel, 'i32', rate), ofLength(fuel, 'i64', rate)])
}

/** `fuel -= units(length)`, trap if that is below zero, give the length back. */
function ofLength(fuel: number, address: Address, rate: LengthRate): Expected {
  const { instruction: i } = w
  const I64 = { lessSigned: 0x53, lessUnsigned: 0x54, minus: 0x7d, times: 0x7e, shiftRight: 0x88, fromU32: 0xad }
  const SELECT = 0x1b
  // Of 64 bits only the smaller of the length and 2^40 counts, so that the product cannot pass 2^63.
  const most = i.i64Const(2 ** 40)
  const length =
    address === 'i32'
      ? w.bytes(i.localGet(0), I64.fromU32)
      : w.bytes(i.localGet(0), most, i.localGet(0), most, I64.lessUnsigned, SELECT)
  const shifted = rate.shift > 0 ? w.bytes(i.i64Const(rate.shift), I64.shiftRight) : []
  const units = rate.factor > 1 ? w.bytes(i.i64Const(rate.factor), I64.times) : []
  const code = w.bytes(
    w.bytes(i.globalGet(fuel), length, shifted, units, I64.minus, i.globalSet(fuel)),
    w.bytes(i.globalGet(fuel), i.i64Const(0), I64.lessSigned, 0x04, 0x40, i.unreachable, i.end),
    i.localGet(0),
  )
  return { role: { kind: 'length', address, rate }, type: `${address} -> ${address}`, body: bodyOf([], code) }
}

function growths(module: WasmModule, { watchedMemories, watchedTables }: Metering, refused: number | null): Expected[] {
  if (refused === null) return []
  const { instruction: i } = w
  const memories = [...watchedMemories].map((index): Expected => {
    const address = module.memories[index]!.limits.is64 ? 'i64' : 'i32'
    const growth = w.bytes(i.localGet(0), i.memoryGrow(index))
    return {
      role: { kind: 'grow-memory', index },
      type: `${address} -> ${address}`,
      body: watched(address, 1, growth, refused, 1),
    }
  })
  const tables = [...watchedTables].map((index): Expected => {
    const { elementType, limits } = module.tables[index]!
    const address = limits.is64 ? 'i64' : 'i32'
    const growth = w.bytes(i.localGet(0), i.localGet(1), w.prefixed(0xfc, 15), w.u32(index))
    return {
      role: { kind: 'grow-table', index },
      type: `${elementType} ${address} -> ${address}`,
      body: watched(address, 2, growth, refused, 2),
    }
  })
  return [...memories, ...tables]
}

/** Grows; if the answer is -1, sets a bit of the global; gives the answer back. */
function watched(address: Address, local: number, growth: Uint8Array, refused: number, bit: number): string {
  const { instruction: i } = w
  const refusal = address === 'i32' ? w.bytes(i.i32Const(-1), 0x46) : w.bytes(i.i64Const(-1), 0x51)
  const note = w.bytes(0x04, 0x40, i.globalGet(refused), i.i32Const(bit), 0x72, i.globalSet(refused), i.end)
  return bodyOf([w.bytes(w.u32(1), w.valueType(address))], w.bytes(growth, 0x22, w.u32(local), refusal, note, i.localGet(local)))
}

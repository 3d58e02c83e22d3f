// What a metered module gets beside its own code: types, globals and functions, each at the end of its index space, so that no index changes.
import { functionTypeOfBody, type TableType, type ValueType, type WasmModule, writer as w } from '../../wasm/index.ts'
import { CodeBuffer } from './code-buffer.ts'
import type { LengthRate } from './costs.ts'
import { REFUSED_GROWS } from './names.ts'

export type AddressType = 'i32' | 'i64'

/** Lengths above this cost no more: they are out of bounds everywhere, and the product must stay below 2^63. */
export const MAX_CHARGED_LENGTH = 2 ** 40

const code = {
  /** `fuel - cost`, written back; what is on the stack is the cost. */
  localGet: 0x20,
  globalGet: 0x23,
  globalSet: 0x24,
  i64Const: 0x42,
  i64LtS: 0x53,
  i64LtU: 0x54,
  i64Sub: 0x7d,
  i64Mul: 0x7e,
  i64ShrU: 0x88,
  i64ExtendI32U: 0xad,
  select: 0x1b,
  end: 0x0b,
} as const

/** `if`, and `unreachable end`: the trap of a guest that has used up its fuel or its depth. */
export const IF = [0x04, 0x40] as const
export const TRAP = [0x00, 0x0b] as const

export class Additions {
  readonly #module: WasmModule
  readonly #types: Uint8Array[] = []
  readonly #typeByText = new Map<string, number>()
  readonly #globals: Uint8Array[] = []
  readonly #functions: { readonly type: number; readonly body: Uint8Array }[] = []
  readonly #functionByText = new Map<string, number>()

  constructor(module: WasmModule) {
    this.#module = module
  }

  get types(): readonly Uint8Array[] {
    return this.#types
  }
  get globals(): readonly Uint8Array[] {
    return this.#globals
  }
  get functions(): readonly { readonly type: number; readonly body: Uint8Array }[] {
    return this.#functions
  }

  /** @returns the index of a mutable global that starts with 0 */
  global(type: 'i32' | 'i64'): number {
    this.#globals.push(
      w.bytes(w.valueType(type), 1, type === 'i32' ? w.instruction.i32Const(0) : w.instruction.i64Const(0), code.end),
    )
    return this.#module.globals.length + this.#globals.length - 1
  }

  type(params: readonly ValueType[], results: readonly ValueType[]): number {
    const text = `${params.join(' ')} -> ${results.join(' ')}`
    const known = this.#typeByText.get(text)
    if (known !== undefined) return known
    this.#types.push(w.functionType(params, results))
    const index = this.#module.types.length + this.#types.length - 1
    this.#typeByText.set(text, index)
    return index
  }

  /** Block type of the results of a function, as bytes. */
  blockType(bodyIndex: number): Uint8Array {
    const { results } = functionTypeOfBody(this.#module, bodyIndex)
    if (results.length === 0) return Uint8Array.of(0x40)
    if (results.length === 1) return w.valueType(results[0]!)
    return w.s33(this.type([], results))
  }

  /** `(length) -> (length)`: charges for the work that an instruction is about to do on that length, and checks. */
  chargeByLength(fuel: number, address: AddressType, rate: LengthRate): number {
    return this.#function(`length ${address} ${rate.shift} ${rate.factor}`, [address], [address], () => [
      ...chargeFor(fuel, unitsOf(address, rate)),
      code.localGet,
      0,
    ])
  }

  /** `(pages) -> (pages or -1)`: grows a memory, and notes a refusal. */
  growMemory(memory: number, address: AddressType, refused: number): number {
    const grow = [code.localGet, 0, 0x40, ...w.u32(memory)]
    return this.#function(`memory ${memory}`, [address], [address], () =>
      watched(grow, 1, address, refused, REFUSED_GROWS.memory),
    )
  }

  /** `(value, elements) -> (elements or -1)`: the same for a table. */
  growTable(table: number, { elementType, limits }: TableType, refused: number): number {
    const address = limits.is64 ? 'i64' : 'i32'
    const grow = [code.localGet, 0, code.localGet, 1, 0xfc, ...w.u32(15), ...w.u32(table)]
    return this.#function(`table ${table}`, [elementType, address], [address], () =>
      watched(grow, 2, address, refused, REFUSED_GROWS.table),
    )
  }

  #function(
    text: string,
    params: readonly ValueType[],
    results: readonly ValueType[],
    instructions: () => readonly number[],
  ): number {
    const known = this.#functionByText.get(text)
    if (known !== undefined) return known
    // A watched growth has its result twice, so it has a local for it.
    const address = results[0] as AddressType
    const locals = text.startsWith('memory') || text.startsWith('table') ? ([[1, address]] as const) : []
    this.#functions.push({ type: this.type(params, results), body: w.body(w.bytes(instructions(), code.end), locals) })
    const index = this.#module.functionTypeIndices.length + this.#functions.length - 1
    this.#functionByText.set(text, index)
    return index
  }
}

/** Takes what `units` puts on the stack off the fuel, and traps if that was not there. */
function chargeFor(fuel: number, units: readonly number[]): number[] {
  const index = w.u32(fuel)
  return [
    ...[code.globalGet, ...index, ...units, code.i64Sub, code.globalSet, ...index],
    ...[code.globalGet, ...index, code.i64Const, 0, code.i64LtS, ...IF, ...TRAP],
  ]
}

/** `(length >> shift) * factor`, for a length that is the guest's: it cannot overflow. */
function unitsOf(address: AddressType, { shift, factor }: LengthRate): number[] {
  const max = new CodeBuffer().byte(code.i64Const).signed(MAX_CHARGED_LENGTH).view()
  const length =
    address === 'i32'
      ? [code.localGet, 0, code.i64ExtendI32U]
      : [code.localGet, 0, ...max, code.localGet, 0, ...max, code.i64LtU, code.select]
  const scaled = shift === 0 ? [] : [code.i64Const, shift, code.i64ShrU]
  const multiplied = factor === 1 ? [] : [...new CodeBuffer().byte(code.i64Const).signed(factor).view(), code.i64Mul]
  return [...length, ...scaled, ...multiplied]
}

/** The growth, its result kept in `local`; if that is -1, `bit` is set in the global `refused`. */
function watched(grow: readonly number[], local: number, address: AddressType, refused: number, bit: number): number[] {
  const index = w.u32(refused)
  const isMinusOne = address === 'i32' ? [0x41, 0x7f, 0x46] : [code.i64Const, 0x7f, 0x51]
  return [
    ...[...grow, 0x22, local, ...isMinusOne, 0x04, 0x40],
    ...[code.globalGet, ...index, 0x41, bit, 0x72, code.globalSet, ...index, code.end],
    ...[code.localGet, local],
  ]
}

// The live state of a guest behind the exports that the rewriter made for it: taken out as an image, and put back. Runs where the guest runs.
import { type Bits, type BitsKind, bitsOf } from './bits.ts'
import { BLOCK, type GlobalState, type GuestImage, type MemoryState, type Run } from './image.ts'
import { functionName, type PlannedGlobal, type SnapshotPlan } from './plan.ts'
import type { Uncapturable } from './problem.ts'

const PAGE = 65_536

/** The part of an image that is in the module's own memories, globals and tables. */
export type ModuleState = Pick<GuestImage, 'memories' | 'globals' | 'tables'>

/** The JavaScript API takes addresses of a 64-bit memory or table as bigint, where the engine has them. */
const address = (is64: boolean, value: number): number => (is64 ? (BigInt(value) as unknown as number) : value)

export class GuestState {
  readonly #plan: SnapshotPlan
  readonly #memories: readonly WebAssembly.Memory[]
  readonly #globals: readonly WebAssembly.Global[]
  readonly #tables: readonly WebAssembly.Table[]
  readonly #still: readonly WebAssembly.Global[]
  readonly #functions: readonly unknown[]

  /** @throws {TypeError} if the exports are not those of the plan: a defect of the rewriter (LNK-10) */
  constructor(plan: SnapshotPlan, exports: WebAssembly.Exports) {
    this.#plan = plan
    this.#memories = plan.memories.map(({ name }) => expectOf(exports[name], WebAssembly.Memory))
    this.#globals = plan.globals.map(({ name }) => expectOf(exports[name], WebAssembly.Global))
    this.#tables = plan.tables.map(({ name }) => expectOf(exports[name], WebAssembly.Table))
    this.#still = plan.still.map((name) => expectOf(exports[name], WebAssembly.Global))
    this.#functions = Array.from({ length: plan.functions }, (_, index) => exports[functionName(index)])
  }

  capture(): ModuleState | Uncapturable {
    // Made for each capture: few guests are captured more than once.
    const numbers = new Map(this.#functions.map((value, index) => [value, index]))
    const nameless: string[] = []
    const nameOf = (value: unknown, place: string): number | null => {
      if (value === null) return null
      const index = numbers.get(value)
      if (index === undefined) nameless.push(place)
      return index ?? null
    }
    for (const [index, { value }] of this.#still.entries()) {
      // A number is an i31: it has no fields that could change.
      if (value !== null && typeof value !== 'number') nameless.push(placeOf('global', this.#plan.still[index]!))
    }
    const globals = this.#captureGlobals(nameOf)
    const tables = this.#plan.tables.map(({ name, is64 }, index) => {
      const table = this.#tables[index]!
      return Array.from({ length: Number(table.length) }, (_, at) => nameOf(table.get(address(is64, at)), placeOf('table', name)))
    })
    if (nameless.length > 0) return { problem: 'reference-alive', place: nameless[0]! }
    return { memories: this.#memories.map(captureMemory), globals, tables }
  }

  #captureGlobals(nameOf: (value: unknown, place: string) => number | null): GlobalState[] {
    const bits = this.#bits()
    return this.#plan.globals.map(({ name, kind }, index) => {
      const global = this.#globals[index]!
      if (kind === 'i32' || kind === 'i64') return integerBytes(global.value as number | bigint)
      return bits.get(index)?.read() ?? nameOf(global.value, placeOf('global', name))
    })
  }

  /**
   * Puts an image into an instance that was just made.
   *
   * @param image decoded for the same plan
   * @throws {RangeError} if the engine has no memory for it; {@link TypeError} if a function is not of the type that a table or global needs
   */
  restore(image: ModuleState): void {
    for (const [index, state] of image.memories.entries()) {
      restoreMemory(this.#memories[index]!, this.#plan.memories[index]!.is64, state)
    }
    const bits = this.#bits()
    for (const [index, state] of image.globals.entries()) this.#restoreGlobal(index, state, bits)
    for (const [index, elements] of image.tables.entries()) this.#restoreTable(index, elements)
  }

  #restoreGlobal(index: number, state: GlobalState, bits: ReadonlyMap<number, Bits>): void {
    const global = this.#globals[index]!
    if (!(state instanceof Uint8Array)) {
      // What can only be null was captured as null, and a new instance may have something else there.
      global.value = this.#functionOf(state)
      return
    }
    const access = bits.get(index)
    if (access) access.write(state)
    else global.value = integerOf(state)
  }

  #restoreTable(index: number, elements: readonly (number | null)[]): void {
    const table = this.#tables[index]!
    const { is64 } = this.#plan.tables[index]!
    const more = elements.length - Number(table.length)
    if (more > 0) table.grow(address(is64, more), this.#functionOf(elements.at(-1)!))
    for (const [at, element] of elements.entries()) table.set(address(is64, at), this.#functionOf(element))
  }

  #functionOf(index: number | null): unknown {
    return index === null ? null : this.#functions[index]
  }

  /** Access to the globals that need it, by their place in the plan. */
  #bits(): ReadonlyMap<number, Bits> {
    const indices = this.#plan.globals.flatMap((global, index) => (needsBits(global) ? [index] : []))
    const globals = indices.map((index) => {
      return { kind: this.#plan.globals[index]!.kind as BitsKind, global: this.#globals[index]! }
    })
    return new Map(bitsOf(globals).map((access, order) => [indices[order]!, access]))
  }
}

const needsBits = ({ kind }: PlannedGlobal) => kind === 'f32' || kind === 'f64' || kind === 'v128'

function expectOf<T>(value: unknown, kind: new (...args: never[]) => T): T {
  if (value instanceof kind) return value
  throw new TypeError('an export for snapshots is not of its kind')
}

/** `table 3` from the name of its export. */
const placeOf = (what: string, name: string) => `${what} ${/\d+$/.exec(name)![0]}`

const ZEROS = new Uint8Array(BLOCK)

/** Copies what is not zero. The guest is between two calls, so its memory holds still (shared ones are refused). */
function captureMemory(memory: WebAssembly.Memory): MemoryState {
  const all = new Uint8Array(memory.buffer)
  const runs: Run[] = []
  const blocks = all.length / BLOCK
  let first = -1
  for (let block = 0; block <= blocks; block++) {
    const zero = block === blocks || isZero(all, block)
    if (!zero && first < 0) first = block
    if (zero && first >= 0) {
      runs.push({ first, bytes: all.subarray(first * BLOCK, block * BLOCK) })
      first = -1
    }
  }
  return { pages: all.length / PAGE, runs }
}

const isZero = (all: Uint8Array, block: number) => Buffer.compare(all.subarray(block * BLOCK, (block + 1) * BLOCK), ZEROS) === 0

function restoreMemory(memory: WebAssembly.Memory, is64: boolean, { pages, runs }: MemoryState): void {
  const more = pages - memory.buffer.byteLength / PAGE
  if (more > 0) memory.grow(address(is64, more))
  const all = new Uint8Array(memory.buffer)
  let at = 0
  for (const { first, bytes } of runs) {
    clear(all, at, first)
    all.set(bytes, first * BLOCK)
    at = first + bytes.length / BLOCK
  }
  clear(all, at, all.length / BLOCK)
}

/** What instantiation has laid there becomes zero again. Blocks that are zero are not written to: they would count as resident memory from then on. */
function clear(all: Uint8Array, from: number, to: number): void {
  for (let block = from; block < to; block++) if (!isZero(all, block)) all.fill(0, block * BLOCK, (block + 1) * BLOCK)
}

function integerBytes(value: number | bigint): Uint8Array {
  const bytes = new Uint8Array(typeof value === 'bigint' ? 8 : 4)
  const view = new DataView(bytes.buffer)
  if (typeof value === 'bigint') view.setBigInt64(0, value, true)
  else view.setInt32(0, value, true)
  return bytes
}

function integerOf(bytes: Uint8Array): number | bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return bytes.length === 8 ? view.getBigInt64(0, true) : view.getInt32(0, true)
}

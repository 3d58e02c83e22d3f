// The bits of f32, f64 and v128 globals. JavaScript would change the bits of a NaN on the way and refuses vectors, so they are read and written by
// a module of our own that imports the very globals.
import { writer as w } from '../../wasm/index.ts'

export type BitsKind = 'f32' | 'f64' | 'v128'
export interface BitsGlobal {
  readonly kind: BitsKind
  readonly global: WebAssembly.Global
}
/** Access to one global. */
export interface Bits {
  read(): Uint8Array
  write(bits: Uint8Array): void
}

/** Type index of the functions that read, and of those that write. */
const TYPES = { f32: [0, 1], f64: [2, 3], v128: [4, 5] } as const
const WIDTHS = { f32: 4, f64: 8, v128: 16 } as const
const GLOBAL = 3

// Instructions that `writer.instruction` does not have.
const I32_REINTERPRET_F32 = 0xbc
const I64_REINTERPRET_F64 = 0xbd
const F32_REINTERPRET_I32 = 0xbe
const F64_REINTERPRET_I64 = 0xbf
const V128_CONST = w.prefixed(0xfd, 12)
const I64X2_EXTRACT_LANE = w.prefixed(0xfd, 0x1d)
const I64X2_REPLACE_LANE = w.prefixed(0xfd, 0x1e)

const { globalGet, globalSet, localGet } = w.instruction

const READ = {
  f32: (index: number) => w.bytes(globalGet(index), I32_REINTERPRET_F32),
  f64: (index: number) => w.bytes(globalGet(index), I64_REINTERPRET_F64),
  v128: (index: number) => w.bytes(...[0, 1].flatMap((lane) => [globalGet(index), I64X2_EXTRACT_LANE, lane])),
} as const
const WRITE = {
  f32: (index: number) => w.bytes(localGet(0), F32_REINTERPRET_I32, globalSet(index)),
  f64: (index: number) => w.bytes(localGet(0), F64_REINTERPRET_I64, globalSet(index)),
  v128: (index: number) =>
    w.bytes(
      V128_CONST,
      new Uint8Array(16),
      ...[0, 1].flatMap((lane) => [localGet(lane), I64X2_REPLACE_LANE, lane]),
      globalSet(index),
    ),
} as const

/** Access to each of the globals, in their order. */
export function bitsOf(globals: readonly BitsGlobal[]): Bits[] {
  if (globals.length === 0) return []
  // A null prototype at both levels, as for a guest: what is imported here must be these globals and nothing else (LNK-02).
  const own = Object.create(null) as Record<string, WebAssembly.Global>
  for (const [index, { global }] of globals.entries()) own[String(index)] = global
  const imports = Object.create(null) as WebAssembly.Imports
  imports['g'] = own
  const module = new WebAssembly.Module(accessors(globals.map(({ kind }) => kind)))
  const { exports } = new WebAssembly.Instance(module, imports)
  return globals.map(({ kind }, index) => {
    const read = exports[`r${index}`] as () => number | bigint | readonly bigint[]
    const write = exports[`w${index}`] as (...bits: (number | bigint)[]) => void
    return {
      read: () => bytesOf(kind, read()),
      write: (bits) => write(...valuesOf(kind, bits)),
    }
  })
}

function accessors(kinds: readonly BitsKind[]): Uint8Array<ArrayBuffer> {
  const written = w.moduleOf(
    w.typeSection(
      w.functionType([], ['i32']),
      w.functionType(['i32']),
      w.functionType([], ['i64']),
      w.functionType(['i64']),
      w.functionType([], ['i64', 'i64']),
      w.functionType(['i64', 'i64']),
    ),
    w.importSection(...kinds.map((kind, index) => w.bytes(w.name('g'), w.name(String(index)), GLOBAL, w.valueType(kind), 1))),
    w.functionSection(...kinds.flatMap((kind) => TYPES[kind])),
    w.exportSection(
      ...kinds.flatMap((_, index) => [
        w.bytes(w.name(`r${index}`), 0, w.u32(2 * index)),
        w.bytes(w.name(`w${index}`), 0, w.u32(2 * index + 1)),
      ]),
    ),
    w.codeSection(
      ...kinds.flatMap((kind, index) => [w.body(w.bytes(READ[kind](index), w.END)), w.body(w.bytes(WRITE[kind](index), w.END))]),
    ),
  )
  return new Uint8Array(written)
}

function bytesOf(kind: BitsKind, value: number | bigint | readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(WIDTHS[kind])
  const view = new DataView(bytes.buffer)
  if (typeof value === 'number') view.setInt32(0, value, true)
  else if (typeof value === 'bigint') view.setBigInt64(0, value, true)
  else for (const [lane, part] of value.entries()) view.setBigInt64(8 * lane, part, true)
  return bytes
}

function valuesOf(kind: BitsKind, bits: Uint8Array): (number | bigint)[] {
  const view = new DataView(bits.buffer, bits.byteOffset, bits.byteLength)
  if (kind === 'f32') return [view.getInt32(0, true)]
  if (kind === 'f64') return [view.getBigInt64(0, true)]
  return [view.getBigInt64(0, true), view.getBigInt64(8, true)]
}

// WebAssembly text to bytes, instruction by instruction as written: an attack must not be optimised away.
import type wabtFactory from 'wabt'

/** Which parser reads the text: wabt for everything but the typed-reference and garbage-collection proposals, which only binaryen's knows. */
export const ASSEMBLERS = ['wabt', 'binaryen'] as const
export type Assembler = (typeof ASSEMBLERS)[number]

/** The text is not WebAssembly text. `line` is counted from 1 within the text; null where the assembler does not say. */
export class AssembleError extends Error {
  override readonly name = 'AssembleError'
  readonly line: number | null

  constructor(message: string, line: number | null) {
    super(message)
    this.line = line
  }
}

/**
 * What wabt reads and writes here. Named one by one: a feature that a later wabt turns on by default must not change what a stored case means.
 * The typings know no multi_memory.
 */
export const WABT_FEATURES = {
  exceptions: true,
  mutable_globals: true,
  sat_float_to_int: true,
  sign_extension: true,
  simd: true,
  threads: true,
  multi_value: true,
  tail_call: true,
  bulk_memory: true,
  reference_types: true,
  memory64: true,
  multi_memory: true,
  extended_const: true,
  relaxed_simd: true,
}

type Wabt = Awaited<ReturnType<typeof wabtFactory>>
let wabt: Promise<Wabt> | undefined

/**
 * Assembles one module. The result is not validated: what an engine makes of it is the attack's own business.
 *
 * @param label stands in for a file name in the assembler's own messages
 * @throws {AssembleError} one sentence, with the line if it is known
 */
export async function assemble(
  text: string,
  assembler: Assembler = 'wabt',
  label = 'module.wat',
): Promise<Uint8Array<ArrayBuffer>> {
  return assembler === 'wabt' ? withWabt(text, label) : withBinaryen(text)
}

async function withWabt(text: string, label: string): Promise<Uint8Array<ArrayBuffer>> {
  // Loaded at first use: both assemblers are WebAssembly of their own and cost 50-300 ms to start.
  wabt ??= import('wabt').then((loaded) => loaded.default())
  const { parseWat } = await wabt
  try {
    const module = parseWat(label, text, WABT_FEATURES)
    try {
      return Uint8Array.from(module.toBinary({ write_debug_names: false }).buffer)
    } finally {
      module.destroy()
    }
  } catch (error) {
    throw explain(error)
  }
}

async function withBinaryen(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const { default: binaryen } = await import('binaryen')
  try {
    const module = binaryen.parseText(text)
    try {
      // Named one by one, never All: All changes the encoding (compact imports, custom descriptors). BulkMemory needs BulkMemoryOpt for copy and fill.
      const f = binaryen.Features
      module.setFeatures(
        f.MVP |
          f.MutableGlobals |
          f.SignExt |
          f.NontrappingFPToInt |
          f.Multivalue |
          f.BulkMemory |
          f.BulkMemoryOpt |
          f.ReferenceTypes |
          f.SIMD128 |
          f.TailCall |
          f.ExtendedConst |
          f.ExceptionHandling |
          f.GC |
          f.Atomics |
          f.MultiMemory |
          f.Memory64 |
          f.RelaxedSIMD,
      )
      return Uint8Array.from(module.emitBinary())
    } finally {
      module.dispose()
    }
  } catch (error) {
    throw explain(error)
  }
}

/** The first complaint of either assembler, without the source text that both like to repeat (binaryen up to a megabyte of it). */
function explain(error: unknown): AssembleError {
  // binaryen throws an object that is no Error but has a message.
  const text = String((error as { message?: unknown })?.message ?? error).slice(0, 4000)
  const found = /(?:^|\n)(?:[^\n:]*:)?(\d+):\d+: (?:error: )?([^\n]*)/.exec(text)
  if (found) return new AssembleError(found[2]!.trim().slice(0, 200), Number(found[1]))
  return new AssembleError(text.split('\n', 1)[0]!.trim().slice(0, 200) || 'the assembler gave up without a reason', null)
}

// Modules through the rewriter and the checker alone, without a policy around them.
import { checkMetering, type MeteringProof } from '../../../../src/sandbox/metering/check.ts'
import { type Metering, meter } from '../../../../src/sandbox/metering/meter.ts'
import { METERING_EXPORTS } from '../../../../src/sandbox/metering/names.ts'
import { encodeExportSection, readModule, replaceSections, type SectionId, type WasmModule } from '../../../../src/wasm/index.ts'

export interface Wanted {
  readonly fuel?: boolean
  readonly depth?: boolean
  readonly slack?: number
}

/** Fuel, and every memory and table watched, unless something else is wanted. */
export function meteringOf(module: WasmModule, { fuel = true, depth = false }: Wanted = {}): Metering {
  return {
    fuel,
    depth,
    watchedMemories: new Set(module.memories.keys()),
    watchedTables: new Set(module.tables.keys()),
  }
}

/** What the rewriter makes of a module, not checked. */
export function rewritten(bytes: Uint8Array, wanted: Wanted = {}): Uint8Array<ArrayBuffer> {
  const module = readModule(bytes)
  const metered = meter(bytes, module, meteringOf(module, wanted), wanted.slack)
  if (metered === null) return new Uint8Array(bytes)
  const edits = new Map<SectionId, Uint8Array>(metered.sections)
  edits.set(7, encodeExportSection([...module.exports, ...metered.exports]))
  return new Uint8Array(replaceSections(bytes, module, edits))
}

export function proofOf(bytes: Uint8Array, written: Uint8Array, wanted: Wanted = {}): MeteringProof {
  const module = readModule(bytes)
  return checkMetering(bytes, module, written, meteringOf(module, wanted))
}

/** Rewritten, and proven. @throws {MeteringDefect} */
export function metered(bytes: Uint8Array, wanted: Wanted = {}): Uint8Array<ArrayBuffer> {
  const written = rewritten(bytes, wanted)
  proofOf(bytes, written, wanted)
  return written
}

export type Exports = Record<string, (...values: (number | bigint)[]) => unknown>

/** Fuel enough for every test. */
export const PLENTY = 2n ** 50n

export interface Running {
  readonly exports: Exports
  /** Units that were used since the last time this was asked. */
  readonly used: () => number
  /** Sets what is left. */
  readonly refuel: (units: bigint) => void
  readonly left: () => bigint
}

/** An instance of a metered module, with plenty of fuel and depth. */
export function running(written: Uint8Array<ArrayBuffer>, imports: WebAssembly.Imports = {}): Running {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(written), imports)
  const global = (name: string) => exports[name] as (WebAssembly.Global & { value: bigint }) | undefined
  const fuel = global(METERING_EXPORTS.fuel)
  const depth = global(METERING_EXPORTS.depth)
  if (depth) depth.value = PLENTY
  const refuel = (units: bigint) => {
    if (fuel) fuel.value = units
  }
  refuel(PLENTY)
  return {
    exports: exports as Exports,
    refuel,
    left: () => fuel!.value,
    used: () => {
      const units = Number(PLENTY - fuel!.value)
      refuel(PLENTY)
      return units
    },
  }
}

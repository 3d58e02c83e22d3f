// Metered modules outside of the sandbox: what the rewriter makes, run by the engine alone.
import { meter } from '../../src/sandbox/metering/meter.ts'
import { METERING_EXPORTS } from '../../src/sandbox/metering/names.ts'
import { encodeExportSection, readModule, replaceSections, type SectionId } from '../../src/wasm/index.ts'

/** More than any of the measures uses. */
export const FUEL = Number.MAX_SAFE_INTEGER

/** The module with fuel and nothing else: imports of any kind stay as they are. @throws if it cannot be metered */
export function metered(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const module = readModule(bytes)
  const none = new Set<number>()
  const { sections, exports } = meter(bytes, module, { fuel: true, depth: false, watchedMemories: none, watchedTables: none })!
  const edits = new Map<SectionId, Uint8Array | null>(sections)
  edits.set(7, encodeExportSection([...module.exports, ...exports]))
  return new Uint8Array(replaceSections(bytes, module, edits))
}

/** Gives the instance fuel, now and again. */
export function fuelled(instance: WebAssembly.Instance): { exports: WebAssembly.Exports; refill: () => void } {
  const { exports } = instance
  const refill = () => {
    ;(exports[METERING_EXPORTS.fuel] as WebAssembly.Global).value = BigInt(FUEL)
  }
  refill()
  return { exports, refill }
}

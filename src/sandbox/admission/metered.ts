// Metering as a part of admission: what the policy wants counted, the rewriter's work, and the check without which it is not used.
import type { WasmModule } from '../../wasm/index.ts'
import { checkMetering } from '../metering/check.ts'
import type { MeterSpec } from '../metering/guest-meter.ts'
import { type Metered, type Metering, meter } from '../metering/meter.ts'
import { MeteringDefect } from '../metering/metering-defect.ts'
import { METERING_EXPORTS } from '../metering/names.ts'
import type { Policy } from '../policy/schema.ts'
import type { Maxima } from './maxima.ts'
import { Refusal } from './refusal.ts'

export interface MeteredModule extends Metered {
  /** For the guest's thread. */
  readonly meter: MeterSpec
  /**
   * Proves what was written, from its bytes alone.
   *
   * @throws {Refusal} `metering-unsupported`: what is not proven does not run
   */
  readonly prove: (written: Uint8Array) => void
}

/**
 * @param bytes those that `module` was read from
 * @returns null if nothing is counted
 * @throws {Refusal} `metering-unsupported`
 */
export function meterFor(bytes: Uint8Array, module: WasmModule, maxima: Maxima, { quotas }: Policy): MeteredModule | null {
  const { fuel, callDepth } = quotas
  const metering = { fuel: fuel !== null, depth: callDepth !== null, ...watched(module, maxima) }
  const metered = meter(bytes, module, metering)
  if (metered === null) return null
  const refusedGrows = metered.exports.some(({ name }) => name === METERING_EXPORTS.refusedGrows)
  return {
    ...metered,
    meter: { fuel, callDepth, refusedGrows },
    prove: (written) => prove(bytes, module, written, metering),
  }
}

/** Memories and tables that could grow further but for the policy: growth that their own maximum forbids is nobody else's business. */
export function watched(module: WasmModule, maxima: Maxima): Pick<Metering, 'watchedMemories' | 'watchedTables'> {
  const cut = (own: readonly Bounded[], planned: readonly Bounded[]) =>
    new Set([...own.keys()].filter((index) => planned[index]!.limits.max! < (own[index]!.limits.max ?? Number.POSITIVE_INFINITY)))
  return { watchedMemories: cut(module.memories, maxima.memories), watchedTables: cut(module.tables, maxima.tables) }
}
type Bounded = WasmModule['memories'][number] | WasmModule['tables'][number]

function prove(bytes: Uint8Array, module: WasmModule, written: Uint8Array, metering: Metering): void {
  try {
    checkMetering(bytes, module, written, metering)
  } catch (error) {
    if (!(error instanceof MeteringDefect)) throw error
    throw new Refusal('metering-unsupported', `The metered module did not pass its check: ${error.message}.`, error.offset)
  }
}

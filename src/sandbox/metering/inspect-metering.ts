// Rewriter and checker alone, on a module that nobody wants to run: what metering makes of it.
import { encodeExportSection, replaceSections, type SectionId, type WasmModule } from '../../wasm/index.ts'
import { readForAdmission } from '../admission/admit.ts'
import { planMaxima } from '../admission/maxima.ts'
import { watched } from '../admission/metered.ts'
import { Refusal } from '../admission/refusal.ts'
import { resolvePolicy } from '../policy/resolve.ts'
import type { Policy, PolicyInput } from '../policy/schema.ts'
import { checkMetering, type MeteringProof } from './check.ts'
import { type Metering, meter } from './meter.ts'
import { MeteringDefect } from './metering-defect.ts'

export interface MeteringInspection {
  /** `refused`: it cannot be read, or not be rewritten. `unproven`: the checker does not accept what the rewriter wrote. */
  readonly verdict: 'proven' | 'unproven' | 'refused'
  readonly message: string
  readonly bytes: number
  /** Sizes of the code section before and after; null if it was not rewritten. */
  readonly code: { readonly before: number; readonly after: number } | null
  /** Null unless proven. */
  readonly proof: MeteringProof | null
}

/**
 * Counts fuel, and depth if the policy limits it, whatever its limit of fuel is.
 *
 * @throws {PolicyError}
 */
export function inspectMetering(bytes: Uint8Array, policyInput?: string | PolicyInput): MeteringInspection {
  const policy = resolvePolicy(policyInput)
  const own = new Uint8Array(bytes)
  const of = { bytes: own.length, code: null, proof: null }
  try {
    const module = readForAdmission(own, policy)
    return { ...of, ...proven(own, module, meteringFor(module, policy)) }
  } catch (error) {
    if (error instanceof Refusal) return { ...of, verdict: 'refused', message: error.message }
    throw error
  }
}

function meteringFor(module: WasmModule, policy: Policy): Metering {
  return { fuel: true, depth: policy.quotas.callDepth !== null, ...watched(module, planMaxima(module, policy)) }
}

function proven(bytes: Uint8Array, module: WasmModule, metering: Metering): Omit<MeteringInspection, 'bytes'> {
  const metered = meter(bytes, module, metering)!
  const edits = new Map<SectionId, Uint8Array>(metered.sections)
  edits.set(7, encodeExportSection([...module.exports, ...metered.exports]))
  const written = replaceSections(bytes, module, edits)
  const code = {
    before: module.sections.find(({ id }) => id === 10)?.payloadSize ?? 0,
    after: metered.sections.get(10)?.length ?? 0,
  }
  try {
    const proof = checkMetering(bytes, module, written, metering)
    return { verdict: 'proven', message: 'Everything that the module can run is paid for before it runs.', code, proof }
  } catch (error) {
    if (!(error instanceof MeteringDefect)) throw error
    const place = error.offset === null ? '' : ` (byte ${error.offset} of the metered module)`
    return {
      verdict: 'unproven',
      message: `The metered module did not pass its check: ${error.message}${place}.`,
      code,
      proof: null,
    }
  }
}

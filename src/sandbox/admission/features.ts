// The sandbox's own list of features. What the engine would accept does not matter: an engine upgrade must not widen the surface (MOD-18).
import type { WasmModule } from '../../wasm/index.ts'
import type { Policy } from '../policy/schema.ts'
import { Refusal } from './refusal.ts'

/** @throws {Refusal} naming the first feature, in the order of the bytes, that the policy does not list */
export function checkFeatures(module: WasmModule, policy: Policy): void {
  const allowed = new Set<string>(policy.features)
  const first = [...module.features].filter(([feature]) => !allowed.has(feature)).sort(([, a], [, b]) => a - b)[0]
  if (!first) return
  const [feature, offset] = first
  throw new Refusal(
    'feature',
    `The module uses ${feature} at byte ${offset}, which the policy "${policy.name}" does not allow.`,
    offset,
  )
}

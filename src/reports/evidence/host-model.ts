// The threat model of somebody else's host: of its controls, those that the host's owner names. What guards our own sandbox guards nothing there.
import type { ThreatModel } from '../../threats/index.ts'

/** With the controls that overlays give or map to each threat, and no others. */
export function hostModel(model: ThreatModel): ThreatModel {
  const files = new Set(model.overlays.map(({ file }) => file))
  const named = new Set(model.threats.flatMap(({ file, controls, mappedTo = [] }) => (files.has(file) ? controls : mappedTo)))
  const threats = model.threats.map((threat) => ({ ...threat, controls: threat.controls.filter((id) => named.has(id)) }))
  return { ...model, threats }
}

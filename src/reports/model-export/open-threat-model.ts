// The threat model as Open Threat Model (OTM) 0.2.0.
//
// OTM wants figures from 0 to 100 for trust, likelihood and what a mitigation takes away. Those that the model does not have are 0 or null; impact is the
// CVSS score times ten.
import type { Threat, ThreatModel } from '../../threats/index.ts'

/** @param version of the project */
export function openThreatModel(model: ThreatModel, version: string): Record<string, unknown> {
  const { title, sha256, assets, actors, zones, flows, boundaries, threats, controls } = model
  const risk = (trustRating: number) => ({ trustRating })
  const of = (boundary: string) => threats.filter((threat) => threat.boundary === boundary)
  const side = ({
    id,
    title: name,
    description,
  }: {
    readonly id: string
    readonly title: string
    readonly description: string
  }) => ({
    id,
    name,
    description,
  })
  const onFirst = (boundary: string, flow: string) => flows.find((known) => known.boundary === boundary)?.id === flow
  return {
    otmVersion: '0.2.0',
    project: {
      name: title,
      id: 'wasm-gauntlet',
      description: `Exported from the threat model of wasm-gauntlet ${version}, SHA-256 ${sha256}.`,
      attributes: { boundaries: boundaries.map(({ id, group, between }) => ({ id, group, between })) },
    },
    assets: assets.map((asset) => ({
      ...side(asset),
      risk: { confidentiality: 0, integrity: 0, availability: 0, comment: 'not rated' },
    })),
    trustZones: [
      ...zones.map((zone) => ({ ...side(zone), type: 'zone', risk: risk(0) })),
      ...actors.map((actor) => ({ ...side(actor), id: `${actor.id}-zone`, type: 'actor', risk: risk(actor.trusted ? 100 : 0) })),
    ],
    components: [
      ...zones.map((zone) => ({ ...side(zone), id: `${zone.id}-component`, type: 'zone', parent: { trustZone: zone.id } })),
      ...actors.map((actor) => ({ ...side(actor), type: 'actor', parent: { trustZone: `${actor.id}-zone` } })),
    ],
    dataflows: flows.map((flow) => ({
      ...side(flow),
      bidirectional: false,
      source: componentOf(flow.from, model),
      destination: componentOf(flow.to, model),
      assets: flow.assets,
      threats: onFirst(flow.boundary, flow.id) ? of(flow.boundary).map((threat) => instance(threat, model)) : [],
    })),
    threats: threats.map((threat) => ({
      id: threat.id,
      name: threat.title,
      description: threat.description,
      categories: threat.stride,
      cwes: threat.cwe,
      risk: {
        likelihood: null,
        impact: Math.round(threat.severity.score * 10),
        impactComment: `${threat.severity.vector}: ${threat.severity.because}`,
      },
      attributes: { requirement: threat.requirement, detection: threat.detection, falsePositives: threat.falsePositives },
    })),
    mitigations: controls.map((control) => ({
      ...side(control),
      riskReduction: 0,
      attributes: { comment: 'how much a control takes away is not estimated; reports say whether it holds' },
    })),
  }
}

const componentOf = (id: string, { zones }: ThreatModel): string =>
  zones.some((zone) => zone.id === id) ? `${id}-component` : id

function instance(threat: Threat, { controls, switchedOff }: ThreatModel): Record<string, unknown> {
  const built = (id: string) => controls.some((control) => control.id === id && control.paths.length > 0)
  const off = switchedOff.some((entry) => entry.threat === threat.id)
  return {
    threat: threat.id,
    state: off ? 'not-applicable' : threat.controls.some(built) ? 'mitigated' : 'exposed',
    mitigations: threat.controls.map((id) => ({ mitigation: id, state: built(id) ? 'implemented' : 'required' })),
  }
}

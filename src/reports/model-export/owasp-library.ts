// The threat model in the JSON of the OWASP Threat Model Library, version 1.0.2.
//
// It knows no boundary but a pair of zones, and our boundaries lie between actors and zones: each side becomes a zone of its own. What it has no place
// for (STRIDE, CVSS, requirements, detection, provenance, residual risks) goes along as an extension, so that nothing is lost on the way.
import { LEVELS, type Level, type Threat, type ThreatModel } from '../../threats/index.ts'

const SCHEMA = 'https://github.com/OWASP/www-project-threat-model-library/blob/v1.0.2/threat-model.schema.json'
/** Names of extensions are domains with a path; this domain can belong to nobody (RFC 2606). */
const EXTENSION = 'wasm-gauntlet.invalid'

/** Names are lower-case there. */
const nameOf = (id: string): string => id.toLowerCase()
const numberOf = (id: string): number => Number(id.replace(/^\D+/, ''))

/** @param version of the project */
export function owaspLibrary(model: ThreatModel, version: string): Record<string, unknown> {
  const actors = new Set(model.actors.map(({ id }) => id))
  const sideOf = (id: string) => ({ type: actors.has(id) ? 'actor' : 'component', object: id })
  return {
    $schema: SCHEMA,
    version: /^\d+(\.\d+)*/.exec(version)?.[0] ?? '0',
    scope: {
      title: model.title,
      description: `Exported from the threat model of wasm-gauntlet ${version}, SHA-256 ${model.sha256}. Criticality, exposure and tier are those of the host that embeds the sandbox, so set them to what your host is: the model does not know.`,
      business_criticality: 'moderate',
      data_sensitivity: [],
      exposure: 'external',
      tier: 'important',
    },
    trust_zones: [...model.zones, ...model.actors].map(({ id, title, description }) => ({
      symbolic_name: id,
      title,
      description,
    })),
    trust_boundaries: pairsOf(model),
    actors: model.actors.map(({ id, title, description, trusted }) => ({
      symbolic_name: id,
      title,
      description,
      type: trusted ? 'administrator' : 'third_party',
      trust_zone: id,
    })),
    components: model.zones.map(({ id, title, description }) => ({ symbolic_name: id, title, description, trust_zone: id })),
    data_stores: [],
    data_sets: model.assets.map(({ id, title, description }) => ({
      symbolic_name: id,
      title,
      description,
      placements: [],
      data_sensitivity: [],
    })),
    data_flows: model.flows.map(({ id, title, description, from, to, assets }) => ({
      symbolic_name: id,
      title,
      description,
      source: sideOf(from),
      destination: sideOf(to),
      has_sensitive_data: assets.includes('host-secrets'),
      encrypted: false,
    })),
    assumptions: model.assumptions.map(({ title, description, validity, threats }) => ({
      description: `${title}. ${description}`,
      validity,
      topics: threats.map(nameOf),
    })),
    threat_personas: model.actors.filter(({ trusted }) => !trusted).map(persona),
    threats: model.threats.map((threat) => threatOf(threat, model)),
    controls: model.controls.map((control) => ({
      symbolic_name: control.id,
      title: control.title,
      description: control.description,
      threats: model.threats.filter(({ controls }) => controls.includes(control.id)).map(({ id }) => nameOf(id)),
      status: control.paths.length > 0 ? 'active' : 'suggested',
      priority: gravest(
        model.threats.filter(({ controls }) => controls.includes(control.id)).map(({ severity }) => severity.level),
      ),
    })),
    extensions: {
      [`${EXTENSION}/boundaries`]: model.boundaries,
      [`${EXTENSION}/threats`]: Object.fromEntries(model.threats.map((threat) => [nameOf(threat.id), detailsOf(threat)])),
      [`${EXTENSION}/residual-risks`]: model.residualRisks,
      [`${EXTENSION}/switched-off`]: model.switchedOff,
    },
  }
}

function pairsOf({ boundaries }: ThreatModel): { trust_zone_a: string; trust_zone_b: string }[] {
  const pairs = new Map(boundaries.map(({ between: [a = '', b = ''] }) => [`${a} ${b}`, { trust_zone_a: a, trust_zone_b: b }]))
  return [...pairs.values()]
}

/** Skill, access and likelihood are the worst case: a sandbox has no say in who attacks it. */
const persona = ({ id, title, description }: ThreatModel['actors'][number]) => ({
  symbolic_name: id,
  title,
  description,
  is_person: false,
  skill_level: 'expert_engineer',
  access_level: 'anonymous',
  malicious_intent: true,
  applicability_to_org: 'high',
})

function threatOf(threat: Threat, { boundaries, actors, zones }: ThreatModel): Record<string, unknown> {
  const { between = [] } = boundaries.find(({ id }) => id === threat.boundary) ?? {}
  const untrusted = actors.filter(({ trusted }) => !trusted).map(({ id }) => id)
  return {
    symbolic_name: nameOf(threat.id),
    title: threat.title,
    description: threat.description,
    components_affected: between.filter((side) => zones.some(({ id }) => id === side)),
    threat_persona: between.find((side) => untrusted.includes(side)) ?? untrusted[0] ?? 'guest',
    event: threat.needs,
    sources: ['adversary'],
    ...(threat.capec && { attack_mechanisms: threat.capec.map((id) => ({ capec_id: numberOf(id) })) }),
    weaknesses: threat.cwe.map((id) => ({ cwe_id: numberOf(id) })),
  }
}

const detailsOf = ({ boundary, stride, severity, requirement, detection, falsePositives, provenance, evidence }: Threat) => ({
  boundary,
  stride,
  severity,
  requirement,
  detection,
  falsePositives,
  provenance,
  evidence,
})

const gravest = (levels: readonly Level[]): Level => LEVELS.findLast((level) => levels.includes(level)) ?? 'none'

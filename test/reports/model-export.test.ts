// The threat model for other tools. The shapes below are ours, written from the documentation of the formats: no package on npm has their schemas.
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openThreatModel } from '../../src/reports/model-export/open-threat-model.ts'
import { owaspLibrary } from '../../src/reports/model-export/owasp-library.ts'
import { threatDragon } from '../../src/reports/model-export/threat-dragon.ts'
import { modelRecord, threatFields } from '../../src/reports/model-record.ts'
import { modelRecord as modelRecordSchema } from '../../src/reports/record/model.ts'
import { loadThreatModel } from '../../src/threats/index.ts'

const model = loadThreatModel()
const ids = model.threats.map(({ id }) => id)
const switchedOff = { ...model, switchedOff: [{ threat: 'NET-01', reason: 'No network.', overlay: 'My host' }] }

describe('OWASP Threat Model Library', () => {
  const name = z.string().regex(/^[0-9a-z-]+$/)
  const described = { symbolic_name: name, title: z.string(), description: z.string() }
  const side = z.strictObject({ type: z.enum(['actor', 'component']), object: name })
  const pair = z.strictObject({ trust_zone_a: name, trust_zone_b: name })
  const library = z.strictObject({
    $schema: z.string().regex(/\/v1\.0\.2\/threat-model\.schema\.json$/),
    version: z.string().regex(/^\d+(\.\d+)*$/),
    scope: z.strictObject({
      title: z.string(),
      description: z.string(),
      business_criticality: z.enum(['minimal', 'low', 'moderate', 'high', 'maximal']),
      data_sensitivity: z.array(z.string()),
      exposure: z.enum(['internal', 'external']),
      tier: z.enum(['mission_critical', 'business_critical', 'important', 'non_critical']),
    }),
    trust_zones: z.array(z.strictObject(described)),
    trust_boundaries: z.array(pair),
    actors: z.array(z.strictObject({ ...described, type: z.enum(['administrator', 'third_party']), trust_zone: name })),
    components: z.array(z.strictObject({ ...described, trust_zone: name })),
    data_stores: z.array(z.never()),
    data_sets: z.array(z.strictObject({ ...described, placements: z.array(z.never()), data_sensitivity: z.array(z.string()) })),
    data_flows: z.array(
      z.strictObject({ ...described, source: side, destination: side, has_sensitive_data: z.boolean(), encrypted: z.boolean() }),
    ),
    assumptions: z.array(
      z.strictObject({
        description: z.string(),
        validity: z.enum(['unconfirmed', 'confirmed', 'rejected']),
        topics: z.array(name),
      }),
    ),
    threat_personas: z.array(z.looseObject({ ...described, is_person: z.boolean(), malicious_intent: z.literal(true) })),
    threats: z.array(
      z.strictObject({
        ...described,
        components_affected: z.array(name),
        threat_persona: name,
        event: z.string().min(1),
        sources: z.array(z.literal('adversary')),
        attack_mechanisms: z.array(z.strictObject({ capec_id: z.number().int().positive() })).optional(),
        weaknesses: z.array(z.strictObject({ cwe_id: z.number().int().positive() })),
      }),
    ),
    controls: z.array(
      z.strictObject({
        ...described,
        threats: z.array(name),
        status: z.enum(['active', 'suggested']),
        priority: z.enum(['none', 'low', 'medium', 'high', 'critical']),
      }),
    ),
    extensions: z.record(z.string().regex(/^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]+(\/[\w.-]+)+$/), z.unknown()),
  })
  const exported = library.parse(JSON.parse(JSON.stringify(owaspLibrary(model, '0.9.0-rc.1'))))

  it('has every threat, control and flow under the name that it has with us', () => {
    expect(exported.threats.map(({ symbolic_name }) => symbolic_name.toUpperCase())).toEqual(ids)
    expect(exported.controls.map(({ symbolic_name }) => symbolic_name)).toEqual(model.controls.map(({ id }) => id))
    expect(exported.data_flows).toHaveLength(model.flows.length)
    expect(exported.version).toBe('0.9.0')
  })

  it('names nothing that it does not have', () => {
    const zones = new Set(exported.trust_zones.map(({ symbolic_name }) => symbolic_name))
    const threats = new Set(exported.threats.map(({ symbolic_name }) => symbolic_name))
    const personas = new Set(exported.threat_personas.map(({ symbolic_name }) => symbolic_name))
    const sides = new Set([...exported.actors, ...exported.components].map(({ symbolic_name }) => symbolic_name))
    for (const { trust_zone_a, trust_zone_b } of exported.trust_boundaries)
      for (const zone of [trust_zone_a, trust_zone_b]) expect(zones).toContain(zone)
    for (const control of exported.controls) for (const threat of control.threats) expect(threats).toContain(threat)
    for (const { threat_persona } of exported.threats) expect(personas).toContain(threat_persona)
    for (const { source, destination } of exported.data_flows)
      for (const { object } of [source, destination]) expect(sides).toContain(object)
  })

  it('gives a control the priority of the gravest threat that it answers', () => {
    const critical = model.threats.find(({ severity }) => severity.level === 'critical')!.controls[0]
    expect(exported.controls.find(({ symbolic_name }) => symbolic_name === critical)!.priority).toBe('critical')
  })
})

describe('Threat Dragon', () => {
  const point = z.strictObject({ x: z.number(), y: z.number() })
  const threat = z.looseObject({
    number: z.number().int().positive(),
    title: z.string(),
    description: z.string(),
    mitigation: z.string(),
    severity: z.enum(['TBD', 'Low', 'Medium', 'High', 'Critical']),
    status: z.enum(['NA', 'Open', 'Mitigated']),
    type: z.enum([
      'Spoofing',
      'Tampering',
      'Repudiation',
      'Information disclosure',
      'Denial of service',
      'Elevation of privilege',
    ]),
  })
  const data = z.looseObject({ type: z.string(), name: z.string(), hasOpenThreats: z.boolean(), threats: z.array(threat) })
  const cell = { id: z.uuid(), zIndex: z.number().int(), data }
  const size = z.strictObject({ width: z.number().min(10), height: z.number().min(10) })
  const end = z.strictObject({ cell: z.uuid() })
  const dragon = z.strictObject({
    version: z.string().max(10),
    summary: z.strictObject({ title: z.string(), owner: z.string(), description: z.string(), id: z.number() }),
    detail: z.strictObject({
      contributors: z.array(z.never()),
      diagramTop: z.number().int(),
      threatTop: z.number().int(),
      reviewer: z.string(),
      diagrams: z.array(
        z.looseObject({
          id: z.number().int(),
          title: z.string(),
          diagramType: z.literal('STRIDE'),
          thumbnail: z.string(),
          version: z.string(),
          cells: z.array(
            z.discriminatedUnion('shape', [
              z.looseObject({ shape: z.literal('actor'), ...cell, position: point, size }),
              z.looseObject({ shape: z.literal('process'), ...cell, position: point, size }),
              z.looseObject({ shape: z.literal('trust-boundary-box'), ...cell, position: point, size }),
              z.looseObject({ shape: z.literal('flow'), ...cell, source: end, target: end, vertices: z.array(point) }),
            ]),
          ),
        }),
      ),
    }),
  })
  const { diagrams, ...detail } = dragon.parse(JSON.parse(JSON.stringify(threatDragon(model, '0.9.0')))).detail
  const threats = diagrams.flatMap(({ cells }) => cells.flatMap(({ data }) => data.threats))

  it('has a diagram for each boundary and an overview, and every threat once, numbered without a gap', () => {
    expect(diagrams).toHaveLength(model.boundaries.length + 1)
    expect(threats.map(({ title }) => title.slice(0, 6))).toEqual(ids)
    expect(threats.map(({ number }) => number)).toEqual(ids.map((_, index) => index + 1))
    expect(detail).toMatchObject({ threatTop: ids.length, diagramTop: diagrams.length })
  })

  it('draws flows between boxes that are there, and no two boxes over each other', () => {
    for (const { cells } of diagrams) {
      const boxes = cells.filter(({ shape }) => shape === 'actor' || shape === 'process') as {
        id: string
        position: { x: number; y: number }
      }[]
      const known = new Set(boxes.map(({ id }) => id))
      for (const one of cells)
        if (one.shape === 'flow') expect([known.has(one.source.cell), known.has(one.target.cell)]).toEqual([true, true])
      expect(new Set(boxes.map(({ position: { x, y } }) => `${x} ${y}`)).size).toBe(boxes.length)
      expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length)
    }
  })

  it('is the same every time', () => {
    expect(JSON.stringify(threatDragon(model, '0.9.0'))).toBe(JSON.stringify(threatDragon(model, '0.9.0')))
  })

  it('shows what an overlay switches off as not applicable', () => {
    const changed = dragon.parse(JSON.parse(JSON.stringify(threatDragon(switchedOff, '0.9.0'))))
    const found = changed.detail.diagrams.flatMap(({ cells }) => cells.flatMap(({ data }) => data.threats))
    expect(found.find(({ title }) => title.startsWith('NET-01'))).toMatchObject({
      status: 'NA',
      mitigation: expect.stringContaining('No network.'),
    })
  })
})

describe('Open Threat Model', () => {
  const named = { id: z.string(), name: z.string(), description: z.string() }
  const otm = z.strictObject({
    otmVersion: z.literal('0.2.0'),
    project: z.looseObject({ name: z.string(), id: z.string() }),
    assets: z.array(
      z.looseObject({
        ...named,
        risk: z.looseObject({ confidentiality: z.number(), integrity: z.number(), availability: z.number() }),
      }),
    ),
    trustZones: z.array(z.looseObject({ ...named, risk: z.strictObject({ trustRating: z.number() }) })),
    components: z.array(z.looseObject({ ...named, type: z.string(), parent: z.strictObject({ trustZone: z.string() }) })),
    dataflows: z.array(
      z.looseObject({
        ...named,
        source: z.string(),
        destination: z.string(),
        threats: z.array(z.looseObject({ threat: z.string(), state: z.string() })),
      }),
    ),
    threats: z.array(z.looseObject({ ...named, risk: z.looseObject({ likelihood: z.null(), impact: z.number() }) })),
    mitigations: z.array(z.looseObject({ ...named, riskReduction: z.number() })),
  })
  const exported = otm.parse(JSON.parse(JSON.stringify(openThreatModel(model, '0.9.0'))))

  it('has every threat on a flow, and every end of a flow is a component in a zone', () => {
    expect(exported.dataflows.flatMap(({ threats }) => threats.map(({ threat }) => threat)).sort()).toEqual([...ids].sort())
    const components = new Set(exported.components.map(({ id }) => id))
    const zones = new Set(exported.trustZones.map(({ id }) => id))
    for (const { source, destination } of exported.dataflows)
      expect([components.has(source), components.has(destination)]).toEqual([true, true])
    for (const { parent } of exported.components) expect(zones).toContain(parent.trustZone)
  })
})

describe('what the record keeps of the model', () => {
  it('is what its schema asks for', () => {
    const record = modelRecord(switchedOff)
    expect(modelRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record)
    expect(record).toMatchObject({ title: model.title, sha256: model.sha256, switchedOff: switchedOff.switchedOff })
    expect(record.flows).toHaveLength(model.flows.length)
  })

  it('of a threat is all that a reviewer asks for, in copies', () => {
    const threat = model.threats[0]!
    const fields = threatFields(threat)
    expect(fields).toMatchObject({
      cwe: threat.cwe,
      stride: threat.stride,
      severity: threat.severity,
      detection: threat.detection,
    })
    expect(fields.cwe).not.toBe(threat.cwe)
    expect(threatFields({ cwe: ['CWE-1'] })).toEqual({ cwe: ['CWE-1'] })
  })
})

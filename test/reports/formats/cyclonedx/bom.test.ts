// vex.cdx.json: valid for the validator of the CycloneDX project, whole in itself, and careful about what it claims.
import { Spec, Validation } from '@cyclonedx/cyclonedx-library'
import { describe, expect, it } from 'vitest'
import { type Bom, cycloneDx } from '../../../../src/reports/formats/cyclonedx/bom.ts'
import type { RiskRecord, RunRecord } from '../../../../src/reports/run-record.ts'
import { visibleJson } from '../../../../src/reports/visible.ts'
import { EVERY_RECORD } from '../../every-record.ts'
import { sampleFinding, sampleRecord } from '../../sample-record.ts'

const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6)
const validate = async (bom: unknown) => await validator.validate(JSON.stringify(bom))

/** Everything that has a name in the document, and everything that refers to one. */
function references(bom: Bom): { names: string[]; uses: string[] } {
  const names: string[] = []
  const uses: string[] = []
  const used = new Set(['assessor', 'target', 'requirement', 'ref'])
  const lists = new Set(['claims', 'counterClaims', 'evidence', 'counterEvidence'])
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) walk(item)
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) {
        if (key === 'bom-ref') names.push(item as string)
        else if (used.has(key) && typeof item === 'string') uses.push(item)
        else if (lists.has(key) && Array.isArray(item) && typeof item[0] === 'string') uses.push(...(item as string[]))
        else walk(item)
      }
  }
  walk(bom)
  return { names, uses }
}

const only = (record: RunRecord) => cycloneDx(record).vulnerabilities[0]!
const withFinding = (over: Partial<RunRecord> = {}): RunRecord => ({
  ...sampleRecord('findings'),
  findings: [sampleFinding()],
  risks: [],
  ...over,
})
const risk = (over: Partial<RiskRecord>): RiskRecord => ({
  id: 'a-risk',
  threat: null,
  finding: 'F-19c07a52',
  status: 'accepted',
  reason: 'The host has no such capability.',
  owner: 'dana',
  ticket: 'SEC-1',
  date: '2026-01-01',
  expires: '2026-12-31',
  state: 'in-force',
  covers: ['F-19c07a52'],
  file: 'threat-model/risks.yaml',
  line: 1,
  ...over,
})

describe.each(EVERY_RECORD)('the document of the record "%s"', (_, make) => {
  const record = make()
  const bom = cycloneDx(record)

  it('is valid', async () => {
    expect(await validate(bom)).toBeNull()
  })

  it('names nothing twice and refers to nothing that it does not name', () => {
    const { names, uses } = references(bom)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
    expect(uses.filter((use) => !names.includes(use))).toEqual([])
    expect(uses.length > 0 || record.threats.length === 0).toBe(true)
  })

  it('is the same for the same record, and prints without a character that a reader cannot see', () => {
    expect(visibleJson(cycloneDx(make()))).toBe(visibleJson(bom))
    expect(visibleJson(bom)).not.toMatch(/[^\P{C}\n\t]|[\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/u)
  })

  it('claims only what held or failed, and for each framework maps every requirement', () => {
    const judged = record.controls.filter(({ result }) => result === 'passed' || result === 'failed')
    expect(bom.declarations.claims ?? []).toHaveLength(judged.length)
    const claimed = (bom.declarations.attestations ?? []).map(({ map }) => map.length)
    expect(claimed).toEqual((record.frameworks ?? []).map(({ requirements }) => requirements.length))
  })
})

it('is refused by the validator when it is wrong, so that the tests above mean something', async () => {
  const bom = cycloneDx(sampleRecord('findings'))
  expect(await validate({ ...bom, somethingElse: 1 })).not.toBeNull()
  const [first, ...others] = bom.vulnerabilities
  const wrong = { ...first!, analysis: { state: 'accepted' } }
  expect(await validate({ ...bom, vulnerabilities: [wrong, ...others] })).not.toBeNull()
})

it('names the product with version and digest', () => {
  const record = sampleRecord('held')
  const digest = 'ab'.repeat(32)
  const { component } = cycloneDx({ ...record, project: { ...record.project, sandbox: digest } }).metadata
  expect(component).toMatchObject({
    name: 'wasm-gauntlet',
    version: '0.1.0',
    purl: 'pkg:npm/wasm-gauntlet@0.1.0',
    hashes: [{ alg: 'SHA-256', content: digest }],
  })
})

describe('a vulnerability', () => {
  it('says how it is shown again, how bad it is and what it affects', () => {
    const record = withFinding()
    const threat = record.threats.find(({ id }) => id === 'LNK-02')!
    expect(only(record)).toMatchObject({
      id: 'F-19c07a52',
      proofOfConcept: { reproductionSteps: 'gauntlet replay F-19c07a52', supportingMaterial: [{ contentType: 'text/plain' }] },
      affects: [{ ref: 'target:sandbox-jail', versions: [{ version: 'wasm-gauntlet 0.1.0', status: 'affected' }] }],
      cwes: threat.cwe!.map((cwe) => Number(cwe.slice(4))),
    })
    expect(only(record).ratings[0]).toMatchObject({
      method: 'CVSSv4',
      vector: threat.severity!.vector,
      score: threat.severity!.score,
    })
  })

  it.each([
    ['nothing was decided', [], { state: 'exploitable' }],
    ['it was accepted', [risk({})], { state: 'exploitable', response: ['will_not_fix'] }],
    ['the acceptance has expired', [risk({ state: 'expired' })], { state: 'exploitable' }],
    ['somebody is at work', [risk({ status: 'in-progress', state: 'open' })], { state: 'exploitable', response: ['update'] }],
    ['it is none', [risk({ status: 'false-positive' })], { state: 'false_positive' }],
    ['that it is none has expired', [risk({ status: 'false-positive', state: 'expired' })], { state: 'exploitable' }],
  ] as const)('is analysed as such when %s', (_, risks, analysis) => {
    const { detail, ...rest } = only(withFinding({ risks: [...risks] })).analysis
    expect(rest).toEqual(analysis)
    expect(detail.length).toBeGreaterThan(0)
  })

  it('that does not show each time is in triage', () => {
    const finding = sampleFinding({ reproduced: { runs: 3, times: 1 } })
    expect(only(withFinding({ findings: [finding] })).analysis.state).toBe('in_triage')
  })

  it('is none of a copy that was weakened on purpose, nor of a target that is there for comparison', () => {
    const weakened = sampleFinding({ id: 'a', source: 'weakening' })
    const bare = sampleFinding({ id: 'b', target: 'bare', own: false })
    expect(cycloneDx(withFinding({ findings: [weakened, bare] })).vulnerabilities).toEqual([])
  })
})

it('claims nothing for a requirement whose controls were not run', () => {
  const { declarations } = cycloneDx(sampleRecord('empty'))
  expect(declarations.claims).toBeUndefined()
  for (const { map } of declarations.attestations!)
    for (const entry of map) {
      expect(entry).not.toHaveProperty('claims')
      expect(entry.conformance.rationale).toMatch(/not run|not applicable|needs review|unknown/)
    }
})

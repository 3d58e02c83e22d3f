// The two OSCAL files: in their shape, whole in themselves, named alike every night, and never better than the evidence.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { oscalAssessmentResults } from '../../../../src/reports/formats/oscal/assessment-results.ts'
import { oscalComponentDefinition } from '../../../../src/reports/formats/oscal/component-definition.ts'
import { controlId, token } from '../../../../src/reports/formats/oscal/words.ts'
import type { Result, RiskRecord, RunRecord } from '../../../../src/reports/run-record.ts'
import { visibleJson } from '../../../../src/reports/visible.ts'
import { EVERY_RECORD } from '../../every-record.ts'
import { sampleRecord } from '../../sample-record.ts'
import { referencesIn } from './references.ts'
import { assessmentResultsShape, componentDefinitionShape } from './shape.ts'

const FILES = [
  ['assessment results', oscalAssessmentResults, assessmentResultsShape],
  ['component definition', oscalComponentDefinition, componentDefinitionShape],
] as const

const resultOf = (record: RunRecord) => oscalAssessmentResults(record)['assessment-results'].results[0]

describe.each(EVERY_RECORD)('of the record "%s"', (_, make) => {
  const record = make()

  it.each(FILES)('the %s are in their shape', (_, write, shape) => {
    expect(shape.safeParse(JSON.parse(visibleJson(write(record)))).error?.issues ?? []).toEqual([])
  })

  it.each(FILES)('the %s name nothing twice and refer to nothing that is not there', (_, write) => {
    const { named, used } = referencesIn(write(record))
    expect(named.filter((name, index) => named.indexOf(name) !== index)).toEqual([])
    expect(used.filter((use) => !named.includes(use))).toEqual([])
  })

  it.each(FILES)('the %s are the same for the same record', (_, write) => {
    expect(visibleJson(write(make()))).toBe(visibleJson(write(record)))
    expect(visibleJson(write(record))).not.toMatch(/[^\P{C}\n\t]|[\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/u)
  })

  it('each finding is about a reviewed control, and only what passed is satisfied', () => {
    const result = resultOf(record)
    const selections = result['reviewed-controls']['control-selections']
    const included = selections.flatMap((selection) => selection['include-controls'].map((id) => id['control-id']))
    const passed = new Set(record.controls.filter((control) => control.result === 'passed').map(({ id }) => token(id)))
    for (const framework of record.frameworks ?? [])
      for (const { id, result: state } of framework.requirements) if (state === 'passed') passed.add(controlId(framework.id, id))
    for (const { target } of result.findings ?? []) {
      expect(included).toContain(target['target-id'])
      expect(target.status.state === 'satisfied').toBe(passed.has(target['target-id']))
    }
  })
})

it('a field that the format does not have, and one that it needs, are noticed, so that the tests above mean something', () => {
  const document = oscalAssessmentResults(sampleRecord('findings'))['assessment-results']
  const parse = (over: object) => assessmentResultsShape.safeParse({ 'assessment-results': { ...document, ...over } }).success
  expect([parse({}), parse({ extra: 1 }), parse({ 'import-ap': undefined }), parse({ uuid: 'x' })]).toEqual([
    true,
    false,
    false,
    false,
  ])
  const { used, named } = referencesIn({ ...document, 'back-matter': undefined })
  expect(used.filter((use) => !named.includes(use))).not.toEqual([])
})

describe('names', () => {
  const uuids = (record: RunRecord) => ({
    findings: (resultOf(record).findings ?? []).map(({ uuid }) => uuid),
    observations: (resultOf(record).observations ?? []).map(({ uuid }) => uuid),
  })

  it('of controls and observations are the same in the next run; of the run they are not', () => {
    const record = sampleRecord('held')
    const next = { ...record, run: '20260315T031500Z-1111', startedAt: '2026-03-15T03:15:00.000Z', seed: 2 }
    expect(uuids(next)).toEqual(uuids(record))
    expect(resultOf(next).uuid).not.toBe(resultOf(record).uuid)
    expect(oscalAssessmentResults(next)['assessment-results'].uuid).not.toBe(
      oscalAssessmentResults(record)['assessment-results'].uuid,
    )
  })

  it.each([
    ['nist-800-53-r5', 'SC-39', 'sc-39'],
    ['nist-800-53-r5', 'CM-7(6)', 'cm-7.6'],
    ['nist-800-53-r5', 'SA-11 (8)', 'sa-11.8'],
    ['owasp-asvs-5.0', 'V15.2.5', 'owasp-asvs-5.0_V15.2.5'],
    ['iso-27001-2022-a', '8.7', 'iso-27001-2022-a_8.7'],
  ])('%s %s is the control %s', (framework, id, expected) => {
    expect(controlId(framework, id)).toBe(expected)
  })

  it('that cannot be tokens become different ones', () => {
    const tokens = ['I(2)(a)', 'I 2 a', '8.7', '', '\u202e'].map((id) => token(id))
    expect(new Set(tokens).size).toBe(tokens.length)
    for (const made of tokens) expect(made).toMatch(/^[\p{L}_][\p{L}\p{N}.\-_]*$/u)
  })
})

describe('what was seen', () => {
  it('is observed by a test of the tool, with evidence in the report whose digest is that of the file', () => {
    const record = sampleRecord('findings')
    const document = oscalAssessmentResults(record)['assessment-results']
    const [{ observations, 'local-definitions': definitions }] = document.results
    const report = document['back-matter'].resources.find(({ rlinks }) => rlinks?.[0]?.href === 'report.json')!
    const digest = createHash('sha256').update(visibleJson(record)).digest('hex')
    expect(report.rlinks![0]!.hashes).toEqual([{ algorithm: 'SHA-256', value: digest }])
    for (const observation of observations!) {
      expect(observation.methods).toEqual(['TEST'])
      expect(observation.origins[0].actors[0]).toEqual({
        type: 'tool',
        'actor-uuid': definitions['assessment-assets'].components[0].uuid,
      })
      for (const evidence of observation['relevant-evidence']) expect(evidence.href).toBe(`#${report.uuid}`)
    }
  })

  it('is nothing for a threat that was not run', () => {
    expect(resultOf(sampleRecord('empty')).observations).toBeUndefined()
    const record = sampleRecord('interrupted')
    const run = record.threats.filter(({ result }) => result !== 'not-run' && result !== 'not-applicable')
    expect(resultOf(record).observations).toHaveLength(run.length)
  })
})

describe('a finding', () => {
  const withResult = (result: Result): RunRecord => {
    const record = sampleRecord('held')
    return { ...record, controls: record.controls.map((control) => ({ ...control, result })), frameworks: [] }
  }

  it.each([
    ['passed', { state: 'satisfied', reason: 'pass' }],
    ['failed', { state: 'not-satisfied', reason: 'fail' }],
    ['needs-review', { state: 'not-satisfied', reason: 'other' }],
    ['not-run', { state: 'not-satisfied', reason: 'other' }],
    ['unknown', { state: 'not-satisfied', reason: 'other' }],
  ] as const)('of a control that is %s says so', (result, status) => {
    for (const finding of resultOf(withResult(result)).findings!) {
      expect(finding.target.status).toMatchObject(status)
      expect(finding.props).toContainEqual(expect.objectContaining({ name: 'evidence-result', value: result }))
    }
  })

  it('is not made of a control that does not apply, which is excluded by name', () => {
    const result = resultOf(withResult('not-applicable'))
    expect(result.findings).toBeUndefined()
    const [selection] = result['reviewed-controls']['control-selections']
    expect(selection!['exclude-controls']).toEqual(selection!['include-controls'])
  })

  it('is tied to the observations and risks of its threats', () => {
    const record = sampleRecord('findings')
    const { findings, risks } = resultOf(record)
    const failed = record.controls.find(({ threats }) => threats.includes('LNK-02'))!
    const finding = findings!.find(({ target }) => target['target-id'] === failed.id)!
    expect(finding['related-observations']).not.toBeUndefined()
    const risk = risks!.find(({ title }) => title.startsWith('LNK-02'))!
    expect(finding['related-risks']).toContainEqual({ 'risk-uuid': risk.uuid })
  })
})

describe('a risk', () => {
  const decided = (over: Partial<RiskRecord>) => {
    const record = sampleRecord('findings')
    const risk = { ...record.risks![0]!, threat: 'LNK-02', finding: null, covers: [], ...over }
    return resultOf({ ...record, risks: [risk] }).risks!.find(({ title }) => title.startsWith('LNK-02'))!
  }

  it.each([
    ['in-force', 'accepted', 'deviation-approved'],
    ['expired', 'accepted', 'open'],
    ['open', 'in-progress', 'remediating'],
    ['open', 'in-discussion', 'investigating'],
    ['open', 'mitigated', 'open'],
  ] as const)('whose decision is %s (%s) is %s', (state, status, expected) => {
    expect(decided({ state, status }).status).toBe(expected)
  })

  it('has its CVSS vector, and a deadline only while it is accepted', () => {
    const risk = decided({ state: 'in-force', expires: '2026-12-31' })
    expect(risk.characterizations![0]!.facets[0]).toMatchObject({
      name: 'vector',
      system: 'https://www.first.org/cvss/v4-0',
      value: expect.stringMatching(/^CVSS:4\.0\//),
    })
    expect(risk.deadline).toBe('2026-12-31T00:00:00.000Z')
    expect(decided({ state: 'expired', expires: '2026-12-31' })).not.toHaveProperty('deadline')
  })
})

it('a control that is not built is not implemented', () => {
  const record = sampleRecord('held')
  const implemented = oscalComponentDefinition(record)['component-definition'].components[0]['control-implementations']!.at(-1)!
  const built = record.controls.filter(({ paths }) => paths.length > 0)
  expect(built.length).toBeLessThan(record.controls.length)
  expect(implemented['implemented-requirements'].map((requirement) => requirement['control-id'])).toEqual(
    built.map(({ id }) => id),
  )
})

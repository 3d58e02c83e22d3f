// openvex.json: valid, one statement for each thing that is known, and never a claim that the run does not bear out.
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { openVex, type VexStatement } from '../../../src/reports/formats/openvex.ts'
import type { RiskRecord, RunRecord } from '../../../src/reports/run-record.ts'
import { visibleJson } from '../../../src/reports/visible.ts'
import { EVERY_RECORD, nothingRecord } from '../every-record.ts'
import { smallRecord } from '../hostile.ts'
import { sampleFinding, sampleRecord } from '../sample-record.ts'
import { OPENVEX_SCHEMA } from './openvex.schema.ts'

const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
const valid = ajv.compile(OPENVEX_SCHEMA)

function statementOf(record: RunRecord, name: string): VexStatement | undefined {
  return openVex(record).statements.find(({ vulnerability }) => vulnerability.name === name)
}

describe.each(EVERY_RECORD)('the document of the record "%s"', (_, make) => {
  const record = make()
  const text = visibleJson(openVex(record))

  it('is valid', () => {
    valid(JSON.parse(text))
    expect(valid.errors).toBeNull()
  })

  it('says once what it says of a vulnerability', () => {
    const names = openVex(record).statements.map(({ vulnerability }) => vulnerability['@id'])
    expect(new Set(names).size).toBe(names.length)
  })

  it('holds no character that a reader cannot see', () => {
    expect(text).not.toMatch(/[^\P{C}\n]|[\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/u)
  })

  it('calls not affected only what passed or cannot happen', () => {
    const held = record.threats.filter(({ result }) => result === 'passed' || result === 'not-applicable')
    const statements = openVex(record).statements.filter(({ status }) => status === 'not_affected')
    expect(statements).toHaveLength(held.length)
  })
})

describe('the schema', () => {
  it('refuses a statement that lacks what its status asks for', () => {
    const document = openVex(smallRecord())
    const [statement] = document.statements
    for (const status of ['affected', 'not_affected'] as const) {
      const { action_statement, impact_statement, justification, ...bare } = statement!
      expect(valid({ ...document, statements: [{ ...bare, status }] })).toBe(false)
    }
    expect(valid({ ...document, statements: [] })).toBe(false)
  })
})

describe('a finding', () => {
  const risk = (over: Partial<RiskRecord>): RiskRecord => ({
    ...sampleRecord('findings').risks![0]!,
    state: 'in-force',
    covers: ['F-1'],
    ...over,
  })
  const told = (over: Partial<RunRecord> = {}) =>
    statementOf({ ...smallRecord(), findings: [sampleFinding({ id: 'F-1' })], ...over }, 'F-1')

  it('makes the product affected, with what to do', () => {
    expect(told()).toMatchObject({
      vulnerability: { '@id': 'urn:wasm-gauntlet:finding:F-1' },
      products: [{ '@id': 'pkg:npm/wasm-gauntlet@0.1.0' }],
      status: 'affected',
      action_statement: expect.stringContaining('Mend the cause'),
    })
  })

  it('that is accepted stays one, with the decision as the action', () => {
    expect(told({ risks: [risk({})] })).toMatchObject({
      status: 'affected',
      action_statement: expect.stringMatching(/^Risk .*until 2026-12-31/),
    })
  })

  it('is no vulnerability if somebody has found it to be a false positive, as long as that counts', () => {
    const status = 'false-positive'
    expect(told({ risks: [risk({ status })] })).toMatchObject({ status: 'not_affected', impact_statement: expect.any(String) })
    expect(told({ risks: [risk({ status, state: 'expired' })] })).toMatchObject({ status: 'affected' })
  })

  it('about a weakening is none of the product', () => {
    expect(told({ findings: [sampleFinding({ id: 'F-1', source: 'weakening' })] })).toBeUndefined()
  })

  it('about another target is told only if that is under review, as that product', () => {
    const findings = [sampleFinding({ id: 'F-1', target: 'bare', own: false })]
    expect(told({ findings })).toBeUndefined()
    expect(told({ findings, subject: ['bare'] })!.products).toEqual([
      { '@id': 'pkg:generic/bare@WebAssembly%20of%20Node.js%2024.21.0' },
    ])
  })

  it('of an earlier run is fixed only if it was looked for', () => {
    const record = sampleRecord('findings')
    expect(statementOf(record, 'F-77aa01c2')).toMatchObject({ status: 'fixed' })
    expect(statementOf(record, 'F-5d3e9f00')).toMatchObject({ status: 'under_investigation' })
  })
})

describe('a threat', () => {
  it.each([
    ['passed', 'not_affected'],
    ['needs-review', 'under_investigation'],
    ['not-run', 'under_investigation'],
    ['unknown', 'under_investigation'],
    ['not-applicable', 'not_affected'],
    ['failed', 'affected'],
  ] as const)('that is %s is %s', (result, status) => {
    const [threat] = smallRecord().threats
    expect(statementOf({ ...smallRecord(), findings: [], threats: [{ ...threat!, result }] }, threat!.id)).toMatchObject({
      status,
    })
  })

  it('with a finding is told by the finding', () => {
    expect(statementOf(sampleRecord('findings'), 'LNK-02')).toBeUndefined()
  })
})

it('says that nothing is known where nothing is', () => {
  expect(openVex(nothingRecord()).statements).toMatchObject([{ status: 'under_investigation' }])
})

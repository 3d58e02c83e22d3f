// hdf.json: read by the library of the viewers, which decides what a control looks like.
import { type ContextualizedEvaluation, contextualizeEvaluation, convertFile, hdfWrapControl, parse_nist } from 'inspecjs'
import { describe, expect, it } from 'vitest'
import { hdf } from '../../../src/reports/formats/hdf.ts'
import type { Result, RunRecord } from '../../../src/reports/run-record.ts'
import { visibleJson } from '../../../src/reports/visible.ts'
import { EVERY_RECORD, nothingRecord } from '../every-record.ts'
import { sampleFinding, sampleRecord } from '../sample-record.ts'

/** As a viewer shows the controls: by id. */
function shown(record: RunRecord): Map<string, ReturnType<typeof hdfWrapControl>> {
  const converted = convertFile(visibleJson(hdf(record)))
  const evaluation = contextualizeEvaluation(converted['1_0_ExecJson'] as never) as ContextualizedEvaluation
  const controls = evaluation.contains[0]!.contains
  return new Map(controls.map(({ data }) => [(data as { id: string }).id, hdfWrapControl(data)]))
}

const LOOKS: Readonly<Record<Result, string>> = {
  passed: 'Passed',
  failed: 'Failed',
  'needs-review': 'Not Reviewed',
  'not-run': 'Not Reviewed',
  'not-applicable': 'Not Applicable',
  unknown: 'Profile Error',
}

describe.each(EVERY_RECORD)('the file of the record "%s"', (_, make) => {
  const record = make()

  it('is read by the library, with each threat in the state that was computed', () => {
    const controls = shown(record)
    const threats = hdf(record).profiles[0].controls.filter(({ tags }) => tags['state'] !== undefined)
    expect(threats).toHaveLength(record.threats.length)
    for (const [index, threat] of record.threats.entries())
      expect([threat.id, controls.get(threats[index]!.id)!.status]).toEqual([threat.id, LOOKS[threat.result]])
  })

  it('is the same for the same record, and prints without a character that a reader cannot see', () => {
    expect(visibleJson(hdf(make()))).toBe(visibleJson(hdf(record)))
    expect(visibleJson(hdf(record))).not.toMatch(/[^\P{C}\n\t]|[\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/u)
  })
})

const withState = (result: Result, over: Partial<RunRecord> = {}): RunRecord => {
  const record = sampleRecord('held')
  return { ...record, threats: record.threats.map((threat) => ({ ...threat, result })), ...over }
}

it.each(Object.entries(LOOKS) as [Result, string][])('shows %s as "%s", whatever evidence passed', (result, looks) => {
  const record = withState(result)
  expect(record.evidence!.some((item) => item.result === 'passed')).toBe(true)
  expect(new Set([...shown(record).values()].map(({ status }) => status))).toEqual(new Set([looks]))
})

it('is refused by the library without the time of a result, so that the tests above mean something', () => {
  const broken = visibleJson(hdf(sampleRecord('held'))).replaceAll('"start_time"', '"started"')
  expect(() => convertFile(broken)).toThrow()
})

it('is an error where the run was not whole, and none where it was', () => {
  expect(shown(sampleRecord('interrupted')).get('RUN')!.status).toBe('Profile Error')
  expect(shown(nothingRecord()).get('RUN')!.status).toBe('Profile Error')
  expect(shown(sampleRecord('held')).has('RUN')).toBe(false)
})

it('has SC-39 first among the tags where the threat is mapped to it, and the library knows it', () => {
  const record = sampleRecord('held')
  const [threat] = record.threats
  const rest = { title: '', level: null, result: 'passed', reason: '' } as const
  const framework = { id: 'nist-800-53-r5', title: '', version: '', url: '' }
  const requirements = ['SC-50', 'SC-39'].map((id) => ({ ...rest, id, controls: [], threats: [threat!.id] }))
  const mapped = { ...record, frameworks: [{ ...framework, requirements }] }
  expect(hdf(mapped).profiles[0].controls[0]!.tags['nist']).toEqual(['SC-39', 'SC-50', 'Rev_5'])
  expect(parse_nist('SC-39')).not.toBeNull()
  expect(hdf({ ...record, frameworks: [] }).profiles[0].controls[0]!.tags['nist']).toEqual([])
})

it('has a place for a violation that no threat of the model names', () => {
  const record = { ...sampleRecord('held'), findings: [sampleFinding({ threat: null })] }
  expect(shown(record).get('UNCLASSIFIED')!.status).toBe('Failed')
})

it('shows an accepted risk beside a failure, which stays one', () => {
  const record = sampleRecord('findings')
  const decision = { ...record.risks![0]!, threat: 'LNK-02', state: 'in-force' as const, owner: 'dana' }
  const risky = { ...record, risks: [decision] }
  const control = hdf(risky).profiles[0].controls.find(({ id }) => id === 'LNK-02')!
  expect(control.waiver_data).toMatchObject({ justification: expect.stringContaining('dana'), skipped_due_to_waiver: false })
  expect(shown(risky).get('LNK-02')!.status).toBe('Failed')
})

it('never has an impact of 0, which is "not applicable", for a threat that applies', () => {
  const record = sampleRecord('held')
  const severity = { vector: 'CVSS:4.0/AV:N', score: 0, level: 'none', because: '' } as const
  const harmless = { ...record, threats: record.threats.map((threat) => ({ ...threat, severity })) }
  for (const control of hdf(harmless).profiles[0].controls) expect(control.impact).toBeGreaterThan(0)
})

// What an attestation says of a run follows from the run, and is never better than it.
import { describe, expect, it } from 'vitest'
import { predicateOf } from '../../../src/reports/attestation/predicate.ts'
import { filesOf, sandboxOf, statementSchema, statementText } from '../../../src/reports/attestation/statement.ts'
import type { Result, RunRecord } from '../../../src/reports/run-record.ts'
import { visible } from '../../../src/reports/visible.ts'
import { EVERY_RECORD } from '../every-record.ts'
import { sampleFinding, sampleRecord } from '../sample-record.ts'

const DIGEST = 'ab'.repeat(32)
const resultOf = (record: RunRecord) => predicateOf(record, DIGEST).result

/** A run in which nothing stayed open. */
function whole(over: Partial<RunRecord> = {}): RunRecord {
  const record = sampleRecord('held')
  const passed = { result: 'passed' } as const
  return {
    ...record,
    threats: record.threats.map((threat) => ({ ...threat, ...passed })),
    controls: record.controls.map((control) => ({ ...control, ...passed })),
    risks: [],
    ...over,
  }
}

const oneThreat = (result: Result): RunRecord => {
  const [first, ...others] = whole().threats
  return whole({ threats: [{ ...first!, result }, ...others] })
}

describe('the result', () => {
  it('is PASSED only for a whole run in which every threat passed or does not apply', () => {
    expect(resultOf(whole())).toBe('PASSED')
    expect(resultOf(oneThreat('not-applicable'))).toBe('PASSED')
  })

  it.each(['needs-review', 'not-run', 'unknown'] as const)('is WARNED if a threat is %s', (result) => {
    expect(resultOf(oneThreat(result))).toBe('WARNED')
  })

  it.each<[string, Partial<RunRecord>]>([
    ['was interrupted', { completion: 'interrupted' }],
    ['had a fault', { faults: ['a fault'] }],
    ['ended with 2', { exitCode: 2 }],
    ['tried nothing', { threats: [] }],
  ])('is WARNED if the run %s', (_, over) => {
    expect(resultOf(whole(over))).toBe('WARNED')
  })

  it.each<[string, RunRecord]>([
    ['a threat failed', oneThreat('failed')],
    ['something was violated', whole({ findings: [sampleFinding({ threat: null })] })],
    ['the run ended with 1', whole({ exitCode: 1 })],
    ['it was violated and interrupted', whole({ completion: 'interrupted', findings: [sampleFinding()] })],
  ])('is FAILED if %s', (_, record) => {
    expect(resultOf(record)).toBe('FAILED')
  })

  it('is FAILED for a finding that somebody has accepted: that lets a build go on, and makes nothing pass', () => {
    const risk = { ...sampleRecord('findings').risks![0]!, state: 'in-force' as const, covers: ['F-19c07a52'] }
    expect(resultOf(whole({ findings: [sampleFinding()], risks: [risk] }))).toBe('FAILED')
  })
})

describe.each(EVERY_RECORD)('the statement about the record "%s"', (_, make) => {
  const record = make()
  const files = new Map([
    ['report.md', 'cd'.repeat(32)],
    ['report.json', DIGEST],
  ])
  const statement = statementSchema.parse(JSON.parse(statementText(record, files)))

  it('is about the files', () => {
    expect([...filesOf(statement)].sort()).toEqual([...files].sort())
    expect(statement.predicate.configuration[0]).toMatchObject({ name: 'report.json', digest: { sha256: DIGEST } })
  })

  it('lists each threat once, by its state', () => {
    const { passedTests, warnedTests, failedTests, configuration } = statement.predicate
    const { notRun, notApplicable } = configuration[0]!.annotations!
    const lists = [passedTests, warnedTests, failedTests, notRun, notApplicable].flat() as string[]
    expect(lists.sort()).toEqual(record.threats.map(({ id }) => visible(id)).sort())
    const passed = record.threats.filter(({ result }) => result === 'passed')
    expect(passedTests).toEqual(passed.map(({ id }) => visible(id)))
  })

  it('is the same text every time, whatever the order of the files', () => {
    const text = statementText(record, files)
    expect(statementText(make(), new Map([...files].reverse()))).toBe(text)
  })
})

describe('the sandbox', () => {
  const digested = (record: RunRecord) => ({ ...record, project: { ...record.project, sandbox: DIGEST } })
  const named = (record: RunRecord) =>
    sandboxOf(statementSchema.parse(JSON.parse(statementText(record, new Map([['report.json', DIGEST]])))))

  it('is a subject by its digest', () => {
    expect(named(digested(whole()))).toBe(DIGEST)
  })

  it('is none where the record does not know it, or the run was about somebody else', () => {
    const foreign = EVERY_RECORD.find(([name]) => name === 'foreign')![1]
    expect(named(whole())).toBeNull()
    expect(named(digested(foreign()))).toBeNull()
  })
})

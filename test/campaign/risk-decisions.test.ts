// Decisions about risks: when they are in force, what they cover, and what that does to the exit code.
import { describe, expect, it } from 'vitest'
import { EXIT, exitCodeOf } from '../../src/campaign/exit-code.ts'
import { coveredFindings, expiredDecision, riskRecords, stateOf } from '../../src/campaign/risk-decisions.ts'
import type { FindingRecord } from '../../src/reports/run-record.ts'
import type { Risk } from '../../src/threats/index.ts'

const risk = (changes: Partial<Risk> = {}): Risk => ({
  id: 'slow',
  threat: 'RES-02',
  status: 'accepted',
  reason: 'It is slow.',
  owner: 'Jane Doe',
  ticket: 'SEC-1',
  date: '2026-11-01',
  expires: '2026-12-31',
  file: 'threat-model/risks.yaml',
  line: 3,
  ...changes,
})
const finding = (id: string, changes: Partial<FindingRecord> = {}): FindingRecord =>
  ({ id, threat: 'RES-02', target: 'sandbox-jail', own: true, source: 'corpus', ...changes }) as FindingRecord
const everything = () => true
const code = (risks: readonly Risk[], findings: readonly FindingRecord[], day = '2026-11-23') => {
  const decided = riskRecords(risks, findings, day, everything)
  return exitCodeOf({ faults: [], weakenings: [], findings: [...findings], risks: decided }, false, new Set())
}

describe('a decision', () => {
  it.each([
    ['the day before it', '2026-10-31', 'open'],
    ['its day', '2026-11-01', 'in-force'],
    ['its last day', '2026-12-31', 'in-force'],
    ['the day after', '2027-01-01', 'expired'],
  ] as const)('on %s is as it says', (_, day, state) => {
    expect(stateOf(risk(), day)).toBe(state)
  })

  it.each(['unchecked', 'in-discussion', 'in-progress', 'mitigated'] as const)(
    'with status %s accepts nothing and never expires',
    (status) => {
      expect(stateOf(risk({ status }), '2026-11-23')).toBe('open')
      expect(stateOf(risk({ status }), '2099-01-01')).toBe('open')
    },
  )

  it('about a threat covers all findings of that threat, and no others', () => {
    const findings = [finding('a'), finding('b'), finding('c', { threat: 'RES-01' }), finding('d', { threat: null })]
    const [record] = riskRecords([risk()], findings, '2026-11-23', everything)
    expect(record).toMatchObject({ threat: 'RES-02', finding: null, state: 'in-force', covers: ['a', 'b'] })
  })

  it('about a finding covers that one alone', () => {
    const { threat: _, ...about } = risk({ finding: 'b', status: 'false-positive' })
    const [record] = riskRecords([about], [finding('a'), finding('b')], '2026-11-23', everything)
    expect(record).toMatchObject({ threat: null, finding: 'b', covers: ['b'] })
  })

  it('covers no finding about the harness, however it is named', () => {
    const blind = finding('a', { source: 'weakening' })
    const { threat: _, ...about } = risk({ finding: 'a' })
    expect(riskRecords([risk(), about], [blind], '2026-11-23', everything).flatMap(({ covers }) => covers)).toEqual([])
  })

  it('covers nothing that would not decide anyway', () => {
    expect(riskRecords([risk()], [finding('a')], '2026-11-23', () => false)[0]!.covers).toEqual([])
  })

  it('that has expired is shown with what it was about, and accepts nothing', () => {
    const decided = riskRecords([risk()], [finding('a')], '2027-01-01', everything)
    expect(decided[0]).toMatchObject({ state: 'expired', covers: ['a'] })
    expect(coveredFindings({ risks: decided }).size).toBe(0)
  })
})

describe('the exit code', () => {
  it('is 1 for a finding that nobody has accepted', () => {
    expect(code([], [finding('a')])).toBe(EXIT.violated)
    expect(code([risk({ status: 'in-progress' })], [finding('a')])).toBe(EXIT.violated)
  })

  it('is 0 if all findings are covered, and 1 if one is not', () => {
    expect(code([risk()], [finding('a')])).toBe(EXIT.clean)
    expect(code([risk()], [finding('a'), finding('b', { threat: 'RES-01' })])).toBe(EXIT.violated)
  })

  it('is 1 for a decision that has expired, also without a finding', () => {
    expect(code([risk()], [], '2027-01-01')).toBe(EXIT.violated)
  })

  it('of a run that was stopped says so, whatever was decided', () => {
    const risks = riskRecords([risk()], [], '2027-01-01', everything)
    expect(exitCodeOf({ faults: [], weakenings: [], findings: [], risks }, true, new Set())).toBe(EXIT.interrupted)
  })

  it('of an older record, without decisions, is what it was', () => {
    expect(exitCodeOf({ faults: [], weakenings: [], findings: [] }, false, new Set())).toBe(EXIT.clean)
  })
})

it('says which decision has expired, whose it is, where it stands and what to do', () => {
  const risks = riskRecords([risk(), risk({ id: 'other' })], [], '2027-01-01', everything)
  expect(expiredDecision({ risks })).toBe(
    'the decision slow of Jane Doe about RES-02 expired on 2026-12-31 (threat-model/risks.yaml:3), and 1 more: renew or remove it',
  )
  expect(expiredDecision({ risks: [] })).toBeNull()
})

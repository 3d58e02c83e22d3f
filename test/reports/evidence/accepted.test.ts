// Which findings count and which are accepted: one answer for all formats.
import { describe, expect, it } from 'vitest'
import { acceptedFindings, countedFindings, decisionSentence } from '../../../src/reports/evidence/accepted.ts'
import type { RiskRecord, RunRecord } from '../../../src/reports/run-record.ts'
import { smallRecord } from '../hostile.ts'
import { sampleFinding, sampleRecord } from '../sample-record.ts'

const ABOUT_OWN = sampleFinding({ id: 'F-own', severity: 'low' })
const ABOUT_BARE = sampleFinding({ id: 'F-bare', target: 'bare', own: false, severity: 'critical' })

function counted(over: Partial<RunRecord>): string[] {
  return countedFindings({ ...smallRecord(), findings: [ABOUT_OWN, ABOUT_BARE], ...over }).map(({ id }) => id)
}

describe('findings that count', () => {
  it('are those about the targets under review', () => {
    expect(counted({})).toEqual(['F-own'])
    expect(counted({ subject: ['bare'] })).toEqual(['F-bare'])
    expect(counted({ subject: ['sandbox-jail', 'bare'] })).toEqual(['F-bare', 'F-own'])
  })

  it('are those about our own sandbox in a record that does not say what was under review', () => {
    const { subject, ...older } = { ...smallRecord(), findings: [ABOUT_OWN, ABOUT_BARE] }
    expect(countedFindings(older).map(({ id }) => id)).toEqual(['F-own'])
  })

  it('are all of them if nothing that is under review was part of the run', () => {
    expect(counted({ targets: smallRecord().targets.filter(({ own }) => !own) })).toEqual(['F-bare', 'F-own'])
  })
})

describe('decisions', () => {
  const risk = (over: Partial<RiskRecord>): RiskRecord => ({ ...sampleRecord('findings').risks![0]!, covers: ['F-own'], ...over })

  it('accept what they cover only while they are in force', () => {
    const accepted = (...risks: RiskRecord[]) => [...acceptedFindings({ ...smallRecord(), risks }).keys()]
    expect(accepted(risk({}))).toEqual(['F-own'])
    expect(accepted(risk({ state: 'expired' }), risk({ state: 'open' }))).toEqual([])
    expect(accepted(risk({ state: 'expired' }), risk({}))).toEqual(['F-own'])
    expect(accepted(risk({ covers: [] }))).toEqual([])
  })

  it('are told with who, when, until when, where and why', () => {
    expect(decisionSentence(risk({ ticket: 'T-1' }))).toBe(
      'Risk fine-clocks (accepted, until 2026-12-31), decided by Runtime team on 2026-01-10, ticket T-1: No guest shares a machine with secrets.',
    )
    expect(decisionSentence(risk({ state: 'expired', ticket: '' }))).toContain(
      '(accepted, expired after 2026-12-31), decided by Runtime team on 2026-01-10: ',
    )
  })
})

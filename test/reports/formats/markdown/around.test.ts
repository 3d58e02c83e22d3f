// The parts of the short report that stand around a run: there if the record has them, and gone without a trace if it has not.
import { describe, expect, it } from 'vitest'
import { reportMarkdown } from '../../../../src/reports/formats/markdown/report.ts'
import type { RunRecord } from '../../../../src/reports/run-record.ts'
import { EVERY_RECORD, olderRecord } from '../../every-record.ts'
import { sampleRecord } from '../../sample-record.ts'

const HEADINGS = ['Risks decided upon', 'Changes since', 'Frameworks', 'Threat model', 'Runs of late']

function part(record: RunRecord, heading: string): string {
  return reportMarkdown(record)
    .split(/^## /m)
    .find((text) => text.startsWith(heading))!
}

describe('the short report', () => {
  it('has a part for each thing that the record knows, and none for what it does not', () => {
    for (const heading of HEADINGS) {
      expect(reportMarkdown(sampleRecord('held'))).toContain(`\n## ${heading}`)
      expect(reportMarkdown(olderRecord(sampleRecord('held')))).not.toContain(heading)
    }
  })

  it.each(EVERY_RECORD)('claims no conformity and fits into a comment: %s', (_, make) => {
    const text = reportMarkdown(make())
    expect(text).not.toMatch(/\bcompl(y|ies|iant)\b/i)
    expect(text.length).toBeLessThan(65_536)
  })

  it('puts expired decisions first, with who, until when and why', () => {
    const [first] = part(sampleRecord('findings'), 'Risks')
      .split('\n')
      .filter((line) => line.startsWith('- '))
    expect(first).toMatch(
      /^- \*\*expired\*\* .*old-decision \(accepted, expired after 2026-02-28\), decided by Runtime team on .*: Was to be mended/,
    )
  })

  it('says at a finding that it is accepted, while that is in force', () => {
    const record = sampleRecord('findings')
    const decided = (state: 'in-force' | 'expired') => ({
      ...record,
      risks: [{ ...record.risks![0]!, covers: ['F-19c07a52'], state }],
    })
    expect(part(decided('in-force'), 'Findings')).toContain('  - accepted: Risk fine-clocks')
    expect(part(decided('expired'), 'Findings')).not.toContain('accepted:')
  })

  it('names what stopped being tested, and what nobody looked for again', () => {
    const text = part(sampleRecord('findings'), 'Changes')
    expect(text).toContain('**no longer tested**: `regression:LNK-99-gone@sandbox-jail`')
    expect(text).toContain('1 finding unknown, as nothing that could show it was run: `F-5d3e9f00`')
  })

  it('says so if nothing changed', () => {
    const { changes } = sampleRecord('held')
    const none = { ...changes!, new: [], still: [], fixed: [], unknown: [], noLongerTested: [] }
    expect(part({ ...sampleRecord('held'), changes: none }, 'Changes')).toContain('Nothing: no finding then or now')
  })

  it('names the requirements of a framework that nothing was run for', () => {
    const text = part(sampleRecord('held'), 'Frameworks')
    expect(text).toContain('- not run, NIST SP 800-53: `CM-14`')
    expect(text).toContain('no claim of conformity')
  })

  it('names threats that are switched off, with the reason, and assumptions that nobody confirmed', () => {
    const text = part(sampleRecord('held'), 'Threat model')
    expect(text).toContain('- switched off: `ENG-10`: The host has no such boundary.')
    expect(text).toContain('- assumption, unconfirmed: ')
  })

  it('lists runs of late, newest first, and leaves a first run without a table', () => {
    const record = sampleRecord('held')
    const rows = part(record, 'Runs of late')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
    expect(rows).toHaveLength(record.history!.length)
    expect(rows[0]).toContain(record.run)
    expect(reportMarkdown({ ...record, history: record.history!.slice(-1) })).not.toContain('Runs of late')
  })
})

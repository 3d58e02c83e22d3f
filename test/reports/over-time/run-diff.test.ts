// Two runs beside each other: states that changed, and a text that guests cannot break out of.
import { describe, expect, it } from 'vitest'
import { diffRuns } from '../../../src/reports/over-time/run-diff.ts'
import { diffText } from '../../../src/reports/over-time/run-diff-text.ts'
import type { Result, RunRecord } from '../../../src/reports/run-record.ts'
import { hostileRecord, smallRecord } from '../hostile.ts'
import { sampleRecord } from '../sample-record.ts'
import { finding, night, trial } from './small-run.ts'

const requirement = (id: string, result: Result) => ({
  id,
  title: `Requirement ${id}`,
  level: null,
  controls: [],
  threats: [],
  result,
  reason: '',
})
const framework = (...requirements: ReturnType<typeof requirement>[]): NonNullable<RunRecord['frameworks']>[number] => ({
  id: 'asvs',
  title: 'ASVS',
  version: '5.0',
  url: 'https://example.org',
  requirements,
})

describe('diffRuns', () => {
  it('says what became of findings, and which of them decide', () => {
    const from = night(1, {
      findings: [finding('stays'), finding('mended', { code: 'other' }), finding('gone', { code: 'third' })],
      trials: [
        trial('one', 'violated'),
        trial('two', 'violated', { oracles: [{ oracle: 'canary', kind: 'violated', code: 'other', reason: '' }] }),
      ],
    })
    const to = night(2, {
      findings: [finding('stays'), finding('fresh'), finding('elsewhere', { own: false, target: 'bare' })],
      trials: [trial('one', 'violated'), trial('two', 'contained')],
    })
    const { findings } = diffRuns(from, to)
    const ids = (list: readonly { readonly id: string; readonly decides: boolean }[]) =>
      list.map(({ id, decides }) => [id, decides])
    expect(ids(findings.new)).toEqual([
      ['fresh', true],
      ['elsewhere', false],
    ])
    expect(ids(findings.still)).toEqual([['stays', true]])
    expect(ids(findings.fixed)).toEqual([['mended', true]])
    expect(ids(findings.unknown)).toEqual([['gone', true]])
  })

  it('names threats and requirements whose state is another one, came or went', () => {
    const changed = smallRecord()
    const from = { ...changed, frameworks: [framework(requirement('1.1', 'passed'), requirement('1.2', 'passed'))] }
    const [threat, ...others] = changed.threats
    const to: RunRecord = {
      ...changed,
      threats: [{ ...threat!, result: 'not-run' }, ...others.slice(1)],
      frameworks: [framework(requirement('1.1', 'failed'), requirement('1.2', 'passed'), requirement('1.3', 'not-run'))],
    }
    const diff = diffRuns(from, to)
    expect(diff.threats).toEqual([
      { id: threat!.id, title: threat!.title, from: threat!.result, to: 'not-run' },
      { id: others[0]!.id, title: others[0]!.title, from: others[0]!.result, to: null },
    ])
    expect(diff.controls).toEqual([])
    expect(diff.requirements).toEqual([
      { id: 'asvs 1.1', title: 'Requirement 1.1', from: 'passed', to: 'failed' },
      { id: 'asvs 1.3', title: 'Requirement 1.3', from: null, to: 'not-run' },
    ])
  })

  it('of a run with itself has nothing but what stays', () => {
    const record = sampleRecord('findings')
    const { findings, noLongerTested, threats, controls, requirements } = diffRuns(record, record)
    expect(findings.still).toHaveLength(record.findings.length)
    expect([findings.new, findings.fixed, findings.unknown, noLongerTested, threats, controls, requirements].flat()).toEqual([])
  })
})

describe('the text of it', () => {
  it('says that runs are not about the same, and that the later one did not reach its end', () => {
    const text = diffText(diffRuns(night(1), night(2, { subject: ['bare'], completion: 'interrupted' }))).join('\n')
    expect(text).toContain('They are not about the same: sandbox-jail; bare.')
    expect(text).toContain('The later run did not reach its end')
    expect(text).toMatch(/0 new findings, 0 still there, 0 fixed, 0 unknown; 0 no longer tested; 0 threats changed$/)
  })

  it('does nothing to a terminal, whatever guests have put into the reports', () => {
    const lines = diffText(diffRuns(sampleRecord('held'), hostileRecord()))
    expect(lines.length).toBeGreaterThan(20)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(lines.filter((line) => /[\u0000-\u001f\u007f-\u009f\u200b\u202e\u2066]|\p{Cs}/u.test(line))).toEqual([])
  })
})

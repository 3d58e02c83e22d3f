// A run in one line: the figures of trends, and none that is made up.
import { describe, expect, it } from 'vitest'
import { pastRunOf } from '../../../src/reports/over-time/past-run.ts'
import { subjectKey, subjectOf } from '../../../src/reports/over-time/subject.ts'
import { runRecordSchema } from '../../../src/reports/run-record.ts'
import { campaign, engine, finding, HOST, night, trial } from './small-run.ts'

describe('pastRunOf', () => {
  it('counts what a run did and saw', () => {
    const coverage = { instrumentedEdges: 900, initial: 1, final: 70, corpus: 3 }
    const record = night(1, {
      exitCode: 1,
      trials: [trial('one', 'violated'), trial('one', 'contained', { role: 'twin' })],
      findings: [finding('a'), finding('b', { own: false, target: 'bare' })],
      campaigns: [campaign({ links: 40 })],
      engines: [
        engine('p', 'passed'),
        engine('c', 'passed', { kind: 'coverage-guided', executions: 300, coverage }),
        engine('left-out', 'not-run'),
      ],
    })
    const line = pastRunOf(record)
    expect(line).toMatchObject({
      seconds: 90,
      findings: { own: 1, other: 1 },
      attacks: 1,
      executions: 440,
      executionsPerSecond: 100,
      edges: 70,
      mutationScore: null,
    })
    expect(line.threats).toEqual({ passed: 0, failed: 0, 'needs-review': 0, 'not-run': 0, 'not-applicable': 0, unknown: 0 })
    expect(runRecordSchema.parse({ ...record, history: [line] }).history).toEqual([line])
  })
  it('has no edges and no speed where no engine ran, rather than none of them reached', () => {
    expect(pastRunOf(night(1))).toMatchObject({ edges: null, executionsPerSecond: 0, executions: 0 })
  })
})

describe('what a run is about', () => {
  it('is what the record says, else our own sandbox, else whatever was attacked', () => {
    const bare = { name: 'bare', version: '1', own: false, facts: {} }
    expect(subjectOf(night(1))).toEqual([HOST])
    expect(subjectOf(night(1, { subject: ['bare'] }))).toEqual(['bare'])
    expect(subjectOf(night(1, { targets: [bare] }))).toEqual(['bare'])
  })
  it('does not depend on the order of targets, and sets a shard beside the same shard only', () => {
    expect(subjectKey(night(1, { subject: ['b', 'a'] }))).toBe(subjectKey(night(2, { subject: ['a', 'b'] })))
    const shard = { number: 1, of: 4, lists: {} }
    expect(subjectKey(night(1, { shard }))).not.toBe(subjectKey(night(1)))
  })
})

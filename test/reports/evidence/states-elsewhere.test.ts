// States by what other commands showed, and about hosts of somebody else.
import { describe, expect, it } from 'vitest'
import { threatStates } from '../../../src/reports/evidence/states.ts'
import { isForeign } from '../../../src/reports/evidence/subject.ts'
import type { EvidenceItem, RunRecord, WeakeningRecord } from '../../../src/reports/run-record.ts'
import { loadThreatModel } from '../../../src/threats/index.ts'
import { plainRecord } from '../sample-record.ts'

const loaded = loadThreatModel()
const THREAT = 'LNK-02'
const CONTROL = loaded.threats.find(({ id }) => id === THREAT)!.controls[0]!
const model = { ...loaded, threats: loaded.threats.filter(({ id }) => id === THREAT) }
const held = plainRecord('held')

const states = (changes: Partial<RunRecord>) => threatStates(model, { ...held, ...changes })
const threat = (changes: Partial<RunRecord>) => states(changes).threats[0]!
const control = (changes: Partial<RunRecord>) => states(changes).controls.find(({ id }) => id === CONTROL)!

const item = (changes: Partial<EvidenceItem> = {}): EvidenceItem => ({
  id: 'weakening:weak-lnk-02',
  kind: 'weakening',
  title: 'W',
  threats: [THREAT],
  controls: [CONTROL],
  result: 'passed',
  reason: 'Noticed.',
  target: null,
  count: 1,
  seed: null,
  seconds: 1,
  at: '2026-03-01T00:00:00.000Z',
  versions: {},
  source: 'gauntlet prove',
  stale: null,
  replay: 'x',
  ...changes,
})
const notRun = held.weakenings.map((weakening): WeakeningRecord => ({ ...weakening, result: 'not-run', detectedBy: [] }))

describe('a weakening that only gauntlet prove planted', () => {
  it('proves what this run did not prove', () => {
    expect(threat({ weakenings: notRun }).result).toBe('needs-review')
    expect(threat({ weakenings: notRun, evidence: [item()] })).toMatchObject({
      result: 'passed',
      evidence: { weakenings: 1, weakeningsDetected: 1 },
    })
    expect(control({ weakenings: notRun, evidence: [item()] })).toMatchObject({ result: 'passed', weakeningsDetected: 1 })
  })

  it('proves it in a run that lists no weakening at all', () => {
    expect(threat({ weakenings: [], evidence: [item()] }).result).toBe('passed')
    expect(threat({ weakenings: [], evidence: [] }).result).toBe('needs-review')
  })

  it('proves nothing if it is stale, and shows blindness if nothing noticed it', () => {
    expect(threat({ weakenings: notRun, evidence: [item({ stale: 'The sources have changed since.' })] }).result).toBe(
      'needs-review',
    )
    expect(threat({ weakenings: notRun, evidence: [item({ result: 'failed' })] }).reason).toMatch(/blind here: weak-lnk-02/)
  })

  it('does not undo what this run saw', () => {
    const missed = held.weakenings.map((weakening): WeakeningRecord => ({ ...weakening, result: 'missed' }))
    expect(threat({ weakenings: missed, evidence: [item()] }).reason).toMatch(/blind/)
  })
})

describe('what failed elsewhere', () => {
  const test = item({ id: 'test:test/a.test.ts', kind: 'test', result: 'failed', reason: '1 of 9 tests failed.' })

  it('raises a doubt that names the item', () => {
    const reason = 'test:test/a.test.ts failed on 2026-03-01: 1 of 9 tests failed.'
    expect(threat({ evidence: [test] })).toMatchObject({ result: 'needs-review', reason })
    expect(control({ evidence: [test] })).toMatchObject({ result: 'needs-review', reason })
  })

  it.each<[string, Partial<EvidenceItem>]>([
    ['is stale', { stale: 'The sources have changed since.' }],
    ['was on a host that the run is not about', { kind: 'comparison', target: 'other' }],
    ['passed', { result: 'passed' }],
  ])('does not if it %s', (_, changes) => {
    expect(threat({ evidence: [{ ...test, ...changes }] }).result).toBe('passed')
  })

  it('counts unit tests that passed, of the same sources', () => {
    const passed = { ...test, result: 'passed' as const, count: 9 }
    expect(threat({ evidence: [passed, { ...passed, stale: 'x' }] }).evidence.tests).toBe(9)
    expect(control({ evidence: [passed] }).tests).toBe(9)
    expect(threat({ evidence: [] }).evidence.tests).toBe(0)
    expect(threat({}).evidence).not.toHaveProperty('tests')
  })
})

describe('an engine with published defects', () => {
  const ENGINE = 'ENG-01'
  const engines = { ...loaded, threats: loaded.threats.filter(({ id }) => id === ENGINE || id === THREAT) }
  const withAdvisories = (text: string) => ({
    ...held,
    targets: held.targets.map((target) => ({ ...target, facts: { ...target.facts, 'engine advisories': text } })),
  })
  const resultOf = (id: string, text: string) =>
    threatStates(engines, withAdvisories(text)).threats.find((state) => state.id === id)!

  it('puts the threats in doubt that its version answers, and no others', () => {
    expect(resultOf(ENGINE, 'none known').result).toBe('passed')
    expect(resultOf(ENGINE, 'CVE-1')).toMatchObject({
      result: 'needs-review',
      reason: 'The engine of sandbox-jail has published defects: CVE-1. And 1 more.',
    })
    expect(resultOf(THREAT, 'CVE-1').result).toBe('passed')
  })
})

describe('a run about a host of somebody else', () => {
  const about = { subject: ['bare'], evidence: [item()] }
  const contained = held.trials.map((trial) => ({ ...trial, verdict: 'contained' as const }))

  it('is decided by that host alone', () => {
    expect(isForeign({ ...held, ...about })).toBe(true)
    expect(isForeign(held)).toBe(false)
    // bare lets it happen, and our own jail holds.
    expect(threat(about).result).toBe('failed')
    expect(threat({ ...about, findings: [], trials: contained })).toMatchObject({
      result: 'passed',
      reason: expect.stringContaining('contained on every target with the twin allowed'),
    })
  })

  it('is not decided by findings and engines of our own code', () => {
    const engines = held.engines.map((engine) => ({ ...engine, threats: [THREAT], result: 'failed' as const }))
    const findings = held.findings
      .filter(({ target }) => target === 'bare')
      .slice(0, 1)
      .map((finding) => ({ ...finding, own: true, target: 'sandbox-jail', threat: THREAT }))
    expect(threat({ ...about, trials: contained, findings, engines })).toMatchObject({
      result: 'passed',
      evidence: { properties: 0, coverageGuided: 0 },
    })
    expect(threat({ trials: contained, findings, engines }).result).toBe('failed')
  })

  it('has controls that are as good as what they answer, and others that do not apply', () => {
    expect(control({ ...about, findings: [], trials: contained })).toMatchObject({ result: 'passed' })
    // Whatever was planted in our own code.
    expect(control({ ...about, findings: [], trials: [] })).toMatchObject({ result: 'not-run' })
    expect(control({ ...about, findings: [], trials: [], evidence: [], weakenings: [] })).toMatchObject({ result: 'not-run' })
    const other = states(about).controls.find(({ threats }) => threats.length === 0)!
    expect(other.result).toBe('not-applicable')
  })
})

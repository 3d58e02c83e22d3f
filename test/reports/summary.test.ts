// The verdict: each thing that stays open must take the pass away, and no data must never look like one.
import { describe, expect, it } from 'vitest'
import { bytes, count, duration, list } from '../../src/reports/results.ts'
import type { RiskRecord, RunRecord } from '../../src/reports/run-record.ts'
import { summarise } from '../../src/reports/summary.ts'
import { visible } from '../../src/reports/visible.ts'
import { plainRecord, sampleFinding, sampleRecord } from './sample-record.ts'

/** With nothing around it that asks for something. */
const held = plainRecord('held')

function change(over: Partial<RunRecord>): ReturnType<typeof summarise> {
  return summarise({ ...held, ...over })
}

function replaceFirst<Item>(items: readonly Item[], over: Partial<Item>): Item[] {
  return items.map((item, index) => (index === 0 ? { ...item, ...over } : item))
}

const decision = (over: Partial<RiskRecord>): RiskRecord => ({
  id: 'slow',
  threat: 'RES-03',
  finding: null,
  status: 'accepted',
  reason: 'It is slow.',
  owner: 'Jane Doe',
  ticket: 'T-1',
  date: '2026-01-01',
  expires: '2026-12-31',
  state: 'in-force',
  covers: [],
  file: 'threat-model/risks.yaml',
  line: 3,
  ...over,
})

describe('the verdict', () => {
  it('is a pass only when everything ran and nothing is open', () => {
    const summary = summarise(held)
    expect(summary).toMatchObject({ tone: 'held', open: [], alarm: null })
    expect(summary.headline).toBe(
      'Nothing escaped our own sandbox: 208 attacks contained on sandbox-jail, 208 attacks contained on sandbox-inline and 208 of 208 planted weakenings noticed.',
    )
    expect(summary.next).toEqual([{ text: expect.stringMatching(/^Nothing is open\./), command: held.command }])
  })

  const twin = held.trials.findIndex((trial) => trial.role === 'twin' && trial.target === 'sandbox-jail')
  it.each<[string, Partial<RunRecord>, RegExp]>([
    [
      'a decision that has expired',
      { risks: [decision({ state: 'expired' })] },
      /1 decision about risks expired, which fails the run/,
    ],
    ['a missed weakening', { weakenings: replaceFirst(held.weakenings, { result: 'missed' }) }, /1 weakening went unnoticed/],
    ['a broken weakening', { weakenings: replaceFirst(held.weakenings, { result: 'broken' }) }, /1 weakening was not planted/],
    ['no weakening', { weakenings: [] }, /no weakening was planted/],
    [
      'a blind engine',
      {
        engines: held.engines.map((engine) =>
          engine.coverage ? { ...engine, coverage: { ...engine.coverage, instrumentedEdges: 0 } } : engine,
        ),
      },
      /1 coverage-guided engine saw no coverage/,
    ],
    ['a failed engine', { engines: replaceFirst(held.engines, { result: 'failed' }) }, /1 engine did not pass/],
    ['an engine that was not run', { engines: replaceFirst(held.engines, { result: 'not-run' }) }, /1 engine did not pass/],
    ['an inconclusive attack', { trials: replaceFirst(held.trials, { verdict: 'inconclusive' }) }, /1 attack is inconclusive/],
    [
      'a twin that was not allowed',
      { trials: held.trials.map((trial, index) => (index === twin ? { ...trial, verdict: 'violated' } : trial)) },
      /1 twin was not allowed/,
    ],
    [
      'a part of the plan that was not run',
      { stages: replaceFirst(held.stages, { result: 'not-run' }) },
      /1 part of the plan did not pass/,
    ],
    ['a threat without evidence', { threats: replaceFirst(held.threats, { result: 'not-run' }) }, /1 threat has no evidence/],
    ['an unknown threat', { threats: replaceFirst(held.threats, { result: 'unknown' }) }, /1 threat has no evidence/],
    ['a threat that needs review', { threats: replaceFirst(held.threats, { result: 'needs-review' }) }, /1 threat needs review/],
    ['a failed threat', { threats: replaceFirst(held.threats, { result: 'failed' }) }, /1 threat failed/],
    ['no threat model', { threats: [] }, /no threat model was loaded/],
  ])('is not a pass with %s', (_, over, headline) => {
    const summary = change(over)
    expect(summary.tone).toBe('open')
    expect(summary.headline).toMatch(/^Nothing escaped our own sandbox, but not everything is proven: /)
    expect(summary.headline).toMatch(headline)
  })

  it.each<[string, Partial<RunRecord>]>([
    ['interrupted', { completion: 'interrupted', completionReason: 'SIGINT' }],
    ['a fault', { completion: 'fault', completionReason: 'No memory' }],
    ['recorded faults', { faults: ['x'] }],
  ])('is not a pass and raises an alarm: %s', (_, over) => {
    const summary = change(over)
    expect(summary.tone).toBe('partial')
    expect(summary.alarm).not.toBeNull()
    expect(summary.headline).toContain('this is no pass')
  })

  it.each<[string, Partial<RunRecord>, string]>([
    ['a finding', { findings: [sampleFinding()] }, '1 finding, of severity critical'],
    [
      'findings, gravest first',
      { findings: [sampleFinding({ id: 'a', severity: 'low' }), sampleFinding({ severity: 'high' })] },
      '2 findings, the gravest high',
    ],
    [
      'a finding on an own target that is not marked as own',
      { findings: [sampleFinding({ own: false })] },
      '1 finding, of severity critical',
    ],
    [
      'a violated attack without a finding',
      { trials: replaceFirst(held.trials, { verdict: 'violated' }) },
      '1 attack violated it, and no finding was made of that',
    ],
    [
      'a violated module without a finding',
      { campaigns: [{ ...held.campaigns[1]!, target: 'sandbox-jail' }] },
      '10 campaign modules violated it, and no finding was made of that',
    ],
  ])('is a failure because of %s', (_, over, words) => {
    const summary = change(over)
    expect(summary.tone).toBe('escape')
    expect(summary.headline).toBe(`Our own sandbox did not hold: ${words}.`)
    expect(change({ ...over, completion: 'interrupted' })).toMatchObject({
      tone: 'escape',
      alarm: expect.stringContaining('interrupted'),
    })
  })

  it('knows nothing when nothing was tried on our own sandbox, whatever was tried on others', () => {
    const others = held.trials.filter((trial) => trial.target === 'bare')
    const campaigns = held.campaigns.filter((campaign) => campaign.target === 'bare')
    expect(change({ trials: others, campaigns, engines: [] }).tone).toBe('void')
    expect(summarise(sampleRecord('empty'))).toMatchObject({ tone: 'void' })
  })

  it('speaks of somebody else’s host when ours was not part of the run', () => {
    const targets = held.targets.filter((target) => !target.own)
    expect(change({ targets })).toMatchObject({
      tone: 'escape',
      headline: 'bare did not hold: 93 findings, the gravest medium.',
      subject: { foreign: true, words: 'bare' },
      otherFindings: [],
    })
    const quiet = held.trials.map((trial) => ({ ...trial, verdict: 'contained' as const }))
    const contained = { targets, trials: quiet, findings: [], campaigns: [], weakenings: [] }
    expect(change(contained)).toMatchObject({
      tone: 'held',
      headline: 'Nothing escaped bare: 208 attacks contained on bare.',
    })
    const skipped = held.engines.map((engine) => ({ ...engine, result: 'not-applicable' as const, executions: 0 }))
    const stages = held.stages.map((stage) => ({ ...stage, result: 'not-applicable' as const }))
    expect(change({ ...contained, engines: skipped, stages })).toMatchObject({ tone: 'held', open: [] })
    expect(change({ ...contained, trials: quiet.map((trial) => ({ ...trial, verdict: 'inconclusive' as const })) }).tone).toBe(
      'open',
    )
    expect(change({ ...contained, completion: 'interrupted' }).tone).toBe('partial')
    expect(change({ ...contained, trials: [] })).toMatchObject({
      tone: 'void',
      headline: 'Nothing was attacked in this run, so it says nothing.',
    })
  })
})

describe('an accepted finding', () => {
  it('is still one by which the sandbox did not hold, and the verdict says who stands for it', () => {
    const findings = [sampleFinding({ id: 'a', own: true }), sampleFinding({ id: 'b', own: true })]
    const headline = (covers: string[]) => change({ findings, risks: [decision({ covers })] }).headline
    expect(headline([])).toMatch(/^Our own sandbox did not hold: 2 findings, the gravest \w+\.$/)
    expect(headline(['a'])).toMatch(/; decisions in force accept 1 of them\.$/)
    expect(headline(['a', 'b'])).toBe(
      'Our own sandbox did not hold, and decisions in force accept what was found: 2 findings, the gravest critical.',
    )
  })
})

describe('a run of which all findings are accepted', () => {
  const findings = [sampleFinding({ id: 'a', own: true })]
  it('neither passes nor fails', () => {
    expect(change({ findings, risks: [decision({ covers: ['a'] })] }).tone).toBe('open')
    expect(change({ findings, risks: [decision({ covers: ['a'] })], faults: ['x'] }).tone).toBe('partial')
    expect(change({ findings, risks: [decision({ covers: ['a'], state: 'expired' })] }).tone).toBe('escape')
  })
})

describe('the next steps', () => {
  it('begin with what is most urgent and carry the commands', () => {
    const { next } = summarise(plainRecord('findings'))
    expect(next[0]).toEqual({
      text: 'Replay F-19c07a52 (critical) and mend it: An import was resolved through Object.prototype.',
      command: 'gauntlet replay F-19c07a52',
    })
    expect(next.map((step) => step.text.split(' ')[0])).toEqual([
      'Replay',
      'Replay',
      'Write',
      'Mend',
      'Settle',
      'Find',
      'Run',
      'Add',
      'Read',
    ])
    expect(summarise(sampleRecord('fault')).next[0]!.text).toMatch(/^Mend the fault/)
    expect(summarise(sampleRecord('interrupted')).next[0]!.text).toMatch(/^Run it again to the end/)
  })

  it('ask for a new decision when one has expired, and for evidence that is gone', () => {
    const { risks, changes } = sampleRecord('findings')
    const texts = (over: Partial<RunRecord>) => change(over).next.map((step) => step.text)
    expect(texts({ risks: risks! })).toEqual([expect.stringMatching(/^Decide again about old-decision:/)])
    expect(texts({ risks: risks!.filter(({ state }) => state !== 'expired') })).toEqual([
      expect.stringMatching(/^Nothing is open\./),
    ])
    expect(texts({ changes: changes! })).toEqual(['Find out why 1 piece of evidence of the run before is missing in this one.'])
  })
})

describe('words and figures', () => {
  it('are for people', () => {
    expect([0, 1, 2_000].map((number) => count(number, 'attack'))).toEqual(['0 attacks', '1 attack', '2,000 attacks'])
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(list)).toEqual(['', 'a', 'a and b', 'a, b and c'])
    expect([0.4, 999, 1_000, 59_949, 59_950, 119_700, 3_600_000, 5_400_000].map(duration)).toEqual([
      '0 ms',
      '999 ms',
      '1.0 s',
      '59.9 s',
      '1 min 0 s',
      '2 min 0 s',
      '1 h 0 min',
      '1 h 30 min',
    ])
    expect([0, 1_023, 1_024, 1_536, 150 * 1_024, 3 * 2 ** 30].map(bytes)).toEqual([
      '0 B',
      '1023 B',
      '1.0 KiB',
      '1.5 KiB',
      '150 KiB',
      '3.0 GiB',
    ])
  })

  it('show every character that cannot be seen', () => {
    expect(visible('a\u001b[31m\u202eb\u200b\u{e0041}\ud800\u00a0\u2028c')).toBe(
      'a⟨U+001B⟩[31m⟨U+202E⟩b⟨U+200B⟩⟨U+E0041⟩⟨U+D800⟩⟨U+00A0⟩⟨U+2028⟩c',
    )
    expect(visible('e\u0301\u0302\u0303\u0304')).toBe('e\u0301\u0302⟨U+0303⟩⟨U+0304⟩')
    expect(visible('\ufff9\ue000\u{10ffff}\u0600')).toBe('⟨U+FFF9⟩⟨U+E000⟩⟨U+10FFFF⟩⟨U+0600⟩')
    expect(visible('a\tb\nc')).toBe('a⟨U+0009⟩b⟨U+000A⟩c')
    expect(visible('a\tb\nc\r', { lines: true })).toBe('a\tb\nc⟨U+000D⟩')
    expect(visible('grüße 你好 → ok')).toBe('grüße 你好 → ok')
    expect(visible('abcdef', { limit: 3 })).toBe('abc … (3 more characters in report.json)')
  })
})

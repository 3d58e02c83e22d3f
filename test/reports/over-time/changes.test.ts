// What became of findings between two runs: fixed only where it was tried again, and nothing forgotten that was not.
import { describe, expect, it } from 'vitest'
import { baselineOf, carriedOver, changesSince } from '../../../src/reports/over-time/changes.ts'
import type { FindingRecord, RunRecord } from '../../../src/reports/run-record.ts'
import { campaign, engine, evidence, finding, HOST, night, trial } from './small-run.ts'

const changes = (from: Partial<RunRecord>, to: Partial<RunRecord>) => changesSince(baselineOf(night(1, from)), night(2, to))

describe('a finding', () => {
  it('is new if the earlier run did not have it, and still there if it did', () => {
    const both = { findings: [finding('a')] }
    expect(changes(both, { findings: [finding('a'), finding('b')] })).toMatchObject({
      against: night(1).run,
      new: ['b'],
      still: ['a'],
      fixed: [],
      unknown: [],
    })
  })

  const shown = {
    findings: [finding('a')],
    trials: [trial('one', 'violated'), trial('two', 'violated'), trial('other', 'contained')],
  }
  const held = (...attacks: string[]) => attacks.map((attack) => trial(attack, 'contained'))
  const cases: [what: string, later: Partial<RunRecord>, became: 'fixed' | 'unknown'][] = [
    ['every attack that showed it was contained', { trials: held('one', 'two') }, 'fixed'],
    ['one of them was not run again', { trials: held('one', 'other') }, 'unknown'],
    ['nothing was run', {}, 'unknown'],
    ['one of them was undecided', { trials: [...held('one'), trial('two', 'inconclusive')] }, 'unknown'],
    ['one of them went wrong in another way', { trials: [...held('one'), trial('two', 'violated')] }, 'unknown'],
    ['they were run on another target', { trials: held('one', 'two').map((each) => ({ ...each, target: 'bare' })) }, 'unknown'],
    ['only their twins were run', { trials: held('one', 'two').map((each) => ({ ...each, role: 'twin' as const })) }, 'unknown'],
  ]
  it.each(cases)('that is gone: %s', (_, later, became) => {
    expect(changes(shown, later)).toMatchObject({ fixed: [], unknown: [], [became]: ['a'] })
  })

  const bySource: [Partial<FindingRecord>, from: Partial<RunRecord>, again: Partial<RunRecord>, without: Partial<RunRecord>][] = [
    [
      { source: 'property', code: 'no-leak' },
      {},
      { engines: [engine('no-leak', 'passed')] },
      { engines: [engine('no-leak', 'not-run'), engine('another', 'passed')] },
    ],
    // It stopped at another refutation, and may not have come to this one.
    [
      { source: 'property', code: 'no-leak' },
      {},
      { engines: [engine('no-leak', 'passed')] },
      { engines: [engine('no-leak', 'failed')] },
    ],
    [
      { source: 'coverage-guided', location: { path: 'fuzz/reader.fuzz.ts', line: 1 } },
      {},
      { engines: [engine('reader', 'passed', { kind: 'coverage-guided' })] },
      { engines: [engine('reader', 'passed')] },
    ],
    [
      { source: 'campaign', replay: 'npx gauntlet replay generator:links@17 --target jail' },
      {},
      { campaigns: [campaign({ links: 4 })] },
      { campaigns: [campaign({ links: 0, files: 9 })] },
    ],
    // A smaller module does not say which generator made it.
    [
      { source: 'campaign', replay: 'npx gauntlet replay findings/a.json' },
      { campaigns: [campaign({ links: 4 }, 1)] },
      { campaigns: [campaign({ links: 4 })] },
      { campaigns: [campaign({ files: 4 })] },
    ],
    [{ source: 'corpus' }, { trials: [] }, { trials: [] }, { trials: held('one', 'two') }],
  ]
  it.each(bySource)('of %j is fixed only if what showed it was run again', (about, from, again, without) => {
    const earlier = { ...from, findings: [finding('a', about)] }
    expect(changes(earlier, without)).toMatchObject({ fixed: [], unknown: ['a'] })
    if (about.source !== 'corpus') expect(changes(earlier, again)).toMatchObject({ fixed: ['a'], unknown: [] })
  })

  it('that was not tested again is not new when it shows once more', () => {
    const first = baselineOf(night(1, shown))
    const second = night(2)
    const between = changesSince(first, second)
    expect(between.unknown).toEqual(['a'])
    const carried = carriedOver(first, between)
    expect(changesSince(baselineOf(second, carried), night(3, shown))).toMatchObject({ new: [], still: ['a'] })
    expect(changesSince(baselineOf(second, carried), night(3, { trials: held('one', 'two') }))).toMatchObject({ fixed: ['a'] })
  })
})

describe('what is no longer tested', () => {
  it('is evidence that only the earlier run has, and had not left out itself', () => {
    const earlier = { evidence: [evidence('regression:a'), evidence('regression:b'), evidence('regression:c', 'not-run')] }
    expect(changes(earlier, { evidence: [evidence('regression:a')] }).noLongerTested).toEqual([
      { id: 'regression:b', title: 'Evidence regression:b', kind: 'regression' },
    ])
  })
  it('is not what the later run itself lists as not run', () => {
    expect(changes({ evidence: [evidence('a')] }, { evidence: [evidence('a', 'not-run')] }).noLongerTested).toEqual([])
  })
  it('is read from the lists of records that have no evidence', () => {
    const earlier = {
      trials: [trial('one', 'contained'), trial('two', 'contained')],
      engines: [engine('no-leak', 'passed'), engine('sampled', 'passed')],
      campaigns: [campaign({ links: 3 })],
    }
    const later = { trials: [trial('one', 'contained')], engines: [engine('sampled', 'not-run')], evidence: [] }
    expect(changes(earlier, later).noLongerTested.map(({ id }) => id)).toEqual([
      `regression:two@${HOST}`,
      `campaign:links@${HOST}`,
      'property:no-leak',
    ])
  })
  it('is not said of a later record that has no evidence to compare with', () => {
    expect(changes({ evidence: [evidence('a')] }, {}).noLongerTested).toEqual([])
  })
})

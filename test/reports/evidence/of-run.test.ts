// What a run tried, as items: a case counts with its twin, each item says what it bears on, and ids are the same in every run.
import { describe, expect, it } from 'vitest'
import { joinEvidence } from '../../../src/reports/evidence/join.ts'
import { itemsOfRun } from '../../../src/reports/evidence/of-run.ts'
import { type EvidenceItem, type RunRecord, runRecordSchema } from '../../../src/reports/run-record.ts'
import { plainRecord } from '../sample-record.ts'

const ANSWERS = [{ id: 'LNK-01', controls: ['import-match', 'abi-table'] }]
const held = plainRecord('held')

const items = (changes: Partial<RunRecord> = {}) => itemsOfRun({ ...held, ...changes }, ANSWERS)
const find = (id: string, changes: Partial<RunRecord> = {}) => items(changes).find((item) => item.id === id)
const trialsWith = (role: 'attack' | 'twin', verdict: 'violated' | 'inconclusive' | null) =>
  held.trials.flatMap((trial) =>
    trial.attack !== 'LNK-01-sample' || trial.target !== 'sandbox-jail' || trial.role !== role
      ? [trial]
      : verdict === null
        ? []
        : [{ ...trial, verdict, reason: 'Because.' }],
  )
const CASE = 'regression:LNK-01-sample@sandbox-jail'

describe('a case', () => {
  it('is one item for each target, with its twin judged', () => {
    expect(find(CASE)).toEqual({
      id: CASE,
      kind: 'regression',
      title: 'Realises LNK-01 by a module of its own',
      threats: ['LNK-01'],
      controls: ['import-match', 'abi-table'],
      result: 'passed',
      reason: 'The attack was contained and its twin allowed.',
      target: 'sandbox-jail',
      count: 2,
      seed: null,
      seconds: expect.closeTo(0.33, 5),
      at: held.finishedAt,
      versions: {},
      source: held.command,
      stale: null,
      replay: 'gauntlet replay LNK-01-sample --target sandbox-jail',
    })
  })

  it.each<['attack' | 'twin', 'violated' | 'inconclusive' | null, string, RegExp]>([
    ['attack', 'violated', 'failed', /^Because\.$/],
    ['attack', 'inconclusive', 'needs-review', /is inconclusive/],
    ['attack', null, 'not-run', /only its twin did/],
    ['twin', 'violated', 'needs-review', /was not allowed/],
    ['twin', null, 'needs-review', /did not run/],
  ])('whose %s is %s is %s', (role, verdict, result, reason) => {
    const item = find(CASE, { trials: trialsWith(role, verdict) })
    expect(item?.result).toBe(result)
    expect(item?.reason).toMatch(reason)
  })

  it('on a host of somebody else says nothing of our controls, unless the run is about it', () => {
    const id = 'regression:LNK-01-sample@bare'
    expect(find(id)).toMatchObject({ controls: [], versions: { bare: 'WebAssembly of Node.js 24.21.0' } })
    expect(find(id, { subject: ['bare'] })?.controls).toEqual(['import-match', 'abi-table'])
    expect(find(CASE, { subject: ['bare'] })?.controls).toEqual([])
  })
})

describe('a generator', () => {
  const batch = { modules: 3, contained: 3, violated: 0, inconclusive: 0, byOutcome: {}, threats: ['LNK-01'] }
  const campaign = (seed: number, changes: Partial<typeof batch> = {}) => ({
    target: 'sandbox-jail',
    seed,
    modules: 3,
    byGenerator: { lies: { ...batch, ...changes } },
    seconds: 1,
  })
  const lies = (...campaigns: RunRecord['campaigns']) => find('campaign:lies@sandbox-jail', { campaigns })

  it('is one item over all runs that were joined', () => {
    expect(lies(campaign(1), campaign(2))).toMatchObject({ result: 'passed', count: 6, seed: null })
    expect(lies(campaign(7))).toMatchObject({ seed: 7, count: 3, controls: ['import-match', 'abi-table'] })
  })

  it('that violated in one of them has failed; what nobody could judge needs review; no module is not run', () => {
    expect(lies(campaign(1), campaign(2, { violated: 1 }))?.result).toBe('failed')
    expect(lies(campaign(1, { inconclusive: 1 }))?.result).toBe('needs-review')
    expect(lies(campaign(1, { modules: 0 }))?.result).toBe('not-run')
  })
})

describe('a weakening', () => {
  it('is evidence for the control that it breaks, and no other', () => {
    const weakening = held.weakenings.find(({ threats }) => threats.includes('LNK-01'))!
    expect(find(`weakening:${weakening.id}`)).toMatchObject({
      controls: [weakening.control],
      result: 'passed',
      count: 1,
      replay: `npx gauntlet prove --only ${weakening.id}`,
    })
    const left = { ...weakening, result: 'not-run' as const, detectedBy: [] }
    expect(find(`weakening:${weakening.id}`, { weakenings: [left] })).toMatchObject({ result: 'not-run', count: 0 })
  })
})

it('is valid in every kind of run, and ids never repeat', () => {
  for (const kind of ['held', 'findings', 'interrupted', 'fault', 'empty'] as const) {
    const record = plainRecord(kind)
    const evidence = itemsOfRun(record, ANSWERS)
    expect(runRecordSchema.safeParse({ ...record, evidence }).error).toBeUndefined()
    expect(new Set(evidence.map(({ id }) => id)).size).toBe(evidence.length)
  }
})

describe('evidence of other commands', () => {
  const item = (id: string, result: EvidenceItem['result'], source: string): EvidenceItem => ({
    ...find(CASE)!,
    id,
    result,
    source,
  })

  it('is added, stands in for what the run only lists, and never for what it did', () => {
    const own = [item('a', 'passed', 'run'), item('b', 'not-run', 'run'), item('c', 'not-run', 'run')]
    const elsewhere = [item('a', 'failed', 'prove'), item('b', 'passed', 'prove'), item('d', 'passed', 'prove')]
    expect(joinEvidence(own, elsewhere).map(({ id, result, source }) => `${id} ${result} ${source}`)).toEqual([
      'a passed run',
      'b passed prove',
      'c not-run run',
      'd passed prove',
    ])
  })
})

// The engine matrix: what it runs, what it compares, and what it fails for.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { differences, type EngineResult, failures, runMatrix, SURVIVAL_BOUND_MS } from '../../src/campaign/engine-matrix.ts'

const CORPUS = join(import.meta.dirname, '..', '..', 'corpus')

const result = (node: string, changes: Partial<EngineResult> = {}): EngineResult => ({
  node,
  v8: '1',
  attacks: 1,
  contained: 1,
  notApplicable: [],
  doubts: [],
  killed: 0,
  longestKillMs: 0,
  longestKill: null,
  outcomes: new Map([['LNK-01-a', 'contained, refused']]),
  ...changes,
})

describe('the engine matrix', () => {
  it('runs the corpus in chambers of the engine that is named, and says how long a guest that was killed took', async () => {
    const only = ['RES-01-loop', 'LNK-08-inherited-call']
    const [ran] = await runMatrix({ corpus: CORPUS, engines: [process.execPath], only, parallel: 1 })
    expect(ran).toMatchObject({ node: process.version, v8: process.versions.v8, attacks: 2, contained: 2, doubts: [] })
    expect(ran!.killed).toBeGreaterThanOrEqual(1)
    expect(ran!.longestKill).toBe('RES-01-loop')
    expect(ran!.longestKillMs).toBeGreaterThan(0)
    expect(Object.fromEntries(ran!.outcomes)).toMatchObject({ 'LNK-08-inherited-call': 'contained, call-refused' })
  })

  it('rejects if an engine cannot be started', async () => {
    await expect(runMatrix({ corpus: CORPUS, engines: ['/nowhere/node'], only: [], parallel: 1 })).rejects.toThrow(/ENOENT/)
  })

  it('names what is not the same on every engine', () => {
    const odd = result('v26', { outcomes: new Map([['LNK-01-a', 'violated, completed']]) })
    expect(differences([result('v22'), result('v24')])).toEqual([])
    expect(differences([result('v22'), odd])).toEqual([
      { attack: 'LNK-01-a', outcomes: ['contained, refused', 'violated, completed'] },
    ])
    expect(differences([result('v22'), result('v24', { outcomes: new Map(), notApplicable: ['LNK-01-a'] })])).toEqual([])
    expect(differences([result('v22'), result('v24', { outcomes: new Map() })])[0]!.outcomes).toContain('not run')
  })

  it('fails for an attack that was not contained, and for a guest that outlived its end', () => {
    expect(failures([result('v22'), result('v24', { longestKillMs: SURVIVAL_BOUND_MS })])).toEqual([])
    expect(failures([result('v22', { doubts: ['LNK-01-a is violated: x'] })])).toEqual(['v22: LNK-01-a is violated: x'])
    const slow = result('v24', { longestKillMs: SURVIVAL_BOUND_MS + 1, longestKill: 'RES-02-b' })
    expect(failures([slow])[0]).toMatch(/^v24: the guest of RES-02-b was gone only 2001 ms/)
  })
})

// What other commands left becomes evidence: with its own date, stale where sources or commit differ, and lost with the file that it is about.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeEngines } from '../../../src/campaign/elsewhere/engines-record.ts'
import type { Looking } from '../../../src/campaign/elsewhere/looking.ts'
import { sourcesDigest, staleness } from '../../../src/campaign/elsewhere/made.ts'
import { noteProven, type Planting } from '../../../src/campaign/elsewhere/proven-file.ts'
import { readElsewhere } from '../../../src/campaign/elsewhere/read.ts'
import { noteTests, readTests, sha256Of, type TestFile } from '../../../src/campaign/elsewhere/tests-file.ts'
import type { Comparison } from '../../../src/reports/compare/record.ts'
import { type ProveRecord, writeProve } from '../../../src/reports/prove/record.ts'
import type { WeakeningRecord } from '../../../src/reports/run-record.ts'
import { scratch, toyModel } from '../toys.ts'

const COMMIT = 'c'.repeat(40)
const TEST = 'test/sandbox/toy.test.ts'
let project: ReturnType<typeof scratch>

beforeEach(() => {
  project = scratch()
  put('src/toy.ts', 'export const toy = 1\n')
  put(TEST, '// LNK-01\n')
  mkdirSync(join(project.path, 'reports'))
})
afterEach(() => project.remove())

function put(path: string, text: string): void {
  const whole = join(project.path, path)
  mkdirSync(dirname(whole), { recursive: true })
  writeFileSync(whole, text)
}

function looking(): Looking {
  const { path: root } = project
  const model = { ...toyModel, controls: [{ ...toyModel.controls[0]!, paths: ['src/sandbox/toy.ts'] }] }
  return { root, reports: join(root, 'reports'), model, now: { commit: COMMIT, sources: sourcesDigest(root) } }
}
const read = () => readElsewhere(looking())
const item = (id: string) => read().evidence.find((candidate) => candidate.id === id)

const tested = (changes: Partial<TestFile> = {}): TestFile => ({
  file: TEST,
  tests: 3,
  failed: 0,
  skipped: 0,
  seconds: 0.5,
  threats: ['LNK-01', 'LNK-99'],
  sha256: sha256Of(join(project.path, TEST)),
  at: '2026-03-01T00:00:00.000Z',
  node: '24.21.0',
  commit: COMMIT,
  sources: sourcesDigest(project.path),
  ...changes,
})

function proved(changes: Partial<ProveRecord> = {}): ProveRecord {
  const planted = { title: 'W', control: 'import-match', threats: ['LNK-01'], file: 'src/toy.ts', reason: 'r', ms: 2_000 }
  return {
    schemaVersion: 1,
    project: { name: 'p', version: '1', commit: COMMIT },
    sources: sourcesDigest(project.path),
    command: 'gauntlet prove',
    startedAt: '2026-03-01T00:00:00.000Z',
    finishedAt: '2026-03-01T01:00:00.000Z',
    completion: 'complete',
    node: '24.21.0',
    platform: 'p',
    cpus: 1,
    parallel: 1,
    seed: 4,
    selected: 2,
    stored: 2,
    seconds: 1,
    weakenings: [
      { ...planted, id: 'w1', result: 'detected', found: true, by: ['LNK-01-a'] },
      { ...planted, id: 'w2', result: 'missed', found: false, by: [] },
      { ...planted, id: 'w3', result: 'not-run', found: null, by: [] },
    ],
    faults: [],
    ...changes,
  }
}

describe('nothing', () => {
  it('is no evidence, and no problem', () => {
    expect(read()).toEqual({ evidence: [], engineRuns: null, hosts: null, problems: [] })
  })
})

describe('unit tests', () => {
  it('bear on the threats that their text names, and the controls whose sources they mirror', () => {
    noteTests(project.path, [tested()])
    expect(item(`test:${TEST}`)).toMatchObject({
      kind: 'test',
      threats: ['LNK-01'],
      controls: ['import-match'],
      result: 'passed',
      count: 3,
      seconds: 0.5,
      at: '2026-03-01T00:00:00.000Z',
      stale: null,
      replay: `npx vitest run ${TEST}`,
    })
  })

  it.each<[string, Partial<TestFile>, string]>([
    ['failed if one of them failed', { failed: 1 }, 'failed'],
    ['not run if all were skipped', { skipped: 3 }, 'not-run'],
    ['not run if the file has none', { tests: 0 }, 'not-run'],
  ])('are %s', (_, changes, result) => {
    noteTests(project.path, [tested(changes)])
    expect(item(`test:${TEST}`)?.result).toBe(result)
  })

  it('of the reports name threats as data: that is no evidence for them', () => {
    put('test/reports/a.test.ts', 'LNK-01')
    noteTests(project.path, [tested({ file: 'test/reports/a.test.ts' })])
    expect(read().evidence).toEqual([])
  })

  it('are stale when a source, the commit or the file itself has changed, and gone with their file', () => {
    noteTests(project.path, [tested()])
    put('src/toy.ts', 'export const toy = 2\n')
    expect(item(`test:${TEST}`)?.stale).toBe('The sources have changed since.')
    noteTests(project.path, [tested({ commit: 'd'.repeat(40) })])
    expect(item(`test:${TEST}`)?.stale).toMatch(/^It is of the commit dddddddddddd, this run of the commit cccccccccccc\.$/)
    noteTests(project.path, [tested()])
    put(TEST, '// LNK-01 and more\n')
    expect(item(`test:${TEST}`)?.stale).toBe('The tests have changed since they ran.')
    rmSync(join(project.path, TEST))
    expect(read().evidence).toEqual([])
  })

  it('that were not run again are kept, and forgotten when their file is gone', () => {
    put('test/sandbox/other.test.ts', '')
    noteTests(project.path, [tested()])
    noteTests(project.path, [tested({ file: 'test/sandbox/other.test.ts' })])
    expect(readTests(project.path).map(({ file }) => file)).toEqual(['test/sandbox/other.test.ts', TEST])
    rmSync(join(project.path, TEST))
    noteTests(project.path, [])
    expect(readTests(project.path).map(({ file }) => file)).toEqual(['test/sandbox/other.test.ts'])
  })
})

describe('weakenings of gauntlet prove', () => {
  it('are evidence if they were planted, each with its control only', async () => {
    await writeProve(proved(), join(project.path, 'reports'))
    expect(read().evidence.map(({ id, result, controls, seed }) => [id, result, controls, seed])).toEqual([
      ['weakening:w1', 'passed', ['import-match'], 4],
      ['weakening:w2', 'failed', ['import-match'], 4],
    ])
    expect(item('weakening:w1')).toMatchObject({ at: '2026-03-01T01:00:00.000Z', stale: null, seconds: 2 })
  })

  it('are stale where the sources changed while they were planted', async () => {
    await writeProve(proved({ sources: null }), join(project.path, 'reports'))
    expect(item('weakening:w1')?.stale).toBe('The sources changed while it was made.')
  })
})

describe('weakenings that several commands planted', () => {
  const planted = (id: string, result: WeakeningRecord['result']): WeakeningRecord => ({
    ...{ id, title: 'W', control: 'import-match', threats: ['LNK-01'], file: 'f', result, detectedBy: ['a'], reason: '' },
    elapsedMs: 500,
  })
  const planting = (at: string): Planting => ({
    ...{ seed: 1, at, node: '24', commit: COMMIT, source: 'gauntlet fuzz' },
    sources: sourcesDigest(project.path),
  })
  const results = () => read().evidence.map(({ id, result, at }) => [id, result, at.slice(0, 10)])

  it('are kept together, each as it was planted last; what was not planted changes nothing', async () => {
    const reports = join(project.path, 'reports')
    await noteProven(reports, [planted('w1', 'missed'), planted('w5', 'detected')], planting('2026-02-01T00:00:00.000Z'))
    await noteProven(reports, [planted('w1', 'detected'), planted('w5', 'not-run')], planting('2026-02-02T00:00:00.000Z'))
    expect(results()).toEqual([
      ['weakening:w1', 'passed', '2026-02-02'],
      ['weakening:w5', 'passed', '2026-02-01'],
    ])
    expect(item('weakening:w1')).toMatchObject({ stale: null, reason: 'Noticed by a.', seconds: 0.5, source: 'gauntlet fuzz' })
  })

  it('give way to a later gauntlet prove, and not to an earlier one', async () => {
    const reports = join(project.path, 'reports')
    await noteProven(reports, [planted('w1', 'missed')], planting('2026-02-01T00:00:00.000Z'))
    await noteProven(reports, [planted('w2', 'detected')], planting('2026-04-01T00:00:00.000Z'))
    await writeProve(proved(), reports)
    expect(results()).toEqual([
      ['weakening:w1', 'passed', '2026-03-01'],
      ['weakening:w2', 'passed', '2026-04-01'],
    ])
  })
})

describe('engines', () => {
  it('are a table and one item each; what cannot be given a jail is a difference, not a failure', async () => {
    const base = { v8: '13', attacks: 2, killed: 0, longestKillMs: 0, longestKill: null, notApplicable: [] }
    const results = [
      { ...base, node: 'v24', contained: 2, doubts: [], outcomes: new Map([['LNK-01-a', 'contained, refused']]) },
      { ...base, node: 'v22', contained: 1, doubts: ['LNK-01-a: no'], outcomes: new Map([['LNK-01-a', 'violated, completed']]) },
      { ...base, node: 'bun 1', level: 'inline' as const, contained: 1, doubts: ['x'], outcomes: new Map<string, string>() },
    ]
    const sources = sourcesDigest(project.path)
    const run = { root: project.path, command: 'gauntlet engines', startedAt: '2026-03-01T00:00:00.000Z', sources, results }
    await writeEngines(run, join(project.path, 'reports'))
    const { evidence, engineRuns } = read()
    expect(evidence.map(({ id, result, threats }) => [id, result, threats])).toEqual([
      ['engine-run:v24', 'passed', ['LNK-01']],
      ['engine-run:v22', 'failed', ['LNK-01']],
      ['engine-run:bun 1', 'needs-review', []],
    ])
    expect(engineRuns?.engines[1]).toEqual({
      engine: 'v22',
      runtime: '13',
      contained: 1,
      doubtful: 1,
      notApplicable: 0,
      slowestKillMs: null,
    })
    expect(engineRuns?.differences).toEqual([
      {
        attack: 'LNK-01-a',
        outcomes: { v24: 'contained, refused', v22: 'violated, completed', 'bun 1': 'not run' },
      },
    ])
  })
})

describe('a comparison', () => {
  const trial = (host: string, result: Comparison['trials'][number]['result']): Comparison['trials'][number] => ({
    host,
    attack: 'LNK-01-a',
    title: 'A',
    threat: 'LNK-01',
    origin: 'corpus',
    result,
    reason: 'r',
    oracle: null,
    code: null,
    replay: null,
  })
  const host = (name: string, own: boolean) => ({ name, version: '1', own, facts: {}, problem: null })
  const compared = (changes: Partial<Comparison> = {}): Comparison => ({
    schemaVersion: 1,
    run: 'x',
    project: { name: 'p', version: '1', commit: COMMIT },
    startedAt: '2026-03-01T00:00:00.000Z',
    finishedAt: '2026-03-01T00:01:00.000Z',
    command: 'gauntlet compare',
    seed: 2,
    completion: 'complete',
    environment: { platform: 'p', node: '24', v8: '13' },
    hosts: [host('jail', true), host('other', false), host('gone', false)],
    threats: [{ id: 'LNK-01', title: 'T' }],
    trials: [trial('jail', 'contained'), trial('other', 'violated'), trial('gone', 'not-run')],
    ...changes,
  })
  const store = (name: string, comparison: Comparison) => put(`reports/${name}/compare.json`, JSON.stringify(comparison))

  it('is a matrix, and one item for each host that was tried; our controls answer for our own only', () => {
    store('20260301T000000Z-compare-a', compared())
    const { evidence, hosts } = read()
    expect(evidence.map(({ id, result, controls, target }) => [id, result, controls, target])).toEqual([
      ['comparison:jail', 'passed', ['import-match'], 'jail'],
      ['comparison:other', 'failed', [], 'other'],
    ])
    expect(hosts?.rows).toEqual([
      {
        threat: 'LNK-01',
        cells: {
          jail: { result: 'contained', attacks: 1, violated: 0 },
          other: { result: 'violated', attacks: 1, violated: 1 },
          gone: { result: 'not-run', attacks: 0, violated: 0 },
        },
      },
    ])
  })

  it('that is the latest and was not interrupted counts', () => {
    store('20260301T000000Z-compare-a', compared({ finishedAt: '2026-03-01T00:00:00.000Z' }))
    store('20260302T000000Z-compare-b', compared({ finishedAt: '2026-03-02T00:00:00.000Z' }))
    store('20260303T000000Z-compare-c', compared({ completion: 'interrupted' }))
    expect(read().hosts?.at).toBe('2026-03-02T00:00:00.000Z')
  })
})

describe('the bench', () => {
  const row = (id: string, reached: boolean | null) => ({
    id,
    what: 'w',
    ours: { samples: 21 },
    aim: reached === null ? null : { aim: 'at most 250 ms', is: '20 ms', reached },
  })
  const store = (name: string, finished: string, rows: unknown[]) =>
    put(
      `bench/results/${name}.json`,
      JSON.stringify({ schema: 1, finished, quick: false, project: { commit: COMMIT }, versions: { node: '24' }, rows }),
    )

  it('shows by its rows about kills how soon the guest of an attack was gone, each from the latest run', () => {
    store('b', '2026-03-01T00:00:00.000Z', [row('kill/RES-01-loop', true), row('start/cold', true), row('kill/RES-01-x', null)])
    store('a', '2026-03-02T00:00:00.000Z', [row('kill/RES-01-loop', false)])
    put('bench/results/other.json', '{"another":"form"}')
    expect(read()).toMatchObject({ problems: [] })
    expect(read().evidence.map(({ id, result, at, threats }) => [id, result, at, threats])).toEqual([
      ['bench:kill/RES-01-loop', 'needs-review', '2026-03-02T00:00:00.000Z', ['RES-01']],
    ])
  })
})

describe('mutants', () => {
  it('are counted for each file; one that nobody noticed is for a person to judge', () => {
    const mutant = (status: string) => ({ mutatorName: 'm', status, location: { start: { line: 1 } } })
    const source = 'export const toy = 1\n'
    put('src/sandbox/toy.ts', source)
    put(
      '.cache/stryker/mutation.json',
      JSON.stringify({
        files: {
          'src/sandbox/toy.ts': { source, mutants: [mutant('Killed'), mutant('Timeout'), mutant('CompileError')] },
          'src/sandbox/gone.ts': { source, mutants: [mutant('Survived'), mutant('Killed')] },
        },
      }),
    )
    expect(read().evidence.map(({ id, result, controls, count, stale }) => [id, result, controls, count, stale])).toEqual([
      ['mutation:src/sandbox/toy.ts', 'passed', ['import-match'], 2, null],
      ['mutation:src/sandbox/gone.ts', 'needs-review', [], 2, 'src/sandbox/gone.ts has changed since.'],
    ])
  })
})

describe('a file that is not what it must be', () => {
  it.each([
    'reports/prove.json',
    'reports/proven.json',
    'reports/engines.json',
    '.cache/tests.json',
    'reports/20260301T000000Z-compare-a/compare.json',
  ])('%s costs its own evidence only, and is said', (path) => {
    noteTests(project.path, [tested()])
    put(path, '{')
    const { evidence, problems } = read()
    expect(problems).toEqual([expect.stringContaining(path.split('/').at(-1)!)])
    expect(evidence).toHaveLength(path === '.cache/tests.json' ? 0 : 1)
  })
})

describe('staleness', () => {
  const now = { commit: COMMIT, sources: 's' }
  it('follows from commit and sources, and is not guessed where the sources were not kept', () => {
    expect(staleness({ commit: COMMIT, sources: 's' }, now)).toBeNull()
    expect(staleness({ commit: COMMIT }, now)).toBeNull()
    expect(staleness({ commit: null, sources: 's' }, now)).toMatch(/^It is of no commit/)
    expect(staleness({ commit: null, sources: 's' }, { ...now, commit: null })).toBeNull()
    expect(staleness({ commit: COMMIT, sources: 't' }, now)).toBe('The sources have changed since.')
  })

  it('sees a file that came, went, changed or was renamed', () => {
    const digests = [sourcesDigest(project.path)]
    const noting = (change: () => void) => {
      change()
      digests.push(sourcesDigest(project.path))
    }
    noting(() => put('corpus/a.wat', ''))
    noting(() => put('corpus/a.wat', 'x'))
    noting(() => put('corpus/b.wat', 'x'))
    noting(() => rmSync(join(project.path, 'corpus/a.wat')))
    expect(new Set(digests).size).toBe(5)
    put('docs/a.md', 'x')
    expect(sourcesDigest(project.path)).toBe(digests.at(-1))
  })
})

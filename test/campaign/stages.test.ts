// The stages of the weakenings and of coverage guidance: what they take from the project, and what they make of what came of it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CoverageOptions, CoverageRun } from '../../src/campaign/engines/coverage-guided.ts'
import { type GauntletOptions, runGauntlet, type StageName } from '../../src/campaign/run.ts'
import { toyRun } from './toy-run.ts'
import { scratch, toyAttack } from './toys.ts'

let project: ReturnType<typeof scratch>
let runDirectory: string
const write = (path: string, text: string): void => {
  mkdirSync(join(project.path, path, '..'), { recursive: true })
  writeFileSync(join(project.path, path), text)
}
beforeEach(() => {
  project = scratch()
  runDirectory = join(project.path, 'reports', 'run-1')
  mkdirSync(runDirectory, { recursive: true })
  write('package.json', '{"name":"toy","version":"1.2.3","type":"module"}')
})
afterEach(() => project.remove())

async function runStage(stage: StageName, changes: Partial<GauntletOptions> = {}) {
  const attacks = [toyAttack('EVIL', 'evil')]
  const record = await runGauntlet(
    toyRun(
      { root: project.path, runDirectory, attacks },
      // These stages drive our own code, and need no target; one of somebody else's would make them inapplicable.
      { budgetMs: 60_000, targets: [], stages: [stage], parallel: 1, ...changes },
    ),
  )
  return { record, ended: record.stages.find((entry) => entry.name === stage)! }
}

describe('the stage of the weakenings', () => {
  const SANDBOX = `export default (level) => ({ name: 'toy', version: '1', run: async ({ module }) => ({
    outcome: String.fromCharCode(...module) === 'evil' ? 'refused' : 'completed', detail: '', messages: [], stdout: new Uint8Array(0), stderr: new Uint8Array(0), exitCode: null, values: [], events: [] }) })`
  const weakening = (id: string, find: string, replace: string): string =>
    `id: ${id}\ntitle: t\ncontrol: import-match\nthreats: [LNK-01]\nfile: src/targets/sandbox.ts\nfind: ${find}\nreplace: ${replace}\nwitnesses: [EVIL]\n`
  beforeEach(() => {
    write('src/targets/sandbox.ts', SANDBOX)
    write('fuzz/weakenings/a.yaml', weakening('lets-in', '"\'evil\'"', '"\'never\'"'))
  })

  it('passes if all are detected', async () => {
    const { record, ended } = await runStage('weakenings')
    expect(record.weakenings).toMatchObject([{ id: 'lets-in', result: 'detected', detectedBy: ['EVIL'] }])
    expect(ended).toMatchObject({ result: 'passed', reason: '1 of 1 weakening detected, 0 missed, 0 broken, 0 not run' })
    expect(record.exitCode).toBe(0)
  })
  it('fails, and so does the run, if one is missed or broken', async () => {
    write('fuzz/weakenings/b.yaml', weakening('no-effect', 'level', 'grade'))
    write('fuzz/weakenings/c.yaml', weakening('gone', 'nowhere', 'x'))
    const { record, ended } = await runStage('weakenings')
    expect(Object.fromEntries(record.weakenings.map(({ id, result }) => [id, result]))).toEqual({
      'lets-in': 'detected',
      'no-effect': 'missed',
      gone: 'broken',
    })
    expect(ended.result).toBe('failed')
    expect(record).toMatchObject({
      exitCode: 2,
      completion: 'complete',
      completionReason: expect.stringMatching(/2 weakening\(s\) missed or broken/),
    })
  })
  it('tells of a file that cannot be read', async () => {
    write('fuzz/weakenings/bad.yaml', 'id: x\n')
    expect((await runStage('weakenings')).record.faults).toEqual([expect.stringMatching(/^fuzz\/weakenings\/bad\.yaml: /)])
  })
  it('plants a sample even when the time is spent, and says what is not in it', async () => {
    for (let index = 0; index < 20; index++)
      write(`fuzz/weakenings/more-${index}.yaml`, weakening(`gone-${index}`, `nowhere-${index}`, 'x'))
    const sampleOf = async (round: number) => {
      const { weakenings } = (await runStage('weakenings', { budgetMs: 1, round })).record
      expect(weakenings).toHaveLength(21)
      const left = weakenings.filter(({ result }) => result === 'not-run')
      expect(left.map(({ reason }) => reason)).toEqual(
        left.map(() => `not in the sample of round ${round}; a run of 20 minutes or more, or gauntlet prove, plants all`),
      )
      return weakenings.filter(({ result }) => result !== 'not-run').map(({ id }) => id)
    }
    const first = await sampleOf(1)
    expect(first).toHaveLength(12)
    expect(await sampleOf(1)).toEqual(first)
    expect(new Set([...first, ...(await sampleOf(2))]).size).toBeGreaterThan(15)
  })
  it('plants all in a run of twenty minutes', async () => {
    for (let index = 0; index < 20; index++)
      write(`fuzz/weakenings/more-${index}.yaml`, weakening(`gone-${index}`, `nowhere-${index}`, 'x'))
    const { record } = await runStage('weakenings', { budgetMs: 20 * 60_000 })
    expect(record.weakenings.filter(({ result }) => result === 'not-run')).toEqual([])
  })
})

describe('the stage of coverage guidance', () => {
  const measured: CoverageRun = {
    status: 'completed',
    executions: 1_000,
    execsPerSecond: 500,
    instrumentedEdges: 40,
    coverageInitial: 5,
    coverageFinal: 20,
    features: 30,
    corpusSize: 6,
    seconds: 2,
    addon: { status: 'native', reason: '' },
    artifacts: [],
    replayCommand: 'again',
  }
  const artifact: CoverageRun['artifacts'][number] = {
    kind: 'throw',
    path: '',
    bytesSha256: 'x',
    message: 'Error: planted',
    stack: [],
    key: 'planted',
    foundAfter: 1,
    truncated: false,
    replayCommand: 'replay this',
  }
  const CANARY = 'build/fuzz/canaries/coverage.js'
  const found: CoverageRun = {
    ...measured,
    status: 'finding',
    artifacts: [{ ...artifact, message: 'Error: the canary was found' }],
  }
  const run = async (result: Partial<CoverageRun>, changes: Partial<GauntletOptions> = {}, canary: CoverageRun = found) => {
    const asked: CoverageOptions[] = []
    const coverageGuided = async (options: CoverageOptions): Promise<CoverageRun> => {
      if (options.target === join(project.path, CANARY)) return canary
      asked.push(options)
      return { ...measured, ...result }
    }
    return { asked, ...(await runStage('coverage-guided', { ...changes, parts: { coverageGuided } })) }
  }
  beforeEach(() => {
    write('fuzz/toy.fuzz.ts', '')
    write(CANARY, '')
    write('build/fuzz/toy.fuzz.js', "export const about = { threats: ['LNK-01'], maxLength: 9 }; export const fuzz = () => {}")
  })

  it('gives absolute paths to the engine, which works elsewhere, also when the reports are in a relative folder', async () => {
    const { asked, ended } = await run({}, { runDirectory: relative(process.cwd(), runDirectory) })
    expect(asked.map(({ artifactDir }) => artifactDir)).toEqual([join(runDirectory, 'coverage', 'toy')])
    expect(ended.result).toBe('passed')
  })

  it('runs each compiled target with what it says of itself', async () => {
    const { asked, record, ended } = await run({})
    expect(asked).toMatchObject([
      { target: join(project.path, 'build/fuzz/toy.fuzz.js'), maxLength: 9, seed: 7, includes: ['build/src/'] },
    ])
    expect(record.engines).toMatchObject([
      {
        name: 'toy',
        kind: 'coverage-guided',
        result: 'passed',
        threats: ['LNK-01'],
        executions: 1_000,
        coverage: { instrumentedEdges: 40, initial: 5, final: 20, corpus: 6 },
      },
    ])
    expect([ended.result, record.exitCode]).toEqual(['passed', 0])
  })
  it('makes findings of what it found', async () => {
    const { record, ended } = await run({
      status: 'finding',
      artifacts: [{ ...artifact, path: join(runDirectory, 'coverage/toy/crash-1') }],
    })
    expect(record.findings).toMatchObject([
      {
        source: 'coverage-guided',
        own: true,
        threat: 'LNK-01',
        actual: 'Error: planted',
        reproducer: ['coverage/toy/crash-1'],
        replay: 'replay this',
        location: { path: 'fuzz/toy.fuzz.ts', line: 1 },
      },
    ])
    expect([ended.result, record.exitCode]).toEqual(['failed', 1])
  })
  it.each(['blind', 'engine-fault'] as const)('calls an engine that is %s a fault, never a pass', async (status) => {
    const { record, ended } = await run({ status, reason: 'no edges' })
    expect(record.engines[0]).toMatchObject({ result: 'unknown', reason: 'no edges' })
    expect(record.faults).toEqual([expect.stringContaining(`is ${status} on toy: no edges`)])
    expect([ended.result, record.exitCode]).toEqual(['needs-review', 2])
  })
  it('does not pass what could not be run', async () => {
    const { record, ended } = await run({ status: 'not-run', reason: 'no addon' })
    expect(record.engines[0]).toMatchObject({ result: 'not-run', coverage: null })
    expect(ended).toMatchObject({ result: 'not-run', reason: 'no addon' })
  })
  it('says how a target is compiled that is not', async () => {
    write('fuzz/other.fuzz.ts', '')
    const { record, asked, ended } = await run({})
    expect(asked).toHaveLength(1)
    expect(record.engines[0]).toMatchObject({
      name: 'other',
      result: 'not-run',
      reason: expect.stringContaining('npm run build:fuzz'),
    })
    expect(ended.result).toBe('needs-review')
  })
  it('calls an engine a fault that does not find what was planted for it', async () => {
    const { record } = await run({}, {}, measured)
    expect(record.faults).toEqual([expect.stringContaining('did not find a planted defect in 1000 executions')])
    expect(record).toMatchObject({ completion: 'fault', exitCode: 2 })
  })
  it('calls it a fault too if there is nothing planted, since nobody would know', async () => {
    rmSync(join(project.path, CANARY))
    expect((await run({})).record.faults).toEqual([expect.stringContaining('the build is an old one')])
  })
  it('tries a sample of the targets if there is no time for all, another one in another round, and says what it left out', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    for (const name of names) {
      write(`fuzz/${name}.fuzz.ts`, '')
      write(`build/fuzz/${name}.fuzz.js`, "export const about = { threats: ['LNK-01'] }; export const fuzz = () => {}")
    }
    const sampleOf = async (round: number) => {
      const { asked, record, ended } = await run({}, { budgetMs: 1, round })
      expect(record.engines).toHaveLength(8)
      const left = record.engines.filter(({ result }) => result === 'not-run')
      expect(left).toHaveLength(6)
      expect(left[0]!.reason).toContain(`not in the sample of round ${round}`)
      expect(ended.result).toBe('needs-review')
      return asked.map(({ target }) => target)
    }
    expect(new Set([...(await sampleOf(1)), ...(await sampleOf(2)), ...(await sampleOf(3))]).size).toBeGreaterThan(3)
  })
  it('keeps what a shard gathered beside its report, and takes and leaves inputs where it is told to', async () => {
    const corpora = join(project.path, 'kept')
    write('kept/toy/input', 'x')
    const { asked } = await run({}, { corpora, shard: { number: 1, of: 1 } })
    expect(asked[0]!.corpusDir).toBe(join(corpora, 'toy'))
    expect(readFileSync(join(runDirectory, 'corpora', 'toy', 'input'), 'utf8')).toBe('x')
  })
  it('wants every target to name its threats', async () => {
    write('build/fuzz/toy.fuzz.js', 'export const fuzz = () => {}')
    const { record } = await run({})
    expect(record.faults).toEqual([expect.stringContaining('does not export `about`')])
  })
})

describe('the stage of the properties', () => {
  const CHECK = new URL('../../fuzz/check.ts', import.meta.url).href
  const checking = (name: string, dies: string): string =>
    `import fc from ${JSON.stringify(import.meta.resolve('fast-check'))}
     import { checkProperty } from '${CHECK}'
     const holds = (n) => { if (n > 900) { ${dies} } return null }
     export default { name: '${name}', threats: ['LNK-01'], run: async (seed, ms) => checkProperty(fc.nat(1000), holds, String, seed, ms) }`
  beforeEach(() => write('fuzz/canaries/property.ts', checking('canary', "return 'too large'")))

  it('keeps the input that a property died at, and says where', async () => {
    write('fuzz/properties/dies.ts', checking('dies', 'process.abort()'))
    const { record } = await runStage('properties')
    expect(record.faults).toEqual([expect.stringMatching(/SIGABRT.*; the input that it was at is in /)])
    const kept = /the input that it was at is in (.*)$/.exec(record.faults[0]!)![1]!
    expect(Number(readFileSync(kept, 'utf8'))).toBeGreaterThan(900)
  })
  it('has a fault if its canary holds', async () => {
    write('fuzz/canaries/property.ts', checking('canary', 'return null'))
    write('fuzz/properties/holds.ts', checking('holds', 'return null'))
    const { record } = await runStage('properties', { budgetMs: 2_000 })
    expect(record.faults).toEqual([expect.stringMatching(/did not refute a planted defect/)])
  }, 120_000)
})

// runCoverageGuided: finds planted bugs, notices when it is blind, loses no input and leaves no process.
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import {
  type CoverageOptions,
  type CoverageProgress,
  type CoverageRun,
  runCoverageGuided,
} from '../../../src/campaign/engines/coverage-guided.ts'
import { locateAddon } from '../../../src/campaign/engines/jazzer-addon.ts'
import { minimiseInput } from '../../../src/campaign/minimise-bytes.ts'
import { processGone } from './process-gone.ts'

const root = mkdtempSync(join(tmpdir(), 'gauntlet-coverage-'))
const cacheDirectories = [join(root, 'cache')]
afterAll(() => rmSync(root, { recursive: true, force: true }))

const addon = await locateAddon({ cacheDirectories })
const usable = addon.status !== 'unavailable'

/** A run over a target given by its source, in a folder of its own. */
function options(name: string, source: string, change: Partial<CoverageOptions> = {}): CoverageOptions {
  const folder = join(root, name)
  mkdirSync(folder, { recursive: true })
  const target = join(folder, 'target.mjs')
  writeFileSync(target, source)
  return {
    target,
    includes: [target],
    corpusDir: join(folder, 'corpus'),
    artifactDir: join(folder, 'artifacts'),
    seconds: 2,
    seed: 7,
    maxLength: 64,
    minimumEdges: 2,
    cacheDirectories,
    ...change,
  }
}

const MAGIC = `
export function fuzz(data) {
  if (data[0] === 0x47) { if (data[1] === 0x41) { if (data[2] === 0x55) { if (data[3] === 0x4e) { reached(data.length) } } } }
}
function reached(length) { throw new RangeError('planted at ' + length) }
`
const STRAIGHT = 'export function fuzz(data) { return data.length }'
const FATAL = (statement: string): string => `export function fuzz(data) { if (data.length > 3) { ${statement} } }`

function onlyArtifact(run: CoverageRun) {
  expect(run.artifacts.map(({ key }) => key)).toHaveLength(1)
  const [artifact] = run.artifacts
  const bytes = readFileSync(artifact!.path)
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(artifact!.bytesSha256)
  return { ...artifact!, bytes }
}

describe.runIf(usable)('findings', () => {
  test('a bug behind four nested bytes is found; its input triggers it, and can be minimised to the four bytes', async () => {
    // 20 s is a bound for a machine under load: unloaded it takes one.
    const run = await runCoverageGuided(options('magic', MAGIC, { seconds: 20, maxFindings: 1, minimumEdges: 8 }))
    expect(run.status).toBe('finding')
    expect(run).toMatchObject({ addon: { status: addon.status }, reason: 'stopped at 1 distinct findings, the limit' })
    expect(run.coverageFinal).toBeGreaterThan(run.coverageInitial)
    expect(run.instrumentedEdges).toBeGreaterThanOrEqual(run.coverageFinal)
    expect(run.corpusSize).toBe(readdirSync(join(root, 'magic', 'corpus')).length)
    expect(run.replayCommand).toMatch(/-seed=7/)

    const artifact = onlyArtifact(run)
    expect(artifact).toMatchObject({
      kind: 'throw',
      truncated: false,
      key: 'throw|RangeError: planted at #|reached in target.mjs',
    })
    const { fuzz } = (await import(pathToFileURL(join(root, 'magic', 'target.mjs')).href)) as { fuzz: (data: Buffer) => void }
    const stillFails = (bytes: Uint8Array): boolean => {
      try {
        fuzz(Buffer.from(bytes))
        return false
      } catch (error) {
        return error instanceof RangeError
      }
    }
    const minimised = await minimiseInput(artifact.bytes, stillFails, { attempts: 1_000 })
    expect(minimised).toMatchObject({ reproduced: true, complete: true })
    expect(Buffer.from(minimised.bytes).toString()).toBe('GAUN')
  })

  test('after a finding the run goes on, past the known bug, to the ones behind it', async () => {
    const source = `
      export function fuzz(data) {
        if (data.length < 2) return
        if (data[0] > 200) throw new Error('first ' + data[0])
        if (data[0] > 100) throw new RangeError('second')
        if (data[1] > 200) inner()
      }
      function inner() { null.property }`
    const run = await runCoverageGuided(options('several', source, { seconds: 20, maxFindings: 3 }))
    expect(run.status).toBe('finding')
    expect(new Set(run.artifacts.map(({ key }) => key.split('|').at(-1)))).toEqual(
      new Set(['fuzz in target.mjs', 'inner in target.mjs']),
    )
    expect(new Set(run.artifacts.map(({ message }) => message.split(':')[0]))).toEqual(
      new Set(['Error', 'RangeError', 'TypeError']),
    )
  })

  test('a bug that almost every input meets does not hide one that takes exploring', async () => {
    const shallow = "if (data.length > 8) { throw new Error('shallow') }"
    const source = MAGIC.replace('(data) {', `(data) { ${shallow}`)
    const run = await runCoverageGuided(options('shallow', source, { seconds: 30, maxFindings: 2 }))
    expect(run.artifacts.map(({ message }) => message.replace(/\d+/, '#'))).toEqual([
      'Error: shallow',
      'RangeError: planted at #',
    ])
  })

  test('process.abort(): the engine saves nothing, the input comes from the journal', async () => {
    const run = await runCoverageGuided(options('abort', FATAL('process.abort()'), { maxFindings: 1 }))
    expect(run.status).toBe('finding')
    const artifact = onlyArtifact(run)
    expect(artifact).toMatchObject({ kind: 'abort', key: 'abort|the process died of SIGABRT|fuzz in target.mjs' })
    expect(basename(artifact.path)).toMatch(/^abort-/)
    expect(artifact.bytes.length).toBeGreaterThan(3)
  })

  test('V8 out of memory: likewise', async () => {
    const source = FATAL('const kept = []; for (;;) kept.push(new Array(10_000).fill(1.5))')
    const change = { maxFindings: 1, timeoutMs: 30_000, nodeArguments: ['--max-old-space-size=32'] }
    const artifact = onlyArtifact(await runCoverageGuided(options('heap', source, change)))
    expect(artifact).toMatchObject({ kind: 'out-of-memory', message: expect.stringMatching(/heap/i) })
    expect(artifact.bytes.length).toBeGreaterThan(3)
  })

  test.each([
    ['endless', 'for (;;) {}', 'timeout'],
    ['exit', 'process.exit(0)', 'exit'],
    ['killed', "process.kill(process.pid, 'SIGKILL')", 'killed'],
  ])('%s', async (name, statement, kind) => {
    const run = await runCoverageGuided(options(name, FATAL(statement), { timeoutMs: 1_000, maxFindings: 1 }))
    expect(run.status).toBe('finding')
    const artifact = onlyArtifact(run)
    expect(artifact.kind).toBe(kind)
    expect(artifact.bytes.length).toBeGreaterThan(3)
  })

  test('an input that kills the process every time ends the run early instead of counting as many findings', async () => {
    const run = await runCoverageGuided(options('again', FATAL('process.abort()'), { seconds: 60 }))
    expect(run).toMatchObject({ status: 'finding', reason: expect.stringMatching(/^stopped early: /) })
    expect(run.artifacts).toHaveLength(1)
    expect(run.seconds).toBeLessThan(60)
  })
})

describe.runIf(usable)('blindness', () => {
  test('a target that is not instrumented', async () => {
    const run = await runCoverageGuided(options('uninstrumented', MAGIC, { includes: ['/no-such-folder/'] }))
    expect(run).toMatchObject({ status: 'blind', coverageFinal: 0, instrumentedEdges: 0, artifacts: [] })
    expect(run.reason).toMatch(/^no edge of the target was covered; check that the target is compiled JavaScript/)
    expect(run.executions).toBeGreaterThan(100)
  })

  test('an instrumented wrapper around code that is not', async () => {
    const run = await runCoverageGuided(options('wrapper', STRAIGHT, { minimumEdges: 8 }))
    expect(run).toMatchObject({
      status: 'blind',
      instrumentedEdges: 1,
      reason: expect.stringMatching(/^only 1 edges are instrumented, fewer than 8/),
    })
  })

  test('coverage that never grows beyond a trivial input', async () => {
    const run = await runCoverageGuided(options('flat', STRAIGHT, { minimumEdges: 1 }))
    expect(run).toMatchObject({ status: 'blind', coverageInitial: 1, coverageFinal: 1 })
    expect(run.reason).toMatch(/^coverage never grew beyond the 1 edges of a trivial input/)
  })

  test('a finding without instrumentation is a finding, and the run still says that it was blind', async () => {
    const run = await runCoverageGuided(
      options('blind-finding', FATAL("throw new Error('x')"), { includes: ['/no-such-folder/'], maxFindings: 1 }),
    )
    expect(run).toMatchObject({ status: 'finding', reason: expect.stringMatching(/no edge of the target was covered/) })
  })

  test('a corpus that reaches everything from the start is not blindness', async () => {
    const source = 'export function fuzz(data) { if (data[0] === 1) return 1; if (data[0] === 2) return 2; return 3 }'
    const seedCorpusDir = join(root, 'saturated-seeds')
    mkdirSync(seedCorpusDir)
    for (const first of [1, 2, 3]) writeFileSync(join(seedCorpusDir, String(first)), Buffer.from([first]))
    const run = await runCoverageGuided(options('saturated', source, { seedCorpusDir }))
    expect(run.coverageFinal).toBe(run.coverageInitial)
    expect(run.status).toBe('completed')
    expect(run.reason).toBeUndefined()
    expect(readdirSync(seedCorpusDir)).toHaveLength(3)
  })
})

describe('runs that do not happen', () => {
  test('an addon that cannot be loaded: not run, with the reason', async () => {
    const addonPath = join(root, 'garbage.node')
    writeFileSync(addonPath, 'not an addon')
    const run = await runCoverageGuided(options('no-addon', MAGIC, { addonPath }))
    expect(run).toMatchObject({ status: 'not-run', addon: { status: 'unavailable' }, executions: 0, artifacts: [] })
    expect(run.reason).toMatch(/^jazzer\.js' addon cannot be loaded: Error: .*garbage\.node/)
  })

  test.runIf(usable)('a target that was not compiled yet', async () => {
    const run = await runCoverageGuided(options('missing', MAGIC, { target: join(root, 'missing.js') }))
    expect(run).toMatchObject({
      status: 'not-run',
      reason: expect.stringMatching(/compile it with: npx tsc -p tsconfig\.fuzz\.json/),
    })
  })

  test.runIf(usable).each([
    ['import-fails', "throw new Error('cannot be set up')", /cannot be set up/],
    ['no-function', 'export const other = 1', /exports no function fuzz/],
    ['asynchronous', 'export async function fuzz() {}', /export a synchronous fuzz/],
  ])('%s: a fault, not a finding', async (name, source, reason) => {
    const run = await runCoverageGuided(options(name, source))
    expect(run).toMatchObject({ status: 'engine-fault', artifacts: [], reason: expect.stringMatching(reason) })
  })

  test.each<[Partial<CoverageOptions>, RegExp]>([
    [{ target: 'relative.js' }, /target is relative\.js; it must be the absolute path/],
    [{ target: '/a/source.ts' }, /compiled \.js, \.mjs or \.cjs/],
    [{ includes: [] }, /includes is empty/],
    [{ corpusDir: 'corpus' }, /corpusDir is corpus; it must be an absolute path/],
    [{ artifactDir: 'a' }, /artifactDir is a;/],
    [{ seconds: 0.5 }, /seconds is 0\.5/],
    [{ seconds: Number.NaN }, /seconds is NaN/],
    [{ seed: 0 }, /seed is 0; it must be an integer from 1 to 2147483647/],
    [{ seed: 1.5 }, /seed is 1\.5/],
    [{ maxLength: -1 }, /maxLength is -1/],
  ])('%j is refused', async (change, message) => {
    await expect(runCoverageGuided(options('options', MAGIC, change))).rejects.toThrow(message)
  })
})

describe.runIf(usable)('stopping', () => {
  test('an abort ends the engine and everything that the target started', async () => {
    const pids = join(root, 'pids')
    const source = `
      import { spawn } from 'node:child_process'
      import { writeFileSync } from 'node:fs'
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
      writeFileSync(${JSON.stringify(pids)}, process.pid + ' ' + child.pid)
      export function fuzz(data) { if (data.length > 8) { return 1 } return 2 }`
    const controller = new AbortController()
    const progress: CoverageProgress[] = []
    const onProgress = (report: CoverageProgress): void => {
      progress.push(report)
      if (report.execs > 0) controller.abort()
    }
    const run = await runCoverageGuided(options('interrupted', source, { seconds: 300, signal: controller.signal, onProgress }))
    expect(run).toMatchObject({ status: 'interrupted', reason: 'interrupted' })
    expect(run.executions).toBeGreaterThan(0)
    expect(progress.at(-1)).toMatchObject({
      execs: expect.any(Number),
      execsPerSecond: expect.any(Number),
      edges: expect.any(Number),
    })
    for (const pid of readFileSync(pids, 'utf8').split(' ')) expect(await processGone(Number(pid))).toBe(true)
  })

  test('a signal that is aborted already starts nothing', async () => {
    const run = await runCoverageGuided(options('aborted', MAGIC, { signal: AbortSignal.abort() }))
    expect(run).toMatchObject({ status: 'interrupted', executions: 0 })
  })

  test('a worker thread that the target leaves behind does not keep the run from ending', async () => {
    const source = `
      import { Worker } from 'node:worker_threads'
      new Worker('setInterval(() => {}, 1000)', { eval: true })
      export function fuzz(data) { if (data.length > 8) { return 1 } return 2 }`
    expect(await runCoverageGuided(options('lingering', source))).toMatchObject({ status: 'completed', artifacts: [] })
  })
})

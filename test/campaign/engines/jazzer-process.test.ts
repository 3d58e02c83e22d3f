// runJazzer: one engine process, watched; tested with stand-ins for the engine that misbehave on purpose.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { addonArguments, type JazzerRound, runJazzer } from '../../../src/campaign/engines/jazzer-process.ts'
import { processGone } from './process-gone.ts'

const directory = mkdtempSync(join(tmpdir(), 'gauntlet-process-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
afterEach(() => vi.unstubAllEnvs())

const FOREVER = 'setInterval(() => {}, 1000)'

function round(script: string, change: Partial<JazzerRound> = {}): JazzerRound {
  return {
    command: { nodePath: process.execPath, arguments: ['-e', script], environment: { GIVEN: 'yes' } },
    workDirectory: directory,
    journalPath: join(directory, 'no-journal'),
    killAfter: 60_000,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...change,
  }
}

describe('runJazzer', () => {
  test('reads the error stream to its end, also a last line without a line break', async () => {
    const exit = await runJazzer(
      round(`process.stderr.write('#2\\tINITED cov: 3 ft: 4 corp: 1/1b\\nlast'); process.exitCode = 5`),
    )
    expect(exit).toMatchObject({ code: 5, signal: null, killed: undefined, output: { coverageInitial: 3, features: 4 } })
    expect(exit.output.tail.at(-1)).toBe('last')
    expect(exit.fuzzingSeconds).toBeGreaterThan(0)
  })

  test('a process that overruns its time is killed', async () => {
    expect(await runJazzer(round(FOREVER, { killAfter: 300 }))).toMatchObject({ signal: 'SIGKILL', killed: 'overrun' })
  })

  test('a process that said it was done but stays is killed', async () => {
    const exit = await runJazzer(round(`process.stderr.write('#9\\tDONE   cov: 1 ft: 1\\n'); ${FOREVER}`))
    expect(exit).toMatchObject({ signal: 'SIGKILL', killed: 'lingering', output: { done: true } })
  })

  test('what a process started goes with it when it ends by itself', async () => {
    const pidFile = join(directory, 'grandchild')
    const script = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(FOREVER)}], { stdio: 'inherit' })
      require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(child.pid))
      process.exit(0)`
    expect(await runJazzer(round(script))).toMatchObject({ code: 0, killed: undefined })
    expect(await processGone(Number(readFileSync(pidFile, 'utf8')))).toBe(true)
  })

  test('the environment holds what was given and what a process needs, nothing of ours', async () => {
    vi.stubEnv('GAUNTLET_TEST_SECRET', 'secret')
    vi.stubEnv('JAZZER_MODE', 'regression')
    const { output } = await runJazzer(round('console.error(JSON.stringify(process.env))'))
    const environment = JSON.parse(output.tail.at(-1)!) as Record<string, string>
    expect(environment).toMatchObject({ GIVEN: 'yes', LC_ALL: 'C', NODE_V8_COVERAGE: '' })
    expect(environment).not.toHaveProperty('GAUNTLET_TEST_SECRET')
    expect(environment).not.toHaveProperty('JAZZER_MODE')
  })

  test('a program that does not exist is an error', async () => {
    const command = { nodePath: join(directory, 'no-node'), arguments: [], environment: {} }
    await expect(runJazzer(round('', { command }))).rejects.toThrow('ENOENT')
  })

  test('ends with this process, if that exits in the middle', async () => {
    const pidFile = join(directory, 'engine')
    const moduleUrl = pathToFileURL(join(import.meta.dirname, '../../../src/campaign/engines/jazzer-process.ts')).href
    const engine = `require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); ${FOREVER}`
    const parent = join(directory, 'parent.mjs')
    writeFileSync(
      parent,
      `import { existsSync } from 'node:fs'
       import { runJazzer } from ${JSON.stringify(moduleUrl)}
       runJazzer({
         command: { nodePath: process.execPath, arguments: ['-e', ${JSON.stringify(engine)}], environment: {} },
         workDirectory: ${JSON.stringify(directory)}, journalPath: '/none', killAfter: 60_000,
         signal: new AbortController().signal, onProgress: () => {},
       })
       setInterval(() => { if (existsSync(${JSON.stringify(pidFile)})) process.exit(3) }, 10)`,
    )
    const code = await new Promise((resolve) => spawn(process.execPath, [parent], { stdio: 'ignore' }).once('exit', resolve))
    expect(code).toBe(3)
    expect(await processGone(Number(readFileSync(pidFile, 'utf8')))).toBe(true)
  })
})

test.each(['native', 'unavailable'] as const)('an addon that is %s needs no preload', (status) => {
  expect(addonArguments({ status, path: '/a', original: '/a', reason: '' })).toEqual({ arguments: [], environment: {} })
})

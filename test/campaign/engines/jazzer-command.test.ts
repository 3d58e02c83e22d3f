// The command line of the engine: what is instrumented, what is not, and what a person can paste into a shell.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import {
  type FuzzingSetup,
  jazzerCommand,
  replayInputCommand,
  shellCommand,
  writeEntry,
} from '../../../src/campaign/engines/jazzer-command.ts'
import { preloadScript } from '../../../src/campaign/engines/jazzer-process.ts'

const directory = mkdtempSync(join(tmpdir(), "gauntlet command '"))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const setup: FuzzingSetup = {
  nodePath: process.execPath,
  nodeArguments: ['--no-warnings'],
  addon: { status: 'native', path: '/a.node', original: '/a.node', reason: '' },
  entry: '/w/gauntlet-entry.mjs',
  includes: ['build/src/sandbox/', 'build/fuzz/'],
  bugDetectors: [],
  artifactDir: '/w/artifacts',
  dictionary: undefined,
  maxLength: 100,
  timeoutMs: 5_000,
  rssLimitMb: 256,
  environment: { GREETING: "it's" },
}

describe('jazzerCommand', () => {
  test('a native addon needs no preload; folders come before options, the fuzzer’s own options last', () => {
    const { arguments: words, environment } = jazzerCommand(setup, ['/corpus', '/seeds'], ['-seed=3'])
    expect(words[0]).toBe('--no-warnings')
    expect(words).not.toContain('--require')
    expect(words.slice(2, 5)).toEqual(['/w/gauntlet-entry.mjs', '/corpus', '/seeds'])
    expect(words.slice(words.indexOf('--'))).toEqual([
      '--',
      '-max_len=100',
      '-rss_limit_mb=256',
      '-artifact_prefix=/w/artifacts/',
      '-seed=3',
    ])
    expect(words).toEqual(
      expect.arrayContaining(['--sync', '--timeout=5000', '--includes=build/src/sandbox/', '--includes=build/fuzz/']),
    )
    expect(environment).toEqual({ GREETING: "it's" })
  })

  test('a compatibility copy is preloaded', () => {
    const addon = { status: 'compatibility-copy', path: '/copy.node', original: '/a.node', reason: '' } as const
    const { arguments: words, environment } = jazzerCommand({ ...setup, addon }, [], [])
    expect(words.slice(1, 3)).toEqual(['--require', preloadScript()])
    expect(environment).toMatchObject({ WASM_GAUNTLET_ADDON_ORIGINAL: '/a.node', WASM_GAUNTLET_ADDON_COPY: '/copy.node' })
  })

  test('the machinery around the target never counts as coverage', () => {
    const excludes = jazzerCommand(setup, [], []).arguments.flatMap((word) => /^--excludes=(.*)$/.exec(word)?.[1] ?? [])
    const paths = [writeEntry(directory, '/t.js'), import.meta.resolve('../../../src/campaign/engines/journal.ts')]
    for (const path of paths) expect(excludes.some((part) => path.includes(part))).toBe(true)
  })

  test('a dictionary is passed on', () => {
    expect(jazzerCommand({ ...setup, dictionary: '/d.dict' }, [], []).arguments).toContain('-dict=/d.dict')
  })

  test.each([
    [[], ['ssrf', 'prototype-pollution'], []],
    [['prototype-pollution'], ['ssrf', 'path-traversal'], ['prototype-pollution']],
    [
      ['ssrf', 'path-traversal'],
      ['prototype-pollution', 'command-injection'],
      ['ssrf', 'path-traversal'],
    ],
  ])('of the bug detectors only %j stay on', (bugDetectors, off, on) => {
    const flag = jazzerCommand({ ...setup, bugDetectors }, [], []).arguments.find((word) =>
      word.startsWith('--disableBugDetectors='),
    )!
    const disabled = new RegExp(flag.slice(flag.indexOf('=') + 1))
    expect(off.map((name) => disabled.test(name))).toEqual(off.map(() => true))
    expect(on.map((name) => disabled.test(name))).toEqual(on.map(() => false))
  })
})

describe('writeEntry', () => {
  test('the module journals the target, and complains about one without a fuzz function', () => {
    const target = join(directory, 'empty.mjs')
    writeFileSync(target, 'export const other = 1')
    const entry = writeEntry(directory, target)
    expect(readFileSync(entry, 'utf8')).toMatch(/export const fuzz = journalled\(inner\)/)
    expect(() => execFileSync(process.execPath, [entry], { stdio: 'pipe' })).toThrow(
      /empty\.mjs exports no function fuzz\(data\)/,
    )
  })

  test.each(['hash#', 'question?', 'percent%41'])(
    'a folder called %s is refused, because jazzer.js could not load from it',
    (name) => {
      const path = join(directory, name)
      mkdirSync(path)
      expect(() => writeEntry(path, '/t.js')).toThrow(/none of the characters # \? %/)
    },
  )
})

describe.skipIf(process.platform === 'win32')('shell lines', () => {
  test('survive a shell', () => {
    const words = ["it's", 'a b', '$HOME', '"', 'plain', '']
    const script = 'console.log(JSON.stringify([process.env.GREETING, ...process.argv.slice(1)]))'
    const line = shellCommand({ nodePath: process.execPath, arguments: ['-e', script, ...words], environment: setup.environment })
    expect(JSON.parse(execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' }))).toEqual(["it's", ...words])
  })

  test.each(['esm.mjs', 'common.cjs'])('an input is replayed through %s without the engine', (name) => {
    const target = join(directory, name)
    const body = 'function fuzz(data) { console.log(data.toString("hex")) }'
    writeFileSync(target, name.endsWith('.cjs') ? `module.exports = { ['fu' + 'zz']: ${body} }` : `export ${body}`)
    const input = join(directory, 'input')
    writeFileSync(input, Buffer.from([1, 2, 255]))
    const line = replayInputCommand(setup, target, input)
    expect(execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' })).toBe('0102ff\n')
  })
})

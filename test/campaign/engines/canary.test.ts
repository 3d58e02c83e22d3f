// The canary: an engine that sees finds it, one that is blind is found out, and corpora are made smaller without losing what they reach.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { coverageCanary } from '../../../src/campaign/engines/canary.ts'
import { type CoverageRun, runCoverageGuided } from '../../../src/campaign/engines/coverage-guided.ts'
import { locateAddon } from '../../../src/campaign/engines/jazzer-addon.ts'
import { mergeCorpora } from '../../../src/campaign/engines/merge-corpora.ts'
import { isUntidy, tidyCorpus } from '../../../src/campaign/engines/tidy-corpus.ts'

const root = mkdtempSync(join(tmpdir(), 'gauntlet-canary-test-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const cacheDirectories = [join(root, 'cache')]
const addon = await locateAddon({ cacheDirectories })
const usable = addon.status !== 'unavailable'

const target = join(root, 'canary.mjs')
const source = readFileSync(resolve(import.meta.dirname, '../../../fuzz/canaries/coverage.ts'), 'utf8')
writeFileSync(target, stripTypeScriptTypes(source))

describe.runIf(usable)('the canary', () => {
  test('is found by an engine that sees', async () => {
    expect(await coverageCanary({ engine: runCoverageGuided, target, includes: [target], seed: 3 })).toBeNull()
  })

  test('is not found without coverage, and that is said', async () => {
    const engine: typeof runCoverageGuided = (options) => runCoverageGuided({ ...options, maxExecutions: 100_000 })
    const said = await coverageCanary({ engine, target, includes: ['/no-such-folder/'], seed: 3 })
    expect(said).toMatch(/did not find a planted defect in \d+ executions \(blind: no edge of the target was covered/)
  })
})

test('an engine that finds something else has not found the canary', async () => {
  const other = { status: 'finding', artifacts: [{ message: 'Error: another' }], executions: 5 } as unknown as CoverageRun
  expect(await coverageCanary({ engine: async () => other, target, includes: [target], seed: 3 })).toMatch(/did not find/)
})

test('an engine that cannot be run here is not called blind', async () => {
  const none = { status: 'not-run', artifacts: [], executions: 0 } as unknown as CoverageRun
  expect(await coverageCanary({ engine: async () => none, target, includes: [target], seed: 3 })).toBeNull()
})

describe.runIf(usable)('a corpus', () => {
  const stairs = join(root, 'stairs.mjs')
  writeFileSync(
    stairs,
    `export function fuzz(data) {
      if (data[0] === 1) { return 'a' }
      if (data[0] === 2) { if (data[1] === 3) { return 'b' } return 'c' }
      return 'd'
    }`,
  )
  const about = { target: stairs, includes: [stairs], maxLength: 8, addon: { cacheDirectories } }
  const folder = (name: string, inputs: readonly (readonly number[])[]): string => {
    const path = join(root, name)
    mkdirSync(path)
    for (const [index, input] of inputs.entries()) writeFileSync(join(path, `input-${index}`), Uint8Array.from(input))
    return path
  }
  const inputsOf = (path: string): string[] =>
    readdirSync(path)
      .map((name) => readFileSync(join(path, name)).join())
      .sort()

  test('of several keeps one input for each thing that is reached', async () => {
    const one = folder('one', [[1], [1, 9, 9], [7], [8]])
    const two = folder('two', [
      [2, 3],
      [2, 3, 9, 9],
      [2, 9],
    ])
    const into = join(root, 'joined')
    expect(await mergeCorpora({ ...about, from: [one, two, join(root, 'not-there')], into })).toMatchObject({
      status: 'merged',
      before: 7,
    })
    const kept = inputsOf(into)
    expect(kept).toEqual(expect.arrayContaining(['1', '2,3', '2,9']))
    expect(kept.length).toBeLessThan(7)
    expect(inputsOf(one)).toHaveLength(4)
  })

  test('that has doubled is made smaller in its place', async () => {
    const many = folder(
      'many',
      Array.from({ length: 400 }, (_, index) => [index % 5, index % 7, index >> 8, index & 255]),
    )
    expect(isUntidy(many)).toBe(true)
    expect(await tidyCorpus(many, about)).toMatchObject({ status: 'merged', before: 400 })
    expect(inputsOf(many).length).toBeLessThan(50)
    expect(isUntidy(many)).toBe(false)
  })

  test('stays as it is if it cannot be made smaller', async () => {
    const kept = folder('kept', [[1], [2]])
    expect(await mergeCorpora({ ...about, target: join(root, 'no-target.mjs'), from: [kept], into: kept })).toMatchObject({
      status: 'not-run',
      reason: expect.stringContaining('no compiled target'),
    })
    expect(inputsOf(kept)).toEqual(['1', '2'])
  })
})

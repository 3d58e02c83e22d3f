// `gauntlet compare` as a shell runs it: one host through an adapter, its pages, its exit codes, and what it says to bad input.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { complaint, gauntlet, ROOT, scratch } from './spawn.ts'

const { dir, remove } = scratch()
afterAll(remove)
const ADAPTER = join(ROOT, 'examples', 'my-host.ts')

describe('gauntlet compare', { timeout: 120_000 }, () => {
  it('attacks a host through its adapter and leaves the pages; a foreign host that does not hold is no failure', async () => {
    const ended = await gauntlet([
      'compare',
      ADAPTER,
      '--only',
      'LNK-01-own-property-names',
      '--reports',
      dir,
      '--per-generator',
      '0',
    ])
    expect(ended.code).toBe(0)
    const page = ended.stdout.trim().split('\n').at(-1)!
    expect(page).toMatch(/compare\.html$/)
    const { hosts, trials } = JSON.parse(readFileSync(join(dirname(page), 'compare.json'), 'utf8'))
    expect(hosts).toMatchObject([{ name: 'node-wasi', own: false }])
    expect(trials).toHaveLength(1)
    expect(existsSync(join(dirname(page), 'hosts', 'node-wasi.html'))).toBe(true)
  })
  it.each([
    [['compare', 'no-such-host'], 64, /there is no target "no-such-host".*node:wasi/],
    [['compare', 'bare', '--seed', 'x'], 64, /--seed "x" is not possible/],
    [['compare', 'bare', '--per-generator', '-1'], 64, /--per-generator "-1" is not possible/],
    [['compare', 'bare', '--budget', 'soon'], 64, /"soon" is not a time budget/],
  ])('%j: ends with %i and one sentence', async (args, code, message) => {
    const ended = await gauntlet([...args, '--reports', dir])
    expect(ended.code).toBe(code)
    expect(complaint(ended)).toMatch(message)
  })
})

// gauntlet fuzz: Ctrl-C keeps what was found, and what cannot begin says so in one sentence and leaves nothing behind.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { complaint, gauntlet, ROOT, scratch } from './spawn.ts'

const { dir, remove } = scratch()
afterAll(remove)

describe('Ctrl-C in the middle of a run', () => {
  it('ends it with a report of what was found so far', async () => {
    let sent = false
    const ended = await gauntlet(['fuzz', '--target', 'bare', '--seed', '5', '--budget', '60s', '--reports', 'found'], {
      cwd: dir,
      onStderr: (text, kill) => {
        if (sent || !/^finding /m.test(text)) return
        sent = true
        kill('SIGINT')
      },
    })
    expect(ended.code).toBe(130)
    const last = ended.stdout.trimEnd().split('\n').at(-1)!
    expect(last).toMatch(/^found\/\d{8}T\d{6}Z-[0-9a-f]{6}\/report\.html$/)
    expect(existsSync(join(dir, last))).toBe(true)
    const record = JSON.parse(readFileSync(join(dir, 'found', 'latest', 'report.json'), 'utf8'))
    expect(record).toMatchObject({ completion: 'interrupted', exitCode: 130, seed: 5, budgetSeconds: 60 })
    expect(record.command).toBe('gauntlet fuzz --target bare --seed 5 --budget 60s --reports found')
    expect(record.findings.length).toBeGreaterThan(0)
    expect(ended.stdout).toContain('The run is interrupted')
  }, 300_000)
})

const broken: [what: string, args: string[], code: number, message: RegExp][] = [
  ['a budget without a unit', ['--budget', '2'], 64, /"2" is not a time budget: write a number and a unit/],
  ['a seed that is none', ['--seed', '-1'], 64, /--seed "-1" is not a seed/],
  ['a seed that is too large', ['--seed', '2147483648'], 64, /write a whole number from 0 to 2147483647/],
  ['a shard without a seed', ['--shard', '1/4'], 64, /--shard needs --seed; give all shards the same one/],
  ['a shard that is none', ['--shard', '5/4', '--seed', '1'], 64, /"5\/4" is not a shard/],
  ['an unknown target', ['--target', 'moon'], 64, /there is no target "moon": use one of jail, inline, bare/],
  ['reports that cannot be written', ['--reports', join(dir, 'a-file', 'reports')], 2, /a-file\/reports\S* \(ENOTDIR\)/],
]
describe('what cannot begin', () => {
  it.each(broken)('%s', async (_, args, code, message) => {
    writeFileSync(join(dir, 'a-file'), '')
    const before = existsSync(join(ROOT, 'reports')) ? readdirSync(join(ROOT, 'reports')) : []
    const ended = await gauntlet(['fuzz', ...args])
    expect(complaint(ended), ended.stdout + ended.stderr).toMatch(message)
    expect(ended.code).toBe(code)
    expect(existsSync(join(ROOT, 'reports')) ? readdirSync(join(ROOT, 'reports')) : []).toEqual(before)
  })
})

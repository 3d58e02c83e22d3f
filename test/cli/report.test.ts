// gauntlet report: the runs of a folder in a table, two of them beside each other, and one sentence for what is none.
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { finding, night, trial } from '../reports/over-time/small-run.ts'
import { complaint, gauntlet, scratch } from './spawn.ts'

const { dir, remove } = scratch()
afterAll(remove)
const reports = join(dir, 'reports')
const runs = [
  night(1, { trials: [trial('one', 'contained')] }),
  night(2, {
    exitCode: 1,
    findings: [finding('aaa', { title: 'A \u001b[31mred\u202e title' })],
    trials: [trial('one', 'violated')],
  }),
]
beforeAll(() => {
  for (const record of runs) {
    mkdirSync(join(reports, record.run), { recursive: true })
    writeFileSync(join(reports, record.run, 'report.json'), JSON.stringify(record))
  }
  symlinkSync(runs[1]!.run, join(reports, 'latest'))
})
const report = (...args: string[]) => gauntlet(['report', ...args], { cwd: dir })
const [first, second] = runs.map(({ run }) => run) as [string, string]

describe('gauntlet report list', () => {
  it('lists runs, newest first, once each', async () => {
    const ended = await report('list')
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    const [headings, ...rows] = ended.stdout.trimEnd().split('\n')
    expect(headings).toMatch(/^run +ended +code +took +findings +others +attacks +executions +commit +about$/)
    expect(rows.map((row) => row.split(/\s{2,}/).slice(0, 5))).toEqual([
      [second, 'complete', '1', '1 min 30 s', '1'],
      [first, 'complete', '0', '1 min 30 s', '0'],
    ])
    const again = await report('list', '--json')
    expect(JSON.parse(again.stdout)).toMatchObject([{ directory: second, line: { run: second } }, { directory: first }])
  })

  it('says which reports it cannot read, and of a folder that is none that it is none', async () => {
    const bad = join(dir, 'bad')
    mkdirSync(join(bad, 'run'), { recursive: true })
    writeFileSync(join(bad, 'run', 'report.json'), '{')
    const ended = await report('list', 'bad')
    expect(ended).toMatchObject({ code: 0, stdout: 'There is no run in bad.\n' })
    expect(ended.stderr).toMatch(/^gauntlet: left out: bad\/run\/report\.json is no report: it is not JSON\.\n$/)
    const nowhere = await report('list', 'nowhere')
    expect(nowhere.code).toBe(66)
    expect(complaint(nowhere)).toMatch(/nowhere is no folder/)
    expect(readdirSync(dir)).not.toContain('nowhere')
  })

  it('does not touch a file of that name that is something else', async () => {
    const foreign = join(dir, 'foreign')
    mkdirSync(join(foreign, 'history.db'), { recursive: true })
    const ended = await report('list', 'foreign')
    expect(ended.code).toBe(66)
    expect(complaint(ended)).toMatch(/history\.db cannot be opened and written here/)
  })
})

describe('gauntlet report diff', () => {
  it('takes names, directories and files, and ends with 1 if something is new', async () => {
    const ended = await report('diff', first, 'reports/latest')
    expect(ended.code).toBe(1)
    expect(ended.stdout).toContain('New: 1\n  aaa  high      sandbox-jail  A ⟨U+001B⟩[31mred⟨U+202E⟩ title\n')
    expect(ended.stdout).toMatch(/1 new finding, 0 still there, 0 fixed, 0 unknown/)
    const back = await report('diff', second, join(reports, first, 'report.json'), '--json')
    expect(back.code).toBe(0)
    expect(JSON.parse(back.stdout)).toMatchObject({ findings: { new: [], fixed: [{ id: 'aaa', decides: true }] } })
  })

  it('says in one sentence what is no run', async () => {
    const ended = await report('diff', 'yesterday', first)
    expect(ended.code).toBe(66)
    expect(complaint(ended)).toMatch(/"yesterday" is no run: name a directory with a report\.json in it/)
  })
})

describe('gauntlet fuzz', () => {
  it.each([
    [['--against', 'yesterday'], 66, /"yesterday" is no run/],
    [['--fail-on', 'old'], 64, /--fail-on "old" is not possible; write "new" or "any"/],
  ])('does not begin with %j', async (args, code, message) => {
    const ended = await gauntlet(['fuzz', '--reports', 'elsewhere', ...args], { cwd: dir })
    expect(ended.code).toBe(code)
    expect(complaint(ended)).toMatch(message)
    expect(readdirSync(dir)).not.toContain('elsewhere')
  })
})

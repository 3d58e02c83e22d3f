// gauntlet threats lint, coverage and export; and overlays on the command line.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Output } from '../../src/cli/terminal.ts'
import { coverage } from '../../src/cli/threats-coverage.ts'
import { gauntlet, ROOT } from './spawn.ts'

const EXAMPLE = join(ROOT, 'examples', 'overlay', 'text-filter.yaml')
let dir: string
let broken: string
let late: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'threats-cli-'))
  broken = join(dir, 'broken.yaml')
  writeFileSync(broken, 'overlay: Broken\nswitchOff:\n  - {threat: LNK-99, reason: No.}\n  - {boundary: moon, reason: No.}\n')
  late = join(dir, 'late.yaml')
  writeFileSync(
    late,
    'overlay: Late\nrisks:\n  - {id: slow, threat: RES-02, status: accepted, reason: R, owner: Jane Doe, ticket: T, date: 2020-01-01, expires: 2020-12-31}\n',
  )
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

describe('gauntlet threats lint', () => {
  it('has nothing to say about the project and the example', async () => {
    expect(await gauntlet(['threats', 'lint', EXAMPLE])).toMatchObject({ code: 0, stdout: 'No problem.\n', stderr: '' })
  })

  it('names every problem of an overlay with file and line, and ends with 1', async () => {
    const { code, stdout } = await gauntlet(['threats', 'lint', broken])
    expect(stdout).toBe(
      'broken.yaml:3: switchOff names "LNK-99", which is not a threat; correct it or add it\n' +
        'broken.yaml:4: switchOff names "moon", which is not a boundary; correct it or add it\n' +
        '2 problems.\n',
    )
    expect(code).toBe(1)
  })

  it('names a decision that has expired', async () => {
    const { code, stdout } = await gauntlet(['threats', 'lint', late, '--json'])
    expect(JSON.parse(stdout)).toEqual([
      {
        file: 'late.yaml',
        line: 3,
        text: expect.stringMatching(/^the decision slow \(accepted, Jane Doe\) expired on 2020-12-31/),
      },
    ])
    expect(code).toBe(1)
  })

  it('refuses a file that is not there', async () => {
    expect(await gauntlet(['threats', 'lint', join(dir, 'nowhere.yaml')])).toMatchObject({ code: 66 })
  })
})

describe('gauntlet threats coverage', () => {
  it('says what tries each threat, and what is switched off', async () => {
    const ended = await gauntlet(['threats', 'coverage', '--boundary', 'linking', '--json'])
    const { threats } = JSON.parse(ended.stdout) as {
      threats: { threat: string; tree: Record<string, string[]>; gaps: string[] }[]
    }
    const first = threats[0]!
    expect(first).toMatchObject({ threat: 'LNK-01', gaps: [] })
    expect(first.tree['case']).toContain('LNK-01-constructor-constructor')
    expect(first.tree['weakening']!.length).toBeGreaterThan(0)
    const laid = await gauntlet(['threats', 'coverage', '--boundary', 'network', '--overlay', EXAMPLE])
    expect(laid.stdout).toMatch(/^NET-01 .* switched off$/m)
  })

  it('shows a threat of an overlay that nothing tries as a gap', async () => {
    const { stdout } = await gauntlet(['threats', 'coverage', '--gaps', '--overlay', EXAMPLE])
    expect(stdout).toMatch(/^FLT-01 .* no case; no weakening$/m)
  })

  it('calls nothing a gap that an installed package comes without', async () => {
    const pieces: string[] = []
    const output = { isTTY: false, write: (piece: string) => pieces.push(piece) > 0 }
    // A folder without "fuzz", as that of a package is.
    await coverage({ boundary: 'linking' }, output as unknown as Output, dir)
    expect(pieces.join('')).toContain('0 cases+twins')
    expect(pieces.join('')).toMatch(/^LNK-01 .* no case$/m)
    expect(pieces.join('')).not.toContain('no weakening')
    expect(pieces.join('')).toContain('weakenings are in a checkout of the project only')
  })

  it('tells of a report that is cut off', async () => {
    const cut = join(dir, 'cut')
    mkdirSync(cut)
    writeFileSync(join(cut, 'report.json'), '{"schemaVersion": 1, "run": "2026')
    const ended = await gauntlet(['threats', 'coverage', '--report', cut])
    expect(ended.code).toBe(66)
    expect(ended.stderr).toContain('report.json is no report: it is not JSON.')
  })

  it('refuses a boundary and a report that are not there', async () => {
    expect(await gauntlet(['threats', 'coverage', '--boundary', 'moon'])).toMatchObject({ code: 64 })
    expect(await gauntlet(['threats', 'coverage', '--report', dir])).toMatchObject({ code: 66 })
  })
})

describe('gauntlet threats export', () => {
  it('writes a file that has the overlay in it', async () => {
    const out = join(dir, 'model.json')
    expect(await gauntlet(['threats', 'export', '--format', 'threat-dragon', '--overlay', EXAMPLE, '-o', out])).toMatchObject({
      code: 0,
      stdout: `${out}\n`,
    })
    expect(readFileSync(out, 'utf8')).toContain('FLT-01 A filter hands out more than the page holds')
  })

  it('refuses a format that it does not know, with those that it does', async () => {
    const ended = await gauntlet(['threats', 'export', '--format', 'tm7'])
    expect(ended).toMatchObject({ code: 64 })
    expect(ended.stderr).toContain('owasp-tml, threat-dragon, otm')
  })
})

it('a threat of an overlay is shown like any other', async () => {
  const { code, stdout } = await gauntlet(['threats', 'FLT-01', '--overlay', EXAMPLE])
  expect(stdout).toMatch(/Severity\n {2}high, \d/)
  expect(stdout).toContain('examples/overlay/text-filter.yaml:')
  expect(code).toBe(0)
})

it.each([
  ['threats', 'show', 'LNK-01'],
  ['fuzz', '--budget', '5s'],
  ['compare', 'bare'],
])('%s refuses a broken overlay before it begins, with 66', async (...words) => {
  const ended = await gauntlet([...words, '--overlay', broken], { cwd: dir })
  expect(ended.stderr).toMatch(/^gauntlet: broken\.yaml:3: switchOff names "LNK-99"/m)
  expect(ended.code).toBe(66)
})

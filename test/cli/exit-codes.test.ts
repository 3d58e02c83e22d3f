// docs/exit-codes.md and src/cli/exit-codes.ts say the same, and every outcome has a code.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EXIT, exitCodeOf, OUTCOME_EXIT } from '../../src/cli/exit-codes.ts'
import { RUN_HELP } from '../../src/cli/help.ts'
import { OUTCOMES } from '../../src/sandbox/result.ts'
import { ROOT } from './spawn.ts'

const page = readFileSync(join(ROOT, 'docs', 'exit-codes.md'), 'utf8')
const section = (title: string) => page.split(/^## /m).find((part) => part.startsWith(title)) ?? ''

describe('docs/exit-codes.md', () => {
  it('has a row for each outcome, with its code', () => {
    const rows = [...section('`gauntlet run`').matchAll(/^\| +([\d-]+) +\| `([\w-]+)` +\|/gm)].map(([, code, outcome]) => [
      outcome,
      code,
    ])
    const expected = OUTCOMES.map((outcome) => [outcome, outcome === 'exited' ? '0-255' : String(OUTCOME_EXIT[outcome])])
    expect(rows.sort()).toEqual(expected.sort())
  })

  it('has a row for each code of the commands themselves', () => {
    const codes = [...page.matchAll(/^\| +(\d+) +\|/gm)].map((match) => Number(match[1]))
    for (const [name, code] of Object.entries(EXIT)) expect(codes, name).toContain(code)
  })

  it('and the help of run name no code that does not exist', () => {
    const known = new Set<number>([...Object.values(EXIT), ...Object.values(OUTCOME_EXIT)])
    for (const text of [
      page.replace('0-255', ''),
      RUN_HELP.slice(RUN_HELP.indexOf('Exit codes')).replace('0-255', '').replace('modulo 256', ''),
    ]) {
      for (const [, code] of text.matchAll(/(?:^\||^| {2,})\s*(\d{1,3})(?= )/gm)) expect([...known], code).toContain(Number(code))
    }
  })
})

describe('exitCodeOf', () => {
  it.each([
    [0, 0],
    [1, 1],
    [255, 255],
    [256, 0],
    [-1, 255],
    [0xffffffff, 255],
  ])('turns the exit code %i of a guest into %i', (exitCode, expected) => {
    expect(exitCodeOf({ outcome: 'exited', exitCode })).toBe(expected)
  })

  it('does not let a guest choose the code of another outcome', () => {
    expect(exitCodeOf({ outcome: 'trapped', exitCode: 0 })).toBe(134)
  })
})

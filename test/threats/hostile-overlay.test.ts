// Overlays that somebody else wrote: one sentence with a place for each, whatever the file is, and nothing of it goes anywhere else.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadThreatModel, readThreatModel, ThreatModelError } from '../../src/threats/index.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'hostile-overlay-'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

let written = 0
function overlay(text: string | Uint8Array): string {
  const path = join(dir, `overlay-${written++}.yaml`)
  writeFileSync(path, text)
  return path
}

/** The one problem that the file has; anything else that is thrown fails the test. */
function problemOf(path: string): string {
  const { model, problems } = readThreatModel(undefined, [path])
  expect(model).toBeNull()
  expect(problems[0]?.file).toMatch(/\S/)
  return problems[0]!.text
}

const bomb = `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(', ')}]`).join('\n')}\n`
const risk = (date: string, expires: string) =>
  `overlay: x\nrisks:\n  - {id: later, threat: RES-01, status: accepted, reason: r, owner: o, ticket: t, date: ${date}, expires: ${expires}}\n`

describe('an overlay of somebody else', () => {
  it.each([
    ['an alias', 'overlay: &a x\nassets: *a\n', /not YAML that is read here: it has an alias/],
    ['aliases of aliases', bomb, /it has an alias/],
    ['an alias of nothing', 'overlay: *nothing\n', /it has an alias/],
    ['a merge key', 'base: &b {overlay: x}\n<<: *b\n', /it has an alias/],
    ['a merge key of an older YAML', '%YAML 1.1\n---\noverlay: x\n<<: {assets: []}\n', /another version of YAML than 1\.2/],
    ['a tag that makes something else of a value', 'overlay: !!js/function "x"\n', /tag/i],
    ['brackets without an end', '['.repeat(100_000), /is not YAML/],
    ['lists in lists', `${'- '.repeat(20_000)}x`, /is not YAML/],
    ['a key twice', 'overlay: x\noverlay: y\n', /unique/i],
    ['two documents', 'overlay: x\n---\noverlay: y\n', /is not YAML/],
    ['a key that is the prototype', 'overlay: x\n"__proto__": {assets: []}\n', /__proto__/],
    [
      'an entry with such a key',
      'overlay: x\nassets:\n  - {id: a, title: a, description: a, "__proto__": {x: 1}}\n',
      /__proto__/,
    ],
    ['a key that every object has', 'overlay: x\nconstructor: {}\n', /constructor/],
    ['a day that no calendar has', risk('2026-02-30', '2026-12-31'), /date: must be a day/],
    ['a leap day in no leap year', risk('2026-01-01', '2027-02-29'), /expires: must be a day/],
    ['a time instead of a day', risk('2026-01-01', '2026-12-31T00:00:00Z'), /expires: must be a day/],
    ['a year of five digits', risk('2026-01-01', '20261-12-31'), /expires: must be a day/],
  ])('is refused with %s', (_, text, expected) => {
    expect(problemOf(overlay(text))).toMatch(expected)
  })

  it('is refused unread if it is larger than anybody writes', () => {
    expect(problemOf(overlay(Buffer.alloc(5 * 2 ** 20, '#')))).toMatch(/5242880 bytes/)
  })

  it('is refused unread if it is no file', () => {
    const pipe = join(dir, 'pipe')
    execFileSync('mkfifo', [pipe])
    const endless = join(dir, 'endless')
    symlinkSync('/dev/zero', endless)
    for (const path of [pipe, endless, dir]) expect(problemOf(path)).toMatch(/no regular file|EISDIR/)
  })

  it('is refused if it is not UTF-8, and so might be read otherwise elsewhere', () => {
    expect(problemOf(overlay(Buffer.from('overlay: \xff\xfe\n', 'latin1')))).toMatch(/not UTF-8/)
  })

  it('leaves the prototype of all objects alone', () => {
    expect(() => loadThreatModel(undefined, [overlay('overlay: x\n"__proto__": {polluted: yes}\n')])).toThrow(ThreatModelError)
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})

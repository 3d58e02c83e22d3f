// A folder of reports in which somebody else has written: neither a report nor an index of theirs takes the others away.
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HISTORY_FILE, History } from '../../../src/campaign/history/history.ts'
import { finding, night, trial } from '../../reports/over-time/small-run.ts'
import { scratch } from '../toys.ts'

let folder: ReturnType<typeof scratch>
let reports: string
beforeEach(() => {
  folder = scratch()
  reports = join(folder.path, 'reports')
  for (const record of [GOOD, NEXT]) store(record.run, record)
})
afterEach(() => folder.remove())

const GOOD = night(1, { trials: [trial('one', 'contained')] })
const NEXT = night(2, { exitCode: 1, findings: [finding('a')], trials: [trial('one', 'violated')] })

function store(name: string, report: unknown): void {
  mkdirSync(join(reports, name), { recursive: true })
  writeFileSync(join(reports, name, 'report.json'), typeof report === 'string' ? report : JSON.stringify(report))
}

function listed(): { runs: string[]; unusable: string[]; setAside: boolean } {
  using history = History.open(reports)
  const unusable = history.catchUp().map(({ directory }) => directory)
  return { runs: history.runs().map(({ line }) => line.run), unusable, setAside: history.setAside !== null }
}
const WHOLE = { runs: [NEXT.run, GOOD.run], unusable: [], setAside: false }

describe('a report of somebody else', () => {
  it.each<[string, (directory: string) => void]>([
    ['is a link to itself', (directory) => symlinkSync('report.json', join(directory, 'report.json'))],
    ['is a device without an end', (directory) => symlinkSync('/dev/zero', join(directory, 'report.json'))],
    ['is a folder', (directory) => mkdirSync(join(directory, 'report.json'))],
    ['is deeper than any program recurses', (directory) => writeFileSync(join(directory, 'report.json'), '['.repeat(2_000_000))],
  ])('costs no other report if it %s', (_, make) => {
    mkdirSync(join(reports, 'theirs'))
    make(join(reports, 'theirs'))
    expect(listed()).toEqual({ ...WHOLE, unusable: ['theirs'] })
  })

  it('costs no other report if it has one finding twice', () => {
    store('theirs', { ...night(3), run: 'theirs', findings: [finding('a'), finding('a', { title: 'Another title' })] })
    expect(listed()).toEqual({ ...WHOLE, runs: ['theirs', ...WHOLE.runs] })
  })

  it('has texts only, whatever they say', () => {
    const evil = "x'); DROP TABLE runs; --"
    store('theirs', { ...night(3), run: evil, findings: [finding(evil)], trials: [trial(evil, 'violated')] })
    expect(listed().runs).toEqual([evil, ...WHOLE.runs])
    using history = History.open(reports)
    expect(history.named(evil)?.open.map(({ id }) => id)).toEqual([evil])
  })

  it('does not reach into objects by the names of its keys', () => {
    const text = JSON.stringify({ ...night(3), run: 'theirs', campaigns: [] }).replace(
      '"tools":{',
      '"tools":{"__proto__":"x","constructor":"y"',
    )
    expect(text).toContain('__proto__')
    store('theirs', text)
    expect(listed().runs).toEqual(['theirs', ...WHOLE.runs])
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })
})

describe('an index of somebody else', () => {
  /** Writes into the index as who knows its number may. */
  function tamper(sql: string): void {
    listed()
    const database = new DatabaseSync(join(reports, HISTORY_FILE))
    database.exec(sql)
    database.close()
  }

  it.each([
    ['has a trigger that drops what is told', 'CREATE TRIGGER t AFTER INSERT ON alerted BEGIN DELETE FROM alerted; END'],
    [
      'has a view in the place of a table',
      `PRAGMA foreign_keys = OFF; DROP TABLE unusable;
       CREATE VIEW unusable AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS directory, i AS changed_ms, '' AS reason FROM n`,
    ],
    ['has a table without its keys', 'DROP TABLE alerted; CREATE TABLE alerted (subject, finding, run, last_at, quiet, about)'],
    ['lacks a table', 'DROP TABLE tested'],
    ['has a line that is no JSON', "UPDATE runs SET line = '{'"],
    ['has a line that is no run', `UPDATE runs SET line = '{"run":1}'`],
    ['has a finding that is none', `UPDATE findings SET about = '[]'`],
    ['has an alert about nothing', `INSERT INTO alerted VALUES ('sandbox-jail', 'a', 'r', '2026-01-01', 0, 'null')`],
  ])('is set aside and made again if it %s', (_, sql) => {
    tamper(sql)
    expect(listed()).toEqual({ ...WHOLE, setAside: true })
    expect(listed()).toEqual(WHOLE)
    expect(readdirSync(reports).filter((name) => name.startsWith(`${HISTORY_FILE}.corrupt-`)).length).toBeGreaterThan(0)
  })
})

// The index of a folder of reports: what it remembers, what it makes again, and that no trouble of its own costs a report.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HISTORY_FILE, History } from '../../../src/campaign/history/history.ts'
import { appendSelf, enterHistory, lookBack } from '../../../src/campaign/history/look-back.ts'
import { RUN_SUMMARY_FILE, type RunSummary, runSummarySchema } from '../../../src/reports/over-time/run-summary.ts'
import type { RunRecord } from '../../../src/reports/run-record.ts'
import { engine, finding, night, trial } from '../../reports/over-time/small-run.ts'
import { scratch } from '../toys.ts'

let folder: ReturnType<typeof scratch>
let reports: string
beforeEach(() => {
  folder = scratch()
  reports = join(folder.path, 'reports')
  mkdirSync(reports)
})
afterEach(() => folder.remove())

/** The end of a run, as it is for a real one: look back, write report.json, enter it. */
async function end(
  record: RunRecord,
  against?: string,
): Promise<{ record: RunRecord; summary: RunSummary; problem: string | null }> {
  const directory = join(reports, record.run)
  mkdirSync(directory)
  lookBack(record, reports, against)
  appendSelf(record)
  writeFileSync(join(directory, 'report.json'), JSON.stringify(record))
  const problem = await enterHistory(record, directory, reports)
  const summary = runSummarySchema.parse(JSON.parse(readFileSync(join(directory, RUN_SUMMARY_FILE), 'utf8')))
  return { record, summary, problem }
}

const SHOWS = { exitCode: 1, findings: [finding('a')], trials: [trial('one', 'violated')] }
const HOLDS = { trials: [trial('one', 'contained')] }

/** Everything that the index says, to set two of them beside each other. */
function contents(): unknown {
  using history = History.open(reports)
  const runs = history.runs()
  return {
    runs,
    baselines: runs.map(({ line }) => history.named(line.run)),
    told: runs.map(({ subject }) => [...history.alerts.told(subject)]),
  }
}

describe('one run after the other', () => {
  it('tells once of a finding that stays, and again when it was fixed and comes back', async () => {
    const nights = [HOLDS, SHOWS, SHOWS, HOLDS, SHOWS]
    const seen = []
    for (const [index, what] of nights.entries()) seen.push(await end(night(index + 1, what)))
    expect(seen.map(({ summary }) => summary.notify.map(({ id }) => id))).toEqual([[], ['a'], [], [], ['a']])
    expect(seen.map(({ summary }) => summary.findings)).toEqual([
      { new: 0, still: 0, fixed: 0, unknown: 0 },
      { new: 1, still: 0, fixed: 0, unknown: 0 },
      { new: 0, still: 1, fixed: 0, unknown: 0 },
      { new: 0, still: 0, fixed: 1, unknown: 0 },
      { new: 1, still: 0, fixed: 0, unknown: 0 },
    ])
    expect(seen[0]?.record.changes).toBeUndefined()
    expect(seen[4]?.record.history?.map(({ findings }) => findings.own)).toEqual([0, 1, 1, 0, 1])
  })

  it('tells of nothing twice because a night did not come to it', async () => {
    const told = []
    for (const [index, what] of [SHOWS, {}, SHOWS].entries()) told.push((await end(night(index + 1, what))).summary)
    expect(told.map(({ notify }) => notify.length)).toEqual([1, 0, 0])
    expect(told.map(({ findings }) => [findings.new, findings.still, findings.unknown])).toEqual([
      [1, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
    ])
  })

  it.each([
    ['shows by chance', { findings: [finding('a', { source: 'property', code: 'p' })], engines: [engine('p', 'failed')] }],
    ['is flaky', { ...SHOWS, findings: [finding('a', { flaky: true })] }],
  ])('takes three quiet nights for the end of a finding that %s', async (_, shows) => {
    const quiet = { ...HOLDS, engines: [engine('p', 'passed')] }
    const told = []
    for (const [index, what] of [shows, quiet, quiet, shows, quiet, quiet, quiet, shows].entries())
      told.push((await end(night(index + 1, what))).summary.notify.length)
    expect(told).toEqual([1, 0, 0, 0, 0, 0, 0, 1])
  })

  it('tells of a finding that an interrupted run shows, and not again of it when a complete one does', async () => {
    const stopped = await end(night(1, { ...SHOWS, completion: 'interrupted', exitCode: 130 }))
    const whole = await end(night(2, SHOWS))
    expect([stopped, whole].map(({ summary }) => summary.notify.length)).toEqual([1, 0])
    // An interrupted run is nothing to compare with.
    expect(whole.record.changes).toBeUndefined()
  })

  it('says nothing of other hosts, and nothing of a finding that somebody has accepted while that is in force', async () => {
    const elsewhere = finding('b', { own: false, target: 'bare' })
    const risk: Omit<NonNullable<RunRecord['risks']>[number], 'state'> = {
      id: 'r',
      threat: null,
      finding: 'a',
      status: 'accepted',
      reason: '',
      owner: '',
      ticket: '',
      date: '',
      expires: '',
      covers: ['a'],
      file: '',
      line: 1,
    }
    const first = await end(night(1, { ...SHOWS, findings: [finding('a'), elsewhere], risks: [{ ...risk, state: 'in-force' }] }))
    const second = await end(night(2, { ...SHOWS, risks: [{ ...risk, state: 'expired' }] }))
    expect(first.summary.notify).toEqual([])
    expect(second.summary.notify.map(({ id }) => id)).toEqual(['a'])
  })

  it('tells of another host where that decides, as it does if the user has named it', async () => {
    const record = night(1, { exitCode: 1, findings: [finding('b', { own: false, target: 'my-host' })] })
    const directory = join(reports, record.run)
    mkdirSync(directory)
    expect(await enterHistory(record, directory, reports, ({ target }) => target === 'my-host')).toBeNull()
    const summary = runSummarySchema.parse(JSON.parse(readFileSync(join(directory, RUN_SUMMARY_FILE), 'utf8')))
    expect(summary).toMatchObject({ findings: { new: 1 }, notify: [{ id: 'b' }] })
  })

  it('compares with the last complete run of the same targets, or with the one that is named', async () => {
    await end(night(1, SHOWS))
    await end(night(2, HOLDS))
    await end(night(3, { ...SHOWS, completion: 'interrupted' }))
    await end(night(4, { subject: ['bare'], findings: [] }))
    const { record } = await end(night(5, SHOWS))
    expect(record.changes).toMatchObject({ against: night(2).run, new: ['a'] })
    expect(record.history?.map(({ run }) => run)).toEqual([1, 2, 3, 5].map((day) => night(day).run))
    const named = await end(night(6, SHOWS), night(1).run)
    expect(named.record.changes).toMatchObject({ against: night(1).run, still: ['a'] })
  })

  it('keeps the last thirty runs in a report, this one last', async () => {
    using history = History.open(reports)
    for (let day = 1; day <= 28; day++) {
      history.add(night(day), null, [])
      history.add({ ...night(day), run: `again-${day}`, startedAt: night(day).startedAt.replace('T03', 'T13') }, null, [])
    }
    const record = night(29)
    lookBack(record, reports)
    appendSelf(record)
    expect(record.history).toHaveLength(30)
    expect(record.history?.at(-1)?.run).toBe(record.run)
    expect(record.history?.at(-2)?.run).toBe('again-28')
  })
})

describe('the index', () => {
  const fill = async () => {
    for (const [index, what] of [HOLDS, SHOWS, {}, SHOWS].entries()) await end(night(index + 1, what))
  }

  it('is made again from the reports where it is missing, with what was told', async () => {
    await fill()
    const before = contents()
    for (const name of readdirSync(reports)) if (name.startsWith(HISTORY_FILE)) rmSync(join(reports, name))
    {
      using history = History.open(reports)
      expect(history.catchUp()).toEqual([])
    }
    expect(contents()).toEqual(before)
  })

  it('is set aside and made again where it is damaged', async () => {
    await fill()
    const before = contents()
    writeFileSync(join(reports, HISTORY_FILE), 'this is no database, and long enough to be looked at'.repeat(100))
    {
      using history = History.open(reports)
      expect(history.setAside).toMatch(/history\.db\.corrupt-/)
      history.catchUp()
    }
    expect(contents()).toEqual(before)
  })

  it('keeps runs whose reports are gone, as on a machine that is new every night', async () => {
    await fill()
    for (const name of readdirSync(reports)) if (!name.startsWith(HISTORY_FILE)) rmSync(join(reports, name), { recursive: true })
    const { record, summary } = await end(night(5, SHOWS))
    expect(record.changes).toMatchObject({ against: night(4).run, still: ['a'] })
    expect(record.history).toHaveLength(5)
    expect(summary.notify).toEqual([])
  })

  it('takes in a run that was written where it could not be, and says which reports it cannot read, once', async () => {
    mkdirSync(join(reports, night(1).run))
    writeFileSync(join(reports, night(1).run, 'report.json'), JSON.stringify(night(1, SHOWS)))
    mkdirSync(join(reports, 'broken'))
    writeFileSync(join(reports, 'broken', 'report.json'), '{"schemaVersion":9}')
    using history = History.open(reports)
    expect(history.catchUp()).toEqual([{ directory: 'broken', reason: expect.stringMatching(/no report of this version/) }])
    expect(history.catchUp()).toEqual([])
    expect(history.runs().map(({ line }) => line.run)).toEqual([night(1).run])
  })

  it('that is locked costs neither the report nor the alert', async () => {
    await end(night(1, HOLDS))
    const other = new DatabaseSync(join(reports, HISTORY_FILE))
    try {
      other.exec('BEGIN EXCLUSIVE')
      const record = night(2, SHOWS)
      const directory = join(reports, record.run)
      mkdirSync(directory)
      expect(await enterHistory(record, directory, reports)).toMatch(/the run is not in the history: .*locked by another process/)
      const summary = runSummarySchema.parse(JSON.parse(readFileSync(join(directory, RUN_SUMMARY_FILE), 'utf8')))
      expect(summary.notify.map(({ id }) => id)).toEqual(['a'])
    } finally {
      other.close()
    }
  }, 30_000)

  it('does not take a folder for granted', () => {
    const record = night(1)
    lookBack(record, join(folder.path, 'nowhere'))
    expect(record.history).toBeUndefined()
    expect(existsSync(join(folder.path, 'nowhere'))).toBe(false)
  })

  it('of hundreds of runs is not read again at the end of each', async () => {
    const trials = Array.from({ length: 600 }, (_, index) => trial(`attack-${index}`, 'contained'))
    {
      using history = History.open(reports)
      for (let index = 0; index < 300; index++) {
        const startedAt = new Date(Date.UTC(2026, 0, 1) + index * 3_600_000).toISOString()
        const record = night(1, { run: `run-${index}`, startedAt, trials })
        // With a report that could not be read, were it looked at.
        mkdirSync(join(reports, record.run))
        writeFileSync(join(reports, record.run, 'report.json'), '{')
        history.add(record, record.run, [])
      }
    }
    const begun = performance.now()
    const { record, problem } = await end(night(28, { trials }))
    expect(problem).toBeNull()
    expect(record.history).toHaveLength(30)
    expect(performance.now() - begun).toBeLessThan(3_000)
  }, 60_000)
})

// Whole runs, one after the other: each knows the one before it, and a trouble of the index is a fault of the run and never the loss of its report.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Attack } from '../../../src/attacks/attack.ts'
import { type GauntletEvent, type GauntletOptions, runGauntlet } from '../../../src/campaign/run.ts'
import { runSummarySchema } from '../../../src/reports/over-time/run-summary.ts'
import { runRecordSchema } from '../../../src/reports/run-record.ts'
import { toyRun } from '../toy-run.ts'
import { scratch, toyAttack } from '../toys.ts'

let project: ReturnType<typeof scratch>
beforeEach(() => {
  project = scratch()
  writeFileSync(join(project.path, 'package.json'), '{"name":"toy","version":"1.2.3","type":"module"}')
})
afterEach(() => project.remove())

const GOOD = toyAttack('LNK-01-evil', 'evil')
const BAD = toyAttack('LNK-01-sly', 'sly')
/** The same attack, when the host has learnt to refuse it. */
const MENDED = { ...toyAttack('LNK-01-sly', 'evil'), title: BAD.title }

async function gauntlet(run: string, attacks: readonly Attack[], changes: Partial<GauntletOptions> = {}) {
  const runDirectory = join(project.path, 'reports', run)
  mkdirSync(runDirectory, { recursive: true })
  const events: GauntletEvent[] = []
  const onEvent = (event: GauntletEvent) => void events.push(event)
  const record = await runGauntlet(
    toyRun({ root: project.path, runDirectory, attacks }, { run, budgetMs: 5_000, onEvent, ...changes }),
  )
  const read = (name: string): unknown => JSON.parse(readFileSync(join(runDirectory, name), 'utf8'))
  expect(runRecordSchema.parse(read('report.json'))).toEqual(record)
  return { record, events, summary: runSummarySchema.parse(read('summary.json')) }
}

describe('runs of one folder', () => {
  it('know what is new, still there and fixed, and only what is new decides if that was asked for', async () => {
    const first = await gauntlet('run-1', [GOOD, BAD], { failOn: 'new' })
    const second = await gauntlet('run-2', [GOOD, BAD], { failOn: 'new' })
    const third = await gauntlet('run-3', [GOOD, BAD])
    const fourth = await gauntlet('run-4', [GOOD, MENDED], { failOn: 'new' })
    const fifth = await gauntlet('run-5', [GOOD, BAD], { failOn: 'new' })
    const all = [first, second, third, fourth, fifth]
    // Without an earlier run everything is new.
    expect(all.map(({ record }) => record.exitCode)).toEqual([1, 0, 1, 0, 1])
    expect(all.map(({ summary }) => summary.notify.length)).toEqual([1, 0, 0, 0, 1])
    expect(all.map(({ summary }) => [summary.findings.new, summary.findings.still, summary.findings.fixed])).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 1, 0],
      [0, 0, 1],
      [1, 0, 0],
    ])
    expect(second.record.findings).toHaveLength(1)
    expect(second.record.changes?.against).toBe('run-1')
    expect(second.record.completionReason).toMatch(/; 1 finding that run-1 had left open decided nothing$/)
    expect(fifth.record.history?.map(({ run, exitCode }) => [run, exitCode])).toEqual([
      ['run-1', 1],
      ['run-2', 0],
      ['run-3', 1],
      ['run-4', 0],
      ['run-5', 1],
    ])
    expect(second.summary.files).toEqual(expect.arrayContaining(['report.json', 'report.html']))
  }, 120_000)

  it('that take a case away say that it is no longer tested, and do not call its finding fixed', async () => {
    await gauntlet('run-1', [GOOD, BAD])
    const { record } = await gauntlet('run-2', [GOOD])
    expect(record.changes).toMatchObject({ new: [], fixed: [], unknown: [expect.any(String)] })
    expect(record.changes?.noLongerTested.map(({ id }) => id)).toEqual([expect.stringMatching(/^regression:LNK-01-sly/)])
  }, 60_000)

  it('lose nothing but the comparison where the index cannot be used, and say so', async () => {
    mkdirSync(join(project.path, 'reports', 'history.db'), { recursive: true })
    const { record, events, summary } = await gauntlet('run-1', [BAD], { failOn: 'new' })
    expect(record).toMatchObject({ completion: 'fault', exitCode: 1 })
    expect(record.faults).toEqual([expect.stringMatching(/the comparison with earlier runs .*history\.db cannot be opened/)])
    expect(events.filter(({ type }) => type === 'fault')).toEqual([
      { type: 'fault', text: expect.stringMatching(/the run is not in the history/) },
    ])
    expect(summary.notify).toHaveLength(1)
    expect(readdirSync(join(project.path, 'reports', 'run-1'))).toEqual(expect.arrayContaining(['report.json', 'report.html']))
  }, 60_000)
})

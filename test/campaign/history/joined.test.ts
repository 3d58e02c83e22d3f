// A joined report among those of earlier nights: it is compared with them, and what it finds is told once.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hasHistory } from '../../../src/campaign/history/history.ts'
import { enterHistory } from '../../../src/campaign/history/look-back.ts'
import { mergeRecords } from '../../../src/campaign/merge/records.ts'
import { runSummarySchema } from '../../../src/reports/over-time/run-summary.ts'
import type { RunRecord } from '../../../src/reports/run-record.ts'
import { finding, night, trial } from '../../reports/over-time/small-run.ts'
import { scratch, toyModel } from '../toys.ts'

let folder: ReturnType<typeof scratch>
beforeEach(() => {
  folder = scratch()
})
afterEach(() => folder.remove())

const shards = (day: number, changes: Partial<RunRecord>): RunRecord[] => [
  night(day, { shard: { number: 1, of: 2, lists: {} }, run: `${day}-1` }),
  night(day, { shard: { number: 2, of: 2, lists: {} }, run: `${day}-2`, ...changes }),
]
const join2 = (records: readonly RunRecord[], history: string | null): RunRecord =>
  mergeRecords(records, {
    run: 'joined',
    command: 'gauntlet merge',
    model: toyModel,
    root: folder.path,
    reports: folder.path,
    history,
  })

const SHOWS = { findings: [finding('a')], trials: [trial('one', 'violated')], exitCode: 1 }

describe('a joined report', () => {
  it('is compared with the joined one of the night before, though both have the same name', async () => {
    const history = join(folder.path, 'history')
    mkdirSync(history)
    const told = []
    for (const day of [1, 2]) {
      const out = join(folder.path, `night-${day}`, 'joined')
      mkdirSync(out, { recursive: true })
      const record = join2(shards(day, SHOWS), history)
      expect(await enterHistory(record, out, history)).toBeNull()
      const summary = runSummarySchema.parse(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')))
      told.push([record.changes?.still ?? null, summary.notify.length, record.history?.length])
    }
    expect(told).toEqual([
      [null, 1, 1],
      [['a'], 0, 2],
    ])
  })

  it('without a history makes none where it happens to be written', () => {
    const record = join2(shards(1, SHOWS), null)
    expect(record.history).toBeUndefined()
    expect(hasHistory(folder.path)).toBe(false)
  })
})

// The journal: on disk before the trial, gone after it, and what a killed run leaves is reported once.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collectUnfinished, fileNameOf, Journal } from '../../src/campaign/journal.ts'
import { parseTrial, type StoredTrial } from '../../src/campaign/trial-file.ts'
import { scratch } from './toys.ts'

const trial: StoredTrial = {
  attack: 'LNK-01/../x',
  target: 'bare',
  threats: ['LNK-01'],
  trial: { run: {}, expect: { outcomes: ['refused'] } },
}
let runs: ReturnType<typeof scratch>
let run: string
beforeEach(() => {
  runs = scratch()
  run = join(runs.path, 'run-1')
  mkdirSync(run)
})
afterEach(() => runs.remove())

/** A process that has ended. */
const deadPid = (): number => spawnSync(process.execPath, ['-e', '0']).pid
const disown = (): void =>
  writeFileSync(join(run, 'inflight', 'owner.json'), JSON.stringify({ pid: deadPid(), started: 'long ago' }))

describe('a journal', () => {
  it('holds a trial from its beginning to its end', () => {
    const journal = new Journal(run)
    const end = journal.begin(trial, Uint8Array.of(1, 2, 3))
    const names = readdirSync(join(run, 'inflight')).filter((name) => name !== 'owner.json')
    expect(names.map((name) => name.replace(/^.*\./, '')).sort()).toEqual(['json', 'wasm'])
    const base = join(run, 'inflight', names[0]!.replace(/\.\w+$/, ''))
    expect([...readFileSync(`${base}.wasm`)]).toEqual([1, 2, 3])
    expect(parseTrial(readFileSync(`${base}.json`, 'utf8'), base)).toEqual(trial)
    end()
    expect(readdirSync(join(run, 'inflight'))).toEqual(['owner.json'])
    journal.close()
    expect(existsSync(join(run, 'inflight'))).toBe(false)
  })
  it('stays if a trial is in flight when it is closed', () => {
    const journal = new Journal(run)
    journal.begin(trial, Uint8Array.of(1))
    journal.close()
    expect(existsSync(join(run, 'inflight'))).toBe(true)
  })
  it('makes file names of any id', () => {
    expect(fileNameOf('LNK-01/../x\u0000\u202e')).toBe('LNK-01_.._x_')
    expect(fileNameOf('x'.repeat(500))).toHaveLength(100)
  })
})

describe('collectUnfinished', () => {
  it('finds what a killed run left, keeps it, and tells it once', () => {
    new Journal(run).begin(trial, Uint8Array.of(9))
    disown()
    const [unfinished, ...others] = collectUnfinished(runs.path)
    expect(others).toEqual([])
    expect(unfinished).toMatchObject({ run: 'run-1', trials: [expect.stringContaining('unfinished')] })
    expect([...readFileSync(`${unfinished!.trials[0]}.wasm`)]).toEqual([9])
    expect(collectUnfinished(runs.path)).toEqual([])
  })
  it('leaves a run alone that is at work', () => {
    new Journal(run).begin(trial, Uint8Array.of(9))
    expect(collectUnfinished(runs.path)).toEqual([])
    expect(readdirSync(join(run, 'inflight'))).toHaveLength(3)
  })
  it('says nothing of a killed run that had nothing in flight, or of no runs', () => {
    new Journal(run)
    disown()
    expect(collectUnfinished(runs.path)).toEqual([])
    expect(collectUnfinished(join(runs.path, 'nowhere'))).toEqual([])
  })
})

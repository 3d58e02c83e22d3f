// gauntlet merge: shards from two machines become one report with an exit code, and what does not belong together is refused in one sentence.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runGauntlet } from '../../src/campaign/run.ts'
import { TOY_HOST, toyAttack, toyModel } from '../campaign/toys.ts'
import { complaint, gauntlet, scratch } from './spawn.ts'

const { dir, remove } = scratch()
afterAll(remove)

const ATTACKS = ['LNK-01-a', 'LNK-01-b'].map((id) => toyAttack(id, 'evil'))

beforeAll(async () => {
  for (const number of [1, 2]) {
    const runDirectory = join(dir, `shard-${number}`)
    mkdirSync(runDirectory)
    await runGauntlet({
      root: dir,
      runDirectory,
      run: `run-${number}`,
      command: 'gauntlet fuzz',
      seed: 3,
      budgetMs: 60_000,
      targets: [TOY_HOST],
      stages: ['corpus'],
      shard: { number, of: 2 },
      parts: {
        loadAttacks: async () => ({ attacks: ATTACKS, unreadable: [] }),
        loadGenerators: async () => [],
        loadThreatModel: async () => toyModel,
      },
    })
  }
}, 60_000)

describe('gauntlet merge', () => {
  it('joins all shards into a report', async () => {
    const ended = await gauntlet(['merge', 'shard-1', 'shard-2', '--out', 'joined'], { cwd: dir })
    expect(ended.code, ended.stderr).toBe(0)
    expect(ended.stdout.trimEnd().split('\n').at(-1)).toBe(join(dir, 'joined', 'report.html'))
    const record = JSON.parse(readFileSync(join(dir, 'joined', 'report.json'), 'utf8'))
    expect(record).toMatchObject({ run: 'joined', completion: 'complete', mergedFrom: [{ shard: '1/2' }, { shard: '2/2' }] })
    expect(record.trials).toHaveLength(4)
  })

  it('says which shard is missing, in its first line and by its exit code', async () => {
    const ended = await gauntlet(['merge', 'shard-2', '--out', 'part'], { cwd: dir })
    expect(ended.code).toBe(2)
    expect(ended.stdout.split('\n')[0]).toBe('The joined run is not whole: no report of shard 1 of 2 was joined.')
    expect(readFileSync(join(dir, 'part', 'report.md'), 'utf8')).toContain('shard 1 of 2')
  })

  it.each<[string, string[], number, RegExp]>([
    ['the same shard twice', ['shard-1', 'shard-1', '--out', 'new'], 66, /run-1 is named twice/],
    ['what is no run', ['.', '--out', 'new'], 66, /is no directory of a run: there is no report\.json in it/],
    ['a folder that is not empty', ['shard-1', '--out', 'shard-2'], 64, /is not empty/],
  ])('refuses %s', async (_, args, code, message) => {
    const ended = await gauntlet(['merge', ...args], { cwd: dir })
    expect(complaint(ended), ended.stdout + ended.stderr).toMatch(message)
    expect(ended.code).toBe(code)
    expect(existsSync(join(dir, 'new'))).toBe(false)
  })
})

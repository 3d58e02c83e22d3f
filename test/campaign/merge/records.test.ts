// Joined reports: all evidence of all shards, states computed anew, and never the look of a whole where a part is missing.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkCompatible, MergeError } from '../../../src/campaign/merge/compatible.ts'
import { mergeRecords } from '../../../src/campaign/merge/records.ts'
import { runGauntlet } from '../../../src/campaign/run.ts'
import { sandboxDigest } from '../../../src/campaign/sandbox-digest.ts'
import { type RunRecord, runRecordSchema } from '../../../src/reports/run-record.ts'
import { summarise } from '../../../src/reports/summary.ts'
import { scratch, TOY_HOST, toyAttack, toyModel } from '../toys.ts'

let project: ReturnType<typeof scratch>
beforeEach(() => {
  project = scratch()
})
afterEach(() => project.remove())

const ATTACKS = ['LNK-01-a', 'LNK-01-b', 'LNK-01-c', 'RES-01-d'].map((id) => toyAttack(id, 'evil', { threats: [id.slice(0, 6)] }))
const LEAK = toyAttack('LNK-01-leak', 'xx leak yy')

async function shard(number: number, of: number, changes: { seed?: number; attacks?: typeof ATTACKS } = {}): Promise<RunRecord> {
  const run = `run-${number}`
  const runDirectory = join(project.path, 'reports', run)
  mkdirSync(runDirectory, { recursive: true })
  return await runGauntlet({
    root: project.path,
    runDirectory,
    run,
    command: 'gauntlet fuzz',
    seed: changes.seed ?? 7,
    budgetMs: 60_000,
    targets: [TOY_HOST],
    stages: ['corpus'],
    shard: { number, of },
    parts: {
      loadAttacks: async () => ({ attacks: changes.attacks ?? ATTACKS, unreadable: [] }),
      loadGenerators: async () => [],
      loadThreatModel: async () => toyModel,
    },
  })
}
const join2 = (records: readonly RunRecord[]) =>
  mergeRecords(records, {
    run: 'joined',
    command: 'gauntlet merge',
    model: toyModel,
    root: project.path,
    reports: join(project.path, 'reports'),
    history: null,
  })

describe('the report of a shard', () => {
  it('has its part of the corpus, and says that the others are not in it', async () => {
    const record = await shard(1, 2)
    expect(new Set(record.trials.map(({ attack }) => attack))).toEqual(new Set(['LNK-01-a', 'LNK-01-c']))
    expect(record.shard).toMatchObject({ number: 1, of: 2, lists: { corpus: expect.stringMatching(/^4 sha256:/) } })
    expect(record.stages).toContainEqual(
      expect.objectContaining({ name: 'other shards', result: 'not-run', reason: expect.stringContaining('shard 2 of 2') }),
    )
    expect(record.completionReason).toContain('for shard 1 of 2')
    expect(record.threats.find(({ id }) => id === 'RES-01')?.result).toBe('not-run')
  })

  it('says of a part of the plan of which it has nothing that there was nothing to do', async () => {
    const record = await shard(6, 6)
    expect(record.stages.find(({ name }) => name === 'corpus')).toMatchObject({ result: 'not-applicable' })
  })
})

describe('joined', () => {
  it('all shards are the whole run', async () => {
    const joined = join2([await shard(2, 2), await shard(1, 2)])
    expect(runRecordSchema.parse(joined)).toEqual(joined)
    expect(
      joined.trials
        .filter(({ role }) => role === 'attack')
        .map(({ attack }) => attack)
        .sort(),
    ).toEqual(ATTACKS.map(({ id }) => id).sort())
    expect(joined).toMatchObject({ completion: 'complete', exitCode: 0, seed: 7, budgetSeconds: 120 })
    expect(joined.mergedFrom).toMatchObject([
      { run: 'run-2', shard: '2/2' },
      { run: 'run-1', shard: '1/2' },
    ])
    expect(joined.stages.map(({ name }) => name)).not.toContain('other shards')
    expect(joined.stages.find(({ name }) => name === 'corpus')).toMatchObject({ result: 'passed' })
  })

  it('with a shard missing it is no whole run, and says which', async () => {
    const joined = join2([await shard(1, 3), await shard(3, 3)])
    expect(joined).toMatchObject({
      completion: 'interrupted',
      completionReason: 'no report of shard 2 of 3 was joined',
      exitCode: 2,
    })
    expect(joined.stages).toContainEqual(expect.objectContaining({ name: 'other shards', result: 'not-run' }))
    expect(summarise(joined).alarm).toContain('shard 2 of 3')
  })

  it('it is about the sandbox that all of them attacked, and about none if they did not attack the same', async () => {
    const one = await shard(1, 2)
    expect(one.project.sandbox).toBe(sandboxDigest())
    const other = { ...(await shard(2, 2)), project: { ...one.project, sandbox: 'ab'.repeat(32) } }
    expect(join2([one, { ...other, project: one.project }]).project).toEqual(one.project)
    expect(join2([one, other]).project).not.toHaveProperty('sandbox')
  })

  it('a fact that only one of them states is said of nothing else, whatever its name', async () => {
    const [one, other] = [await shard(1, 2), await shard(2, 2)]
    const facts = { constructor: 'a', toString: 'b' }
    const joined = join2([{ ...one, targets: one.targets.map((target) => ({ ...target, facts })) }, other])
    expect(joined.targets[0]?.facts).toMatchObject({ constructor: 'a / not said', toString: 'b / not said' })
  })

  it.each([
    { number: 1, of: 2 ** 53 - 1 },
    { number: 1, of: 1_001 },
    { number: 3, of: 2 },
    { number: 0, of: 2 },
    { number: 1, of: -1 },
  ])('is none of what says that it is shard $number of $of', async (changed) => {
    const one = await shard(1, 2)
    const record = { ...one, run: 'their\u001brun', shard: { ...one.shard!, ...changed } }
    expect(() => checkCompatible([record])).toThrow(/^their⟨U\+001B⟩run says that it is shard -?\d+ of -?\d+, which no run was/)
  })

  it('a violation in one of them is a violation, found once', async () => {
    const attacks = [...ATTACKS, LEAK, toyAttack('LNK-01-leak-too', 'leak')]
    const joined = join2([await shard(1, 2, { attacks }), await shard(2, 2, { attacks })])
    expect(joined).toMatchObject({ exitCode: 1, completion: 'complete' })
    expect(joined.findings).toMatchObject([{ count: 2, threat: 'LNK-01' }])
  })

  it('a shard that was stopped leaves the whole unfinished', async () => {
    const stopped = { ...(await shard(2, 2)), completion: 'interrupted' as const, exitCode: 130 }
    expect(join2([await shard(1, 2), stopped])).toMatchObject({
      completion: 'interrupted',
      completionReason: 'it was not run to its end on shard 2 of 2',
      exitCode: 2,
    })
  })

  it('faults say which shard had them', async () => {
    const faulty = { ...(await shard(2, 2)), completion: 'fault' as const, faults: ['no corpus'], exitCode: 2 }
    expect(join2([await shard(1, 2), faulty])).toMatchObject({
      faults: ['shard 2 of 2: no corpus'],
      completion: 'fault',
      exitCode: 2,
    })
  })

  it('an engine that was blind on one machine is not excused by another', async () => {
    const engine = {
      name: 'reader',
      kind: 'coverage-guided' as const,
      threats: ['LNK-01'],
      reason: '',
      seed: 7,
      executions: 10,
      executionsPerSecond: 5,
      coverage: { instrumentedEdges: 9, initial: 1, final: 2, corpus: 3 },
      seconds: 2,
      replay: '',
    }
    const [one, two] = [await shard(1, 2), await shard(2, 2)]
    one.engines.push({ ...engine, result: 'passed' })
    two.engines.push({ ...engine, result: 'unknown' })
    expect(join2([one, two]).engines).toMatchObject([{ name: 'reader', result: 'unknown', executions: 20 }])
  })
})

describe('what cannot be joined', () => {
  const changed = (record: RunRecord, changes: Partial<RunRecord>): RunRecord => ({ ...record, ...changes })
  it('is refused with the reason', async () => {
    const [one, two] = [await shard(1, 2), await shard(2, 2)]
    const refused = (records: readonly RunRecord[]) => {
      try {
        checkCompatible(records)
        return null
      } catch (error) {
        if (error instanceof MergeError) return error.message
        throw error
      }
    }
    expect(refused([one, two])).toBeNull()
    expect(refused([])).toMatch(/nothing to join/)
    expect(refused([one, one])).toMatch(/run-1 is named twice/)
    expect(refused([one, changed(one, { run: 'again' })])).toMatch(/both shard 1/)
    expect(refused([one, changed(two, { seed: 8 })])).toMatch(/seeds are 7 and 8/)
    expect(refused([one, changed(two, { project: { ...two.project, commit: 'abc' } })])).toMatch(/at no commit.*at abc/)
    expect(refused([one, changed(two, { shard: undefined })])).toMatch(/one is a shard/)
    expect(refused([one, await shard(2, 2, { attacks: ATTACKS.slice(1) })])).toMatch(/did not share the same list \(corpus\)/)
    expect(refused([join2([one, two])])).toMatch(/joined report itself/)
  })
})

// Defects planted in our own sandbox, and a host without defences: one finding for each cause whatever the seed, small, and replayed by one word.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assemble } from '../../src/attacks/assemble.ts'
import type { Attack } from '../../src/attacks/attack.ts'
import { loadCorpus } from '../../src/attacks/corpus.ts'
import { findGenerator } from '../../src/attacks/registry.ts'
import { inFreshChamber } from '../../src/campaign/chamber.ts'
import { readFindingIndex } from '../../src/campaign/finding-index.ts'
import { readPortable } from '../../src/campaign/portable.ts'
import { runGauntlet } from '../../src/campaign/run.ts'
import { isShown } from '../../src/campaign/trials.ts'
import { makeWeakenedCopy, type WeakenedCopy, weaken } from '../../src/campaign/weakened-copy.ts'
import { loadWeakenings } from '../../src/campaign/weakening-file.ts'
import { judgeTrial } from '../../src/oracles/judge.ts'
import type { FindingRecord, RunRecord } from '../../src/reports/run-record.ts'
import { writer } from '../../src/wasm/index.ts'
import { scratch, TOY_HOST, toyAttack, toyModel } from './toys.ts'

const ROOT = join(import.meta.dirname, '..', '..')
let folder: ReturnType<typeof scratch>
beforeAll(() => {
  folder = scratch()
})
afterAll(() => folder.remove())

let runs = 0
async function campaign(
  target: string,
  attacks: readonly Attack[],
  budgetMs = 60_000,
): Promise<RunRecord & { directory: string }> {
  const run = `run-${++runs}`
  const directory = join(folder.path, run)
  mkdirSync(directory)
  const record = await runGauntlet({
    root: ROOT,
    runDirectory: directory,
    run,
    command: 'gauntlet fuzz',
    seed: 1,
    budgetMs,
    targets: [target],
    stages: ['corpus'],
    parallel: 1,
    parts: {
      loadAttacks: async () => ({ attacks, unreadable: [] }),
      loadGenerators: async () => [],
      loadThreatModel: async () => toyModel,
    },
  })
  expect(record.faults).toEqual([])
  return { ...record, directory }
}

/** What the long id of a finding shows on its target. */
async function replayed({ portable }: FindingRecord, target: string) {
  const word = readPortable(portable!)
  if (word?.kind !== 'trial') throw new Error(`${portable} is no trial`)
  const trial = { ...word.stored.trial, bytes: word.bytes }
  const { observation, info } = await inFreshChamber({ target }, 'replay', trial)
  return { trial, observation, verdict: judgeTrial(trial, observation, info.own) }
}

describe('generated attacks on a host without defences', () => {
  it('are one finding for each cause, whatever their seeds, and the index knows them again', async () => {
    const bombs = findGenerator('quota-bombs')
    const of = async (...seeds: number[]) => await Promise.all(seeds.map((seed) => bombs.generate(seed)))
    const [same, other, again] = [await of(1, 4), await of(3), await of(7)]
    expect([...same, ...again].map(({ threats }) => threats[0])).not.toContain(other[0]!.threats[0])
    const first = await campaign('bare', [...same, ...other])
    const second = await campaign('bare', again)
    expect(first.findings.map(({ count }) => count).sort()).toEqual([1, 2])
    const [found] = first.findings.filter(({ count }) => count === 2)
    expect(second.findings.map(({ id }) => id)).toEqual([found!.id])
    // The second run knows that the first one saw it.
    expect(second.findings[0]!.firstSeen).toBe(found!.firstSeen)
    expect((await readFindingIndex(folder.path)).get(found!.id)).toMatchObject({
      firstRun: first.run,
      lastRun: second.run,
      runs: 2,
    })
  }, 120_000)

  it('are small in the end, fail for the same cause, and say so on another machine by their long id', async () => {
    const noise = Array.from(
      { length: 30 },
      (_, i) => `(func (param i32) (result i32) (i32.mul (local.get 0) (i32.const ${i + 1000})))`,
    ).join('')
    const wat = `(module (import "constructor" "constructor" (func $c (param i32) (result i32))) (memory 3) (data (i32.const 0) "${'y'.repeat(500)}")
      ${noise} (func (export "run") (result i32) (i32.add (call $c (i32.const 123456)) (call 5 (i32.const 7)))))`
    const attack: Attack = {
      ...toyAttack('LNK-01-big', ''),
      origin: { kind: 'generated', generator: 'made-up', seed: 1 },
      bytes: await assemble(wat),
      run: {},
      expect: { outcomes: ['refused'] },
      twin: {
        bytes: await assemble('(module (func (export "run") (result i32) (i32.const 1)))'),
        run: {},
        expect: { outcomes: ['completed'] },
      },
    }
    const { findings, directory } = await campaign('bare', [attack], 600_000)
    expect(findings).toMatchObject([{ code: 'outcome-not-expected', place: 'refused, but completed', flaky: false }])
    const [finding] = findings
    expect(finding!.bytesBefore).toBeGreaterThan(800)
    expect(finding!.bytesAfter).toBeLessThan(100)
    // What makes it an attack is still there, though a module without it would be completed too.
    expect(finding!.wat).toContain('(import "constructor" "constructor"')
    const { trial, observation, verdict } = await replayed(finding!, 'bare')
    expect(isShown(trial, observation, verdict, finding!)).toBe(true)
    expect(readFileSync(join(directory, finding!.reproducer.find((file) => file.endsWith('.wasm'))!))).toEqual(
      Buffer.from(trial.bytes),
    )
  }, 120_000)
})

describe('two defects of our own sandbox', () => {
  const { weakenings } = loadWeakenings(join(ROOT, 'fuzz', 'weakenings'))
  const weakening = (id: string) => weakenings.find((each) => each.id === id)!
  let copy: WeakenedCopy
  let adapter: string
  beforeAll(() => {
    copy = makeWeakenedCopy(ROOT, { ...weakening('import-match-signature'), id: 'planted-test' })
    const other = weakening('structural-limits-locals-in-sum')
    const path = join(copy.root, other.file)
    writeFileSync(path, weaken(readFileSync(path, 'utf8'), other))
    adapter = join(copy.root, 'adapter.ts')
    writeFileSync(adapter, "import make from './src/targets/sandbox.ts'\nexport default { ...make('inline'), name: 'planted' }\n")
  })
  afterAll(() => copy.remove())

  it('are two findings, and attacks that differ in name, seed and bytes are one', async () => {
    const { attacks } = await loadCorpus(join(ROOT, 'corpus'))
    const witness = (id: string) => attacks.find((attack) => attack.id === id)!
    const [types, locals] = [witness('LNK-17-same-name-two-types'), witness('MOD-04-locals-in-sum')]
    const custom = writer.customSection('made-by', [1, 2, 3])
    const again: Attack = {
      ...types,
      id: 'links@99',
      origin: { kind: 'generated', generator: 'links', seed: 99 },
      bytes: writer.bytes(types.bytes, custom),
    }
    const { findings, exitCode } = await campaign(adapter, [types, again, locals])
    expect(findings.map(({ threat, count, oracle }) => [threat, oracle, count]).sort()).toEqual([
      ['LNK-17', 'verdict', 2],
      ['MOD-04', 'verdict', 1],
    ])
    expect(exitCode).toBe(1)
    const [first] = findings.filter(({ threat }) => threat === 'LNK-17')
    expect(first).toMatchObject({ reproduced: { runs: 3, times: 3 }, flaky: false })
    expect(first!.bytesAfter ?? first!.bytesBefore).toBeLessThanOrEqual(types.bytes.length)
  }, 180_000)
})

it('a flaky canary is marked as such, with how often it was seen, and kept', async () => {
  const path = join(folder.path, 'flaky-host.ts')
  const counter = join(folder.path, 'counter')
  writeFileSync(
    path,
    `import toy from ${JSON.stringify(TOY_HOST)}
     import { existsSync, readFileSync, writeFileSync } from 'node:fs'
     const file = ${JSON.stringify(counter)}
     export default { ...toy, name: 'flaky-host', run: async (run) => {
       if (new TextDecoder().decode(run.module) !== 'leak') return await toy.run(run)
       const times = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
       writeFileSync(file, String(times + 1))
       return await toy.run(times % 2 === 0 ? run : { ...run, module: new TextEncoder().encode('good') })
     } }`,
  )
  const { findings } = await campaign(path, [toyAttack('LNK-01-leak', 'leak')])
  const canary = findings.find(({ oracle }) => oracle === 'canary')
  expect(canary).toMatchObject({ code: 'environment-secret', flaky: true, reproduced: { runs: 10 } })
  expect(canary!.reproduced.times).toBeGreaterThan(2)
  expect(canary!.reproduced.times).toBeLessThan(8)
}, 120_000)

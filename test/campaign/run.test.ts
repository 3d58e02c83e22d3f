// A whole run on toys: what it records, how it ends, and that nothing of it is lost when it is stopped or killed.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Attack } from '../../src/attacks/attack.ts'
import { type GauntletEvent, type GauntletOptions, runGauntlet } from '../../src/campaign/run.ts'
import { parseTrial } from '../../src/campaign/trial-file.ts'
import { FORMATS } from '../../src/reports/formats.ts'
import { runRecordSchema } from '../../src/reports/run-record.ts'
import { TargetError } from '../../src/targets/load.ts'
import { toyRun } from './toy-run.ts'
import { MISBEHAVING, scratch, TOY_HOST, toyAttack } from './toys.ts'

let project: ReturnType<typeof scratch>
let runDirectory: string
beforeEach(() => {
  project = scratch()
  runDirectory = join(project.path, 'reports', 'run-1')
  mkdirSync(runDirectory, { recursive: true })
  writeFileSync(join(project.path, 'package.json'), '{"name":"toy","version":"1.2.3","type":"module"}')
})
afterEach(() => project.remove())

const EVIL = toyAttack('LNK-01-evil', 'evil')
const SLY = toyAttack('LNK-01-sly', 'sly')
const LEAK = toyAttack('RES-01-leak', 'xx leak yy', { threats: ['RES-01'] })

function gauntlet(attacks: readonly Attack[], changes: Partial<GauntletOptions> = {}) {
  const events: GauntletEvent[] = []
  const onEvent = (event: GauntletEvent) => void events.push(event)
  const options = toyRun({ root: project.path, runDirectory, attacks }, { onEvent, ...changes })
  return { events, run: runGauntlet(options) }
}
const reported = (): unknown => JSON.parse(readFileSync(join(runDirectory, 'report.json'), 'utf8'))

describe('a run', () => {
  it('is clean if everything was contained', async () => {
    const { run, events } = gauntlet([EVIL])
    const record = await run
    expect(record).toMatchObject({
      completion: 'complete',
      exitCode: 0,
      findings: [],
      faults: [],
      seed: 7,
      project: { name: 'toy', version: '1.2.3' },
    })
    expect(record.targets).toEqual([{ name: 'toy-host', version: '1', own: false, facts: { kind: 'toy' } }])
    expect(record.trials.map(({ attack, role, verdict }) => [attack, role, verdict])).toEqual([
      ['LNK-01-evil', 'attack', 'contained'],
      ['LNK-01-evil', 'twin', 'contained'],
    ])
    expect(record.stages.map(({ name, result }) => [name, result])).toEqual([
      ['corpus', 'passed'],
      ['weakenings', 'not-run'],
      ['properties', 'not-run'],
      ['generated', 'not-run'],
      ['coverage-guided', 'not-run'],
      ['reports', 'passed'],
    ])
    expect(record.threats.map((threat) => threat.id)).toEqual(['LNK-01', 'RES-01'])
    expect(runRecordSchema.parse(reported())).toEqual(record)
    expect(readdirSync(runDirectory).sort()).toEqual([...FORMATS.map(({ file }) => file), 'summary.json'].sort())
    expect(new Set(events.map((event) => event.type))).toEqual(new Set(['stage-started', 'trial', 'progress', 'stage-ended']))
  })

  it('finds what goes through, tries it again, and writes a reproducer', async () => {
    const { run, events } = gauntlet([EVIL, SLY, LEAK], { budgetMs: 30_000 })
    const record = await run
    expect(record).toMatchObject({ exitCode: 1, completion: 'complete' })
    expect(record.findings.map(({ severity, oracle, code, threat }) => [severity, oracle, code, threat])).toEqual([
      ['critical', 'canary', 'environment-secret', 'RES-01'],
      ['high', 'verdict', 'outcome-not-expected', 'LNK-01'],
    ])
    const [leak, sly] = record.findings
    expect(sly).toMatchObject({
      reproduced: { runs: 3, times: 3 },
      bytesAfter: null,
      location: { path: 'corpus/LNK-01-sly.wat', line: 1 },
      replay: expect.stringContaining('replay LNK-01-sly --target'),
    })
    // Made smaller, because a secret that leaks is wrong whatever the module is.
    expect(leak).toMatchObject({ bytesBefore: 10, bytesAfter: 4 })
    expect(readFileSync(join(runDirectory, leak!.reproducer.find((path) => path.endsWith('.wasm'))!), 'utf8')).toBe('leak')
    const stored = leak!.reproducer.find((path) => path.endsWith('.json'))!
    expect(parseTrial(readFileSync(join(runDirectory, stored), 'utf8'), stored)).toMatchObject({
      attack: 'RES-01-leak',
      target: TOY_HOST,
      threats: ['RES-01'],
    })
    expect(leak!.replay).toContain(stored)
    expect(events.filter((event) => event.type === 'finding')).toHaveLength(2)
  })

  it('counts violations with one cause as one finding', async () => {
    const record = await gauntlet([SLY, toyAttack('LNK-01-also', 'sly2')]).run
    expect(record.findings).toMatchObject([{ count: 2 }])
  })

  it('is inconclusive, and not clean of doubt, if the twin is not allowed', async () => {
    const record = await gauntlet([toyAttack('LNK-01-unfair', 'evil', { twinWord: 'evil' })]).run
    expect(record.trials.map((trial) => trial.verdict)).toEqual(['inconclusive', 'violated'])
    expect(record).toMatchObject({
      exitCode: 0,
      findings: [],
      stages: expect.arrayContaining([expect.objectContaining({ name: 'corpus', result: 'needs-review' })]),
    })
  })

  it('takes only the attacks that were asked for, by id or by threat', async () => {
    const record = await gauntlet([EVIL, SLY, LEAK], { only: ['LNK-01-evil', 'RES-01'] }).run
    expect(new Set(record.trials.map((trial) => trial.attack))).toEqual(new Set(['LNK-01-evil', 'RES-01-leak']))
  })

  it('runs generated attacks and properties, and says where there is nothing to run', async () => {
    mkdirSync(join(project.path, 'fuzz', 'properties'), { recursive: true })
    const refuted =
      "export default { name: 'p', threats: ['RES-01'], run: async () => ({ executions: 1, failure: { message: 'no', counterexample: 'the input' } }) }"
    writeFileSync(join(project.path, 'fuzz', 'properties', 'p.js'), refuted)
    mkdirSync(join(project.path, 'fuzz', 'canaries'))
    writeFileSync(join(project.path, 'fuzz', 'canaries', 'property.ts'), refuted)
    const loadGenerators = async () => [
      {
        name: 'g',
        family: 'f',
        threats: ['LNK-01'],
        generate: (seed: number) =>
          toyAttack(`g@${seed}`, 'sly', { origin: { kind: 'generated' as const, generator: 'g', seed } }),
      },
    ]
    const own = ['corpus', 'weakenings', 'properties', 'coverage-guided'] as const
    // Properties are of our own code: a run that names only another host has none.
    const ours = await gauntlet([], { targets: [], stages: own }).run
    const theirs = await gauntlet([], { stages: ['generated'], parts: { loadGenerators } }).run
    const record = {
      ...ours,
      stages: [
        ...ours.stages.filter(({ name }) => name !== 'generated'),
        ...theirs.stages.filter(({ name }) => name === 'generated'),
      ],
      campaigns: theirs.campaigns,
      findings: [...ours.findings, ...theirs.findings],
    }
    expect(Object.fromEntries(record.stages.map(({ name, result }) => [name, result]))).toEqual({
      corpus: 'not-run',
      weakenings: 'not-run',
      properties: 'failed',
      generated: 'failed',
      'coverage-guided': 'not-run',
      reports: 'passed',
    })
    expect(record.engines).toMatchObject([{ name: 'p', result: 'failed' }])
    expect(record.campaigns).toMatchObject([{ target: 'toy-host', byGenerator: { g: { contained: 0 } } }])
    const property = record.findings.find((finding) => finding.source === 'property')
    expect(readFileSync(join(runDirectory, property!.reproducer[0]!), 'utf8')).toBe('the input')
    expect(record.findings.find((finding) => finding.source === 'campaign')).toMatchObject({
      replay: expect.stringMatching(/replay generator:g@\d+ --target/),
      location: { path: 'threat-model/threats/LNK.yaml', line: 3 },
    })
  })
})

describe('faults of the harness', () => {
  it.each<[string, Partial<NonNullable<GauntletOptions['parts']>>, RegExp]>([
    [
      'a corpus file that cannot be read',
      { loadAttacks: async () => ({ attacks: [EVIL], unreadable: ['corpus/x.wat:1: bad'] }) },
      /corpus\/x\.wat:1: bad/,
    ],
    [
      'a corpus that cannot be read',
      { loadAttacks: async () => Promise.reject(new Error('no such folder')) },
      /the corpus could not be used: no such folder/,
    ],
    [
      'a threat model that cannot be read',
      { loadThreatModel: async () => Promise.reject(new Error('bad yaml')) },
      /the threat model could not be used: bad yaml/,
    ],
    [
      'a stage that throws',
      { loadGenerators: async () => Promise.reject(new Error('no generators')) },
      /the stage generated failed: no generators/,
    ],
  ])('%s: is told, and the run goes on', async (_name, parts, message) => {
    const record = await gauntlet([EVIL], { parts, stages: ['corpus', 'generated'] }).run
    expect(record).toMatchObject({ completion: 'fault', exitCode: 2, faults: [expect.stringMatching(message)] })
    expect(existsSync(join(runDirectory, 'report.html'))).toBe(true)
  })
  it('a target that does not load', async () => {
    const wrong = join(import.meta.dirname, '..', 'targets', 'fixtures', 'wrong', 'throwing-module.ts')
    expect(await gauntlet([EVIL], { targets: [TOY_HOST, wrong] }).run).toMatchObject({
      exitCode: 2,
      faults: [expect.stringMatching(/not today/)],
      trials: [{}, {}],
    })
  })
  it('a name that is no target, before anything is done', async () => {
    await expect(gauntlet([EVIL], { targets: ['jial'] }).run).rejects.toThrow(TargetError)
    expect(readdirSync(runDirectory)).toEqual([])
  })
  it('a naive host on which nothing was noticed', async () => {
    // Not named by the user, so it is there as the check of the harness; and the toys show nothing on it.
    const record = await gauntlet([EVIL], { targets: undefined as never, parallel: 1 }).run
    expect(record.targets.map((target) => target.name)).toContain('bare')
    expect(record.faults).toContainEqual(expect.stringMatching(/noticed nothing of .* on bare, a host that is known not to hold/))
  })
})

describe('a run that is stopped', () => {
  it('keeps what it found, and says that it was stopped', async () => {
    const controller = new AbortController()
    const { run } = gauntlet([SLY, EVIL, LEAK], {
      signal: controller.signal,
      parallel: 1,
      stages: ['corpus', 'generated'],
      onEvent: (event) => event.type === 'finding' && controller.abort(),
    })
    const record = await run
    expect(record).toMatchObject({ completion: 'interrupted', exitCode: 130 })
    expect(record.findings).toHaveLength(1)
    expect(record.trials.length).toBeLessThan(6)
    expect(record.stages.find((stage) => stage.name === 'generated')).toMatchObject({
      result: 'not-run',
      reason: expect.stringContaining('interrupted'),
    })
    expect(runRecordSchema.parse(reported())).toMatchObject({ completion: 'interrupted' })
  })

  it('by SIGKILL leaves its record and the trial in flight, which the next run tells', async () => {
    const script = `
      import { runGauntlet } from ${JSON.stringify(join(import.meta.dirname, '..', '..', 'src', 'campaign', 'run.ts'))}
      import { toyAttack, toyModel } from ${JSON.stringify(join(import.meta.dirname, 'toys.ts'))}
      const attacks = [toyAttack('LNK-01-fine', 'junk'), { ...toyAttack('LNK-01-stuck', 'never-answers'), expect: { outcomes: ['refused'], withinMs: 120_000 } }]
      await runGauntlet({
        root: ${JSON.stringify(project.path)}, runDirectory: ${JSON.stringify(runDirectory)}, run: 'run-1', command: 'x', seed: 1, budgetMs: 60_000,
        targets: [${JSON.stringify(MISBEHAVING)}], stages: ['corpus'], parallel: 1,
        parts: { loadAttacks: async () => ({ attacks, unreadable: [] }), loadThreatModel: async () => toyModel },
      })`
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { stdio: 'inherit' })
    const inflight = join(runDirectory, 'inflight')
    const stuck = (): boolean => existsSync(inflight) && readdirSync(inflight).some((name) => name.endsWith('stuck.json'))
    while (!stuck()) await new Promise((resolve) => setTimeout(resolve, 50))
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    const partial = JSON.parse(readFileSync(join(runDirectory, 'report.json.partial'), 'utf8'))
    expect(runRecordSchema.parse(partial)).toMatchObject({ completion: 'interrupted', findings: [{ code: 'target-threw' }] })

    const next = join(project.path, 'reports', 'run-2')
    mkdirSync(next)
    const record = await gauntlet([EVIL], { runDirectory: next, run: 'run-2' }).run
    expect(record.stages[0]).toMatchObject({
      name: 'unfinished',
      result: 'needs-review',
      reason: expect.stringMatching(/run-1 was killed with 1 trial in flight/),
    })
  })
})

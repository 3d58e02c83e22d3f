// A run about somebody else's host: what is only about our own sandbox has nothing to do there, and what the host does not give is no finding.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Attack } from '../../src/attacks/attack.ts'
import { whyNotAsked } from '../../src/campaign/asked.ts'
import type { AttackGenerator } from '../../src/campaign/generated.ts'
import { notOurs } from '../../src/campaign/our-code.ts'
import { type GauntletOptions, runGauntlet, STAGES } from '../../src/campaign/run.ts'
import { summarise } from '../../src/reports/summary.ts'
import { toyRun } from './toy-run.ts'
import { scratch, TOY_HOST, toyAttack, toyModel } from './toys.ts'

let project: ReturnType<typeof scratch>
let runDirectory: string
const write = (path: string, text: string): string => {
  const to = join(project.path, path)
  mkdirSync(join(to, '..'), { recursive: true })
  writeFileSync(to, text)
  return to
}
beforeEach(() => {
  project = scratch()
  runDirectory = join(project.path, 'reports', 'run-1')
  mkdirSync(runDirectory, { recursive: true })
})
afterEach(() => project.remove())

const gauntlet = (
  changes: Partial<GauntletOptions>,
  attacks: readonly Attack[] = [],
  generators: readonly AttackGenerator[] = [],
  model = toyModel,
) =>
  runGauntlet(
    toyRun(
      { root: project.path, runDirectory, attacks, generators, model },
      { budgetMs: 60_000, stages: STAGES, parallel: 1, ...changes },
    ),
  )

const OURS = ['weakenings', 'properties', 'coverage-guided'] as const

describe('what drives our own code', () => {
  beforeEach(() => {
    // Each of these would fail the run if it were loaded.
    write('fuzz/properties/broken.ts', 'throw new Error("loaded")')
    write('fuzz/canaries/property.ts', 'throw new Error("loaded")')
    write('fuzz/broken.fuzz.ts', 'throw new Error("loaded")')
    write('src/targets/sandbox.ts', 'throw new Error("loaded")')
    write('fuzz/weakenings/broken.yaml', 'id: x\n')
  })

  it('does not apply to a host of somebody else, takes no time, and leaves no doubt', async () => {
    const record = await gauntlet({ stages: ['corpus', ...OURS] }, [toyAttack('LNK-01-evil', 'evil')])
    for (const name of OURS)
      expect(record.stages.find((stage) => stage.name === name)).toMatchObject({
        result: 'not-applicable',
        reason: expect.stringMatching(/our own sandbox is not among the targets/),
      })
    expect(record.engines.map(({ name, result }) => [name, result])).toEqual([
      ['broken', 'not-applicable'],
      ['broken', 'not-applicable'],
    ])
    expect(record).toMatchObject({ faults: [], weakenings: [], exitCode: 0, completion: 'complete', subject: ['toy-host'] })
    expect(record.evidence!.map(({ kind }) => kind)).toEqual(['regression'])
    expect(record.threats.find(({ id }) => id === 'LNK-01')).toMatchObject({ result: 'passed' })
    const { open, headline } = summarise(record)
    // The part is that of the generators, which was not asked for.
    expect(open).toEqual(['1 part of the plan did not pass', '1 threat has no evidence'])
    expect(headline).toMatch(/^Nothing escaped toy-host, but not everything is proven: /)
  })

  it('is tried as well if our own sandbox is among the targets', async () => {
    expect(notOurs([TOY_HOST, 'bare'])).not.toBeNull()
    for (const targets of [undefined, ['jail', TOY_HOST], ['inline']]) expect(notOurs(targets)).toBeNull()
    const { faults, stages } = await gauntlet({ targets: ['inline', TOY_HOST], stages: ['weakenings'] })
    expect(stages.find(({ name }) => name === 'weakenings')!.result).not.toBe('not-applicable')
    expect(faults).toEqual([expect.stringMatching(/^fuzz\/weakenings\/broken\.yaml: /)])
  })

  it('is not what guards somebody else: only controls that an overlay names are theirs', async () => {
    const evil = [toyAttack('LNK-01-evil', 'evil')]
    const control = async (model: typeof toyModel) =>
      (await gauntlet({ stages: ['corpus'] }, evil, [], model)).controls.find(({ id }) => id === 'import-match')!
    expect(await control(toyModel)).toMatchObject({ result: 'not-applicable', threats: [] })
    const [linking, leaks] = toyModel.threats
    const mapped = {
      ...toyModel,
      threats: [
        { ...linking!, mappedTo: ['import-match'] },
        { ...leaks!, controls: [] },
      ],
    }
    expect(await control(mapped)).toMatchObject({ result: 'passed', threats: ['LNK-01'] })
  })
})

describe('what a host does not give', () => {
  const host = (more: string): string =>
    write(
      'host.mjs',
      `const nothing = { messages: [], stdout: new Uint8Array(0), stderr: new Uint8Array(0), exitCode: null, values: [], events: [] }
       export default { name: 'meagre', version: '1', ${more} async run({ module }) {
         const word = String.fromCharCode(...module)
         if (word === 'socket') return { ...nothing, outcome: 'refused', detail: '', inapplicable: 'there are no sockets' }
         return { ...nothing, outcome: word === 'good' ? 'completed' : 'refused', detail: '' }
       } }`,
    )
  const generator = (name: string, attack: Attack): AttackGenerator => ({
    name,
    family: name,
    threats: attack.threats,
    generate: (seed) => ({ ...attack, id: `${name}@${seed}`, origin: { kind: 'generated', generator: name, seed } }),
  })
  const EVIL = toyAttack('LNK-01-evil', 'evil')
  const PRINTS = toyAttack('LNK-01-prints', 'evil', { expect: { outcomes: ['refused'], stdout: 'refused' } })
  const SOCKET = toyAttack('LNK-01-socket', 'socket')
  /** Ours would run it, and its twin is let in. */
  const RUNS = toyAttack('LNK-01-runs', 'lively', { expect: { outcomes: ['completed'] } })

  it('is neither tried nor a finding, in the corpus and in attacks from seeds alike', async () => {
    const attacks = [EVIL, PRINTS, SOCKET, RUNS]
    const names = ['evil', 'prints', 'socket', 'runs']
    const record = await gauntlet(
      { targets: [host("withholds: ['output'],")], stages: ['corpus', 'generated'], budgetMs: 6_000 },
      attacks,
      attacks.map((attack, index) => generator(names[index]!, attack)),
    )
    expect(record.findings).toEqual([])
    expect(new Set(record.trials.map(({ attack }) => attack))).toEqual(new Set(['LNK-01-evil', 'LNK-01-runs']))
    expect(Object.keys(record.campaigns[0]!.byGenerator).sort()).toEqual(['evil', 'runs'])
    const reason = (stage: string): string => record.stages.find(({ name }) => name === stage)!.reason
    expect(reason('corpus')).toMatch(/1 case not applicable to meagre: it does not give its embedder the output of a guest/)
    expect(reason('corpus')).toMatch(/1 case not applicable to meagre, which does not offer what they need/)
    expect(reason('generated')).toMatch(/\d+ more not applicable, as the host does not offer what they need/)
    expect(record.exitCode).toBe(0)
  }, 60_000)

  it('is not asked of a host that stops no guest', () => {
    const floods = toyAttack('WSI-17-flood', 'x', { expect: { outcomes: ['limit'], details: ['output-limit'] } })
    const info = { own: false, guests: 'webassembly', withholds: [], unenforced: ['time'] } as const
    expect(whyNotAsked(floods, info)).toBe('it promises no time')
    expect(whyNotAsked(floods, { ...info, unenforced: [] })).toBeNull()
    expect(whyNotAsked(floods, { ...info, own: true })).toBeNull()
    expect(whyNotAsked(EVIL, info)).toBeNull()
  })
})

// The generated campaign: seeds, tallies, clean chambers, and generators that break.
import { describe, expect, it } from 'vitest'
import { Budget } from '../../src/campaign/budget.ts'
import { type AttackGenerator, runGenerated, seedFor } from '../../src/campaign/generated.ts'
import type { Pair } from '../../src/campaign/trials.ts'
import { MISBEHAVING, toyAttack, toyTarget } from './toys.ts'

const generator = (name: string, word: string, seeds: number[] = []): AttackGenerator => ({
  name,
  family: 'toys',
  threats: ['LNK-01'],
  generate: (seed) => {
    seeds.push(seed)
    return toyAttack(name, word, { origin: { kind: 'generated', generator: name, seed } })
  },
})

/** Runs until so many attacks are done. */
async function campaign(generators: AttackGenerator[], modules: number, more: Partial<Parameters<typeof runGenerated>[0]> = {}) {
  const controller = new AbortController()
  const violations: Pair[] = []
  const faults: string[] = []
  const record = await runGenerated({
    generators,
    target: toyTarget(),
    seed: 7,
    budget: new Budget(60_000),
    parallel: 1,
    journal: null,
    signal: controller.signal,
    onViolation: (pair) => void violations.push(pair),
    onFault: (text) => void faults.push(text),
    onProgress: (done) => done >= modules && controller.abort(),
    ...more,
  })
  return { record, violations, faults }
}

describe('runGenerated', () => {
  it('goes round the generators, with the seeds of the run', async () => {
    const seeds: number[] = []
    const { record, violations } = await campaign([generator('evil', 'evil', seeds), generator('more', 'evil', seeds)], 6)
    expect(record).toMatchObject({ target: 'toy-host', seed: 7, modules: 6 })
    expect(record.byGenerator['evil']).toEqual({
      modules: 3,
      contained: 3,
      violated: 0,
      inconclusive: 0,
      byOutcome: { refused: 3 },
      threats: ['LNK-01'],
    })
    expect(seeds.slice(0, 6)).toEqual([0, 1, 2, 3, 4, 5].map((index) => seedFor(7, index)))
    expect(violations).toEqual([])
  })
  it('tells of violations, and goes on', async () => {
    const { record, violations } = await campaign([generator('evil', 'evil'), generator('sly', 'sly')], 4)
    expect(violations.map((pair) => [pair.attack.attack.id, pair.attack.verdict.kind])).toEqual([
      ['sly', 'violated'],
      ['sly', 'violated'],
    ])
    expect(record.byGenerator).toMatchObject({ evil: { contained: 2 }, sly: { violated: 2, byOutcome: { completed: 2 } } })
  })
  it('takes a new chamber after one was spoilt', async () => {
    const { record } = await campaign([generator('exits', 'exits'), generator('fine', 'fine')], 4, {
      target: toyTarget({ chamber: { target: MISBEHAVING } }),
    })
    // Each `exits` kills the host; that `fine` is answered shows that there is another one.
    expect(record.byGenerator).toMatchObject({
      exits: { violated: 2, byOutcome: { 'no result': 2 } },
      fine: { byOutcome: { completed: 2 } },
    })
  })
  it('applies the twin rule', async () => {
    const unfair: AttackGenerator = {
      ...generator('unfair', 'evil'),
      generate: (seed) =>
        toyAttack('unfair', 'evil', { twinWord: 'evil', origin: { kind: 'generated', generator: 'unfair', seed } }),
    }
    const { record } = await campaign([unfair], 1)
    expect(record.byGenerator['unfair']).toMatchObject({ contained: 0, inconclusive: 1 })
  })
  it('tells of a generator that breaks, once, and stops when none is left', async () => {
    const broken: AttackGenerator = {
      ...generator('broken', 'x'),
      generate: () => {
        throw new Error('no more ideas')
      },
    }
    const mixed = await campaign([broken, generator('evil', 'evil')], 3)
    expect(mixed.faults).toEqual([
      expect.stringMatching(/^the generator broken failed for seed \d+ and was not used any more: Error: no more ideas$/),
    ])
    expect(mixed.record.modules).toBe(3)
    expect((await campaign([broken], 3)).record.modules).toBe(0)
  })
  it('passes over what does not apply, and ends with its time', async () => {
    const { record } = await campaign([generator('evil', 'evil')], 1, { accept: () => false, budget: new Budget(100) })
    expect(record).toMatchObject({ modules: 0, byGenerator: {} })
  })
  it.skipIf(process.platform !== 'linux')('judges what only the end of a chamber shows', async () => {
    const { violations } = await campaign([generator('leaks-child', 'leaks-child')], 1, {
      target: toyTarget({ chamber: { target: MISBEHAVING } }),
      accept: (attack) => attack.id === 'leaks-child',
    })
    expect(violations.some((pair) => pair.attack.verdict.reason.match(/after 2 trials in one host: .* outlived it/))).toBe(true)
  })
})

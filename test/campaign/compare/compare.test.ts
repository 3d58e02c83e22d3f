// A comparison: what is run where, what is not, and what is found on hosts of which nothing was told but what they offer.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { GENERATORS } from '../../../src/attacks/registry.ts'
import { Budget } from '../../../src/campaign/budget.ts'
import { type CompareOptions, compare } from '../../../src/campaign/compare/compare.ts'
import type { GauntletParts } from '../../../src/campaign/options.ts'
import { MISBEHAVING, TOY_HOST, toyAttack, toyModel } from '../toys.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')

const parts = (changes: Partial<GauntletParts> = {}): Partial<GauntletParts> => ({
  loadAttacks: async () => ({ attacks: [toyAttack('LNK-01-bad', 'evil'), toyAttack('LNK-01-good', 'good')], unreadable: [] }),
  loadGenerators: async () => [],
  loadThreatModel: async () => toyModel,
  ...changes,
})

const comparing = (targets: readonly string[], changes: Partial<CompareOptions> = {}) =>
  compare({
    root: ROOT,
    targets,
    run: 'a-run',
    command: 'gauntlet compare',
    seed: 1,
    perGenerator: 0,
    budget: new Budget(50_000),
    parallel: 2,
    parts: parts(),
    ...changes,
  })

describe('compare', () => {
  it('runs every attack on every host, and says of each what came of it', async () => {
    const { hosts, trials, completion } = await comparing([TOY_HOST])
    expect(completion).toBe('complete')
    expect(hosts).toMatchObject([{ name: 'toy-host', own: false, problem: null }])
    // The toy host refuses the word "evil" and completes all others.
    expect(trials.map(({ attack, result }) => [attack, result])).toEqual([
      ['LNK-01-bad', 'contained'],
      ['LNK-01-good', 'violated'],
    ])
    expect(trials[1]).toMatchObject({
      oracle: 'verdict',
      threat: 'LNK-01',
      origin: 'corpus',
      replay: expect.stringContaining('LNK-01-good'),
    })
  })
  it('goes on without a host that cannot be opened, and says why', async () => {
    const { hosts, trials } = await comparing(['/nowhere/host.ts', TOY_HOST])
    expect(hosts.map(({ problem }) => problem !== null)).toEqual([true, false])
    expect(hosts[0]!.problem).toMatch(/does not exist/)
    expect(trials.every(({ host }) => host === 'toy-host')).toBe(true)
  })
  it('runs only what is asked for', async () => {
    expect((await comparing([TOY_HOST], { only: ['LNK-01-bad'] })).trials.map(({ attack }) => attack)).toEqual(['LNK-01-bad'])
    expect((await comparing([TOY_HOST], { only: ['LNK-01'] })).trials).toHaveLength(2)
    expect((await comparing([TOY_HOST], { only: ['RES-01'] })).trials).toHaveLength(0)
  })
  it('says what was not run as the time was spent, and never that it held', async () => {
    const { trials, completion } = await comparing([TOY_HOST], { budget: new Budget(0) })
    expect(completion).toBe('out-of-time')
    expect(trials.map(({ result }) => result)).toEqual(['not-run', 'not-run'])
  })
  it('ends when it is interrupted, with what is known', async () => {
    const stop = new AbortController()
    const onProgress = () => stop.abort()
    const { trials, completion } = await comparing([TOY_HOST], { signal: stop.signal, onProgress, parallel: 1 })
    expect(completion).toBe('interrupted')
    expect(trials.map(({ result }) => result)).toEqual(['contained', 'not-run'])
  })
  it('looks a second time, in a process of its own, before it says that a host was hurt', async () => {
    const attacks = [toyAttack('LNK-01-die', 'exits')]
    const { trials } = await comparing([MISBEHAVING], {
      parts: parts({ loadAttacks: async () => ({ attacks, unreadable: [] }) }),
    })
    expect(trials[0]).toMatchObject({ result: 'violated', oracle: 'process' })
  })
})

/** Only the generators that know a threat of these; they know nothing of the host. */
const generatorsOf = (threats: readonly string[]) => async () =>
  GENERATORS.filter((each) => each.threats.some((threat) => threats.includes(threat)))
const nothing = async () => ({ attacks: [], unreadable: [] })

describe('found by generators that were not told where to look', { timeout: 180_000 }, () => {
  const { loadThreatModel: _, ...made } = parts({ loadAttacks: nothing })

  it('a kernel of Extism that reads names of prototypes, or makes buffers of any size', async () => {
    const { trials } = await comparing(['extism'], { parts: made, perGenerator: 6 })
    const violated = trials.filter(({ result }) => result === 'violated')
    expect(violated.map(({ origin, code }) => `${origin} ${code}`)).toContain('host-calls fault')
    expect(violated.some(({ reason }) => /TypeError|RangeError|SyntaxError/.test(reason))).toBe(true)
  })
  it('exceptions of the browser shim that pass through the guest to the embedder', async () => {
    const loadGenerators = generatorsOf(['MEM-01'])
    const { trials } = await comparing(['browser_wasi_shim'], { parts: { ...made, loadGenerators }, perGenerator: 25 })
    expect(trials.filter(({ code }) => code === 'fault').length).toBeGreaterThan(0)
  })
  it('no bound of node:wasi on what a module declares', async () => {
    const loadGenerators = generatorsOf(['MOD-10', 'MOD-11', 'RES-03', 'RES-04'])
    const { trials } = await comparing(['node:wasi'], { parts: { ...made, loadGenerators }, perGenerator: 4 })
    expect(trials.filter(({ result }) => result === 'violated').length).toBeGreaterThan(0)
  })
  it('a script that holds up the host of quickjs-wasi with the length of its result', async () => {
    const { trials } = await comparing(['quickjs-wasi'], { parts: made, only: ['RES-05', 'RES-01'] })
    expect(trials.find(({ attack }) => attack === 'RES-01-script-loop')).toMatchObject({ result: 'contained' })
    expect(trials.find(({ attack }) => attack === 'RES-05-script-length')).toMatchObject({ result: 'violated' })
  })
})

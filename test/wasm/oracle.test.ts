// The reader against the engine, on well-formed modules and on thousands of damaged ones.

import { describe, expect, it } from 'vitest'
import { MUTATIONS, mutate } from '../../src/attacks/mutate-module.ts'
import { Random } from '../../src/attacks/random.ts'
import { CLASSIFICATION, type Comparison, classify, compareWithEngine } from '../../src/oracles/engine-agreement.ts'
import { readModule } from '../../src/wasm/index.ts'
import { seeds } from './support/seeds.ts'

/** At most this share of all damaged modules may be refused by the reader alone. */
const LAXER_SHARE = 0.005

interface Tally {
  readonly comparisons: Record<Comparison, number>
  readonly problems: string[]
}

/** Compares one module and notes what should not be. */
function compare(bytes: Uint8Array, label: string, tally: Tally): void {
  const { comparison, problem } = compareWithEngine(bytes)
  tally.comparisons[comparison]++
  if (problem !== null) tally.problems.push(`${label}: ${problem}: ${Buffer.from(bytes).toString('hex')}`)
}

const newTally = (): Tally => ({
  comparisons: { 'both accept': 0, 'both refuse': 0, 'reader alone refuses': 0, 'engine alone refuses': 0 },
  problems: [],
})

describe('well-formed modules', () => {
  it('of binaryen, wabt and the writer are accepted by both', async () => {
    const tally = newTally()
    for (const { name, bytes } of await seeds()) compare(bytes, name, tally)
    expect(tally.problems).toEqual([])
    expect(tally.comparisons['both accept']).toBe((await seeds()).length)
  })
})

describe('damaged modules', () => {
  it.each([1, 2, 3, 4])('3,000 of seed %i: whoever accepts, the other disagrees only for a known reason', async (seed) => {
    const all = await seeds()
    const random = new Random(seed)
    const tally = newTally()
    for (let count = 0; count < 3000; count++) {
      const start = random.pick(all)
      const { bytes, how } = mutate(random, start.bytes)
      compare(bytes, `${start.name}, ${how}`, tally)
    }
    expect(tally.problems).toEqual([])
    expect(tally.comparisons['reader alone refuses']).toBeLessThan(3000 * LAXER_SHARE)
    // Damage that never gets past the first check, or never does any harm, would prove little.
    expect(tally.comparisons['both accept']).toBeGreaterThan(300)
    expect(tally.comparisons['both refuse']).toBeGreaterThan(1000)
    expect(tally.comparisons['engine alone refuses']).toBeGreaterThan(30)
  })

  it('each mutation changes something', async () => {
    const all = await seeds()
    for (const [name, mutation] of Object.entries(MUTATIONS)) {
      const random = new Random(7)
      const { bytes } = all[0]!
      const changed = Array.from({ length: 20 }, () => mutation(random, bytes, readModule(bytes)))
      expect([name, changed.some((result) => Buffer.compare(result, bytes) !== 0)]).toEqual([name, true])
    }
  })
})

describe("the engine's messages", () => {
  it('are told apart: format, meaning, bounds', () => {
    expect(
      classify('WebAssembly.Module(): Compiling function #0 failed: i32.add[0] expected type i32, found nop @+30').class,
    ).toBe('validation')
    expect(classify('WebAssembly.Module(): Compiling function #3:"a failed: b" failed: invalid local index: 5 @+30').class).toBe(
      'malformed',
    )
    expect(
      classify('WebAssembly.Module(): initial memory size (65537 pages) is larger than implementation limit (65536 pages) @+12')
        .class,
    ).toBe('limit')
    expect(classify('WebAssembly.Module(): something new @+1').class).toBe('unclassified')
  })

  it('have a reason for each rule', () => {
    for (const rule of CLASSIFICATION) expect(rule.because.length).toBeGreaterThan(4)
  })
})

// The reader against the engine, on well-formed modules and on thousands of damaged ones.

import { describe, expect, it } from 'vitest'
import { MalformedModule, ModuleLimitExceeded, readModule } from '../../src/wasm/index.ts'
import { CLASSIFICATION, classify, compile, interfaceDifference } from './support/engine.ts'
import { MUTATIONS, mutate } from './support/mutate.ts'
import { Random } from './support/random.ts'
import { seeds } from './support/seeds.ts'

/**
 * What the engine takes although the binary grammar does not have it. The reader is stricter; each entry is a place where
 * a second decoder could read something else.
 */
const ENGINE_IS_LAXER: Readonly<Record<string, string>> = {
  'heap-type': 'V8 reads the negative numbers of abstract heap types in several bytes; the grammar has one byte (5.3.3)',
  'value-type': 'V8 reads the negative numbers of block types in several bytes; the grammar has one byte (5.4.2)',
  'tag-attribute': 'V8 reads the attribute of a tag as a u32 of several bytes; the grammar has one byte (5.3.10)',
  'reference-type': 'V8 takes a number type as the element type of a passive segment; the grammar has a reference type (5.5.12)',
}

/** At most this share of all damaged modules may be refused by the reader alone. */
const LAXER_SHARE = 0.005

type Verdict = 'both accept' | 'both refuse' | 'reader alone refuses' | 'engine alone refuses'

interface Tally {
  readonly verdicts: Record<Verdict, number>
  readonly laxer: Map<string, number>
  readonly problems: string[]
}

function refusalOf(bytes: Uint8Array): string | undefined {
  try {
    readModule(bytes)
    return undefined
  } catch (error) {
    if (error instanceof MalformedModule || error instanceof ModuleLimitExceeded) return error.code
    throw error
  }
}

/** Compares one module and notes what should not be. */
function compare(bytes: Uint8Array, label: string, tally: Tally): void {
  const compiled = compile(bytes)
  const refusal = refusalOf(bytes)
  const accepted = compiled instanceof WebAssembly.Module
  const problem = (text: string) => tally.problems.push(`${label}: ${text}: ${Buffer.from(bytes).toString('hex')}`)
  if (refusal === undefined && accepted) {
    tally.verdicts['both accept']++
    const difference = interfaceDifference(readModule(bytes), compiled)
    if (difference) problem(difference)
  } else if (refusal === undefined && !accepted) {
    tally.verdicts['engine alone refuses']++
    if (compiled.class !== 'validation' && compiled.class !== 'limit')
      problem(`accepted, but ${compiled.class}: ${compiled.message}`)
  } else if (accepted) {
    tally.verdicts['reader alone refuses']++
    tally.laxer.set(refusal!, (tally.laxer.get(refusal!) ?? 0) + 1)
    if (!(refusal! in ENGINE_IS_LAXER)) problem(`${refusal}, but the engine accepts`)
  } else tally.verdicts['both refuse']++
}

const newTally = (): Tally => ({
  verdicts: { 'both accept': 0, 'both refuse': 0, 'reader alone refuses': 0, 'engine alone refuses': 0 },
  laxer: new Map(),
  problems: [],
})

describe('well-formed modules', () => {
  it('of binaryen, wabt and the writer are accepted by both', async () => {
    const tally = newTally()
    for (const { name, bytes } of await seeds()) compare(bytes, name, tally)
    expect(tally.problems).toEqual([])
    expect(tally.verdicts['both accept']).toBe((await seeds()).length)
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
    expect(tally.verdicts['reader alone refuses']).toBeLessThan(3000 * LAXER_SHARE)
    // Damage that never gets past the first check, or never does any harm, would prove little.
    expect(tally.verdicts['both accept']).toBeGreaterThan(300)
    expect(tally.verdicts['both refuse']).toBeGreaterThan(1000)
    expect(tally.verdicts['engine alone refuses']).toBeGreaterThan(30)
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

// Metering against the slow reference counter, and against the module that is not metered: random programs, run three times.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { program } from '../../../fuzz/models/metering-programs.ts'
import { SLACK } from '../../../src/sandbox/metering/plan.ts'
import { type Exports, metered, running, type Wanted } from './support/metered.ts'
import { COUNT, withReferenceCounter } from './support/reference.ts'

interface Seen {
  /** What came out: a value, an exception, or the words of a trap. */
  readonly end: string
  readonly memory: string
}

function call(exports: Exports, x: number, y: number): Seen {
  let end: string
  try {
    end = String(exports['run']!(x, y))
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError || error instanceof WebAssembly.Exception)) throw error
    end = error instanceof WebAssembly.Exception ? 'exception' : error.message
  }
  const memory = exports['memory'] as unknown as WebAssembly.Memory
  return { end, memory: Buffer.from(memory.buffer).toString('latin1') }
}

const plain = (bytes: Uint8Array<ArrayBuffer>) =>
  new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Exports & Record<typeof COUNT, WebAssembly.Global>
const isTrap = ({ end }: Seen) => !/^(-?\d+|exception)$/.test(end)

const argument = fc.integer({ min: -20, max: 20 })
const RUNS = { numRuns: 300 }

describe('a metered module', () => {
  const sameAsPlain = (wanted: Wanted) =>
    fc.assert(
      fc.property(program, argument, argument, (bytes, x, y) => {
        expect(call(running(metered(bytes, wanted)).exports, x, y)).toEqual(call(plain(bytes), x, y))
      }),
      RUNS,
    )
  it('does what the module does: results, memory, traps, exceptions', () => sameAsPlain({}))
  it('does so with a depth of calls too', () => sameAsPlain({ depth: true }))
  it('does so with nothing but a depth of calls', () => sameAsPlain({ fuel: false, depth: true }))

  it('counts without slack exactly what the reference counts', () => {
    let compared = 0
    fc.assert(
      fc.property(program, argument, argument, (bytes, x, y) => {
        const reference = plain(withReferenceCounter(bytes))
        const seen = call(reference, x, y)
        // A trap leaves what was paid for and not done.
        if (isTrap(seen)) return
        compared++
        const run = running(metered(bytes, { slack: 0 }))
        call(run.exports, x, y)
        expect(run.used()).toBe(Number(reference[COUNT].value))
      }),
      RUNS,
    )
    expect(compared).toBeGreaterThan(RUNS.numRuns / 4)
  })

  it('counts with slack at least what the reference counts, and no more than the slack for each charge', () => {
    fc.assert(
      fc.property(program, argument, argument, (bytes, x, y) => {
        const reference = plain(withReferenceCounter(bytes))
        if (isTrap(call(reference, x, y))) return
        const exact = Number(reference[COUNT].value)
        const run = running(metered(bytes))
        call(run.exports, x, y)
        const used = run.used()
        expect(used).toBeGreaterThanOrEqual(exact)
        // Every charge is for something that runs and costs a unit at least.
        expect(used).toBeLessThanOrEqual(exact * (1 + SLACK))
      }),
      RUNS,
    )
  })

  it('counts the same at every run', () => {
    fc.assert(
      fc.property(program, argument, argument, (bytes, x, y) => {
        const written = metered(bytes)
        const [once, twice] = [running(written), running(written)]
        expect(call(once.exports, x, y)).toEqual(call(twice.exports, x, y))
        expect(once.left()).toBe(twice.left())
      }),
      { numRuns: 50 },
    )
  })

  it('stops at the end of its fuel and not before: what a run used is enough, one unit less is not', () => {
    fc.assert(
      fc.property(program, argument, argument, (bytes, x, y) => {
        const written = metered(bytes)
        const run = running(written)
        const seen = call(run.exports, x, y)
        if (isTrap(seen)) return
        const used = run.used()
        const enough = running(written)
        enough.refuel(BigInt(used))
        expect(call(enough.exports, x, y)).toEqual(seen)
        expect(enough.left()).toBe(0n)
        const short = running(written)
        short.refuel(BigInt(used - 1))
        call(short.exports, x, y)
        expect(short.left()).toBeLessThan(0n)
      }),
      RUNS,
    )
  })
})

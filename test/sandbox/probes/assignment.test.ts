// Which runs a canary gets: exactly its share of each block, the same ones each time, at places that are no pattern.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blockOf, isCanaryRun } from '../../../src/sandbox/probes/assignment.ts'

const SEED = 'ab'.repeat(32)
const share = fc.integer({ min: 1, max: 99 }).map((hundredths) => hundredths / 100)
const runsOf = (seed: string, share: number, from: number, count: number) =>
  Array.from({ length: count }, (_, at) => from + at).filter((index) => isCanaryRun(seed, index, share))

describe('the runs of a canary', () => {
  it.each([
    [0.1, 10],
    [0.3, 10],
    [0.25, 4],
    [0.5, 2],
    [0.07, 100],
    [0.29, 100],
    [0.99, 100],
  ])('are counted in blocks: a share of %d in blocks of %d', (share, length) => expect(blockOf(share)).toBe(length))

  it('are exactly the share of every block', () => {
    fc.assert(
      fc.property(share, fc.nat(1000), fc.string(), (share, block, seed) => {
        const length = blockOf(share)
        expect(runsOf(seed, share, block * length, length)).toHaveLength(Math.round(share * length))
      }),
      { numRuns: 50 },
    )
  })

  it('are the same each time', () => expect(runsOf(SEED, 0.1, 0, 100)).toEqual(runsOf(SEED, 0.1, 0, 100)))

  it('are others for another canary, and no pattern', () => {
    const runs = runsOf(SEED, 0.1, 0, 300)
    expect(runsOf('cd'.repeat(32), 0.1, 0, 300)).not.toEqual(runs)
    expect(new Set(runs.map((run) => run % 10)).size).toBeGreaterThan(4)
  })
})

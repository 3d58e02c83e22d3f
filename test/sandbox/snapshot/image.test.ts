// Images as bytes: what is read back is what was written, and only what a guest with that plan could have.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BadImage, BLOCK, decodeImage, encodeImage, type GuestImage, maxImageBytes } from '../../../src/sandbox/snapshot/image.ts'
import type { SnapshotPlan } from '../../../src/sandbox/snapshot/plan.ts'

const HOST = { handles: 1, seeded: false }
const PLAN: SnapshotPlan = {
  memories: [{ name: 'm0', is64: false, min: 1, max: 3 }],
  globals: [
    { name: 'g0', kind: 'i32' },
    { name: 'g1', kind: 'v128' },
    { name: 'g2', kind: 'function' },
    { name: 'g3', kind: 'null' },
  ],
  tables: [{ name: 't0', is64: false, min: 1, max: 4, holds: 'function' }],
  still: [],
  functions: 3,
}

const block = fc.integer({ min: 1, max: 255 }).map((byte) => new Uint8Array(BLOCK).fill(byte))
const reference = fc.option(fc.nat(2), { nil: null })
const image: fc.Arbitrary<GuestImage> = fc
  .record({
    pages: fc.integer({ min: 1, max: 3 }),
    // Gaps and lengths of runs, so that they are in order and apart.
    runs: fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.array(block, { minLength: 1, maxLength: 2 })), { maxLength: 3 }),
    i32: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    v128: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    global: reference,
    table: fc.array(reference, { minLength: 1, maxLength: 4 }),
    flags: fc.constantFrom(0, 4),
    base: fc.bigInt(0n, 2n ** 64n - 1n),
    random: fc.option(fc.integer({ min: 1, max: 2 ** 32 - 1 }), { nil: null }),
  })
  .map(({ pages, runs, i32, v128, global, table, random, flags, base }) => {
    let at = -1
    const placed = runs.flatMap(([gap, blocks]) => {
      const first = at + gap
      at = first + blocks.length
      return at <= pages * 16 ? [{ first, bytes: new Uint8Array(Buffer.concat(blocks)) }] : []
    })
    return {
      memories: [{ pages, runs: placed }],
      globals: [i32, v128, global, null],
      tables: [table],
      random,
      handles: [{ flags, base, inheriting: base }],
    }
  })

const ONE: GuestImage = {
  memories: [{ pages: 2, runs: [{ first: 4, bytes: new Uint8Array(BLOCK).fill(7) }] }],
  globals: [new Uint8Array(4), new Uint8Array(16), 2, null],
  tables: [[null, 1]],
  random: null,
  handles: [{ flags: 4, base: 3n, inheriting: 2n ** 64n - 1n }],
}
/** Offsets of the parts of ONE: counts and random state, the handle, pages and number of runs, first block and number of blocks, contents. */
const AT = {
  memories: 0,
  globals: 4,
  tables: 8,
  handles: 12,
  random: 16,
  flags: 20,
  pages: 40,
  runs: 44,
  first: 48,
  blocks: 52,
  contents: 56,
} as const
const GLOBALS_AT = AT.contents + BLOCK
const TABLE_AT = GLOBALS_AT + 4 + 16 + 4 + 4

function changed(at: number, value: number): Uint8Array {
  const bytes = encodeImage(ONE)
  new DataView(bytes.buffer).setUint32(at, value, true)
  return bytes
}

describe('an image', () => {
  it('is read back as it was written, and is never longer than the plan lets it be', () => {
    fc.assert(
      fc.property(image, (one) => {
        const bytes = encodeImage(one)
        expect(bytes.length).toBeLessThanOrEqual(maxImageBytes(PLAN, HOST))
        // Compared natively: an assertion that could print the difference looks at megabytes one by one.
        expect(isDeepStrictEqual(decodeImage(bytes, PLAN, { ...HOST, seeded: one.random !== null }), one)).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  it('has its longest form within the bound', () => {
    const bytes = new Uint8Array(BLOCK).fill(1)
    const runs = Array.from({ length: 24 }, (_, index) => ({ first: 2 * index, bytes }))
    const scattered = encodeImage({ ...ONE, memories: [{ pages: 3, runs }], tables: [[1, 1, 1, 1]] })
    const full = encodeImage({ ...ONE, memories: [{ pages: 3, runs: [{ first: 0, bytes: new Uint8Array(3 * 65_536) }] }] })
    for (const { length } of [scattered, full]) expect(length).toBeLessThanOrEqual(maxImageBytes(PLAN, HOST))
  })

  it.each([
    ['another number of memories', AT.memories, 2],
    ['another number of globals', AT.globals, 3],
    ['another number of tables', AT.tables, 0],
    ['a state of a random source that the guest does not have', AT.random, 5],
    ['another number of handles', AT.handles, 2],
    ['flags that no stream has', AT.flags, 1],
    ['fewer pages than the module begins with', AT.pages, 0],
    ['more pages than it may have', AT.pages, 4],
    ['more runs than there are', AT.runs, 2],
    ['a count that could only be a lie', AT.runs, 0xffff_ffff],
    ['a block behind the end', AT.first, 32],
    ['a block whose place overflows', AT.first, 0xffff_ffff],
    ['a run of nothing', AT.blocks, 0],
    ['a run beyond the end', AT.blocks, 29],
    ['a run that overflows', AT.blocks, 0xffff_ffff],
    ['a function that does not exist', GLOBALS_AT + 20, 3],
    ['a reference where there can be none', GLOBALS_AT + 24, 0],
    ['a table that is too short', TABLE_AT, 0],
    ['a table that is too long', TABLE_AT, 5],
    ['a table longer than the image', TABLE_AT, 4],
    ['an element that does not exist', TABLE_AT + 4, 3],
  ])('is refused with %s', (_, at, value) => {
    expect(() => decodeImage(changed(at, value), PLAN, HOST)).toThrow(BadImage)
  })

  it('is refused with runs that overlap, touch or go back', () => {
    for (const second of [3, 4, 5]) {
      const runs = [4, second].map((first) => ({ first, bytes: new Uint8Array(BLOCK) }))
      const bytes = encodeImage({ ...ONE, memories: [{ pages: 2, runs }] })
      expect(() => decodeImage(bytes, PLAN, HOST)).toThrow(BadImage)
    }
  })

  it('is refused without the state of a random source that the guest has', () => {
    expect(() => decodeImage(encodeImage(ONE), PLAN, { ...HOST, seeded: true })).toThrow('random source')
  })

  it('is refused cut anywhere, and with anything behind it', () => {
    const bytes = encodeImage(ONE)
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeImage(bytes.subarray(0, length), PLAN, HOST)).toThrow(BadImage)
    expect(() => decodeImage(Buffer.concat([bytes, Uint8Array.of(0)]), PLAN, HOST)).toThrow('behind its end')
  })

  it('whatever bytes it is, is read or refused, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.nat(TABLE_AT + 11), fc.uint8Array({ minLength: 1, maxLength: 8 }), (at, over) => {
        const bytes = encodeImage(ONE)
        bytes.set(over.subarray(0, bytes.length - at), at)
        try {
          decodeImage(bytes, PLAN, HOST)
        } catch (error) {
          expect(error).toBeInstanceOf(BadImage)
        }
      }),
      { numRuns: 500 },
    )
  })
})

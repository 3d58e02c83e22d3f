// The checker rejects what a weakened rewriter would write: every insertion left out, moved, made smaller or aimed elsewhere, one at a time.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { program } from '../../../fuzz/models/metering-programs.ts'
import { MeteringDefect } from '../../../src/sandbox/metering/metering-defect.ts'
import { readModule } from '../../../src/wasm/index.ts'
import { wat } from '../support/wat.ts'
import { decodeBody } from './support/decode.ts'
import { metered, proofOf, rewritten, type Wanted } from './support/metered.ts'
import { mutantsOf } from './support/mutants.ts'

/** Kinds of mutants that were rejected, with their number. @throws with the kind of the first that was proven */
function reject(bytes: Uint8Array, wanted: Wanted, leaveOut?: RegExp): Map<string, number> {
  const module = readModule(bytes)
  const written = rewritten(bytes, wanted)
  proofOf(bytes, written, wanted)
  const kinds = new Map<string, number>()
  for (const { what, bytes: mutant } of mutantsOf(module, written)) {
    if (leaveOut?.test(what)) continue
    const found = (() => {
      try {
        proofOf(bytes, mutant, wanted)
        return null
      } catch (error) {
        return error
      }
    })()
    if (!(found instanceof MeteringDefect)) throw found ?? new Error(`${what}, and the checker accepts it`)
    kinds.set(what, (kinds.get(what) ?? 0) + 1)
  }
  return kinds
}

const EVERYTHING = wat(`(module
  (import "m" "host" (func $host (param i32) (result i32)))
  (tag $t)
  (memory 1 4)
  (table 3 funcref) (elem (i32.const 0) $rec $host)
  (global $g (mut i64) (i64.const 7))
  (func $rec (export "rec") (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
    (i32.add (call $rec (i32.sub (local.get 0) (i32.const 1))) (call $host (local.get 0))))
  (func (export "quiet") (param i32) (result i32) (local i32 i32)
    (loop $outer
      (local.set 2 (i32.const 0))
      (loop $inner
        (br_if 2 (local.get 1) (i32.gt_u (local.get 1) (i32.const 1000)))
        (drop)
        (local.set 1 (i32.add (local.get 1) (i32.load (local.get 2))))
        (br_if $inner (i32.lt_u (local.tee 2 (i32.add (local.get 2) (i32.const 4))) (local.get 0))))
      (if (i32.and (local.get 1) (i32.const 1)) (then (local.set 1 (i32.add (local.get 1) (i32.const 3)))))
      (br_if $outer (i32.lt_u (local.get 1) (i32.const 100))))
    (local.get 1))
  (func (export "indirect") (param i32) (result i32)
    (call_indirect (param i32) (result i32) (local.get 0) (local.get 0)))
  (func $tail (export "tail") (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (return_call $host (i32.const 3))))
    (return_call $tail (i32.sub (local.get 0) (i32.const 1))))
  (func (export "bulk") (param i32) (result i32)
    (memory.fill (i32.const 0) (i32.const 1) (local.get 0))
    (memory.copy (i32.const 0) (i32.const 9) (local.get 0))
    (table.fill 0 (i32.const 0) (ref.null func) (i32.const 1))
    (drop (table.grow 0 (ref.null func) (i32.const 1)))
    (memory.grow (local.get 0)))
  (func (export "throws") (param i32) (result i32)
    (try (result i32)
      (do (if (local.get 0) (then (throw $t))) (call $rec (local.get 0)))
      (catch $t (i32.const 5))
      (catch_all (call $rec (i32.const 1)))))
  (func (export "table") (param i32) (result i32)
    (block $caught
      (try_table (catch $t $caught) (drop (call $rec (local.get 0))))
      (return (i32.const 6)))
    (call $rec (i32.const 2)))
  (func (export "switch") (param i32) (result i32)
    (block $a (block $b (block $c (br_table $a $b $c (local.get 0))) (return (i32.const 1))) (drop (call $rec (i32.const 1))))
    (i32.const 2)))`)

/** True if the checker finds one. */
function defect(check: () => unknown): boolean {
  try {
    check()
    return false
  } catch (error) {
    if (error instanceof MeteringDefect) return true
    throw error
  }
}

/** The constant that this byte is part of. */
const amountAt = (bytes: Uint8Array, body: number, at: number): number | null =>
  decodeBody(bytes, readModule(bytes), body).find(({ key, offset, end }) => key === 0x42 && offset < at && at < end)?.a ?? null

const kernel = (name: string) => new Uint8Array(readFileSync(new URL(`../../../bench/kernels/${name}.wasm`, import.meta.url)))

describe('the checker', () => {
  it('rejects every weakening of the metering of a module with everything in it', () => {
    const kinds = reject(EVERYTHING, { slack: 0 })
    expect([...kinds.keys()].sort()).toEqual([
      'a call of ours is left out',
      'a call of ours is made twice',
      'a charge comes at the end',
      'a charge comes in front of its loop',
      'a charge is halved',
      'a charge is left out',
      'a charge is negative',
      'a charge is one unit short',
      'a check comes late',
      'a check does not store what it found',
      'a check is left out',
      'a load goes nowhere',
      'a load is left out',
      'a load takes another value',
      'a store goes nowhere',
      'a store is left out',
      'a store takes another value',
      'another function of ours is called',
    ])
    for (const [what, count] of kinds) expect(count, what).toBeGreaterThan(0)
  })

  it('rejects every weakening of the depth', () => {
    const kinds = reject(EVERYTHING, { fuel: false, depth: true })
    expect([...kinds.keys()]).toEqual(
      expect.arrayContaining([
        'a call does not count',
        'a call counts for nothing',
        'the depth is not checked',
        'a depth is not given back',
        'more depth is given back than was taken',
        'a depth is given back too early',
        'more depth is set than there was',
      ]),
    )
  })

  it('rejects every weakening of both together', () => {
    reject(EVERYTHING, { slack: 0, depth: true })
  })

  // With slack a charge may be more than any way through needs, so that one unit less is no defect; and between two exits nothing may be charged.
  it('rejects what is left out of the metering as it is used', () => {
    reject(EVERYTHING, {}, /halved|one unit short|store is left out/)
    reject(EVERYTHING, { depth: true }, /halved|one unit short|store is left out/)
  })

  it.each(['gemm', 'sha256', 'lz', 'sort', 'dispatch', 'nussinov', 'ackermann'])(
    'rejects every weakening of the kernel %s',
    (name) => {
      expect(reject(kernel(name), { slack: 0 }).get('a charge is left out')).toBeGreaterThan(1)
    },
  )

  it('rejects every weakening of random programs', () => {
    // In a handler for what nothing throws, which only the checker sees, a charge is not needed.
    const quiet = program.filter((bytes) => readModule(bytes).tags.length === 0)
    fc.assert(
      fc.property(quiet, (bytes) => {
        reject(bytes, { slack: 0 })
      }),
      { numRuns: 60 },
    )
  })

  it('rejects a function with any other byte, but for a charge that is larger', () => {
    const written = metered(EVERYTHING, { slack: 0 })
    const { bodies } = readModule(written)
    let rejected = 0
    for (const [index, { codeOffset, offset, size }] of bodies.slice(0, 8).entries()) {
      for (let at = codeOffset; at < offset + size; at++) {
        const other = new Uint8Array(written)
        other[at]! ^= 1
        const found = defect(() => proofOf(EVERYTHING, other))
        rejected += Number(found)
        if (!found) expect(amountAt(other, index, at), `${index} at ${at}`).toBeGreaterThan(amountAt(written, index, at)!)
      }
    }
    expect(rejected).toBeGreaterThan(500)
  })

  it('rejects a module without the charges that it should have', () => {
    expect(() => proofOf(EVERYTHING, EVERYTHING)).toThrow(/not there/)
    expect(() => proofOf(EVERYTHING, rewritten(EVERYTHING, { fuel: false, depth: true }))).toThrow(/not there/)
    expect(() => proofOf(EVERYTHING, rewritten(EVERYTHING, { depth: true }))).toThrow(/not wanted|not there/)
    expect(() => proofOf(EVERYTHING, new Uint8Array(9))).toThrow(/no module/)
  })

  it('says how much it has proven', () => {
    const proof = proofOf(EVERYTHING, rewritten(EVERYTHING))
    expect(proof.functions).toBe(8)
    expect(proof.checks).toBeGreaterThan(8)
    expect(proof.charges).toBeGreaterThan(proof.checks - 1)
  })
})

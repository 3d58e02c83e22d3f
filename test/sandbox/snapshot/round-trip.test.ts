// State that was captured, restored and captured again is the same, and goes on the same: over arbitrary memories, globals and tables.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Guest } from '../../../src/sandbox/isolation/guest.ts'
import { decodeImage, encodeImage } from '../../../src/sandbox/snapshot/image.ts'
import { writer as w } from '../../../src/wasm/index.ts'
import { capturable, guestOf, imageOf, successorOf } from './support.ts'

const EVERYTHING = capturable(`(module
  (memory $a 1 4) (memory $b 0 2)
  (data $a (i32.const 5) "laid in")
  (global $i32 (mut i32) (i32.const 1)) (global $i64 (mut i64) (i64.const 2))
  (global $f32 (mut f32) (f32.const 3)) (global $f64 (mut f64) (f64.const 4))
  (global $v128 (mut v128) (v128.const i64x2 5 6)) (global $ref (mut funcref) (ref.func $two))
  (table $t 2 6 funcref) (table $still 2 funcref)
  (elem (table $t) (i32.const 0) func $one) (elem (table $still) (i32.const 0) func $one $two) (elem declare func $one $two $three)
  (type $number (func (result i32)))
  (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2)) (func $three (result i32) (global.get $i32))
  (func $which (param i32) (result funcref)
    (if (result funcref) (i32.eqz (local.get 0)) (then (ref.null func)) (else
      (if (result funcref) (i32.eq (local.get 0) (i32.const 1)) (then (ref.func $one)) (else
        (if (result funcref) (i32.eq (local.get 0) (i32.const 2)) (then (ref.func $two)) (else (ref.func $three))))))))
  (func (export "pokeA") (param i32 i32) (result i32) (i32.store8 $a (local.get 0) (local.get 1)) (i32.const 0))
  (func (export "peekA") (param i32 i32) (result i32) (i32.load8_u $a (local.get 0)))
  (func (export "pokeB") (param i32 i32) (result i32)
    (if (memory.size $b) (then (i32.store8 $b (local.get 0) (local.get 1)))) (memory.size $b))
  (func (export "growA") (param i32 i32) (result i32) (memory.grow $a (i32.and (local.get 0) (i32.const 1))))
  (func (export "growB") (param i32 i32) (result i32) (memory.grow $b (i32.and (local.get 0) (i32.const 1))))
  (func (export "i32") (param i32 i32) (result i32) (global.get $i32) (global.set $i32 (local.get 0)))
  (func (export "i64") (param i32 i32) (result i32) (i32.wrap_i64 (global.get $i64))
    (global.set $i64 (i64.mul (i64.extend_i32_s (local.get 0)) (i64.extend_i32_s (local.get 1)))))
  (func (export "f32") (param i32 i32) (result i32) (i32.reinterpret_f32 (global.get $f32))
    (global.set $f32 (f32.reinterpret_i32 (local.get 0))))
  (func (export "f64") (param i32 i32) (result i32) (i32.wrap_i64 (i64.reinterpret_f64 (global.get $f64)))
    (global.set $f64 (f64.reinterpret_i64 (i64.or (i64.shl (i64.extend_i32_s (local.get 0)) (i64.const 32)) (i64.extend_i32_u (local.get 1))))))
  (func (export "v128") (param i32 i32) (result i32) (i32x4.extract_lane 3 (global.get $v128))
    (global.set $v128 (i32x4.replace_lane 3 (i32x4.splat (local.get 0)) (local.get 1))))
  (func (export "ref") (param i32 i32) (result i32) (ref.is_null (global.get $ref))
    (global.set $ref (call $which (i32.and (local.get 0) (i32.const 3)))))
  (func (export "set") (param i32 i32) (result i32)
    (table.set $t (i32.rem_u (local.get 0) (table.size $t)) (call $which (i32.and (local.get 1) (i32.const 3)))) (i32.const 0))
  (func (export "growT") (param i32 i32) (result i32)
    (table.grow $t (call $which (i32.and (local.get 1) (i32.const 3))) (i32.and (local.get 0) (i32.const 1))))
  (func (export "callT") (param i32 i32) (result i32) (local $at i32)
    (local.set $at (i32.rem_u (local.get 0) (table.size $t)))
    (if (result i32) (ref.is_null (table.get $t (local.get $at))) (then (i32.const -1))
      (else (call_indirect $t (type $number) (local.get $at)))))
  (func (export "callStill") (param i32 i32) (result i32) (call_indirect $still (type $number) (i32.and (local.get 0) (i32.const 1)))))`)

type Step = readonly [name: string, a: number, b: number]
const address = fc.oneof(fc.nat(65_535), fc.constantFrom(0, 5, 4095, 4096, 65_535))
// NaNs with a payload, of both kinds, are the numbers that JavaScript would change.
const number = fc.oneof(fc.integer(), fc.constantFrom(0x7fa0_0001, 0x7ff4_0000, -1, 0x7fc0_0000, 0, -(2 ** 31)))
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constantFrom('pokeA', 'pokeB', 'peekA'), address, fc.nat(255)),
  fc.tuple(fc.constantFrom(...EVERYTHING.spec.functions.filter((name) => !/^(poke|peek)/.test(name))), number, number),
)
const steps = fc.array(step, { maxLength: 40 })

const run = (guest: Guest, all: readonly Step[]) => all.map(([name, a, b]) => guest.call(name, [a, b]))

describe('a restored guest', () => {
  it('has the same state, and goes on the same', () => {
    fc.assert(
      fc.property(steps, steps, steps, (before, elsewhere, after) => {
        const first = guestOf(EVERYTHING)
        run(first, before)
        const image = imageOf(first)
        const fresh = guestOf(EVERYTHING, image)
        expect(Buffer.compare(imageOf(fresh), image)).toBe(0)
        const used = guestOf(EVERYTHING)
        run(used, elsewhere)
        const replaced = successorOf(used, image)
        expect(Buffer.compare(imageOf(replaced), image)).toBe(0)
        const expected = run(first, after)
        expect(run(fresh, after)).toEqual(expected)
        expect(run(replaced, after)).toEqual(expected)
        const end = imageOf(first)
        expect([Buffer.compare(imageOf(fresh), end), Buffer.compare(imageOf(replaced), end)]).toEqual([0, 0])
      }),
      { numRuns: 60 },
    )
  })

  it('shares nothing with the one that was captured, nor with its image', () => {
    const first = guestOf(EVERYTHING)
    const image = imageOf(first)
    const kept = image.slice()
    const second = guestOf(EVERYTHING, image)
    run(second, [
      ['pokeA', 1, 1],
      ['i32', 99, 0],
      ['set', 0, 2],
    ])
    expect(first.call('peekA', [1, 0])).toMatchObject({ values: [0] })
    expect([Buffer.compare(imageOf(first), kept), Buffer.compare(image, kept)]).toEqual([0, 0])
  })
})

describe('an image', () => {
  it('holds no pages that are zero, not even where the module laid something in that was cleared since', () => {
    const module = capturable(`(module (memory 100) (data (i32.const 8192) "x")
      (func (export "clear") (i32.store8 (i32.const 8192) (i32.const 0))) (func (export "write") (i32.store8 (i32.const 5000000) (i32.const 1))))`)
    const guest = guestOf(module)
    expect(imageOf(guest).length).toBeLessThan(4096 + 100)
    guest.call('clear', [])
    const empty = imageOf(guest)
    expect(empty.length).toBeLessThan(100)
    expect(Buffer.compare(imageOf(guestOf(module, empty)), empty)).toBe(0)
    guest.call('write', [])
    expect(imageOf(guest).length).toBeLessThan(4096 + 100)
  })

  it('keeps the bits of a NaN that JavaScript would make quiet', () => {
    const module = capturable(`(module (global $g (mut f32) (f32.const nan:0x200001))
      (func (export "bits") (result i32) (i32.reinterpret_f32 (global.get $g))))`)
    const restored = guestOf(module, imageOf(guestOf(module)))
    expect(restored.call('bits', [])).toMatchObject({ values: [0x7fa0_0001] })
  })

  it('keeps references of concrete types, and to functions that are imported', () => {
    // (type (func (result i32))), the import has a type of its own; table 0 of (ref null 0), table 1 of funcref.
    const module = capturable(
      w.moduleOf(
        w.typeSection(w.functionType([], ['i32']), w.functionType([], ['i32'])),
        w.importSection(w.bytes(w.name('wasi_snapshot_preview1'), w.name('sched_yield'), 0, 0)),
        w.functionSection(0, 0, 0),
        w.tableSection(w.bytes(0x63, 0, 0, 2), w.bytes(0x70, 0, 2)),
        w.globalSection(w.bytes(0x63, 0, 1, 0xd0, 0, w.END), w.bytes(0x64, 0x70, 1, 0xd2, 1, w.END)),
        w.exportSection(w.bytes(w.name('change'), 0, 2), w.bytes(w.name('look'), 0, 3)),
        w.elementSection(w.bytes(3, 0, w.vec([[0], [1]]))),
        w.codeSection(
          w.body(w.bytes(0x41, 7, w.END)),
          // Both tables and both globals get something else than they begin with.
          w.body(
            w.bytes(
              [0x41, 1, 0xd2, 1, 0x26, 0],
              [0x41, 0, 0xd2, 0, 0x26, 1],
              [0xd2, 1, 0x24, 0],
              [0xd2, 0, 0x24, 1],
              [0x41, 0, w.END],
            ),
          ),
          // 100 * t0[1]() + (t1[0] is null) + 10 * global 0()
          w.body(
            w.bytes(
              [0x41, 1, 0x25, 0, 0x14, 0, 0x41, ...w.s32(100), 0x6c],
              [0x41, 0, 0x25, 1, 0xd1, 0x6a],
              [0x23, 0, 0x14, 0, 0x41, 10, 0x6c, 0x6a, w.END],
            ),
          ),
        ),
      ),
    )
    const guest = guestOf(module)
    guest.call('change', [])
    const image = imageOf(guest)
    const restored = guestOf(module, image)
    expect(restored.call('look', [])).toMatchObject({ kind: 'returned', values: [770] })
    expect(Buffer.compare(imageOf(restored), image)).toBe(0)
  })

  it('takes 64-bit memories and tables', () => {
    const module = capturable(
      w.moduleOf(
        w.typeSection(w.functionType([], ['i64'])),
        w.functionSection(0),
        w.tableSection(w.bytes(0x70, 5, 1, 9)),
        w.memorySection(w.bytes(5, 1, 4)),
        w.exportSection(w.bytes(w.name('f'), 0, 0)),
        w.elementSection(w.bytes(3, 0, w.vec([[0]]))),
        // memory.grow 1, store at 70000, table.grow with the function; the table's size is what comes back.
        w.codeSection(
          w.body(
            w.bytes(
              [0x42, 1, 0x40, 0, 0x1a],
              [0x42, ...w.s64(70_000), 0x41, 9, 0x3a, 0, 0],
              [0xd2, 0, 0x42, 2, 0xfc, 15, 0, w.END],
            ),
          ),
        ),
      ),
    )
    const guest = guestOf(module)
    expect(guest.call('f', [])).toMatchObject({ values: [1n] })
    const restored = guestOf(module, imageOf(guest))
    expect([restored.memoryBytes, restored.call('f', [])]).toMatchObject([2 * 65_536, { values: [3n] }])
  })
})

describe('state beside memories, globals and tables', () => {
  const RANDOM = `(module (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32))) (memory 1)
    (func (export "next") (result i32) (drop (call $random (i32.const 0) (i32.const 4))) (i32.load (i32.const 0))))`

  it('a seeded source of random bytes goes on where it was', () => {
    const module = capturable(RANDOM, { random: { seed: 3 } })
    const guest = guestOf(module)
    guest.call('next', [])
    const image = imageOf(guest)
    expect(guestOf(module, image).call('next', [])).toEqual(guest.call('next', []))
  })

  it('the start function is not run again', () => {
    const module = capturable(`(module (global $runs (mut i32) (i32.const 0)) (start $s)
      (func $s (global.set $runs (i32.add (global.get $runs) (i32.const 1)))) (func (export "runs") (result i32) (global.get $runs)))`)
    expect(guestOf(module, imageOf(guestOf(module))).call('runs', [])).toMatchObject({ values: [1] })
  })

  it('a handle never gets rights that it does not begin with, whatever the image says', () => {
    const module = capturable('(module)')
    const plan = module.spec.snapshots!
    const shape = { handles: 3, seeded: true }
    const state = decodeImage(imageOf(guestOf(module)), plan, shape)
    const all = 2n ** 64n - 1n
    const forged = encodeImage({ ...state, handles: state.handles.map((handle) => ({ ...handle, base: all, inheriting: all })) })
    expect(decodeImage(imageOf(guestOf(module, forged)), plan, shape).handles).toEqual(state.handles)
    const none = encodeImage({ ...state, handles: state.handles.map((handle) => ({ ...handle, base: 0n })) })
    expect(decodeImage(imageOf(guestOf(module, none)), plan, shape).handles.map(({ base }) => base)).toEqual([0n, 0n, 0n])
  })
})

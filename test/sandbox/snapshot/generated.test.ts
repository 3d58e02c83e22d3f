// Round trips for modules of every shape: any number of memories, globals and tables, of any type, changed or not.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Guest } from '../../../src/sandbox/isolation/guest.ts'
import { capturable, guestOf, imageOf, successorOf } from './support.ts'

const PAGE = 65_536

const number = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 0x7fa0_0001, 0x7ff4_0000))
const memory = fc.record({
  min: fc.nat(2),
  more: fc.nat(2),
  data: fc.option(fc.nat(PAGE - 10), { nil: null }),
})
const GLOBAL_TYPES = ['i32', 'i64', 'f32', 'f64', 'v128', 'funcref'] as const
const global = fc.record({ type: fc.constantFrom(...GLOBAL_TYPES), mutable: fc.boolean(), initial: number })
const table = fc.record({ min: fc.integer({ min: 1, max: 4 }), more: fc.nat(3), changes: fc.boolean(), filled: fc.boolean() })
const shape = fc.record({
  memories: fc.array(memory, { maxLength: 3 }),
  globals: fc.array(global, { maxLength: 8 }),
  tables: fc.array(table, { maxLength: 3 }),
  functions: fc.integer({ min: 1, max: 5 }),
})
type Shape = typeof shape extends fc.Arbitrary<infer S> ? S : never

/** The i64 `$v`, as a value of the type. */
const AS: Readonly<Record<(typeof GLOBAL_TYPES)[number], string>> = {
  i32: '(i32.wrap_i64 (local.get $v))',
  i64: '(local.get $v)',
  f32: '(f32.reinterpret_i32 (i32.wrap_i64 (local.get $v)))',
  f64: '(f64.reinterpret_i64 (local.get $v))',
  v128: '(i64x2.replace_lane 1 (i64x2.splat (local.get $v)) (i64.const 7))',
  funcref: '(call $pick (local.get $v))',
}
const INITIAL: Readonly<Record<(typeof GLOBAL_TYPES)[number], (value: number) => string>> = {
  i32: (value) => `i32.const ${value}`,
  i64: (value) => `i64.const ${value}`,
  f32: (value) => `f32.const ${value}`,
  f64: (value) => `f64.const ${value}`,
  v128: (value) => `v128.const i32x4 ${value} 1 2 3`,
  funcref: (value) => (value % 2 === 0 ? 'ref.null func' : 'ref.func $f0'),
}

function moduleOf({ memories, globals, tables, functions }: Shape): string {
  const parts: string[] = []
  const add = (part: string) => void parts.push(part)
  const changer = (name: string, body: string) => add(`(func (export "${name}") (param $at i32) (param $v i64) ${body})`)
  for (const [i, { min, more, data }] of memories.entries()) {
    add(`(memory $m${i} ${min} ${min + more})`)
    // wabt leaves the index of any other memory out.
    if (i === 0 && min > 0 && data !== null) add(`(data (i32.const ${data}) "laid in")`)
    changer(
      `m${i}`,
      `(if (memory.size $m${i}) (then (i64.store8 $m${i}
        (i32.rem_u (local.get $at) (i32.mul (memory.size $m${i}) (i32.const ${PAGE}))) (local.get $v))))`,
    )
    changer(`grow m${i}`, `(drop (memory.grow $m${i} (i32.and (local.get $at) (i32.const 1))))`)
  }
  for (const [i, { type, mutable, initial }] of globals.entries()) {
    add(`(global $g${i} ${mutable ? `(mut ${type})` : type} (${INITIAL[type](initial)}))`)
    if (mutable) changer(`g${i}`, `(global.set $g${i} ${AS[type]})`)
  }
  for (const [i, { min, more, changes, filled }] of tables.entries()) {
    add(`(table $t${i} ${min} ${min + more} funcref)`)
    if (filled) add(`(elem (table $t${i}) (i32.const 0) func $f0)`)
    if (!changes) continue
    changer(`t${i}`, `(table.set $t${i} (i32.rem_u (local.get $at) (table.size $t${i})) (call $pick (local.get $v)))`)
    changer(`grow t${i}`, `(drop (table.grow $t${i} (call $pick (local.get $v)) (i32.and (local.get $at) (i32.const 1))))`)
    changer(`fill t${i}`, `(table.fill $t${i} (i32.const 0) (call $pick (local.get $v)) (i32.const 1))`)
  }
  for (let i = 0; i < functions; i++) add(`(func $f${i} (param i32) (result i32) (i32.const ${i}))`)
  const picks = Array.from({ length: functions }, (_, i) => i)
  const choice = picks.reduce(
    (rest, i) =>
      `(if (result funcref) (i64.eq (i64.rem_u (local.get $v) (i64.const ${functions + 1})) (i64.const ${i})) (then (ref.func $f${i})) (else ${rest}))`,
    '(ref.null func)',
  )
  add(`(func $pick (param $v i64) (result funcref) ${choice})`)
  add(`(elem declare func ${picks.map((i) => `$f${i}`).join(' ')})`)
  return `(module ${parts.join('\n')})`
}

type Step = readonly [which: number, at: number, value: number]
const steps = fc.array(fc.tuple(fc.nat(1000), number, number), { maxLength: 20 })
const run = (guest: Guest, names: readonly string[], all: readonly Step[]) => {
  for (const [which, at, value] of names.length === 0 ? [] : all) {
    const ending = guest.call(names[which % names.length]!, [at, BigInt(value) * 0x1_0000_0001n])
    if (ending.kind !== 'returned') throw new Error(`a step did not return: ${JSON.stringify(ending)}`)
  }
}

describe('a module of any shape', () => {
  it('has the same state after a round trip, and after whatever is done then', () => {
    fc.assert(
      fc.property(shape, steps, steps, steps, (of, before, elsewhere, after) => {
        const module = capturable(moduleOf(of))
        const { functions: names } = module.spec
        const first = guestOf(module)
        run(first, names, before)
        const image = imageOf(first)
        const fresh = guestOf(module, image)
        const used = guestOf(module)
        run(used, names, elsewhere)
        const put = successorOf(used, image)
        for (const guest of [fresh, put]) expect(Buffer.compare(imageOf(guest), image)).toBe(0)
        for (const guest of [first, fresh, put]) run(guest, names, after)
        for (const guest of [fresh, put]) expect(Buffer.compare(imageOf(guest), imageOf(first))).toBe(0)
      }),
      { numRuns: 80 },
    )
  })
})

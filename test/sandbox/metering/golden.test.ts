// Counts worked out by hand, so that a change of the costs or of the blocks is seen. Without slack, every unit has its instruction.
import { describe, expect, it } from 'vitest'
import { wat } from '../support/wat.ts'
import { metered, running } from './support/metered.ts'

const host = { m: { f: () => 7 } }

/** Units for `run(argument)`. Entering a function with fewer than four values costs 2. */
function units(text: string, argument: number, slack = 0): number {
  const { exports, used } = running(metered(wat(text), { slack }), host)
  try {
    exports['run']!(argument)
  } catch (error) {
    if (!(error instanceof WebAssembly.Exception)) throw error
  }
  return used()
}

const fn = (code: string, more = '') => `(module ${more} (func (export "run") (param i32) ${code}))`

describe('fuel', () => {
  it.each([
    ['an empty function', fn(''), 0, 2],
    ['marks of structure', fn('(block (nop))'), 0, 2],
    // get 1, drop 1
    ['plain instructions', fn('(drop (local.get 0))'), 0, 4],
    ['four values to write on entry', fn('(local i32 i32 i32)'), 0, 3],
    // get 1, if 1; nop 0; then const 1, drop 1
    ['an arm that runs', fn('(if (local.get 0) (then (drop (i32.const 1))))'), 1, 6],
    ['an arm that does not', fn('(if (local.get 0) (then (drop (i32.const 1))))'), 0, 4],
    ['the other arm', fn('(if (local.get 0) (then) (else (drop (i32.const 1)) (drop (i32.const 1))))'), 0, 8],
    // get 1, br_if 1; const 1, drop 1
    ['a branch taken', fn('(block (br_if 0 (local.get 0)) (drop (i32.const 1)))'), 1, 4],
    ['a branch not taken', fn('(block (br_if 0 (local.get 0)) (drop (i32.const 1)))'), 0, 6],
    // Each turn: get, const, sub, tee, br_if.
    ['three turns of a loop', fn('(loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))'), 3, 2 + 3 * 5],
    // const 1, call 3, drop 1; entry 2, get 1
    [
      'a call',
      fn('(drop (call 1 (i32.const 1)))', '(func (param i32) (result i32) (local.get 0))').replace('call 1', 'call 0'),
      0,
      10,
    ],
    ['a host call', fn('(drop (call 0))', '(import "m" "f" (func (result i32)))'), 0, 2 + 3 + 300 + 1],
    // 3 consts, fill 300, and 100 >> 4
    ['a fill', fn('(memory.fill (i32.const 0) (i32.const 1) (i32.const 100))', '(memory 1)'), 0, 2 + 3 + 300 + 6],
    ['a growth by two pages', fn('(drop (memory.grow (i32.const 2)))', '(memory 1)'), 0, 2 + 1 + 4000 + 2 * 16_384 + 1],
    ['a throw that is caught', fn('(try (do (throw 0)) (catch_all))', '(tag)'), 0, 2 + 1500],
    ['a throw that is not', fn('(throw 0)', '(tag)'), 0, 2 + 1500],
    ['code that cannot be reached', fn('(return) (drop (i32.const 1))'), 0, 3],
  ])('%s', (_, text, argument, expected) => {
    expect(units(text, argument)).toBe(expected)
  })

  it('with slack is charged in front of a fork for what hangs on it', () => {
    const text = fn('(if (local.get 0) (then (drop (i32.const 1))))')
    expect([units(text, 0, 2), units(text, 1, 2)]).toEqual([6, 6])
    expect(units(text, 0, 1)).toBe(4)
  })

  it('is not the guest’s to read or write: its globals keep their indices, and ours have no name that it can have', () => {
    const text = '(module (global (mut i64) (i64.const 5)) (func (export "run") (param i32) (result i64) (global.get 0)))'
    const { exports } = running(metered(wat(text)))
    expect(exports['run']!(0)).toBe(5n)
  })
})

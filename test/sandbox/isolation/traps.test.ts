// Every kind of trap, made to happen in this engine: its message is understood.
import { describe, expect, it } from 'vitest'
import { trapOf } from '../../../src/sandbox/isolation/traps.ts'
import { TRAPS, type Trap } from '../../../src/sandbox/result.ts'
import { wat } from '../support/wat.ts'

/** Runs a module; `run` if it exports that. Gives what the engine threw. */
function thrownBy(bytes: Uint8Array<ArrayBuffer>): unknown {
  try {
    const { run } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports
    ;(run as () => void)?.()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
const body = (code: string, module = '') => wat(`(module ${module} (func (export "run") ${code}))`)
const drop = (code: string, module = '') => body(`(drop ${code})`, module)

// The GC instructions, which wabt does not know: one struct type and one array type of i32 before the function type.
const withGc = (code: readonly number[]) =>
  Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 11, 3, 0x5f, 1, 0x7f, 1, 0x5e, 0x7f, 1, 0x60, 0, 0],
    ...[3, 2, 1, 2, 7, 7, 1, 3, 0x72, 0x75, 0x6e, 0, 0],
    ...[10, code.length + 4, 1, code.length + 2, 0, ...code, 0x0b],
  ])

const CASES: readonly (readonly [string, Trap, Uint8Array<ArrayBuffer>])[] = [
  ['unreachable', 'unreachable', body('(unreachable)')],
  ['load', 'out-of-bounds-memory', drop('(i32.load (i32.const 65533))', '(memory 1)')],
  ['memory.fill', 'out-of-bounds-memory', body('(memory.fill (i32.const 65536) (i32.const 0) (i32.const 1))', '(memory 1)')],
  [
    'memory.init',
    'out-of-bounds-memory',
    body('(memory.init 0 (i32.const 0) (i32.const 2) (i32.const 1))', '(memory 1) (data "a")'),
  ],
  ['active data', 'out-of-bounds-memory', wat('(module (memory 1) (data (i32.const 65536) "a"))')],
  ['table.get', 'out-of-bounds-table', drop('(table.get 0 (i32.const 1))', '(table 1 funcref)')],
  ['table.fill', 'out-of-bounds-table', body('(table.fill 0 (i32.const 1) (ref.null func) (i32.const 1))', '(table 1 funcref)')],
  ['table.copy', 'out-of-bounds-table', body('(table.copy (i32.const 0) (i32.const 0) (i32.const 2))', '(table 1 funcref)')],
  [
    'table.init',
    'out-of-bounds-table',
    body('(table.init 0 (i32.const 0) (i32.const 0) (i32.const 2))', '(table 2 funcref) (elem func 0)'),
  ],
  [
    'dropped elements',
    'out-of-bounds-table',
    body('(elem.drop 0) (table.init 0 (i32.const 0) (i32.const 0) (i32.const 1))', '(table 2 funcref) (elem func 0)'),
  ],
  ['active elements', 'out-of-bounds-table', wat('(module (table 1 funcref) (func) (elem (i32.const 1) 0))')],
  ['call_indirect beyond', 'out-of-bounds-table', body('(call_indirect (i32.const 5))', '(table 1 funcref)')],
  ['call_indirect of null', 'indirect-call-mismatch', body('(call_indirect (i32.const 0))', '(table 1 funcref)')],
  [
    'call_indirect of another type',
    'indirect-call-mismatch',
    body('(call_indirect (param i32) (i32.const 0) (i32.const 0))', '(table funcref (elem 0))'),
  ],
  ['division', 'integer-divide-by-zero', drop('(i32.div_s (i32.const 1) (i32.const 0))')],
  ['remainder', 'integer-divide-by-zero', drop('(i64.rem_u (i64.const 1) (i64.const 0))')],
  ['overflow', 'integer-overflow', drop('(i32.div_s (i32.const 0x80000000) (i32.const -1))')],
  ['truncation', 'invalid-conversion-to-integer', drop('(i32.trunc_f64_s (f64.const nan))')],
  ['unaligned atomic', 'unaligned-atomic', drop('(i32.atomic.load (i32.const 1))', '(memory 1 1 shared)')],
  // struct.get 0 0 (ref.null 0); drop
  ['null struct', 'null-reference', withGc([0xd0, 0, 0xfb, 2, 0, 0, 0x1a])],
  // ref.as_non_null (ref.null 0); drop
  ['ref.as_non_null', 'null-reference', withGc([0xd0, 0, 0xd4, 0x1a])],
  // ref.cast (ref 0) (ref.i31 (i32.const 0)); drop
  ['ref.cast', 'cast-failure', withGc([0x41, 0, 0xfb, 28, 0xfb, 22, 0, 0x1a])],
  // array.get 1 (array.new_default 1 (i32.const 1)) (i32.const 1); drop
  ['array.get', 'out-of-bounds-memory', withGc([0x41, 1, 0xfb, 7, 1, 0x41, 1, 0xfb, 11, 1, 0x1a])],
  // array.new_default 1 (i32.const -1); drop
  ['array too large', 'allocation-failure', withGc([0x41, 0x7f, 0xfb, 7, 1, 0x1a])],
]

describe('trapOf', () => {
  it.each(CASES)('%s is %s', (_, trap, bytes) => {
    const error = thrownBy(bytes)
    expect(error).toBeInstanceOf(WebAssembly.RuntimeError)
    expect(trapOf(error as WebAssembly.RuntimeError)).toBe(trap)
  })

  it('knows every kind but the ones that are no text of the engine’s and the one for all else', () => {
    const seen = new Set(CASES.map(([, trap]) => trap))
    expect(TRAPS.filter((trap) => !seen.has(trap))).toEqual(['stack-overflow', 'call-depth', 'other'])
  })

  it('says "other" for a text of another engine', () => {
    expect(trapOf(new WebAssembly.RuntimeError('flux capacitor exhausted'))).toBe('other')
  })
})

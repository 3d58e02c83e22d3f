// The trap with which host calls end a guest, and the check that this engine does not let guests catch it.
import { describe, expect, it } from 'vitest'
import { makeTrap, trapIsUncatchable } from '../../../src/sandbox/host/kill.ts'
import { wat } from '../support/wat.ts'

const guests = {
  'try catch_all':
    '(module (import "k" "k" (func)) (func (export "run") (result i32) (try (result i32) (do (call 0) (i32.const 0)) (catch_all (i32.const 1)))))',
  'try delegate':
    '(module (import "k" "k" (func)) (func (export "run") (result i32) (try (result i32) (do (try (result i32) (do (call 0) (i32.const 0)) (delegate 0))) (catch_all (i32.const 1)))))',
  'try_table catch_all':
    '(module (import "k" "k" (func)) (func (export "run") (result i32) (block $h (try_table (catch_all $h) (call 0)) (return (i32.const 0))) (i32.const 1)))',
  'try_table catch_all_ref':
    '(module (import "k" "k" (func)) (func (export "run") (result i32) (block $h (result exnref) (try_table (catch_all_ref $h) (call 0)) (return (i32.const 0))) (drop) (i32.const 1)))',
}

describe('makeTrap', () => {
  it('gives a function that traps', () => {
    expect(makeTrap()).toThrow(WebAssembly.RuntimeError)
  })

  describe.each(Object.entries(guests))('%s', (_, text) => {
    const run = (k: () => void) =>
      (new WebAssembly.Instance(new WebAssembly.Module(wat(text)), { k: { k } }).exports['run'] as () => number)()

    it('does not catch it, directly or through a host function', () => {
      const trap = makeTrap()
      expect(() => run(trap)).toThrow(WebAssembly.RuntimeError)
      expect(() => run(() => trap())).toThrow(WebAssembly.RuntimeError)
    })

    it('does catch an ordinary exception of the host: the guest is a real one', () => {
      expect(
        run(() => {
          throw new Error('catchable')
        }),
      ).toBe(1)
    })
  })
})

describe('trapIsUncatchable', () => {
  it('is true for this engine', () => {
    expect(trapIsUncatchable()).toBe(true)
  })
})

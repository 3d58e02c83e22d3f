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

  // The answer is found out once in each copy of the code, so each of these gets a copy of its own, and an engine that is not this one.
  const on = async (copy: string, engine: Partial<typeof WebAssembly>): Promise<boolean> => {
    const { Module, Instance } = WebAssembly
    const url = new URL(`../../../src/sandbox/host/kill.ts?${copy}`, import.meta.url).href
    const fresh = (await import(url)) as { trapIsUncatchable(): boolean }
    try {
      Object.assign(WebAssembly, engine)
      return fresh.trapIsUncatchable()
    } finally {
      Object.assign(WebAssembly, { Module, Instance })
    }
  }
  /** This engine, but for what an instance's `run` does. */
  const running = (run: () => number) => ({
    Instance: class {
      readonly exports = { trap: () => {}, run }
    } as unknown as typeof WebAssembly.Instance,
  })

  it('is false where catch_all swallowed the trap', async () => {
    expect(
      await on(
        'swallowed',
        running(() => 1),
      ),
    ).toBe(false)
  })

  it('is false where something else than a trap came through', async () => {
    const other = running(() => {
      throw new Error('not a trap')
    })
    expect(await on('other', other)).toBe(false)
  })

  it('is true where there is no catch_all that could swallow one', async () => {
    const { Module } = WebAssembly
    const withoutTry = class extends Module {
      constructor(bytes: WebAssembly.BufferSource) {
        // Of the two probes only one has a `catch_all`, opcode 0x19.
        if ((bytes as Uint8Array<ArrayBuffer>).includes(0x19)) throw new WebAssembly.CompileError('invalid opcode 0x19')
        super(bytes)
      }
    }
    expect(await on('without', { Module: withoutTry as typeof WebAssembly.Module })).toBe(true)
  })
})

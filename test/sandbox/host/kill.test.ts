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
    const { Instance, validate } = WebAssembly
    const url = new URL(`../../../src/sandbox/host/kill.ts?${copy}`, import.meta.url).href
    const fresh = (await import(url)) as { trapIsUncatchable(): boolean }
    try {
      Object.assign(WebAssembly, engine)
      return fresh.trapIsUncatchable()
    } finally {
      Object.assign(WebAssembly, { Instance, validate })
    }
  }

  it('asks guests that do catch what can be caught, one for each kind of catch_all', async () => {
    const { Instance } = WebAssembly
    const answers: unknown[] = []
    // The trap is replaced by an ordinary exception: now both guests must survive, or they ask nothing.
    class Catchable {
      readonly exports: WebAssembly.Exports
      constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
        const { run } = new Instance(module, imports).exports as { run?: () => number }
        const trap = () => {
          throw new Error('catchable')
        }
        const watched = () => {
          const answer = run!()
          answers.push(answer)
          // So that the question is asked of every guest.
          throw new WebAssembly.RuntimeError('go on')
        }
        this.exports = run ? { run: watched } : { trap }
      }
    }
    expect(await on('catchable', { Instance: Catchable as unknown as typeof WebAssembly.Instance })).toBe(true)
    expect(answers).toEqual([1, 1])
  })

  it.each<[string, () => number]>([
    ['catch_all swallowed the trap', () => 1],
    ['the guest went on as if nothing had been thrown', () => 0],
    [
      'something else than a trap came through',
      () => {
        throw new Error('not a trap')
      },
    ],
  ])('is false where %s', async (copy, run) => {
    const Fake = class {
      readonly exports = { trap: () => {}, run }
    }
    expect(await on(encodeURIComponent(copy), { Instance: Fake as unknown as typeof WebAssembly.Instance })).toBe(false)
  })

  it('is true where there is no catch_all at all', async () => {
    expect(await on('without', { validate: () => false })).toBe(true)
  })
})

// What metering does beside counting: it stops, it stays stopped, it watches growth and depth, and it leaves alone what needs nothing.
import { describe, expect, it } from 'vitest'
import { meter } from '../../../src/sandbox/metering/meter.ts'
import { METERING_EXPORTS } from '../../../src/sandbox/metering/names.ts'
import { readModule, writer as w } from '../../../src/wasm/index.ts'
import { wat } from '../support/wat.ts'
import { metered, meteringOf, proofOf, rewritten, running, type Wanted } from './support/metered.ts'

const start = (text: string | Uint8Array, wanted: Wanted = {}, imports: WebAssembly.Imports = {}) =>
  running(metered(typeof text === 'string' ? wat(text) : text, wanted), imports)

describe('a guest out of fuel', () => {
  it.each([
    ['a loop', '(loop (br 0))'],
    ['a loop around a handler that catches everything', '(loop (try (do (loop (br 0))) (catch_all)) (br 0))'],
    ['a loop that throws', '(loop (try (do (throw 0)) (catch_all)) (br 0))'],
    ['recursion', '(call 0)'],
    ['recursion through a table', '(call_indirect (i32.const 0))'],
    ['recursion by tail calls', '(return_call 0)'],
    ['recursion by indirect tail calls', '(return_call_indirect (i32.const 0))'],
    ['a fill after a fill', '(loop (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)) (br 0))'],
    ['a copy of tables after another', '(loop (table.copy (i32.const 0) (i32.const 1) (i32.const 1)) (br 0))'],
    ['growth that is refused, over and over', '(loop (drop (memory.grow (i32.const 9))) (br 0))'],
  ])('is stopped: %s', (_, code) => {
    const text = `(module (tag) (memory 1 2) (table 3 funcref) (elem (i32.const 0) 0) (func (export "run") ${code}))`
    const run = start(text)
    // Little enough that recursion does not come to the end of the engine's stack before.
    run.refuel(20_000n)
    expect(() => run.exports['run']!()).toThrow(WebAssembly.RuntimeError)
    expect(run.left()).toBeLessThan(0n)
    // Not far below: at most a stretch without a check, or the charge of one instruction.
    expect(run.left()).toBeGreaterThan(-200_000n)
  })

  it('cannot do a bulk operation, however much longer it is than its fuel', () => {
    const text =
      '(module (memory 4) (func (export "run") (param i32) (memory.fill (i32.const 0) (i32.const 1) (local.get 0)))(export "memory" (memory 0)))'
    const run = start(text)
    for (const length of [200_000, 0x7fff_ffff, -1]) {
      run.refuel(400n)
      expect(() => run.exports['run']!(length), String(length)).toThrow('unreachable')
      expect(run.left()).toBeLessThan(0n)
    }
    const memory = run.exports['memory'] as unknown as WebAssembly.Memory
    expect(new Uint8Array(memory.buffer).some((byte) => byte !== 0)).toBe(false)
  })

  it('cannot make the charge overflow with a 64-bit length', () => {
    const text =
      '(module (memory i64 1) (func (export "run") (param i64) (memory.fill (i64.const 0) (i32.const 1) (local.get 0))))'
    const run = start(text)
    for (const length of [2n ** 63n, 2n ** 64n - 1n, 2n ** 40n, 2n ** 62n + 1n]) {
      run.refuel(1000n)
      expect(() => run.exports['run']!(BigInt.asIntN(64, length)), String(length)).toThrow('unreachable')
      expect(run.left()).toBeLessThan(0n)
    }
  })

  it('makes no further host call', () => {
    let calls = 0
    const text = '(module (import "m" "f" (func)) (func (export "run") (loop (call 0) (br 0))))'
    const run = start(text, {}, { m: { f: () => void calls++ } })
    run.refuel(1000n)
    expect(() => run.exports['run']!()).toThrow('unreachable')
    expect(calls).toBe(3)
  })

  it('makes no further host call through a table either', () => {
    let calls = 0
    const text =
      '(module (import "m" "f" (func)) (table 1 funcref) (elem (i32.const 0) 0) (func (export "run") (loop (call_indirect (i32.const 0)) (br 0))))'
    const run = start(text, {}, { m: { f: () => void calls++ } })
    run.refuel(1000n)
    expect(() => run.exports['run']!()).toThrow('unreachable')
    expect(calls).toBe(3)
  })
})

describe('the depth of calls', () => {
  const depthOf = (run: ReturnType<typeof start>) => run.exports[METERING_EXPORTS.depth] as unknown as { value: bigint }
  const down =
    '(func $down (export "down") (param i32) (result i32) (if (result i32) (local.get 0) (then (call $down (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 5))))'

  it.each([true, false])('stops the call that is one too deep, and none before (with fuel: %s)', (fuel) => {
    const run = start(`(module ${down})`, { fuel, depth: true })
    depthOf(run).value = 10n
    expect(run.exports['down']!(9)).toBe(5)
    expect(depthOf(run).value).toBe(10n)
    expect(() => run.exports['down']!(10)).toThrow('unreachable')
    expect(depthOf(run).value).toBe(-1n)
  })

  it('is what it was after every way out of a function', () => {
    const run = start(
      `(module ${down}
        (func (export "out") (param i32) (result i32)
          (if (i32.eqz (local.get 0)) (then (return (call $down (i32.const 1)))))
          (br_if 0 (i32.const 2) (i32.eq (local.get 0) (i32.const 1)))
          (drop)
          (if (i32.eq (local.get 0) (i32.const 2)) (then (return_call $down (i32.const 3))))
          (i32.const 3)))`,
      { depth: true },
    )
    depthOf(run).value = 10n
    for (const argument of [0, 1, 2, 3]) {
      run.exports['out']!(argument)
      expect(depthOf(run).value, String(argument)).toBe(10n)
    }
  })

  it('does not count tail calls', () => {
    const text =
      '(module (func $tail (export "run") (param i32) (if (local.get 0) (then (return_call $tail (i32.sub (local.get 0) (i32.const 1)))))))'
    const run = start(text, { depth: true })
    depthOf(run).value = 1n
    run.exports['run']!(1000)
    expect(depthOf(run).value).toBe(1n)
  })

  it.each([
    ['the older handlers', '(try (do (call $deep (i32.const 7))) (catch $t))'],
    ['a handler for everything', '(try (do (call $deep (i32.const 7))) (catch_all))'],
  ])('is restored by %s', (_, code) => {
    const text = `(module (tag $t)
      (func $deep (param i32) (if (i32.eqz (local.get 0)) (then (throw $t))) (call $deep (i32.sub (local.get 0) (i32.const 1))))
      (func (export "run") (local i32)
        (loop ${code} (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 100))))))`
    const run = start(text, { depth: true })
    depthOf(run).value = 9n
    run.exports['run']!()
    expect(depthOf(run).value).toBe(9n)
  })
})

describe('growth', () => {
  const text = `(module (memory 1 3) (table 1 5 funcref)
    (func (export "memory") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "table") (param i32) (result i32) (table.grow 0 (ref.null func) (local.get 0))))`
  const refused = (run: ReturnType<typeof start>) =>
    (run.exports[METERING_EXPORTS.refusedGrows] as unknown as { value: number }).value

  it('that is refused is noted, for memories and tables apart, and answers what it always did', () => {
    const run = start(text, { fuel: false })
    expect([run.exports['memory']!(1), run.exports['table']!(4), refused(run)]).toEqual([1, 1, 0])
    expect([run.exports['memory']!(2), refused(run)]).toEqual([-1, 1])
    expect([run.exports['table']!(1), refused(run)]).toEqual([-1, 3])
    expect([run.exports['memory']!(1), run.exports['memory']!(0), refused(run)]).toEqual([2, 3, 3])
  })

  it('is noted for 64-bit memories too', () => {
    const wide = '(module (memory i64 1 2) (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0))))'
    const run = start(wide, { fuel: false })
    expect([run.exports['grow']!(1n), run.exports['grow']!(1n), refused(run)]).toEqual([1n, -1n, 1])
  })

  it('leaves a module as it is that has none', () => {
    const bytes = wat('(module (memory 1) (table 1 funcref) (func (export "f") (result i32) (memory.size)))')
    expect(rewritten(bytes, { fuel: false })).toEqual(bytes)
  })

  it('is left alone where only the guest’s own maximum bounds it', () => {
    const bytes = wat(text)
    const module = readModule(bytes)
    const unwatched = {
      ...meteringOf(module, { fuel: false }),
      watchedMemories: new Set<number>(),
      watchedTables: new Set<number>(),
    }
    expect(meter(bytes, module, unwatched)).toBeNull()
  })
})

describe('modules at the limits', () => {
  const { instruction: i } = w
  const oneFunction = (code: w.Bytes, locals: readonly (readonly [number, 'i32'])[] = []) =>
    w.moduleOf(w.typeSection(w.functionType()), w.functionSection(0), w.codeSection(w.body(w.bytes(code, w.END), locals)))

  it('with as many locals as there can be are refused if they need one more', () => {
    expect(() => rewritten(oneFunction(i.loop(i.br(0)), [[50_000, 'i32']]))).toThrow(/no room for another local/)
    expect(() => metered(oneFunction(i.nop, [[50_000, 'i32']]))).not.toThrow()
    expect(() => rewritten(oneFunction(i.nop, [[50_000, 'i32']]), { fuel: false, depth: true })).toThrow(/no room/)
  })

  it('with a function that would become too large are refused', () => {
    // Vector constants, each dropped: the instructions with the most bytes, because there may not be a million.
    const ofBytes = (bytes: number) => {
      const code = new Uint8Array(bytes).fill(1)
      for (let at = 0; at + 19 <= bytes; at += 19) code.set([0xfd, 0x0c, ...new Array<number>(16).fill(0), 0x1a], at)
      return oneFunction(code)
    }
    expect(() => rewritten(ofBytes(7_654_280))).not.toThrow()
    expect(() => rewritten(ofBytes(7_654_315))).toThrow(/larger than engines accept/)
  })

  it('with as many globals as there can be are refused', () => {
    const global = w.bytes(0x7f, 0, i.i32Const(0), w.END)
    const globals = (count: number) => w.moduleOf(w.section(6, w.vec(Array.from({ length: count }, () => global))))
    expect(() => rewritten(globals(1_000_000))).toThrow(/no room for another global/)
    expect(() => metered(globals(999_999))).not.toThrow()
  })

  it('that are empty are metered all the same', () => {
    expect(WebAssembly.validate(metered(w.moduleOf()))).toBe(true)
    expect(WebAssembly.validate(metered(w.moduleOf(), { depth: true }))).toBe(true)
  })

  it('with indices and costs of several bytes are metered', () => {
    const globals = Array.from({ length: 300 }, (_, n) => `(global (mut i64) (i64.const ${n}))`).join('')
    const params = '(local i64)'.repeat(300)
    const text = `(module ${globals} (func (export "run") ${params} ${'(drop (i32.const 1))'.repeat(500)} (loop (br_if 0 (i32.const 0)))))`
    const run = start(text, { depth: true })
    run.exports['run']!()
    expect(run.used()).toBe(2 + 75 + 1000 + 2)
  })

  it('with nested blocks take time in proportion', () => {
    const depth = 20_000
    const nested = oneFunction(
      w.concat([...Array(depth).fill([0x02, 0x40]), ...Array(depth).fill([i.i32Const(0), i.brIf(1), 0x0b])].flat()),
    )
    const started = performance.now()
    proofOf(nested, rewritten(nested))
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})

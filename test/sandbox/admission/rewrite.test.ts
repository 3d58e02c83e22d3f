// What admission writes: accepted by the engine, and the same to the guest but for its limits.
import { describe, expect, it } from 'vitest'
import { type Admitted, admit } from '../../../src/sandbox/admission/admit.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import type { PolicyInput } from '../../../src/sandbox/policy/schema.ts'
import { readModule, writer as w } from '../../../src/wasm/index.ts'
import { wat } from '../support/wat.ts'

const PAGE = 65_536
const SMALL: PolicyInput = { quotas: { memoryBytes: 4 * PAGE, tableElements: 10 } }

function admitted(text: string | Uint8Array, policy: PolicyInput = SMALL): Admitted {
  const admission = admit(typeof text === 'string' ? wat(text) : text, resolvePolicy(policy))
  if (admission.verdict === 'refused') throw admission.refusal
  return admission
}
const compile = ({ bytes }: Admitted) => new WebAssembly.Module(bytes)
const instantiate = (made: Admitted) =>
  new WebAssembly.Instance(compile(made)).exports as Record<string, (...a: number[]) => number>
const names = (module: WebAssembly.Module) => WebAssembly.Module.exports(module).map(({ name, kind }) => `${name}:${kind}`)

describe('rewrite', () => {
  it('leaves a module without memory, table and start as it is, byte for byte', () => {
    const bytes = wat('(module (func (export "f") (result i32) (i32.const 1)) (global (export "g") i32 (i32.const 2)))')
    const made = admitted(bytes)
    expect(made.bytes).toEqual(bytes)
    expect([made.memoryExport, made.startExport]).toEqual([null, null])
  })

  it('takes out the sections that point to other files or URLs, and no others', () => {
    const section = (name: string) => w.customSection(name, w.name('http://192.0.2.1/map'))
    const plain = w.moduleOf(section('producers'), section('sourceMappingUrl'))
    const pointing = w.moduleOf(
      section('sourceMappingURL'),
      section('producers'),
      section('external_debug_info'),
      section('sourceMappingUrl'),
      section('sourceMappingURL'),
    )
    expect(admitted(pointing).bytes).toEqual(admitted(plain).bytes)
    expect(admitted(plain).bytes).toEqual(plain)
  })

  it('adds its exports behind the guest’s own, which keep their order', () => {
    const made = admitted(
      '(module (memory 1) (func $s) (start $s) (func (export "b")) (func (export "a")) (export "memory" (memory 0)))',
    )
    expect(names(compile(made))).toEqual([
      'b:function',
      'a:function',
      'memory:memory',
      '$gauntlet.memory:memory',
      '$gauntlet.start:function',
    ])
  })

  it('adds an export section where there is none', () => {
    expect(names(compile(admitted('(module (memory 1))')))).toEqual(['$gauntlet.memory:memory'])
  })

  it('binds memory 0, whatever the guest calls "memory"', () => {
    const made = admitted('(module (memory 1) (table (export "memory") 1 funcref))')
    const exports = new WebAssembly.Instance(compile(made)).exports
    expect(exports[made.memoryExport!]).toBeInstanceOf(WebAssembly.Memory)
    expect(exports['memory']).toBeInstanceOf(WebAssembly.Table)
  })

  it('defers the start function behind all else of instantiation, and it runs once', () => {
    const text = `(module (memory (export "m") 1) (table 2 funcref) (global $n (mut i32) (i32.const 0))
      (data (i32.const 0) "\\07") (elem (i32.const 0) $seen)
      (func $seen (result i32) (i32.load8_u (i32.const 0)))
      (func $s (global.set $n (i32.add (global.get $n) (call_indirect (result i32) (i32.const 0)))))
      (start $s) (func (export "n") (result i32) (global.get $n)))`
    const made = admitted(text)
    expect(readModule(made.bytes).start).toBeUndefined()
    const exports = instantiate(made)
    expect(exports['n']!()).toBe(0)
    exports[made.startExport!]!()
    expect(exports['n']!()).toBe(7)
    // As it is without the sandbox.
    const original = new WebAssembly.Instance(new WebAssembly.Module(wat(text))).exports as typeof exports
    expect(original['n']!()).toBe(7)
  })

  it.each([
    ['no maximum', '(memory 1)', 4],
    ['a small maximum', '(memory 1 2)', 2],
    ['a large maximum', '(memory 1 60000)', 4],
    ['maximum and minimum alike', '(memory 3 3)', 3],
  ])('memory grows to the planned maximum and no further: %s', (_, memory, pages) => {
    const made = admitted(
      `(module ${memory} (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))) (func (export "size") (result i32) (memory.size)))`,
    )
    const exports = instantiate(made)
    const start = exports['size']!()
    expect(exports['grow']!(pages - start)).toBe(start)
    expect([exports['grow']!(1), exports['grow']!(65_535), exports['size']!()]).toEqual([-1, -1, pages])
    expect(made.maxima.memories[0]!.limits.max).toBe(pages)
  })

  it.each([
    ['no maximum', '(table 2 funcref)', 10],
    ['a small maximum', '(table 2 4 funcref)', 4],
    ['a large maximum', '(table 2 100000 funcref)', 10],
  ])('tables grow to the planned maximum and no further: %s', (_, table, elements) => {
    const exports = instantiate(
      admitted(
        `(module ${table} (func (export "grow") (param i32) (result i32) (table.grow 0 (ref.null func) (local.get 0))) (func (export "size") (result i32) (table.size 0)))`,
      ),
    )
    expect(exports['grow']!(elements - 2)).toBe(2)
    expect([exports['grow']!(1), exports['size']!()]).toEqual([-1, elements])
  })

  it('keeps the initial value of a table’s elements', () => {
    // (table 1 4 (ref func) (ref.func 0)): wabt cannot write an initial value, so the section is made by hand.
    const bytes = Uint8Array.from([
      0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7f, 3, 3, 2, 0, 0, 4, 11, 1, 0x40, 0, 0x64, 0x70, 1, 1, 4, 0xd2, 0,
      0x0b, 7, 8, 1, 4, 0x63, 0x61, 0x6c, 0x6c, 0, 1, 10, 14, 2, 4, 0, 0x41, 42, 0x0b, 7, 0, 0x41, 0, 0x11, 0, 0, 0x0b,
    ])
    const made = admitted(bytes, { ...SMALL, extends: 'relaxed', quotas: { tableElements: 3, memoryBytes: 0 } })
    expect(made.maxima.tables[0]!.limits.max).toBe(3)
    expect(instantiate(made)['call']!()).toBe(42)
  })

  it('keeps custom sections and their places', () => {
    const bytes = w.moduleOf(
      w.customSection('before'),
      w.typeSection(w.bytes(0x60, 0, 0)),
      w.functionSection(0),
      w.memorySection([0, 1]),
      w.customSection('between', [1, 2, 3]),
      w.startSection(0),
      w.codeSection(w.body(w.END)),
      w.customSection('after'),
    )
    const sections = readModule(admitted(bytes).bytes).sections
    // The start section has gone and an export section stands where it was.
    expect(sections.map((s) => s.name ?? s.id)).toEqual(['before', 1, 3, 5, 'between', 7, 10, 'after'])
  })

  it('shares one budget between several memories', () => {
    const made = admitted('(module (memory 1) (memory 1 2))', { ...SMALL, features: ['multi-memory'] })
    expect(made.maxima.memories.map((memory) => memory.limits.max)).toEqual([3, 1])
    expect(WebAssembly.validate(made.bytes)).toBe(true)
  })

  it('hashes the bytes as they came, not as they were written', async () => {
    const bytes = wat('(module (memory 1))')
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')
    expect(admitted(bytes).sha256).toBe(digest)
  })
})

describe('callable functions', () => {
  it('are those with numbers only, by every name they have', () => {
    const { functions } = admitted(
      `(module (func (export "n") (export "n2") (param i32 i64 f32 f64) (result f64 i32) (local.get 3) (i32.const 0))
        (func (export "ref") (param externref)) (func (export "gives") (result funcref) (ref.null func)) (func (export "vector") (param v128))
        (memory (export "memory") 1) (func (export "then")) (func (export "__proto__")))`,
    )
    const signature = { params: ['i32', 'i64', 'f32', 'f64'], results: ['f64', 'i32'] }
    expect([...functions]).toEqual([
      ['n', signature],
      ['n2', signature],
      ['then', { params: [], results: [] }],
      ['__proto__', { params: [], results: [] }],
    ])
  })

  it('can be host calls that the guest exports again', () => {
    const { functions } = admitted(
      '(module (import "wasi_snapshot_preview1" "sched_yield" (func (result i32))) (export "y" (func 0)))',
    )
    expect(functions.get('y')).toEqual({ params: [], results: ['i32'] })
  })
})

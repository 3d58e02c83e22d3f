// What of a module is captured and how, and what makes a capture impossible.
import { describe, expect, it } from 'vitest'
import { admit } from '../../../src/sandbox/admission/admit.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import { FEATURES, readModule, writer as w } from '../../../src/wasm/index.ts'
import { wat } from '../support/wat.ts'

const POLICY = resolvePolicy({ extends: 'relaxed', features: [...FEATURES] })

function planned(module: string | Uint8Array) {
  const admission = admit(typeof module === 'string' ? wat(module) : module, POLICY, true)
  if (admission.verdict === 'refused') throw admission.refusal
  return admission
}

describe('a plan', () => {
  it('takes every memory and every mutable global, and leaves out what cannot change', () => {
    const { snapshots, bytes } = planned(`(module (memory 1 2) (memory 3)
      (global i32 (i32.const 1)) (global (mut i32) (i32.const 1)) (global (mut v128) (v128.const i64x2 1 2))
      (global funcref (ref.func 0)) (table 4 funcref) (elem (i32.const 0) 0) (func))`)
    expect(snapshots).toMatchObject({
      memories: [
        { name: '$gauntlet.m0', min: 1, max: 2 },
        { name: '$gauntlet.m1', min: 3 },
      ],
      globals: [
        { name: '$gauntlet.g1', kind: 'i32' },
        { name: '$gauntlet.g2', kind: 'v128' },
      ],
      tables: [],
      still: [],
      functions: 0,
    })
    const exported = readModule(bytes).exports.map(({ name, kind, index }) => `${name} ${kind} ${index}`)
    expect(exported).toEqual(
      expect.arrayContaining([
        '$gauntlet.m0 memory 0',
        '$gauntlet.m1 memory 1',
        '$gauntlet.g1 global 1',
        '$gauntlet.g2 global 2',
      ]),
    )
  })

  it.each([
    ['table.set', '(table.set 0 (i32.const 0) (ref.null func))'],
    ['table.grow', '(drop (table.grow 0 (ref.null func) (i32.const 1)))'],
    ['table.fill', '(table.fill 0 (i32.const 0) (ref.null func) (i32.const 1))'],
    ['table.copy', '(table.copy 0 1 (i32.const 0) (i32.const 0) (i32.const 1))'],
    ['table.init', '(table.init 0 0 (i32.const 0) (i32.const 0) (i32.const 1))'],
  ])('takes a table that %s can change, and names all functions', (_, instruction) => {
    const { snapshots, bytes } = planned(
      `(module (table 1 9 funcref) (table 1 funcref) (elem func 1) (func ${instruction}) (func))`,
    )
    expect(snapshots).toMatchObject({ tables: [{ name: '$gauntlet.t0', min: 1, max: 9, holds: 'function' }], functions: 2 })
    const exported = readModule(bytes).exports.map(({ name }) => name)
    expect(exported).toEqual(expect.arrayContaining(['$gauntlet.t0', '$gauntlet.f0', '$gauntlet.f1']))
    expect(exported).not.toContain('$gauntlet.t1')
  })

  it('exports nothing for a module that is not to be captured', () => {
    const admission = admit(wat('(module (memory 1) (global (mut i32) (i32.const 1)))'), POLICY)
    expect(admission).toMatchObject({ verdict: 'admitted', snapshots: null })
    if (admission.verdict === 'refused') return
    expect(readModule(admission.bytes).exports.map(({ name }) => name)).toEqual(['$gauntlet.memory'])
  })
})

/** `(struct (field (mut i32)))` is type 0, `(func)` type 1, and function 0 has the code. */
const gc = (code: readonly number[], ...sections: { readonly id: number; readonly bytes: Uint8Array }[]) =>
  w.moduleOf(
    w.typeSection([0x5f, 1, 0x7f, 1], [0x60, 0, 0]),
    w.functionSection(1),
    ...sections.filter(({ id }) => id < 10).map(({ bytes }) => bytes),
    w.codeSection(w.body(w.bytes(code, w.END))),
  )
const tables = (...entries: w.Bytes[]) => ({ id: 4, bytes: w.tableSection(...entries) })
const globals = (...entries: w.Bytes[]) => ({ id: 6, bytes: w.globalSection(...entries) })
const elements = (...entries: w.Bytes[]) => ({ id: 9, bytes: w.elementSection(...entries) })
const STRUCT_NEW_DEFAULT = [0xfb, 0x01, 0x00]

describe('a capture is refused', () => {
  it.each([
    [
      'a passive data segment that is dropped and used',
      '(module (memory 1) (data "x") (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 1)) (data.drop 0)))',
      'dropped-segments',
      'data segment 0',
    ],
    [
      'a passive element segment that is dropped and used',
      '(module (table 1 funcref) (elem func 0) (func (table.init 0 0 (i32.const 0) (i32.const 0) (i32.const 1)) (elem.drop 0)))',
      'dropped-segments',
      'element segment 0',
    ],
    ['a shared memory', '(module (memory 1 1 shared))', 'shared-memory', 'memory 0'],
    [
      'a mutable reference to an exception',
      w.moduleOf(w.globalSection(w.bytes(0x69, 1, 0xd0, 0x69, w.END))),
      'exception-references',
      'global 0',
    ],
    [
      'a changing table of exceptions',
      w.moduleOf(
        w.typeSection(w.functionType()),
        w.functionSection(0),
        w.tableSection(w.bytes(0x69, 0, 1)),
        w.codeSection(w.body(w.bytes(0x41, 0, 0xd0, 0x69, 0x26, 0, w.END))),
      ),
      'exception-references',
      'table 0',
    ],
    [
      'a table that begins with objects',
      gc([], tables(w.bytes(0x40, 0, 0x63, 0, 0, 1, STRUCT_NEW_DEFAULT, w.END))),
      'gc-references',
      'table 0',
    ],
    [
      'a passive segment of objects',
      // array.new_elem is the use; its type is (array (ref null 0)).
      w.moduleOf(
        w.typeSection([0x5f, 1, 0x7f, 1], [0x60, 0, 0], [0x5e, 0x63, 0, 1]),
        w.functionSection(1),
        w.elementSection(w.bytes(5, 0x63, 0, 1, STRUCT_NEW_DEFAULT, w.END)),
        w.codeSection(w.body(w.bytes(0x41, 0, 0x41, 0, 0xfb, 10, 2, 0, 0x1a, w.END))),
      ),
      'gc-references',
      'element segment 0',
    ],
  ])('for %s', (_, module, problem, place) => {
    expect(planned(module).snapshots).toEqual({ problem, place })
  })

  it('for more functions than can be named, if they have to be', () => {
    const many = (instruction: string) => {
      const count = 50_001
      return w.moduleOf(
        w.typeSection(w.functionType()),
        w.functionSection(...Array<number>(count).fill(0)),
        w.tableSection(w.bytes(0x70, 0, 1)),
        w.codeSection(
          w.body(instruction === '' ? w.bytes(w.END) : w.bytes(0x41, 0, 0xd0, 0x70, 0x26, 0, w.END)),
          ...Array<Uint8Array>(count - 1).fill(w.body(w.bytes(w.END))),
        ),
      )
    }
    expect(planned(many('table.set')).snapshots).toEqual({ problem: 'too-many-functions', place: '' })
    expect(planned(many('')).snapshots).toMatchObject({ functions: 0 })
  })
})

describe('a capture is not refused', () => {
  it.each([
    ['a passive segment that is only dropped', '(module (memory 1) (data "x") (func (data.drop 0)))'],
    [
      'a passive segment that is only used',
      '(module (memory 1) (data "x") (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 1))))',
    ],
    [
      'a drop of an active segment',
      '(module (memory 1) (data (i32.const 0) "x") (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0)) (data.drop 0)))',
    ],
    ['an immutable null', w.moduleOf(w.globalSection(w.bytes(0x69, 0, 0xd0, 0x69, w.END)))],
    ['an empty table of objects that nobody changes', gc([], tables(w.bytes(0x63, 0, 0, 1)))],
  ])('for %s', (_, module) => {
    expect(planned(module).snapshots).not.toHaveProperty('problem')
  })

  it('beforehand for references that may turn out to be null', () => {
    const module = gc([], globals(w.bytes(0x6e, 1, 0xd0, 0x6e, w.END), w.bytes(0x63, 0, 0, STRUCT_NEW_DEFAULT, w.END)))
    expect(planned(module).snapshots).toMatchObject({
      globals: [{ name: '$gauntlet.g0', kind: 'null' }],
      still: ['$gauntlet.g1'],
    })
  })
})
void elements

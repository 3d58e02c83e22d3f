// What the reader hands out: every part of a module as plain data, in its right place.

import { describe, expect, it } from 'vitest'
import { readModule, SECTION_NAMES, SECTION_ORDER } from '../../src/wasm/index.ts'
import * as w from '../../src/wasm/writer.ts'

const { END, instruction } = w
const FUNC = w.typeSection(w.functionType())
const limits = (min: number, max?: number) => w.limits({ min, ...(max === undefined ? {} : { max }), is64: false, shared: false })

describe('types', () => {
  const read = readModule(
    w.moduleOf(
      w.typeSection(
        w.functionType(['i32', 'i64', 'f32', 'f64', 'v128'], ['externref', 'funcref']),
        w.bytes(
          0x4e,
          2,
          w.bytes(0x50, 0, 0x5f, w.vec([w.bytes(0x63, 2, 1), w.bytes(0x78, 0)])),
          w.bytes(0x4f, 1, 1, 0x5f, w.vec([w.bytes(0x63, 2, 1), w.bytes(0x78, 0), w.bytes(0x77, 1)])),
        ),
        w.bytes(0x5e, 0x64, 0x70, 1),
        w.functionType([
          '(ref 1)',
          '(ref null 2)',
          '(ref any)',
          'anyref',
          'eqref',
          'i31ref',
          'structref',
          'arrayref',
          'exnref',
          'nullref',
          'nullfuncref',
          'nullexternref',
          'nullexnref',
        ]),
        w.bytes(0x60, w.vec([w.bytes(0x63, 0x70), w.bytes(0x63, 0x6f)]), 0),
      ),
    ),
  ).types

  it('functions have their parameters and results by name', () => {
    expect(read[0]).toMatchObject({
      kind: 'function',
      params: ['i32', 'i64', 'f32', 'f64', 'v128'],
      results: ['externref', 'funcref'],
    })
    expect(read[0]).toMatchObject({ group: { start: 0, size: 1, explicit: false }, final: true, offset: 11 })
  })

  it('groups are flattened and share what says so', () => {
    expect(read[1]).toMatchObject({
      kind: 'struct',
      fields: [
        { type: '(ref null 2)', mutable: true },
        { type: 'i8', mutable: false },
      ],
      final: false,
      group: { start: 1, size: 2, explicit: true },
    })
    expect(read[2]).toMatchObject({ kind: 'struct', final: true, supertype: 1 })
    expect(read[2]!.group).toBe(read[1]!.group)
    expect('supertype' in read[1]!).toBe(false)
  })

  it('arrays and references are spelt in one way', () => {
    expect(read[3]).toMatchObject({ kind: 'array', element: { type: '(ref func)', mutable: true } })
    expect(read[4]).toMatchObject({
      params: [
        '(ref 1)',
        '(ref null 2)',
        '(ref any)',
        'anyref',
        'eqref',
        'i31ref',
        'structref',
        'arrayref',
        'exnref',
        'nullref',
        'nullfuncref',
        'nullexternref',
        'nullexnref',
      ],
    })
    expect(read[5]).toMatchObject({ params: ['funcref', 'externref'] })
  })
})

describe('index spaces', () => {
  const entry = (name: string, ...type: w.Bytes[]) => w.bytes(w.name('env'), w.name(name), ...type)
  const bytes = w.moduleOf(
    w.typeSection(w.functionType(), w.functionType(['i32'])),
    w.importSection(
      entry('f', 0, 1),
      entry('t', 1, 0x6f, limits(1, 2)),
      entry('m', 2, w.limits({ min: 1, max: 5, is64: true, shared: true })),
      entry('g', 3, 0x7e, 1),
      entry('e', 4, 0, 1),
    ),
    w.functionSection(0),
    w.tableSection(w.bytes(0x70, limits(3)), w.bytes(0x40, 0, 0x64, 0x70, limits(1), instruction.refFunc(1), END)),
    w.memorySection(limits(2, 65536)),
    w.tagSection(w.bytes(0, 0)),
    w.globalSection(w.bytes(0x7f, 0, 0x41, 5, END)),
    w.exportSection(
      w.bytes(w.name('f'), 0, 1),
      w.bytes(w.name('t'), 1, 2),
      w.bytes(w.name('m'), 2, 0),
      w.bytes(w.name('g'), 3, 1),
      w.bytes(w.name('e'), 4, 1),
    ),
    w.startSection(1),
    w.elementSection(
      w.bytes(0, 0x41, 0, END, w.vec([w.u32(0), w.u32(1)])),
      w.bytes(1, 0, w.vec([w.u32(1)])),
      w.bytes(2, 1, 0x41, 0, END, 0, 0),
      w.bytes(3, 0, w.vec([w.u32(1)])),
      w.bytes(7, 0x6f, w.vec([w.bytes(0xd0, 0x6f, END)])),
    ),
    w.dataCountSection(3),
    w.codeSection(w.body(END)),
    w.dataSection(w.bytes(0, 0x42, 0, END, w.vec([1, 2, 3])), w.bytes(1, w.vec([4])), w.bytes(2, 1, 0x41, 0, END, 0)),
  )
  const read = readModule(bytes)

  it('hold imported entries first', () => {
    expect(read.importCounts).toEqual({ function: 1, table: 1, memory: 1, global: 1, tag: 1 })
    expect(read.imports.map((one) => [one.module, one.name, one.type.kind])).toEqual([
      ['env', 'f', 'function'],
      ['env', 't', 'table'],
      ['env', 'm', 'memory'],
      ['env', 'g', 'global'],
      ['env', 'e', 'tag'],
    ])
    expect(read.functionTypeIndices).toEqual([1, 0])
    expect(read.tables.map((table) => [table.imported, table.elementType, table.limits])).toEqual([
      [true, 'externref', { min: 1, max: 2, is64: false, shared: false }],
      [false, 'funcref', { min: 3, is64: false, shared: false }],
      [false, '(ref func)', { min: 1, is64: false, shared: false }],
    ])
    expect(read.memories.map((memory) => [memory.imported, memory.limits])).toEqual([
      [true, { min: 1, max: 5, is64: true, shared: true }],
      [false, { min: 2, max: 65536, is64: false, shared: false }],
    ])
    expect(read.tags).toEqual([
      { imported: true, typeIndex: 1 },
      { imported: false, typeIndex: 0 },
    ])
    expect(read.globals.map((global) => [global.imported, global.type, global.mutable])).toEqual([
      [true, 'i64', true],
      [false, 'i32', false],
    ])
  })

  it('have the bytes of initial values', () => {
    const initial = (range: { offset: number; size: number } | undefined) =>
      range && [...bytes.subarray(range.offset, range.offset + range.size)]
    expect(initial(read.globals[1]!.init)).toEqual([0x41, 5, END])
    expect(initial(read.tables[2]!.init)).toEqual([0xd2, 1, END])
    expect(read.globals[0]!.init).toBeUndefined()
  })

  it('are exported by kind and index', () => {
    expect(read.exports).toEqual([
      { name: 'f', kind: 'function', index: 1 },
      { name: 't', kind: 'table', index: 2 },
      { name: 'm', kind: 'memory', index: 0 },
      { name: 'g', kind: 'global', index: 1 },
      { name: 'e', kind: 'tag', index: 1 },
    ])
    expect(read.start).toBe(1)
  })

  it('are filled by segments', () => {
    expect(read.elements.map(({ mode, table, count }) => [mode, table, count])).toEqual([
      ['active', 0, 2],
      ['passive', undefined, 1],
      ['active', 1, 0],
      ['declarative', undefined, 1],
      ['declarative', undefined, 1],
    ])
    expect(read.dataCount).toBe(3)
    expect(read.data.map(({ mode, memory, contents }) => [mode, memory, contents.size])).toEqual([
      ['active', 0, 3],
      ['passive', undefined, 1],
      ['active', 1, 0],
    ])
    expect([...bytes.subarray(read.data[0]!.contents.offset).slice(0, 3)]).toEqual([1, 2, 3])
  })

  it('come from sections that cover the module without gaps', () => {
    let at = 8
    for (const section of read.sections) {
      expect(section.offset).toBe(at)
      expect(section.payloadOffset + section.payloadSize).toBe(section.offset + section.size)
      at += section.size
    }
    expect(at).toBe(bytes.length)
    expect(read.byteLength).toBe(bytes.length)
    expect(read.sections.map((section) => section.id)).toEqual([...SECTION_ORDER])
    expect(SECTION_ORDER.map((id) => SECTION_NAMES[id]).slice(0, 7)).toEqual([
      'type',
      'import',
      'function',
      'table',
      'memory',
      'tag',
      'global',
    ])
  })
})

describe('an empty module', () => {
  it('has nothing, not even optional fields', () => {
    const read = readModule(w.moduleOf())
    expect(read).toMatchObject({ byteLength: 8, sections: [], types: [], imports: [], exports: [], bodies: [], customs: [] })
    expect('start' in read || 'dataCount' in read).toBe(false)
    expect(read.features.size).toBe(0)
  })

  it('may be a view into a larger buffer', () => {
    const buffer = w.concat([new Uint8Array(5).fill(0xff), w.moduleOf(FUNC), 0xff])
    expect(readModule(buffer.subarray(5, buffer.length - 1)).types.length).toBe(1)
  })
})

describe('names', () => {
  it.each([
    '',
    'plain',
    '__proto__',
    '\u0000',
    '\ufeffmarked',
    'm\u00f6dule',
    '\u2028',
    '\u{1f600}',
    'a'.repeat(5000),
    '\u00e9'.repeat(20),
  ])('%j is kept', (text) => {
    const read = readModule(
      w.moduleOf(FUNC, w.importSection(w.bytes(w.name(text), w.name(text), 0, 0)), w.customSection(text, [1, 2])),
    )
    expect(read.imports[0]).toMatchObject({ module: text, name: text })
    expect(read.customs[0]).toMatchObject({ name: text, size: 2 })
    expect(read.sections.at(-1)).toMatchObject({ id: 0, name: text })
  })
})

describe('bodies', () => {
  const read = (code: w.Bytes, locals: [number, 'i32' | 'i64'][] = []) =>
    readModule(w.moduleOf(FUNC, w.functionSection(0), w.codeSection(w.body(w.bytes(code, END), locals)))).bodies[0]!

  it('are measured', () => {
    const code = w.bytes(
      instruction.block(instruction.block(0x00)),
      instruction.block([]),
      0x00,
      instruction.brTable([0, 0, 0], 0),
      instruction.brTable([0], 0),
    )
    const body = read(code, [
      [3, 'i32'],
      [0, 'i64'],
      [4, 'i64'],
    ])
    expect(body).toMatchObject({ declaredLocals: 7, maxNesting: 2, instructionCount: 11, maxBrTableTargets: 3 })
    expect(body.codeOffset - body.offset).toBe(7)
  })

  it('end where they say', () => {
    expect(read([])).toMatchObject({ declaredLocals: 0, maxNesting: 0, instructionCount: 1, maxBrTableTargets: 0, size: 2 })
  })
})

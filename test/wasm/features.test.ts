// Each feature is reported where a module first uses it, and not where it does not.

import { describe, expect, it } from 'vitest'
import { FEATURES, type Feature, readModule } from '../../src/wasm/index.ts'
import * as w from '../../src/wasm/writer.ts'
import { seeds } from './support/seeds.ts'

const { END, instruction } = w
const FUNC = w.typeSection(w.functionType())
const MIN_1 = w.limits({ min: 1, is64: false, shared: false })
const MEMORY = w.memorySection(MIN_1)
const TABLE = w.tableSection(w.bytes(0x70, MIN_1))
const I32_0 = w.bytes(0x41, 0, END)

const types = (...entries: w.Bytes[]) => w.moduleOf(w.typeSection(...entries))
const imported = (...type: w.Bytes[]) => w.moduleOf(FUNC, w.importSection(w.bytes(w.name(''), w.name(''), ...type)))
const codeWith = (sections: Uint8Array[], ...code: w.Bytes[]) =>
  w.moduleOf(FUNC, w.functionSection(0), ...sections, w.codeSection(w.body(w.bytes(0x00, ...code, END))))
const code = (...instructions: w.Bytes[]) => codeWith([], ...instructions)
const globalOf = (type: number, ...init: w.Bytes[]) => w.moduleOf(FUNC, w.globalSection(w.bytes(type, 0, ...init, END)))

/** Module, the features it uses, and the offset of the first feature's first use (counted from the end where negative). */
const USES: readonly (readonly [what: string, bytes: Uint8Array, features: readonly Feature[], offset?: number])[] = [
  ['nothing new', codeWith([TABLE, MEMORY], 0x41, 0, 0x28, 2, 0, 0x1a, 0x41, 0, 0x11, 0, 0), []],
  ['an immutable imported global', imported(3, 0x7f, 0), []],
  ['i32.extend8_s', code(0xc0), ['sign-extension'], -2],
  ['i32.trunc_sat_f32_s', code(w.prefixed(0xfc, 0)), ['saturating-float-to-int'], -3],
  ['two results', types(w.functionType([], ['i32', 'i32'])), ['multi-value'], 11],
  ['a block of a function type', code(0x02, 0, END), ['multi-value'], -3],
  ['a mutable imported global', imported(3, 0x7f, 1), ['mutable-globals'], -3],
  [
    'a mutable exported global',
    w.moduleOf(w.globalSection(w.bytes(0x7f, 1, I32_0)), w.exportSection(w.bytes(w.name(''), 3, 0))),
    ['mutable-globals'],
    -2,
  ],
  ['a data count', w.moduleOf(w.dataCountSection(0)), ['bulk-memory'], -1],
  ['a passive data segment', w.moduleOf(w.dataSection(w.bytes(1, 0))), ['bulk-memory'], -2],
  ['a passive element segment', w.moduleOf(w.elementSection(w.bytes(1, 0, 0))), ['bulk-memory'], -3],
  ['memory.copy', codeWith([MEMORY], w.prefixed(0xfc, 10), 0, 0), ['bulk-memory'], -5],
  ['externref', types(w.functionType(['externref'])), ['reference-types'], 13],
  ['funcref as a value', types(w.functionType(['funcref'])), ['reference-types'], 13],
  ['a table of externref', w.moduleOf(w.tableSection(w.bytes(0x6f, MIN_1))), ['reference-types'], 11],
  ['two tables', w.moduleOf(w.tableSection(w.bytes(0x70, MIN_1), w.bytes(0x70, MIN_1))), ['reference-types'], -3],
  ['a declarative segment', w.moduleOf(w.elementSection(w.bytes(3, 0, 0))), ['reference-types'], -3],
  ['an active segment of expressions', w.moduleOf(TABLE, w.elementSection(w.bytes(4, I32_0, 0))), ['reference-types'], -5],
  ['table.size', codeWith([TABLE], w.prefixed(0xfc, 16), 0), ['reference-types'], -4],
  ['call_indirect with a table index of two bytes', codeWith([TABLE], 0x11, 0, w.u32(0, 2)), ['reference-types'], -3],
  ['v128', types(w.functionType(['v128'])), ['simd'], 13],
  ['i8x16.splat', code(w.prefixed(0xfd, 15), 0x1a), ['simd'], -4],
  ['i8x16.relaxed_swizzle', code(w.prefixed(0xfd, 0x100), 0x1a), ['relaxed-simd'], -5],
  ['return_call', code(0x12, 0), ['tail-call'], -3],
  ['return_call_ref', code(0x15, 0), ['tail-call', 'typed-function-references'], -3],
  ['a tag', w.moduleOf(FUNC, w.tagSection(w.bytes(0, 0))), ['exceptions'], -2],
  ['an imported tag', imported(4, 0, 0), ['exceptions'], -2],
  ['exnref', types(w.functionType(['exnref'])), ['exceptions'], 13],
  ['try_table', code(0x1f, 0x40, 0, END), ['exceptions'], -5],
  ['throw_ref', code(0x0a), ['exceptions'], -2],
  ['try', code(0x06, 0x40, 0x19, END), ['legacy-exceptions'], -5],
  ['i32.add in a constant', globalOf(0x7f, 0x41, 1, 0x41, 2, 0x6a), ['extended-const'], -2],
  ['shared memory', w.moduleOf(w.memorySection(w.bytes(3, 1, 1))), ['threads'], -3],
  ['atomic.fence', code(w.prefixed(0xfe, 3), 0), ['threads'], -4],
  ['64-bit memory', w.moduleOf(w.memorySection(w.bytes(4, 1))), ['memory64'], -2],
  ['64-bit table', w.moduleOf(w.tableSection(w.bytes(0x70, 4, 1))), ['memory64'], -2],
  ['two memories', w.moduleOf(w.memorySection(MIN_1, MIN_1)), ['multi-memory'], -2],
  ['a memory index in an access', codeWith([MEMORY], 0x28, 0x42, 0, 0, 0x1a), ['multi-memory'], -5],
  ['memory.size with an index of two bytes', codeWith([MEMORY], 0x3f, w.u32(0, 2), 0x1a), ['multi-memory'], -4],
  ['a data segment with memory index 0', w.moduleOf(MEMORY, w.dataSection(w.bytes(2, 0, I32_0, 0))), ['bulk-memory'], -6],
  ['(ref func)', types(w.functionType(['(ref func)'])), ['typed-function-references', 'reference-types'], 13],
  ['ref.null of a type index', code(0xd0, 0, 0x1a), ['reference-types', 'typed-function-references'], -4],
  ['call_ref', code(0x14, 0), ['typed-function-references'], -3],
  [
    'a table with an initial value',
    w.moduleOf(w.tableSection(w.bytes(0x40, 0, 0x70, MIN_1, 0xd0, 0x70, END))),
    ['typed-function-references', 'reference-types'],
    -8,
  ],
  ['a recursion group', types(w.bytes(0x4e, 1, w.functionType())), ['gc'], 11],
  ['a subtype', types(w.bytes(0x50, 0, w.functionType())), ['gc'], 11],
  ['a struct', types(w.bytes(0x5f, 0)), ['gc'], 11],
  ['anyref', types(w.functionType(['anyref'])), ['gc'], 13],
  ['ref.i31 in a constant', globalOf(0x6e, 0x41, 1, w.prefixed(0xfb, 28)), ['gc'], -7],
  [
    'a constant of a defined global',
    w.moduleOf(w.globalSection(w.bytes(0x7f, 0, I32_0), w.bytes(0x7f, 0, 0x23, 0, END))),
    ['gc'],
    -3,
  ],
]

describe('features', () => {
  const uses = USES.map(([what, bytes, features, offset]) => ({ what, bytes, features, offset }))

  it.each(uses)('$what', ({ bytes, features, offset }) => {
    const found = readModule(bytes).features
    expect(new Set(found.keys())).toEqual(new Set(features))
    if (offset !== undefined) expect(found.get(features[0]!)).toBe(offset < 0 ? bytes.length + offset : offset)
  })

  it('every feature has a case', () => {
    expect(new Set(USES.flatMap(([, , features]) => features))).toEqual(new Set(FEATURES))
  })

  it('the offset is that of the first use', () => {
    const bytes = code(0xc0, 0xc1, 0xc2)
    expect(readModule(bytes).features.get('sign-extension')).toBe(bytes.length - 4)
  })

  it('the seeds between them use every feature', async () => {
    const used = (await seeds()).flatMap(({ bytes }) => [...readModule(bytes).features.keys()])
    expect(new Set(used)).toEqual(new Set(FEATURES))
  })

  it('instruction helpers of the writer are all read', () => {
    const all = w.bytes(instruction.nop, instruction.block(instruction.br(0)), instruction.loop(instruction.return))
    expect(readModule(code(all)).features.size).toBe(0)
  })
})

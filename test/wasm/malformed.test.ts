// Every rule of the binary format, broken in the smallest module that can break it: the refusal has the expected code and place.

import { describe, expect, it } from 'vitest'
import { compile } from '../../src/oracles/engine-agreement.ts'
import { MALFORMED_CODES, type MalformedCode, MalformedModule, readModule } from '../../src/wasm/index.ts'
import { padLeb128, withUnusedBits } from '../../src/wasm/leb128.ts'
import * as w from '../../src/wasm/writer.ts'

const { END } = w
const FUNC = w.typeSection(w.functionType())
const ONE = [FUNC, w.functionSection(0)] as const
const MIN_1 = w.limits({ min: 1, is64: false, shared: false })
const MEMORY = w.memorySection(MIN_1)
const MEMORY_64 = w.memorySection(w.limits({ min: 1, is64: true, shared: false }))
const TABLE = w.tableSection(w.bytes(0x70, MIN_1))
const I32_0 = w.bytes(0x41, 0, END)

/** A module with one function of these instructions. */
const code = (...instructions: w.Bytes[]) => w.moduleOf(...ONE, w.codeSection(w.body(w.bytes(...instructions, END))))
const codeWith = (sections: Uint8Array[], ...instructions: w.Bytes[]) =>
  w.moduleOf(...ONE, ...sections, w.codeSection(w.body(w.bytes(...instructions, END))))
const global = (...init: w.Bytes[]) => w.moduleOf(...ONE, w.globalSection(w.bytes(0x7f, 0, ...init)), w.codeSection(w.body(END)))
const imported = (...type: number[]) => w.moduleOf(FUNC, w.importSection(w.bytes(w.name('m'), w.name('n'), type)))
const types = (...definitions: w.Bytes[]) => w.moduleOf(w.typeSection(...definitions))

type Case = readonly [what: string, bytes: Uint8Array, at?: number]

/** Cases in which the engine is known to be less strict; all others it must refuse as well. */
const ENGINE_ACCEPTS = new Set([
  'a tag attribute in two bytes',
  'an element segment of integers',
  'a heap type that is a negative number of two bytes',
  'a block type that is a negative number of two bytes',
  'a 64-bit table with a maximum that a number cannot hold',
])

const CASES: { readonly [Code in MalformedCode]: readonly Case[] } = {
  'bad-magic': [
    ['another first byte', Uint8Array.of(1, 0x61, 0x73, 0x6d, 1, 0, 0, 0), 0],
    ['another last byte of the magic number', Uint8Array.of(0, 0x61, 0x73, 0x6e, 1, 0, 0, 0), 3],
    ['a polyglot', new TextEncoder().encode('<html><script>'), 0],
  ],
  'bad-version': [
    ['version 2', Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0), 4],
    ['version 0', Uint8Array.of(0, 0x61, 0x73, 0x6d, 0, 0, 0, 0), 4],
    ['a layer that does not exist', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 2, 0), 4],
    ['the version with another byte order', Uint8Array.of(0, 0x61, 0x73, 0x6d, 0, 0, 0, 1), 4],
  ],
  component: [['a component', Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0), 4]],
  'unexpected-end': [
    ['no bytes', new Uint8Array(0), 0],
    ['half a header', w.moduleOf().slice(0, 6), 6],
    ['a section id without size', w.bytes(w.moduleOf(), 1), 9],
    ['an import that ends after its names', w.moduleOf(w.section(2, w.bytes(1, 0, 0)))],
    ['a name longer than its section', w.moduleOf(w.section(0, w.bytes(5, 0x61)))],
    ['a custom section without a name', w.moduleOf(w.section(0, []))],
    ['a constant cut off by the body', w.moduleOf(...ONE, w.codeSection(w.body(w.bytes(0x43, 0, 0))))],
    ['an element expression that does not end', w.moduleOf(TABLE, w.section(9, w.bytes(1, 0, 0x41, 0)))],
  ],
  'leb128-too-long': [
    ['a section size of 6 bytes', w.moduleOf(w.section(1, 0, w.u32(1, 6))), 9],
    ['a vector length of 6 bytes', w.moduleOf(w.section(1, w.u32(0, 6))), 10],
    ['an i32.const of 6 bytes', code(0x41, w.s32(1, 6), 0x1a)],
    ['an i64.const of 11 bytes', code(0x42, w.s64(-1, 11), 0x1a)],
    ['a memory offset of 11 bytes', codeWith([MEMORY], 0x41, 0, 0x28, 2, w.u64(0, 11), 0x1a)],
    ['a sub-opcode of 6 bytes', code(0x43, w.f32(0), w.prefixed(0xfc, 0, 6), 0x1a)],
  ],
  'leb128-unused-bits': [
    ['a section size', w.moduleOf(w.section(1, 0, withUnusedBits(w.u32(1), 32, false))), 9],
    ['an i32.const', code(0x41, withUnusedBits(w.s32(5), 32, true), 0x1a)],
    ['a negative i32.const', code(0x41, withUnusedBits(w.s32(-5), 32, true), 0x1a)],
    ['an i64.const', code(0x42, withUnusedBits(w.s64(5), 64, true), 0x1a)],
    ['a memory offset', codeWith([MEMORY_64], 0x42, 0, 0x28, 2, withUnusedBits(w.u64(0), 64, false), 0x1a)],
  ],
  'vector-length': [
    ['2^32 - 1 types', w.moduleOf(w.section(1, w.u32(2 ** 32 - 1))), 10],
    ['two types in the space of one byte', w.moduleOf(w.section(1, w.bytes(2, 0x60))), 10],
    ['2^32 - 1 imports', w.moduleOf(w.section(2, w.u32(2 ** 32 - 1))), 10],
    ['2^32 - 1 functions', w.moduleOf(FUNC, w.section(3, w.u32(2 ** 32 - 1)))],
    ['2^32 - 1 exports', w.moduleOf(w.section(7, w.u32(2 ** 32 - 1))), 10],
    ['2^32 - 1 data bytes', w.moduleOf(MEMORY, w.section(11, w.bytes(1, 0, I32_0, w.u32(2 ** 32 - 1))))],
    ['2^32 - 1 labels', code(0x0e, w.u32(2 ** 32 - 1), 0)],
    ['2^32 - 1 parameters', types(w.bytes(0x60, w.u32(2 ** 32 - 1)))],
    ['2^32 - 1 groups of locals', w.moduleOf(...ONE, w.codeSection(w.bytes(6, w.u32(2 ** 32 - 1), END)))],
    ['a parameter where the section ends', types(w.bytes(0x60, 1))],
  ],
  'invalid-utf8': [
    ['a stray continuation byte', w.moduleOf(w.customSection(Uint8Array.of(0x80))), 11],
    ['an overlong encoding', w.moduleOf(w.customSection(Uint8Array.of(0xc0, 0x80)))],
    ['a surrogate', w.moduleOf(w.customSection(Uint8Array.of(0xed, 0xa0, 0x80)))],
    ['a code point beyond U+10FFFF', w.moduleOf(w.customSection(Uint8Array.of(0xf4, 0x90, 0x80, 0x80)))],
    [
      'a cut-off sequence at the end of a long name',
      w.moduleOf(w.customSection(w.bytes(new Uint8Array(40).fill(0x61), 0xe2, 0x82))),
    ],
    ['an import module name', w.moduleOf(FUNC, w.importSection(w.bytes(w.name(Uint8Array.of(0xff)), w.name(''), 0, 0)))],
    ['an import field name', w.moduleOf(FUNC, w.importSection(w.bytes(w.name(''), w.name(Uint8Array.of(0xff)), 0, 0)))],
    ['an export name', w.moduleOf(MEMORY, w.exportSection(w.bytes(w.name(Uint8Array.of(0xff)), 2, 0)))],
  ],
  'unknown-section': [
    ['id 14', w.moduleOf(w.section(14, [])), 8],
    ['id 255', w.moduleOf(w.section(255, [])), 8],
    ['a section id of two bytes', w.moduleOf(Uint8Array.of(0x81, 0x00, 0x01, 0x00)), 8],
  ],
  'duplicate-section': [
    ['two type sections', w.moduleOf(FUNC, FUNC)],
    ['two empty memory sections', w.moduleOf(w.memorySection(), w.memorySection())],
    ['two start sections', w.moduleOf(...ONE, w.startSection(0), w.startSection(0), w.codeSection(w.body(END)))],
    ['two data count sections', w.moduleOf(w.dataCountSection(0), w.dataCountSection(0))],
    ['two tag sections', w.moduleOf(w.tagSection(), w.tagSection())],
  ],
  'section-order': [
    ['import before type', w.moduleOf(w.importSection(), w.typeSection())],
    ['tag after global', w.moduleOf(w.globalSection(), w.tagSection())],
    ['tag before memory', w.moduleOf(w.tagSection(), w.memorySection())],
    ['data count after code', w.moduleOf(w.codeSection(), w.dataCountSection(0))],
    ['data count before element', w.moduleOf(w.dataCountSection(0), w.elementSection())],
    ['data before code', w.moduleOf(w.dataSection(), w.codeSection())],
  ],
  'section-size': [
    ['larger than the module', w.moduleOf(w.section(1, 0, 2)), 9],
    ['2^32 - 1', w.moduleOf(w.section(1, 0, 2 ** 32 - 1)), 9],
    ['one byte more than its contents', w.moduleOf(w.section(1, w.bytes(0, 0))), 11],
    ['a start section with something behind', w.moduleOf(...ONE, w.section(8, w.bytes(0, 0)), w.codeSection(w.body(END)))],
  ],
  'value-type': [
    ['a parameter', types(w.bytes(0x60, 1, 0x40, 0)), 13],
    ['a packed type outside of a field', types(w.bytes(0x60, 1, 0x78, 0))],
    ['a local', w.moduleOf(...ONE, w.codeSection(w.bytes(4, 1, 1, 0x00, END)))],
    ['a string reference', types(w.bytes(0x60, 1, 0x67, 0))],
    ['a block type', code(0x02, 0x41, END)],
    ['a block type that is a negative number of two bytes', code(0x02, 0xc0, 0x7f, END)],
  ],
  'heap-type': [
    ['of ref.null', code(0xd0, 0x7f, 0x1a)],
    ['of a reference type', types(w.bytes(0x60, 1, 0x63, 0x40, 0))],
    ['a heap type that is a negative number of two bytes', code(0xd0, 0xf0, 0x7f, 0x1a)],
    ['a continuation', code(0xd0, 0x68, 0x1a)],
  ],
  'reference-type': [
    ['a table of integers', w.moduleOf(w.tableSection(w.bytes(0x7f, MIN_1))), 11],
    // V8 13.6 takes any value type here, even for a segment that then holds i32.const expressions.
    ['an element segment of integers', w.moduleOf(w.elementSection(w.bytes(5, 0x7f, w.vec([I32_0]))))],
  ],
  'composite-type': [
    ['0x5D', types(w.bytes(0x5d, 0)), 11],
    ['a group in a group', types(w.bytes(0x4e, 1, 0x4e, 0))],
    ['sub of sub', types(w.bytes(0x50, 0, 0x50, 0, 0x60, 0, 0))],
  ],
  'supertype-count': [['two supertypes', types(w.bytes(0x50, 0, 0x60, 0, 0), w.bytes(0x50, 2, 0, 0, 0x60, 0, 0))]],
  mutability: [
    ['of a global', w.moduleOf(w.globalSection(w.bytes(0x7f, 2, I32_0)))],
    ['of a field', types(w.bytes(0x5f, 1, 0x7f, 2))],
    ['of an imported global', imported(3, 0x7f, 0xff)],
  ],
  'limits-flags': [
    ['custom page sizes', w.moduleOf(w.memorySection(w.bytes(0x08, 1, 0))), 11],
    ['a shared memory without maximum', w.moduleOf(w.memorySection(w.bytes(0x02, 1)))],
    ['a shared table', w.moduleOf(w.tableSection(w.bytes(0x70, 0x03, 1, 1)))],
    ['flags in two bytes', w.moduleOf(w.memorySection(w.bytes(0x81, 0x00, 1, 1)))],
  ],
  'limits-range': [
    ['maximum below minimum', w.moduleOf(w.memorySection(w.bytes(1, 2, 1))), 13],
    ['65,537 pages', w.moduleOf(w.memorySection(w.bytes(0, w.u32(65537))))],
    ['2^48 + 1 pages', w.moduleOf(w.memorySection(w.bytes(4, w.u64(2n ** 48n + 1n))))],
    ['a table with maximum below minimum', w.moduleOf(w.tableSection(w.bytes(0x70, 1, 2, 1)))],
    [
      'a 64-bit table with a maximum that a number cannot hold',
      w.moduleOf(w.tableSection(w.bytes(0x70, 5, 0, w.u64(2n ** 64n - 1n)))),
    ],
  ],
  'import-kind': [
    ['kind 5', imported(5, 0)],
    ['an exact function', imported(0x20, 0)],
    ['a compact import group', imported(0x7f, 0)],
  ],
  'export-kind': [['kind 5', w.moduleOf(MEMORY, w.exportSection(w.bytes(w.name('m'), 5, 0)))]],
  'tag-attribute': [
    ['attribute 1', w.moduleOf(FUNC, w.tagSection(w.bytes(1, 0)))],
    ['of an import', imported(4, 1, 0)],
    ['a tag attribute in two bytes', w.moduleOf(FUNC, w.tagSection(w.bytes(0x80, 0, 0)))],
  ],
  'table-attribute': [['reserved byte 1', w.moduleOf(w.tableSection(w.bytes(0x40, 1, 0x70, MIN_1, 0xd0, 0x70, END)))]],
  'segment-flags': [
    ['element segment 8', w.moduleOf(TABLE, w.elementSection(w.bytes(8, I32_0, 0)))],
    ['data segment 3', w.moduleOf(MEMORY, w.dataSection(w.bytes(3, I32_0, 0)))],
  ],
  'element-kind': [['kind 1', w.moduleOf(w.elementSection(w.bytes(1, 1, 0)))]],
  'unknown-opcode': [
    ['0x16', code(0x16)],
    ['0x27', code(0x27)],
    ['0xFF', code(0xff)],
    ['0xFB 31', code(w.prefixed(0xfb, 31))],
    ['0xFC 18', code(w.prefixed(0xfc, 18))],
    ['0xFD 0x9A', code(w.prefixed(0xfd, 0x9a))],
    ['0xFE 4', code(w.prefixed(0xfe, 4))],
    ['0xFC 2^32 - 1', code(w.prefixed(0xfc, 2 ** 32 - 1))],
    ['a sub-opcode that is another one modulo 65,536', code(w.prefixed(0xfe, 0x10003), 0)],
    ['in a constant expression', global(0xff, END)],
  ],
  'memarg-flags': [
    ['bit 7', codeWith([MEMORY], 0x41, 0, 0x28, w.u32(128), 0, 0x1a)],
    ['bit 31', codeWith([MEMORY], 0x41, 0, 0x28, w.u32(2 ** 31), 0, 0x1a)],
  ],
  'offset-range': [['2^32 in a 32-bit memory', codeWith([MEMORY], 0x41, 0, 0x28, 2, w.u64(2n ** 32n), 0x1a)]],
  'cast-flags': [['flags 4', code(0xd0, 0x6e, w.prefixed(0xfb, 24), 4, 0, 0x6e, 0x6e, 0x1a)]],
  'catch-kind': [['kind 4', code(0x1f, 0x40, 1, 4, 0, END)]],
  'reserved-byte': [['of atomic.fence', code(w.prefixed(0xfe, 3), 1)]],
  'constant-expression': [
    ['nop', global(0x01, 0x41, 0, END)],
    ['a call', global(0x10, 0, END)],
    ['i32.div_s', global(0x41, 1, 0x41, 1, 0x6d, END)],
    ['a block', global(0x02, 0x7f, 0x41, 0, END, END)],
    ['array.new_data', global(w.prefixed(0xfb, 9), 0, 0, END)],
    [
      'a mutable global',
      w.moduleOf(w.importSection(w.bytes(w.name(''), w.name(''), 3, 0x7f, 1)), w.globalSection(w.bytes(0x7f, 0, 0x23, 0, END))),
    ],
  ],
  'block-structure': [
    ['else without if', code(0x05)],
    ['else in a loop', code(0x03, 0x40, 0x05, END)],
    ['two else', code(0x41, 0, 0x04, 0x40, 0x05, 0x05, END)],
    ['catch_all without try', code(0x19)],
    ['catch_all in else', code(0x41, 0, 0x04, 0x40, 0x05, 0x19, END)],
    ['catch after catch_all', codeWith([w.tagSection(w.bytes(0, 0))], 0x06, 0x40, 0x19, 0x07, 0, END)],
    ['delegate without try', code(0x02, 0x40, 0x18, 0)],
    ['delegate after catch_all', code(0x06, 0x40, 0x19, 0x18, 0)],
  ],
  'missing-end': [
    ['of the body', w.moduleOf(...ONE, w.codeSection(w.body(0x01)))],
    ['of a block', w.moduleOf(...ONE, w.codeSection(w.body(w.bytes(0x02, 0x40, END))))],
    ['an empty body', w.moduleOf(...ONE, w.codeSection(w.body([])))],
  ],
  'body-size': [
    ['larger than the section', w.moduleOf(...ONE, w.codeSection(w.body(END, [], 3))), 21],
    ['instructions behind the last end', w.moduleOf(...ONE, w.codeSection(w.body(w.bytes(END, 0x01))))],
    ['a second end', w.moduleOf(...ONE, w.codeSection(w.body(w.bytes(END, END))))],
  ],
  'locals-overflow': [
    [
      '2^32',
      w.moduleOf(
        ...ONE,
        w.codeSection(
          w.body(END, [
            [2 ** 32 - 1, 'i32'],
            [1, 'i64'],
          ]),
        ),
      ),
    ],
    [
      'twice 2^31',
      w.moduleOf(
        ...ONE,
        w.codeSection(
          w.body(END, [
            [2 ** 31, 'i32'],
            [2 ** 31, 'i64'],
          ]),
        ),
      ),
    ],
  ],
  'function-count': [
    ['a function without code', w.moduleOf(...ONE)],
    ['code without a function', w.moduleOf(FUNC, w.codeSection(w.body(END)))],
    ['fewer bodies', w.moduleOf(FUNC, w.functionSection(0, 0), w.codeSection(w.body(END)))],
    ['a count that lies', w.moduleOf(...ONE, w.section(10, w.vec([w.body(END)], 2)))],
  ],
  'data-count': [
    ['more than there are', w.moduleOf(w.dataCountSection(2), w.dataSection(w.bytes(1, 0))), 13],
    ['fewer than there are', w.moduleOf(w.dataCountSection(0), w.dataSection(w.bytes(1, 0)))],
    ['without a data section', w.moduleOf(w.dataCountSection(1))],
  ],
  'data-count-missing': [
    [
      'memory.init',
      w.moduleOf(
        ...ONE,
        MEMORY,
        w.codeSection(w.body(w.bytes(0x00, w.prefixed(0xfc, 8), 0, 0, END))),
        w.dataSection(w.bytes(1, 0)),
      ),
    ],
    ['data.drop', w.moduleOf(...ONE, w.codeSection(w.body(w.bytes(w.prefixed(0xfc, 9), 0, END))), w.dataSection(w.bytes(1, 0)))],
  ],
  'invalid-index': [
    ['a function of a type that is not there', w.moduleOf(w.functionSection(0), w.codeSection(w.body(END)))],
    ['an import of a type that is not there', imported(0, 1)],
    ['a tag of a type that is not there', w.moduleOf(w.tagSection(w.bytes(0, 0)))],
    ['a reference to a later type', types(w.bytes(0x60, 1, 0x63, 1, 0), w.functionType())],
    ['a supertype that is not before it', types(w.bytes(0x50, 1, 0, 0x60, 0, 0))],
    ['an export of a function', w.moduleOf(w.exportSection(w.bytes(w.name('f'), 0, 0)))],
    ['an export of a table', w.moduleOf(w.exportSection(w.bytes(w.name('f'), 1, 0)))],
    ['an export of a memory', w.moduleOf(w.exportSection(w.bytes(w.name('f'), 2, 0)))],
    ['an export of a global', w.moduleOf(w.exportSection(w.bytes(w.name('f'), 3, 0)))],
    ['an export of a tag', w.moduleOf(w.exportSection(w.bytes(w.name('f'), 4, 0)))],
    ['a start function', w.moduleOf(w.startSection(0)), 10],
    ['a segment for no table', w.moduleOf(w.elementSection(w.bytes(0, I32_0, 0)))],
    ['a segment for table 1', w.moduleOf(TABLE, w.elementSection(w.bytes(2, 1, I32_0, 0, 0)))],
    ['a segment with function 0', w.moduleOf(TABLE, w.elementSection(w.bytes(0, I32_0, 1, 0)))],
    ['a segment for no memory', w.moduleOf(w.dataSection(w.bytes(0, I32_0, 0)))],
    ['a segment for memory 1', w.moduleOf(MEMORY, w.dataSection(w.bytes(2, 1, I32_0, 0)))],
    ['a constant of a later global', w.moduleOf(w.globalSection(w.bytes(0x7f, 0, 0x23, 0, END)))],
    ['local.get', code(0x20, 0, 0x1a)],
    ['global.get', code(0x23, 0, 0x1a)],
    ['table.get', code(0x00, 0x25, 0)],
    ['call', code(0x10, 1)],
    ['ref.func', code(0xd2, 1, 0x1a)],
    ['call_indirect without a table', code(0x00, 0x11, 0, 0)],
    ['call_indirect of a type that is not there', codeWith([TABLE], 0x00, 0x11, 1, 0)],
    ['br', code(0x0c, 1)],
    ['br_if in a block', code(0x02, 0x40, 0x41, 0, 0x0d, 2, END)],
    ['br_table, a label', code(0x41, 0, 0x0e, 2, 0, 1, 0)],
    ['br_table, the default label', code(0x41, 0, 0x0e, 1, 0, 1)],
    ['a load without a memory', code(0x00, 0x28, 2, 0)],
    ['a load from memory 1', codeWith([MEMORY], 0x00, 0x28, 0x42, 1, 0)],
    ['memory.size without a memory', code(0x3f, 0, 0x1a)],
    ['memory.size of memory 128', codeWith([MEMORY], 0x3f, w.u32(128), 0x1a)],
    ['throw', code(0x08, 0)],
    ['a catch clause, tag', code(0x1f, 0x40, 1, 0, 0, 0, END)],
    ['a catch clause, label', code(0x1f, 0x40, 1, 2, 1, END)],
    ['delegate, which counts from outside of its try', code(0x06, 0x40, 0x18, 1)],
    ['elem.drop', code(w.prefixed(0xfc, 13), 0)],
    ['data.drop', w.moduleOf(...ONE, w.dataCountSection(0), w.codeSection(w.body(w.bytes(w.prefixed(0xfc, 9), 0, END))))],
    ['a block type', code(0x02, 1, END)],
    ['a heap type', code(0xd0, 1, 0x1a)],
    [
      'a field',
      w.moduleOf(
        w.typeSection(w.functionType(), w.bytes(0x5f, 0)),
        w.functionSection(0),
        w.codeSection(w.body(w.bytes(0, w.prefixed(0xfb, 2), 1, 0, END))),
      ),
    ],
    ['struct.new', code(w.prefixed(0xfb, 0), 1)],
  ],
  'type-kind': [
    [
      'a function of a struct type',
      w.moduleOf(w.typeSection(w.bytes(0x5f, 0)), w.functionSection(0), w.codeSection(w.body(END))),
    ],
    ['struct.new of a function type', code(w.prefixed(0xfb, 0), 0)],
    ['array.len of a function type', code(0x00, w.prefixed(0xfb, 11), 0)],
    [
      'a block of a struct type',
      w.moduleOf(
        w.typeSection(w.functionType(), w.bytes(0x5f, 0)),
        w.functionSection(0),
        w.codeSection(w.body(w.bytes(2, 1, END, END))),
      ),
    ],
  ],
  'duplicate-export': [
    ['two memories', w.moduleOf(MEMORY, w.exportSection(w.bytes(w.name('a'), 2, 0), w.bytes(w.name('a'), 2, 0)))],
    [
      'a name like an object property',
      w.moduleOf(MEMORY, w.exportSection(w.bytes(w.name('__proto__'), 2, 0), w.bytes(w.name('__proto__'), 2, 0))),
    ],
  ],
}

function refusal(bytes: Uint8Array): MalformedModule | undefined {
  try {
    readModule(bytes)
    return undefined
  } catch (error) {
    if (error instanceof MalformedModule) return error
    throw error
  }
}

describe.each(MALFORMED_CODES)('%s', (expected) => {
  it.each(CASES[expected].map(([what, bytes, at]) => ({ what, bytes, at })))('$what', ({ what, bytes, at }) => {
    const error = refusal(bytes)
    expect(error?.code).toBe(expected)
    expect(error?.name).toBe('MalformedModule')
    expect(error?.offset).toBeLessThanOrEqual(bytes.length)
    if (at !== undefined) expect(error?.offset).toBe(at)
    expect(compile(bytes) instanceof WebAssembly.Module).toBe(ENGINE_ACCEPTS.has(what))
  })
})

describe('messages', () => {
  it('name the place and hold nothing of the guest', () => {
    const secret = w.name('\u001b[31mguest text')
    const bytes = w.moduleOf(MEMORY, w.exportSection(w.bytes(secret, 2, 0), w.bytes(secret, 2, 0)))
    const error = refusal(bytes)!
    expect(error.message).toBe(`At byte ${error.offset}: two exports have the same name.`)
  })

  it('are one sentence each', () => {
    for (const [, bytes] of Object.values(CASES).flat()) {
      expect(refusal(bytes)!.message).toMatch(/^At byte \d+: [a-z0-9^,:_ -]+\.$/i)
    }
  })

  it('do not depend on padding that is legal', () => {
    expect(refusal(w.moduleOf(w.section(1, w.bytes(padLeb128(w.u32(0), 5, false)), w.u32(5, 5))))).toBeUndefined()
  })
})

// The writer: exact encodings, deliberate lies, and refusals of what it could only write wrongly.

import { describe, expect, it } from 'vitest'
import { readModule } from '../../src/wasm/index.ts'
import * as w from '../../src/wasm/writer.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('pieces', () => {
  it.each([
    ['u32', w.u32(624485), 'e58e26'],
    ['u32 padded', w.u32(1, 5), '8180808000'],
    ['s32', w.s32(-123456), 'c0bb78'],
    ['s32 padded', w.s32(-1, 3), 'ffff7f'],
    ['s33', w.s33(2 ** 32 - 1), 'ffffffff0f'],
    ['u64', w.u64(2n ** 64n - 1n), 'ffffffffffffffffff01'],
    ['s64', w.s64(-1n), '7f'],
    ['f32', w.f32(1), '0000803f'],
    ['f64', w.f64(-2), '00000000000000c0'],
    ['name', w.name('\u00e9'), '02c3a9'],
    ['vec', w.vec([1, [2, 3]]), '02010203'],
    ['a lying vec', w.vec([1], 2 ** 32 - 1), 'ffffffff0f01'],
    ['a vec with a padded count', w.vec([1], w.u32(1, 2)), '810001'],
    ['section', w.section(1, [0]), '010100'],
    ['a lying section', w.section(1, [0], 127), '017f00'],
    ['a section with a padded size', w.section(1, [0], w.u32(1, 3)), '0181800000'],
    ['custom section', w.customSection('a', [7]), '0003016107'],
    ['limits', w.limits({ min: 1, max: 300, is64: false, shared: true }), '0301ac02'],
    ['64-bit limits', w.limits({ min: 2 ** 40, is64: true, shared: false }), '04808080808020'],
    ['function type', w.functionType(['i32', '(ref null 3)'], ['(ref func)']), '60027f63030164' + '70'],
    ['memarg', w.memarg(2, 8), '0208'],
    ['memarg with memory', w.memarg(2, 8, 3), '420308'],
    ['body', w.body(w.END, [[2, 'v128']]), '0401027b0b'],
    ['a lying body', w.body(w.END, [], 5), '05000b'],
    ['prefixed', w.prefixed(0xfd, 256), 'fd8002'],
    ['br_table', w.instruction.brTable([1, 0], 2), '0e02010002'],
    ['call_indirect', w.instruction.callIndirect(1), '110100'],
    ['i64.const', w.instruction.i64Const(-1), '427f'],
    ['f32.const', w.instruction.f32Const(0), '4300000000'],
    ['f64.const', w.instruction.f64Const(0), '440000000000000000'],
    ['global access', w.bytes(w.instruction.globalGet(0), w.instruction.globalSet(1)), '23002401'],
    ['br_if', w.instruction.brIf(3), '0d03'],
    ['call', w.instruction.call(130), '108201'],
    ['memory.grow', w.instruction.memoryGrow(), '4000'],
  ])('%s', (_what, bytes, expected) => expect(hex(bytes)).toBe(expected))
})

describe('refusals', () => {
  it.each([
    ['a byte above 255', () => w.bytes(256)],
    ['a byte in a list', () => w.bytes([1, -1])],
    ['half a byte', () => w.bytes(0.5)],
    ['a u32 above its range', () => w.u32(2 ** 32)],
    ['a negative u32', () => w.u32(-1)],
    ['an s32 above its range', () => w.s32(2 ** 31)],
    ['an s33 above its range', () => w.s33(2 ** 32)],
    ['a type that is none', () => w.valueType('string' as 'i32')],
    ['a heap type that is none', () => w.valueType('(ref string)' as 'i32')],
  ])('%s', (_what, write) => expect(write).toThrow(RangeError))
})

describe('value types', () => {
  it.each([
    'i32',
    'i64',
    'f32',
    'f64',
    'v128',
    'funcref',
    'externref',
    'anyref',
    'exnref',
    'nullref',
    '(ref any)',
    '(ref 0)',
    '(ref null 0)',
  ] as const)('%s is read back', (type) => {
    const read = readModule(w.moduleOf(w.typeSection(w.functionType(), w.functionType([type])))).types[1]
    expect(read).toMatchObject({ params: [type] })
  })
})

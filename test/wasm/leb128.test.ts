// LEB128: values survive the round trip, and every encoding that the spec forbids is refused with the right code.

import { describe, expect, it } from 'vitest'
import { ByteCursor } from '../../src/wasm/cursor.ts'
import { MalformedModule } from '../../src/wasm/index.ts'
import {
  encodeSigned,
  encodeUnsigned,
  padLeb128,
  readS32,
  readS33,
  readS64,
  readS64AsNumber,
  readU32,
  readU64,
  readU64AsNumber,
  withUnusedBits,
} from '../../src/wasm/leb128.ts'

const U32 = [0, 1, 63, 64, 127, 128, 129, 16383, 16384, 2 ** 21 - 1, 2 ** 21, 2 ** 28 - 1, 2 ** 28, 2 ** 31, 2 ** 32 - 1]
const S32 = [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, -8192, 2 ** 27, -(2 ** 27), 2 ** 31 - 1, -(2 ** 31)]
const U64 = [0n, 127n, 128n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]
const S64 = [0n, -1n, 63n, 64n, -64n, -65n, 2n ** 48n, -(2n ** 48n), -(2n ** 49n), 2n ** 63n - 1n, -(2n ** 63n)]

function readAll<T>(bytes: Uint8Array | readonly number[], read: (cursor: ByteCursor) => T): T {
  const cursor = new ByteCursor(Uint8Array.from(bytes))
  const value = read(cursor)
  expect(cursor.remaining).toBe(0)
  return value
}

function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof MalformedModule) return error.code
    throw error
  }
  return 'accepted'
}

describe('round trips, exact and padded', () => {
  it.each(U32)('u32 %i', (value) => {
    const encoded = encodeUnsigned(value)
    for (let length = encoded.length; length <= 5; length++)
      expect(readAll(padLeb128(encoded, length, false), readU32)).toBe(value)
    expect(codeOf(() => readAll(padLeb128(encoded, 6, false), readU32))).toBe('leb128-too-long')
    expect(codeOf(() => readAll(withUnusedBits(encoded, 32, false), readU32))).toBe('leb128-unused-bits')
  })

  it.each(S32)('s32 %i, also as s33 and s64', (value) => {
    const encoded = encodeSigned(value)
    for (let length = encoded.length; length <= 5; length++) {
      const padded = padLeb128(encoded, length, true)
      expect(readAll(padded, readS32)).toBe(value)
      expect(readAll(padded, readS33)).toBe(value)
    }
    expect(readAll(encoded, readS64AsNumber)).toBe(value)
    expect(codeOf(() => readAll(padLeb128(encoded, 6, true), readS32))).toBe('leb128-too-long')
    expect(codeOf(() => readAll(padLeb128(encoded, 6, true), readS33))).toBe('leb128-too-long')
    expect(codeOf(() => readAll(withUnusedBits(encoded, 32, true), readS32))).toBe('leb128-unused-bits')
    expect(codeOf(() => readAll(withUnusedBits(encoded, 32, true), readS33))).toBe('leb128-unused-bits')
  })

  it('s33 holds one bit more than s32', () => {
    for (const value of [2 ** 31, 2 ** 32 - 1, -(2 ** 32), -(2 ** 31) - 1]) {
      expect(readAll(encodeSigned(value), readS33)).toBe(value)
      expect(codeOf(() => readAll(encodeSigned(value), readS32))).toBe('leb128-unused-bits')
    }
    expect(codeOf(() => readAll(encodeSigned(2 ** 32), readS33))).toBe('leb128-unused-bits')
    expect(codeOf(() => readAll(encodeSigned(-(2 ** 32) - 1), readS33))).toBe('leb128-unused-bits')
  })

  it.each(U64)('u64 %i', (value) => {
    const encoded = encodeUnsigned(value)
    for (let length = encoded.length; length <= 10; length++) {
      expect(readAll(padLeb128(encoded, length, false), readU64)).toBe(value)
      expect(readAll(padLeb128(encoded, length, false), readU64AsNumber)).toBe(Number(value))
    }
    expect(codeOf(() => readAll(padLeb128(encoded, 11, false), readU64))).toBe('leb128-too-long')
    expect(codeOf(() => readAll(withUnusedBits(encoded, 64, false), readU64))).toBe('leb128-unused-bits')
  })

  it.each(S64)('s64 %i', (value) => {
    const encoded = encodeSigned(value)
    for (let length = encoded.length; length <= 10; length++) {
      const padded = padLeb128(encoded, length, true)
      expect(readAll(padded, readS64)).toBe(value)
      expect(readAll(padded, readS64AsNumber)).toBe(length <= 7 ? Number(value) : Number.NaN)
    }
    expect(codeOf(() => readAll(padLeb128(encoded, 11, true), readS64))).toBe('leb128-too-long')
    expect(codeOf(() => readAll(withUnusedBits(encoded, 64, true), readS64))).toBe('leb128-unused-bits')
  })
})

describe('the last possible byte', () => {
  it.each([
    ['u32', readU32, 5, (last: number) => last <= 0x0f],
    ['s32', readS32, 5, (last: number) => last <= 0x07 || (last >= 0x78 && last <= 0x7f)],
    ['s33', readS33, 5, (last: number) => last <= 0x0f || (last >= 0x70 && last <= 0x7f)],
    ['u64', readU64, 10, (last: number) => last <= 0x01],
    ['s64', readS64, 10, (last: number) => last === 0x00 || last === 0x7f],
  ] as const)('of %s: all 256 values', (_name, read, length, isLegal) => {
    for (let last = 0; last < 256; last++) {
      const bytes = [...new Array(length - 1).fill(0x80), last]
      const expected = isLegal(last) ? 'accepted' : last >= 0x80 ? 'leb128-too-long' : 'leb128-unused-bits'
      expect([last, codeOf(() => readAll(bytes, read as (cursor: ByteCursor) => unknown))]).toEqual([last, expected])
    }
  })
})

describe('missing bytes', () => {
  it.each([readU32, readS32, readS33, readU64, readS64])('%o', (read) => {
    for (const bytes of [[], [0x80], [0x80, 0x80, 0x80]]) {
      expect(codeOf(() => readAll(bytes, read as (cursor: ByteCursor) => unknown))).toBe('unexpected-end')
    }
  })
})

describe('encoders refuse what they cannot write', () => {
  it('values out of range, and padding to fewer bytes', () => {
    expect(() => encodeUnsigned(-1)).toThrow(RangeError)
    expect(() => encodeUnsigned(2n ** 64n)).toThrow(RangeError)
    expect(() => encodeSigned(2n ** 63n)).toThrow(RangeError)
    expect(() => encodeSigned(-(2n ** 63n) - 1n)).toThrow(RangeError)
    expect(() => padLeb128(encodeUnsigned(300), 1, false)).toThrow('fewer bytes')
  })
})

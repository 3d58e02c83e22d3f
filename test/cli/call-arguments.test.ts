// Words of the command line as values of WebAssembly types.
import { describe, expect, it } from 'vitest'
import { parseValues } from '../../src/cli/call-arguments.ts'

type Type = 'i32' | 'i64' | 'f32' | 'f64'
const one = (type: Type, word: string) => parseValues('f', { params: [type] }, [word])[0]

describe('parseValues', () => {
  it.each<[Type, string, number | bigint]>([
    ['i32', '0', 0],
    ['i32', '-2147483648', -2147483648],
    ['i32', '4294967295', -1],
    ['i32', '0xFF', 255],
    ['i32', '+7', 7],
    ['i64', '-9223372036854775808', -(2n ** 63n)],
    ['i64', '18446744073709551615', -1n],
    ['i64', '-0x10', -16n],
    ['f64', '1.5e3', 1500],
    ['f64', '-.5', -0.5],
    ['f32', 'inf', Number.POSITIVE_INFINITY],
    ['f32', '-Infinity', Number.NEGATIVE_INFINITY],
    ['f64', 'nan', Number.NaN],
    ['f64', '-0', -0],
  ])('reads %s from %s', (type, word, value) => {
    expect(one(type, word)).toBe(value)
  })

  it.each<[Type, string]>([
    ['i32', '4294967296'],
    ['i32', '-2147483649'],
    ['i32', '1.5'],
    ['i32', ''],
    ['i32', '1n'],
    ['i32', ' 1'],
    ['i64', '18446744073709551616'],
    ['i64', '0x1ffffffffffffffff'],
    ['f64', '0x10'],
    ['f64', '1,5'],
    ['f32', ''],
  ])('has no %s for "%s"', (type, word) => {
    expect(() => one(type, word)).toThrow(/--arg .* is not an? [if]\d\d; argument 1 of "f" needs one/)
  })

  it('wants as many words as there are parameters', () => {
    expect(() => parseValues('f', { params: ['i32'] }, [])).toThrow(/takes 1 arguments \(i32\) and 0 are given/)
    expect(() => parseValues('f', { params: ['i32'] }, ['1', '2'])).toThrow(/and 2 are given/)
  })
})

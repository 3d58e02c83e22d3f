// Sizes and durations as people write them.
import { describe, expect, it } from 'vitest'
import { parseDuration, parseSize } from '../../../src/sandbox/policy/units.ts'

describe('parseSize', () => {
  it.each([
    ['65536', 65536],
    ['0', 0],
    ['1B', 1],
    ['16MiB', 16 * 2 ** 20],
    ['16 mib', 16 * 2 ** 20],
    [' 1.5KiB ', 1536],
    ['10kB', 10_000],
    ['2GB', 2e9],
    ['1GiB', 2 ** 30],
    ['3MB', 3e6],
  ])('%s is %i bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes))

  it.each([
    '',
    'MiB',
    '-1',
    '1e3',
    '0x10',
    '1 2',
    '1MiBs',
    '1ms',
    '1TiB',
    '1,5MiB',
    'Infinity',
    'NaN',
    '1.',
    '.5',
    '1234567890123',
  ])('%j is no size', (text) => expect(parseSize(text)).toBeNull())
})

describe('parseDuration', () => {
  it.each([
    ['250', 250],
    ['250ms', 250],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h', 3_600_000],
  ])('%s is %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms))

  it.each(['', 's', '1d', '1 min', '1MiB', '-1s', '1s1', '٣s'])('%j is no duration', (text) =>
    expect(parseDuration(text)).toBeNull(),
  )
})

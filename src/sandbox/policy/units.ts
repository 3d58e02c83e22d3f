// Sizes and durations as people write them in a policy file or on a command line: `16MiB`, `1.5s`.

const SIZES: ReadonlyMap<string, number> = new Map([
  ['b', 1],
  ['kib', 2 ** 10],
  ['mib', 2 ** 20],
  ['gib', 2 ** 30],
  ['kb', 1e3],
  ['mb', 1e6],
  ['gb', 1e9],
])
const DURATIONS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1e3],
  ['m', 60e3],
  ['h', 3600e3],
])

function parse(text: string, units: ReadonlyMap<string, number>, bare: string): number | null {
  const match = /^\s*(\d{1,12}(?:\.\d{1,6})?)\s*([a-z]{0,3})\s*$/i.exec(text)
  if (!match) return null
  const factor = units.get((match[2] || bare).toLowerCase())
  return factor === undefined ? null : Math.round(Number(match[1]) * factor)
}

/** Bytes of `16MiB`, `10kB`, `65536`; null if it is not a size. */
export const parseSize = (text: string): number | null => parse(text, SIZES, 'b')

/** Milliseconds of `250ms`, `1.5s`, `2m`; a bare number is milliseconds; null if it is not a duration. */
export const parseDuration = (text: string): number | null => parse(text, DURATIONS, 'ms')

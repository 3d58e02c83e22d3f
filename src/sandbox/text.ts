// Text that came from a guest, made fit for people: nothing in it can move a cursor, reorder a line, or pass for the host's own words.

// Controls, format characters (bidi, joiners, tags), lone surrogates, private use and unassigned code points, line and paragraph separators, and
// whatever else is invisible by default. See the Unicode standard, annexes 9, 36 and 44; attack classes OUT-01 to OUT-04.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/**
 * Guest text between quotation marks, every unsafe character written as `\u{…}`, cut after `max` characters.
 * Quotation marks and backslashes inside are escaped, so the end of the quotation is always where it seems to be.
 */
export function quoteGuestText(text: string, max = 80): string {
  const cut = text.length > max
  const safe = text
    .slice(0, max)
    .replace(/["\\]/g, '\\$&')
    .replace(UNSAFE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
  return cut ? `"${safe}"… (${text.length} characters)` : `"${safe}"`
}

/** The same without quotation marks, for places that have marks of their own around it: a code span, an element of a page. */
export function neutralGuestText(text: string, max: number): string {
  const safe = text.slice(0, max).replace(UNSAFE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
  return text.length > max ? `${safe}… (${text.length} characters)` : safe
}

// Spaces that are not U+0020 look like it; a run of them pushes what follows out of sight, and marks piled up on a letter cover the lines around it.
const ODD_SPACE = /(?! )\p{Zs}/gu
const SPACES = / {2,}/g
const PILED_MARKS = /(?<=\p{M}{2})\p{M}+/gu

/** Scripts that have letters which look like another's. */
const ALIKE = [
  ['Latin', /\p{Script=Latin}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['Cherokee', /\p{Script=Cherokee}/u],
] as const

/**
 * What a module claims about itself, for a person who is to decide something: one quoted line. Beyond {@link quoteGuestText}, odd spaces and piled
 * marks are spelt out, runs of spaces become one, and a word made of letters that only look alike is pointed out (OUT-03, OUT-09).
 */
export function claimText(text: string, max = 300): string {
  const line = text.replace(SPACES, ' ')
  const quoted = quoteGuestText(line, max).replace(ODD_SPACE, codePoints).replace(PILED_MARKS, codePoints)
  const mixed = line
    .slice(0, max)
    .split(/[^\p{L}\p{M}]+/u)
    .find((word) => scriptsOf(word).length > 1)
  const warning = mixed === undefined ? '' : ` [one word mixes ${scriptsOf(mixed).join(' and ')} letters]`
  return `${quoted}${warning}`
}

const scriptsOf = (word: string) => ALIKE.filter(([, letters]) => letters.test(word)).map(([name]) => name)

const codePoints = (run: string) => [...run].map((character) => `\\u{${character.codePointAt(0)!.toString(16)}}`).join('')

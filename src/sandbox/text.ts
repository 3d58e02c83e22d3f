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

// Text that came from a guest: which characters make it dangerous to show, and a form of it that is safe to quote in a verdict.

/**
 * Characters that move a cursor, end a line, or reorder what follows: control characters (C0, DEL, C1, so ESC, BEL, CR and LF too), the
 * Unicode line and paragraph separators, the bidirectional controls (CVE-2021-42574), and halves of surrogate pairs, which are not text.
 */
const HOSTILE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u
const HOSTILE_OR_INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Cf}\p{Co}\p{Cn}]|[\ufe00-\ufe0f]/gu

const codePoint = (character: string): string => `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`

/** The first hostile character of a text, as `U+001B`, or null. */
export function hostileCharacter(text: string): string | null {
  const found = HOSTILE.exec(text)
  return found ? codePoint(found[0]) : null
}

/** The text in quotes, with what cannot be seen written out as `<U+001B>` and cut after `max` characters: fit for one line of a report. */
export function quote(text: string, max = 120): string {
  const characters = Array.from(text.slice(0, max * 2))
  const shown = characters
    .slice(0, max)
    .join('')
    .replace(HOSTILE_OR_INVISIBLE, (character) => `<${codePoint(character)}>`)
  const cut = text.length > shown.length && (characters.length > max || text.length > max * 2)
  return cut ? `“${shown}…” (${text.length} characters)` : `“${shown}”`
}

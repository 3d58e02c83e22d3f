// Makes text from a guest visible: what a reader cannot see, or what would rearrange what he does see, is shown as its code point.

/**
 * Control, format, surrogate, private, unassigned and default-ignorable characters, line and paragraph separators, and every space but
 * U+0020. Among them are ESC (terminal sequences), the bidirectional controls of CVE-2021-42574, zero-width characters and tag characters.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu
const UNSEEN_BUT_LINES =
  /(?![\n\t])(?:[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs})/gu

/** Two combining marks are enough for any script; more of them are piled up over the neighbouring lines. */
const PILED_MARKS = /(?<=\p{M}{2})\p{M}+/gu

export interface VisibleOptions {
  /** Keep line feeds and tabs, for text that stands in a block of its own. */
  readonly lines?: boolean
  /** Longest result before it is cut, in UTF-16 units of the input; the JSON report keeps all of it. Default: 2,000. */
  readonly limit?: number
}

/** Text that shows what it holds: no invisible, reordering or piled-up characters, and no more than `limit` of them. */
export function visible(text: string, options: VisibleOptions = {}): string {
  const limit = options.limit ?? 2_000
  const kept = text.length > limit ? text.slice(0, limit) : text
  const shown = kept.replace(options.lines ? UNSEEN_BUT_LINES : UNSEEN, codePoints).replace(PILED_MARKS, codePoints)
  return kept === text ? shown : `${shown} … (${(text.length - limit).toLocaleString('en-US')} more characters in report.json)`
}

/** JSON text in which the same characters are escaped: equal data, but nothing happens to the terminal that prints the file. */
export function visibleJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2)
  return `${text.replace(UNSEEN_BUT_LINES, (run) => [...unitsOf(run)].map((unit) => `\\u${hex(unit)}`).join(''))}\n`
}

function codePoints(run: string): string {
  return [...run].map((character) => `⟨U+${hex(character.codePointAt(0) ?? 0).toUpperCase()}⟩`).join('')
}

function* unitsOf(text: string): Generator<number> {
  for (let index = 0; index < text.length; index++) yield text.charCodeAt(index)
}

function hex(code: number): string {
  return code.toString(16).padStart(4, '0')
}

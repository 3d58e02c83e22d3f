// Text inside Markdown, so that nothing in it is read as Markdown, as HTML, or as a reference by the forge that shows it.
import { visible } from './visible.ts'

/**
 * Escapes text for the inside of a paragraph, list item or table cell (CommonMark 0.31 section 2.4, GFM tables). GitHub also turns `@name`,
 * `#1`, `www.` and `://` into links and notifications, escaped or not; a code span is what it leaves alone, so those stand in one.
 */
export function md(text: string, limit = 600): string {
  return (
    visible(text, { limit })
      .replace(/[\\`*_[\]<>&|~$]/g, (character) =>
        character === '<' ? '&lt;' : character === '>' ? '&gt;' : character === '&' ? '&amp;' : `\\${character}`,
      )
      .replace(/:\/\/|@|#|www\./gi, (link) => `\`${link}\``)
      // The start of a list item: another list, a rule or a heading would begin here (CommonMark sections 4.1, 4.3 and 5.2).
      .replace(/^\s*[-+=]|(?<=^\s*\d{1,9})[.)](?=\s|$)/, (start) => `${start.slice(0, -1)}\\${start.slice(-1)}`)
  )
}

/** The same as a code span, with a fence longer than any run of backticks in it; a `|` is escaped, as tables split cells before they see code. */
export function mdCode(text: string, limit = 300): string {
  const shown = visible(text, { limit }).replaceAll('|', '\\|')
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map((run) => run[0].length))
  const fence = '`'.repeat(longest + 1)
  const space = shown === '' || shown.startsWith('`') || shown.endsWith('`') || shown.startsWith(' ') ? ' ' : ''
  return `${fence}${space}${shown}${space}${fence}`
}

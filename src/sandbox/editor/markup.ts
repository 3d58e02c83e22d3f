// Guest text for views that take markup, such as an editor's hovers and panels: in both formats it is text, and nothing in it can be clicked,
// loaded or run (OUT-06, OUT-07).
import { neutralGuestText } from '../text.ts'

/** Characters that are shown by default; the rest is cut. */
const MAX = 2000

/**
 * As a code span of Markdown (CommonMark 0.31, 6.1): no link, no autolink and no HTML begins in one, and no renderer makes addresses in it clickable.
 *
 * @returns one line. Not for a table's cell, where `|` ends the cell before code is looked for.
 */
export function guestMarkdown(text: string, max = MAX): string {
  const shown = neutralGuestText(text, max)
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  // A space at both ends belongs to the fence, and keeps it apart from backticks and from nothing at all.
  return `${fence} ${shown} ${fence}`
}

const ENTITIES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
  ['`', '&#96;'],
])

/** For the content of an HTML element or a quoted attribute. Not for a URL, a script or a style, where text of a guest has no place. */
export const guestHtml = (text: string, max = MAX): string =>
  neutralGuestText(text, max).replace(/[&<>"'`]/g, (character) => ENTITIES.get(character)!)

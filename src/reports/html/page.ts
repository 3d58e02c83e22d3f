// The shell of every page for people: one file that loads nothing and runs nothing. The browser is told so too, should a writer of a page ever forget it.
import { createHash } from 'node:crypto'
import { markDefinitions } from './marks.ts'
import { STYLE } from './style.ts'
import { type Content, html, trusted } from './template.ts'
import { FILTER_STYLE } from './threat-rows.ts'

const SHEET = STYLE + FILTER_STYLE

/** Nothing may be loaded and no script may run; the one style sheet is named by its hash, so an attribute `style` has no effect either. */
export const CONTENT_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(SHEET).digest('base64')}'; base-uri 'none'; form-action 'none'`

/** @param skip what the first link on the page says; it leads to the element `main` */
export function page(title: Content, skip: string, body: Content): string {
  const whole = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(CONTENT_POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(SHEET)}</style>
</head>
<body>
${markDefinitions()}
<a class="skip" href="#main">${skip}</a>
${body}
</body>
</html>
`.toString()
  return withoutDeadLinks(whole)
}

/**
 * A record can name what it does not hold, such as a threat of a model that was not loaded. Such a link loses its address and stays as text.
 * Text cannot look like the attribute: its quotation marks are escaped.
 */
function withoutDeadLinks(whole: string): string {
  const ids = new Set([...whole.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id))
  return whole.replace(/ href="#([^"]*)"/g, (attribute, id: string) => (ids.has(id) ? attribute : ''))
}

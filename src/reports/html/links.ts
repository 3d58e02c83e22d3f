// Links from one part of the report to another.
import { anchor, html, type Markup } from './template.ts'

/** Comma-separated links to the rows of threats. An id does not break at its hyphen. */
export function threatLinks(ids: readonly string[]): Markup {
  return html`${ids.map((id, index) => html`${index > 0 && ', '}<a class="nobreak" href="#${anchor('threat', id)}">${id}</a>`)}`
}

/** Comma-separated links to the rows of controls. */
export function controlLinks(ids: readonly string[]): Markup {
  return html`${ids.map((id, index) => html`${index > 0 && ', '}<a href="#${anchor('control', id)}">${id}</a>`)}`
}

// Tables that scroll by themselves on narrow screens, and the folds that long ones lie in.
import { type Content, html, type Markup, trusted } from './template.ts'

/** A heading of a column; `number` stands to the right. */
export type Column = string | { readonly number: string }

/** @param label what a screen reader calls the region that scrolls */
export function scrollTable(label: string, columns: readonly Column[], rows: Content): Markup {
  const heads = columns.map((column) =>
    typeof column === 'string'
      ? html`<th scope="col">${column}</th>`
      : html`<th scope="col" class="number">${column.number}</th>`,
  )
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="stack">
<thead><tr>${heads}</tr></thead>
<tbody>${rows}</tbody></table></div>`
}

interface Folding {
  /** Stays folded on paper, where it would be a hundred pages. */
  readonly bulk?: boolean
  readonly open?: boolean
}

export function fold(title: Content, tally: Content, inside: Content, { bulk, open }: Folding = {}): Markup {
  return html`<details${bulk && trusted(' class="bulk"')}${open && trusted(' open')}><summary><strong>${title}</strong><span class="tally">${tally}</span></summary><div class="inside">${inside}</div></details>
`
}

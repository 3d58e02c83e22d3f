// The six results as small pictures: each with a silhouette of its own, so that they differ without colour and in print.
import { RESULT_WORD } from '../results.ts'
import type { Result } from '../run-record.ts'
import { type Content, html, type Markup } from './template.ts'

/** Definitions, once per page; `mark` refers to them. */
export function markDefinitions(): Markup {
  return html`<svg class="defs" aria-hidden="true">
<symbol id="mark-passed" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="currentColor"/><path class="cut" d="M4.6 8.3l2.4 2.5 4.5-5.2"/></symbol>
<symbol id="mark-failed" viewBox="0 0 16 16"><rect x="0.5" y="0.5" width="15" height="15" fill="currentColor"/><path class="cut" d="M4.5 4.5l7 7m0-7l-7 7"/></symbol>
<symbol id="mark-needs-review" viewBox="0 0 16 16"><path d="M8 0.6L15.6 15H0.4z" fill="currentColor"/><path class="cut" d="M8 6v4.2M8 12.7v0.1"/></symbol>
<symbol id="mark-unknown" viewBox="0 0 16 16"><path class="line" d="M8 1l7 7-7 7-7-7z"/><path class="line" d="M6.4 6.6a1.7 1.7 0 1 1 2.4 1.5q-0.8 0.4-0.8 1.2M8 11.4v0.1"/></symbol>
<symbol id="mark-not-run" viewBox="0 0 16 16"><circle class="line dashed" cx="8" cy="8" r="6.4"/></symbol>
<symbol id="mark-not-applicable" viewBox="0 0 16 16"><path class="line" d="M3 8h10"/></symbol>
</svg>`
}

/** The picture alone; whoever uses it says the word beside it or in a label. */
export function mark(result: Result): Markup {
  return html`<svg class="mark r-${result}" aria-hidden="true" focusable="false"><use href="#mark-${result}"/></svg>`
}

/** Picture and word. The word may be a finer one than the result's, such as `contained`. */
export function badge(result: Result, word: Content = RESULT_WORD[result]): Markup {
  return html`<span class="badge r-${result}">${mark(result)} ${word}</span>`
}

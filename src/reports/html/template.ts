// HTML that is escaped unless it was made here: the only way from text to markup in the report.
import { visible } from '../visible.ts'

/** A piece of HTML. Only this file makes one, so text of a guest cannot pass for it, whatever its shape. */
export class Markup {
  readonly #html: string
  constructor(key: symbol, html: string) {
    if (key !== KEY) throw new TypeError('Markup is made by html`…`, lines() or trusted() only.')
    this.#html = html
  }
  toString(): string {
    return this.#html
  }
}

/** Kept in this file: whoever does not hold it cannot construct Markup. */
const KEY = Symbol('html')

export type Content = Markup | string | number | null | undefined | false | readonly Content[]

/** Template tag: every interpolated string is made visible and escaped, for element content and for quoted attributes alike. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(KEY, parts.map((part, index) => (index === 0 ? part : render(contents[index - 1]) + part)).join(''))
}

/** Text in which line feeds and tabs are kept, for `<pre>`; longer than other text may be. */
export function lines(text: string, limit = 20_000): Markup {
  return new Markup(KEY, escapeHtml(visible(text, { lines: true, limit })))
}

/** Constant text of this project that is HTML or CSS already. Never for anything from a record. */
export function trusted(text: string): Markup {
  return new Markup(KEY, text)
}

function render(content: Content): string {
  if (content === null || content === undefined || content === false) return ''
  if (content instanceof Markup) return content.toString()
  if (Array.isArray(content)) return content.map(render).join('')
  return escapeHtml(visible(typeof content === 'number' ? content.toLocaleString('en-US') : String(content)))
}

const ENTITY: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => ENTITY[character] ?? '')
}

/** A fragment name: same input, same name, and nothing in it that would have to be escaped in a URL. */
export function anchor(prefix: string, id: string): string {
  return `${prefix}-${id.replace(/[^A-Za-z0-9-]/g, (character) => `_${character.charCodeAt(0).toString(16)}`)}`
}

/** The path if it is a plain relative one below the report, else null: no scheme, no parent directory, nothing to decode. */
export function relativeHref(file: string): string | null {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/.test(file) ? file : null
}

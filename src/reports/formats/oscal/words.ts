// Text and names in the datatypes of OSCAL: what a guest can influence must neither break the file nor be read as Markdown.
import { createHash } from 'node:crypto'
import { md } from '../../markdown-text.ts'
import { visible } from '../../visible.ts'
import type { Prop } from './model.ts'

/** Namespace of the properties and threats that are ours. */
export const NS = 'urn:wasm-gauntlet:oscal'

/** The catalogue of NIST, whose ids have a form of their own in OSCAL. */
const NIST_800_53 = 'nist-800-53-r5'

/** A StringDatatype: one line, not empty, nothing white at its ends. */
export function line(text: string, limit = 300): string {
  return visible(text, { limit }).trim() || 'none'
}

/** Markup, which every title, description and remark is. */
export function markup(text: string, limit = 1_000): string {
  return md(text, limit).trim() || 'none'
}

export const prop = (name: string, value: string): Prop => ({ name, ns: NS, value: line(value) })

/**
 * A TokenDatatype, the same for the same text and another one for another: what cannot stand in one is replaced, and a digest of all of the
 * text makes up for what was lost.
 */
export function token(text: string): string {
  if (/^[\p{L}_][\p{L}\p{N}._-]*$/u.test(text) && text.length <= 200) return text
  const kept = text.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 80)
  return `${/^[A-Za-z_]/.test(kept) ? '' : '_'}${kept}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`
}

/** `SC-39` is `sc-39` and `CM-7(6)` is `cm-7.6` in the catalogue of NIST; ids of others begin with their framework, as some are bare numbers. */
export function controlId(framework: string, id: string): string {
  const nist = /^([A-Z]{2}-\d{1,2})(?:\s?\((\d{1,2})\))?$/.exec(id)
  if (framework === NIST_800_53 && nist?.[1]) return `${nist[1].toLowerCase()}${nist[2] === undefined ? '' : `.${nist[2]}`}`
  return token(`${framework}_${id}`)
}

// Text inside a SARIF log: bounded, visible, and without what SARIF itself would read in it.
import { createHash } from 'node:crypto'
import { instant } from '../../instant.ts'
import { visible } from '../../visible.ts'
import { SARIF_LIMITS } from './limits.ts'

/** Message text: `[`, `]` and `\` would start embedded links (SARIF 2.1.0 section 3.11.6), `{` and `}` placeholders (section 3.11.5). */
export function message(text: string): string {
  return plain(text)
    .replace(/[\\[\]]/g, '\\$&')
    .replace(/[{}]/g, '$&$&')
}

export function plain(text: string): string {
  return visible(text, { limit: SARIF_LIMITS.text })
}

/** SARIF wants RFC 3339 in UTC; a time that is not one is left out rather than making the file invalid. */
export function time<Name extends 'startTimeUtc' | 'endTimeUtc'>(name: Name, text: string): Partial<Record<Name, string>> {
  const at = instant(text)
  return at === null ? {} : ({ [name]: at } as Record<Name, string>)
}

/** 16 hexadecimal digits that depend on the id alone, never on line, seed or time, so that an alert is the same one tomorrow. */
export function fingerprint(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 16)
}

// A YAML or JSON document that a person wrote, read in one way only: by the command line, and by targets that are attacked through such a text (SUP-01).
import { parseDocument } from 'yaml'

/** The document's value, or in a few words why it has none. Objects may have any own key, `__proto__` too. */
export type Read = { readonly value: unknown } | { readonly problem: string }

export function readDocument(text: string): Read {
  // JSON is YAML, but only the strict parser refuses what another reader of the same file would take differently.
  const document = parseDocument(text, { uniqueKeys: true, strict: true })
  // A tag that is not known is a warning, and the value another one than was meant.
  const broken = document.errors[0] ?? document.warnings[0]
  if (broken) return { problem: broken.message.split('\n', 1)[0]!.replace(/:$/, '') }
  // Under 1.1 `no` is false, and `<<` takes keys from elsewhere.
  if (document.directives.yaml.version !== '1.2') return { problem: 'it asks for another version of YAML than 1.2' }
  try {
    return { value: document.toJS({ maxAliasCount: 0 }) }
  } catch (error) {
    if (error instanceof ReferenceError) return { problem: 'it has an alias, which stands for text that is elsewhere' }
    throw error
  }
}

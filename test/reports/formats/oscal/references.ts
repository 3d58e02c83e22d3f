// Who is named in an OSCAL file, and who refers to whom: read from the file alone, without the code that wrote it.

export interface References {
  /** Every `uuid`, in the order in which it stands there. */
  readonly named: readonly string[]
  /** Every `…-uuid`, and every `href` and `source` to something in the same file. */
  readonly used: readonly string[]
}

export function referencesIn(document: unknown): References {
  const named: string[] = []
  const used: string[] = []
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) walk(item)
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) {
        if (key === 'uuid') named.push(String(item))
        else if (key.endsWith('-uuid')) used.push(String(item))
        else if ((key === 'href' || key === 'source') && String(item).startsWith('#')) used.push(String(item).slice(1))
        else walk(item)
      }
  }
  walk(document)
  return { named, used }
}

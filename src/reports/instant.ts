// Times of a record for formats that refuse a file over a time that is not one.

/** RFC 3339 in UTC; null if the text is no time, so that the field is left out. */
export function instant(text: string): string | null {
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

/** The same where a format does not let the field be absent: then the first of the others that is one, or the beginning of time, which nobody takes for a run's. */
export function requiredInstant(...texts: readonly string[]): string {
  for (const text of texts) {
    const at = instant(text)
    if (at !== null) return at
  }
  return new Date(0).toISOString()
}

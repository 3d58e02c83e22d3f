// What there is to say about one code.

export interface Entry {
  /** A few words, for lists. */
  readonly title: string
  /** What it says, exactly. */
  readonly meaning: string
  /** How it comes about, the likely ways first. */
  readonly cause: readonly string[]
  /** What to change or to look at. */
  readonly remedy: string
}

// What the checker throws: the rewriter has written something that it cannot prove.

export class MeteringDefect extends Error {
  /** Byte offset in the metered module; null where it is not one place. */
  readonly offset: number | null

  /** @param what a clause without guest text */
  constructor(what: string, offset: number | null = null) {
    super(what)
    this.name = 'MeteringDefect'
    this.offset = offset
  }
}

// How much is measured, and whether anybody still waits for it.

export interface Effort {
  /** A few samples of everything, to see that it works: the figures mean little. */
  readonly quick: boolean
  /** Aborted when the run is to end with what it has. */
  readonly signal: AbortSignal
}

/** Rounds, calls, milliseconds: `full`, or as many as show that it works. */
export const amount = ({ quick }: Effort, full: number, quickly: number): number => (quick ? quickly : full)

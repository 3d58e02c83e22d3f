// The clock that schedules go by: one that never jumps, and that tests can turn by hand.

export interface ProbeClock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number
  /** Calls once, not before that many milliseconds have passed. @returns how to take it back */
  after(milliseconds: number, callback: () => void): () => void
}

/** Not the time of day: setting that would drop runs, or make them all due at once. */
export const SYSTEM_CLOCK: ProbeClock = {
  now: () => performance.now(),
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds)
    return () => clearTimeout(timer)
  },
}

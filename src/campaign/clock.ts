// The clock by which chambers are measured.

/** Milliseconds on the system's monotonic clock: the same clock in every process, so that a chamber's times can be set against its parent's. */
export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1000n) / 1000

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

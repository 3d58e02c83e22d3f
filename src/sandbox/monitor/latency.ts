// How long brokered calls took, in buckets whose bounds never change: as much memory for a million calls as for one.

/** Upper bounds of the buckets, milliseconds; above the last is one more. From a call that only looks into memory to the longest deadline of `default`. */
export const LATENCY_BOUNDS_MS: readonly number[] = [
  0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000,
]

export interface LatencyFigures {
  readonly count: number
  readonly sumMs: number
  readonly maxMs: number
  /** Calls that took at most `atMostMs` and longer than the bucket before; the last bucket has no bound. */
  readonly buckets: readonly { readonly atMostMs: number | null; readonly count: number }[]
}

export class Latency {
  readonly #buckets = new Float64Array(LATENCY_BOUNDS_MS.length + 1)
  #count = 0
  #sumMs = 0
  #maxMs = 0

  add(milliseconds: number): void {
    const at = LATENCY_BOUNDS_MS.findIndex((bound) => milliseconds <= bound)
    this.#buckets[at < 0 ? LATENCY_BOUNDS_MS.length : at]! += 1
    this.#count++
    this.#sumMs += milliseconds
    this.#maxMs = Math.max(this.#maxMs, milliseconds)
  }

  figures(): LatencyFigures {
    const buckets = [...this.#buckets].map((count, at) => ({ atMostMs: LATENCY_BOUNDS_MS[at] ?? null, count }))
    return { count: this.#count, sumMs: this.#sumMs, maxMs: this.#maxMs, buckets }
  }
}

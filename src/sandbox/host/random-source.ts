// Where random bytes come from: the system's generator, or a seed.
import { randomFillSync } from 'node:crypto'

/** Fills the whole array. A seeded source repeats itself exactly and is not fit for secrets. */
export function randomSource(random: 'system' | { readonly seed: number }): (bytes: Uint8Array) => void {
  if (random === 'system') return (bytes) => void randomFillSync(bytes)
  const source = new SeededSource(random.seed)
  return (bytes) => source.fill(bytes)
}

/** Repeats itself exactly from the same state on. */
export class SeededSource {
  /** Never zero, the one fixed point. 32 bits. */
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0 || 0x9e3779b9
  }

  get state(): number {
    return this.#state >>> 0
  }

  set state(state: number) {
    this.#state = state
  }

  /** Fills the whole array. */
  fill(bytes: Uint8Array): void {
    // Marsaglia's xorshift32.
    let state = this.#state
    for (let i = 0; i < bytes.length; i++) {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      bytes[i] = state >>> 24
    }
    this.#state = state
  }
}

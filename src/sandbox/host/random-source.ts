// Where random bytes come from: the system's generator, or a seed.
import { randomFillSync } from 'node:crypto'

/** Fills the whole array. A seeded source repeats itself exactly and is not fit for secrets. */
export function randomSource(random: 'system' | { readonly seed: number }): (bytes: Uint8Array) => void {
  if (random === 'system') return (bytes) => void randomFillSync(bytes)
  // Marsaglia's xorshift32. Zero is its one fixed point, so the state is never zero.
  let state = random.seed >>> 0 || 0x9e3779b9
  return (bytes) => {
    for (let i = 0; i < bytes.length; i++) {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      bytes[i] = state >>> 24
    }
  }
}

// What a guest wrote during one activation, kept by the host under the policy's cap.
import { type Gathered, gathered, NOTHING_YET, whole } from './gathered.ts'

/** Collects stdout and stderr; the cap counts both together over the life of the guest. */
export class Output {
  readonly #cap: number
  #total = 0
  #texts: Record<'stdout' | 'stderr', Gathered> = { stdout: NOTHING_YET, stderr: NOTHING_YET }

  /** @param cap in bytes */
  constructor(cap: number) {
    this.#cap = cap
  }

  /** False if the cap is exceeded; then nothing is kept. */
  add(stream: 'stdout' | 'stderr', bytes: Uint8Array): boolean {
    if (this.#total + bytes.length > this.#cap) return false
    this.#total += bytes.length
    this.#texts[stream] = gathered(this.#texts[stream], bytes, this.#cap)
    return true
  }

  /** Hands over what has come since the last call. */
  take(): { stdout: Uint8Array; stderr: Uint8Array } {
    const { stdout, stderr } = this.#texts
    this.#texts = { stdout: NOTHING_YET, stderr: NOTHING_YET }
    return { stdout: whole(stdout), stderr: whole(stderr) }
  }
}

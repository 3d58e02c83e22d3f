// What a guest wrote during one activation, kept by the host under the policy's cap.

/** Collects stdout and stderr; the cap counts both together over the life of the guest. */
export class Output {
  readonly #cap: number
  #total = 0
  #parts: Record<'stdout' | 'stderr', Uint8Array[]> = { stdout: [], stderr: [] }

  /** @param cap in bytes */
  constructor(cap: number) {
    this.#cap = cap
  }

  /** False if the cap is exceeded; then nothing is kept. */
  add(stream: 'stdout' | 'stderr', bytes: Uint8Array): boolean {
    if (this.#total + bytes.length > this.#cap) return false
    this.#total += bytes.length
    this.#parts[stream].push(bytes)
    return true
  }

  /** Hands over what has come since the last call. */
  take(): { stdout: Uint8Array; stderr: Uint8Array } {
    const { stdout, stderr } = this.#parts
    this.#parts = { stdout: [], stderr: [] }
    return { stdout: new Uint8Array(Buffer.concat(stdout)), stderr: new Uint8Array(Buffer.concat(stderr)) }
  }
}

// Choices out of bytes. Behind the end come zeros, so that every input means something and a shorter one means something simpler.

export class Source {
  readonly #bytes: Uint8Array
  #at = 0
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }
  get empty(): boolean {
    return this.#at >= this.#bytes.length
  }
  u8(): number {
    return this.#bytes[this.#at++] ?? 0
  }
  u16(): number {
    return this.u8() | (this.u8() << 8)
  }
  u32(): number {
    return (this.u16() | (this.u16() << 16)) >>> 0
  }
  u64(): bigint {
    return BigInt(this.u32()) | (BigInt(this.u32()) << 32n)
  }
  /** As many as there are, at most `count`. */
  take(count: number): Uint8Array {
    const taken = Uint8Array.from(this.#bytes.subarray(this.#at, this.#at + count))
    this.#at += count
    return taken
  }
  pick<T>(from: readonly T[]): T {
    return from[this.u8() % from.length]!
  }
  /** Oftener from the beginning of a list. */
  early<T>(from: readonly T[]): T {
    return from[Math.floor((this.u8() / 256) ** 3 * from.length)]!
  }
}

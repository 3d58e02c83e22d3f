// Choices that can be made again: pseudo-random ones from a seed, or those that bytes stand for.

export interface Chooser {
  /** An integer from 0 to `bound` - 1. */
  below(bound: number): number
  pick<T>(from: readonly T[]): T
}

/** Numbers from a 32-bit state (a Weyl sequence through an integer mixer). */
export class Random implements Chooser {
  private state: number

  constructor(seed: number) {
    this.state = seed >>> 0
  }

  /** An integer from 0 to 2^32 - 1. */
  next(): number {
    this.state = (this.state + 0x9e3779b9) >>> 0
    let mixed = this.state
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return (mixed ^ (mixed >>> 16)) >>> 0
  }

  /** An integer from 0 to `bound` - 1. */
  below(bound: number): number {
    return Math.floor((this.next() / 2 ** 32) * bound)
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!
  }
}

/** Choices out of bytes, as many bytes for each as it needs; zeros behind their end. */
export class ByteChoices implements Chooser {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  below(bound: number): number {
    let value = 0
    for (let reach = 1; reach < bound; reach *= 256) value = value * 256 + (this.#bytes[this.#at++] ?? 0)
    return bound > 0 ? value % bound : 0
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!
  }
}

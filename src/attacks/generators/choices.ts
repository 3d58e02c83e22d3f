// What a generator takes its decisions from: a seed, or bytes that somebody else mutates. One description of attacks serves both.
import fc from 'fast-check'

/** Choices behind the end of the bytes that are all zero, the simplest ones. After that many they vary: a filter that no zero passes must end. */
const ZEROS = 256
/** Where the choices behind the zeros begin; always the same, so that equal bytes are equal attacks. */
const BEYOND = 0x5eed

/** Random numbers of fast-check read from bytes: as few bytes for each as its range needs, so that a changed byte is a changed choice. */
class BytesRandom extends fc.Random {
  readonly #bytes: Uint8Array
  #at: number
  #zeros: number
  #beyond: number

  constructor(bytes: Uint8Array, at = 0, zeros = ZEROS, beyond = BEYOND) {
    super(NO_SOURCE)
    this.#bytes = bytes
    this.#at = at
    this.#zeros = zeros
    this.#beyond = beyond
  }

  override clone(): fc.Random {
    return new BytesRandom(this.#bytes, this.#at, this.#zeros, this.#beyond)
  }
  override next(bits: number): number {
    return this.nextInt(0, 2 ** bits - 1)
  }
  override nextBoolean(): boolean {
    return this.nextInt(0, 1) === 1
  }
  override nextInt(min = -(2 ** 31), max = 2 ** 31 - 1): number {
    return Number(this.nextBigInt(BigInt(min), BigInt(max)))
  }
  override nextBigInt(min: bigint, max: bigint): bigint {
    const range = max - min + 1n
    let value = 0n
    for (let reach = 1n; reach < range; reach <<= 8n) value = (value << 8n) | BigInt(this.#byte())
    return min + (value % range)
  }
  override nextDouble(): number {
    return this.nextInt(0, 2 ** 30 - 1) / 2 ** 30
  }
  override getState(): undefined {
    return undefined
  }

  #byte(): number {
    if (this.#at < this.#bytes.length) return this.#bytes[this.#at++]!
    if (this.#zeros > 0) {
      this.#zeros--
      return 0
    }
    // A Weyl sequence through the finaliser of MurmurHash3.
    this.#beyond = (this.#beyond + 0x9e37_79b9) | 0
    return mix(this.#beyond) & 0xff
  }
}

/** What the base class asks for and never uses here. */
const NO_SOURCE = { clone: () => NO_SOURCE, next: () => 0, jump: () => NO_SOURCE, getState: () => [] } as never

function mix(value: number): number {
  let mixed = value | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35)
  return mixed ^ (mixed >>> 16)
}

/** One value of an arbitrary, always the same for a seed. Seeds that follow each other give values that have nothing to do with each other. */
export function fromSeed<T>(arbitrary: fc.Arbitrary<T>, seed: number): T {
  // The first numbers of xorshift generators with neighbouring seeds are alike: the seed is mixed first.
  return fc.sample(arbitrary, { seed: mix(seed), numRuns: 1 })[0]!
}

/** One value of an arbitrary for any bytes, also for none: a total function, for engines that are guided by coverage. */
export function fromBytes<T>(arbitrary: fc.Arbitrary<T>, bytes: Uint8Array): T {
  return arbitrary.generate(new BytesRandom(bytes), undefined).value
}

// Bytes of code that grow at their end, with the integers that instructions hold.

export class CodeBuffer {
  #bytes: Uint8Array<ArrayBuffer>
  #length = 0

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  append(part: Uint8Array | readonly number[]): this {
    this.#reserve(part.length)
    this.#bytes.set(part, this.#length)
    this.#length += part.length
    return this
  }

  byte(value: number): this {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
    return this
  }

  /** Unsigned LEB128 of an integer from 0 to 2^53. */
  unsigned(value: number): this {
    this.#reserve(10)
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) + 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
    return this
  }

  /** Signed LEB128 of an integer from 0 to 2^53: the last group's highest bit is the sign and must stay 0. */
  signed(value: number): this {
    this.#reserve(10)
    let rest = value
    while (rest >= 0x40) {
      this.#bytes[this.#length++] = (rest % 0x80) + 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
    return this
  }

  /** The bytes so far: a view, which the next change may leave behind. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length)
  }

  clear(): void {
    this.#length = 0
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count))
    larger.set(this.view())
    this.#bytes = larger
  }
}

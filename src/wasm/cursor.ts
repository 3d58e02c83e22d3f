// A bounds-checked position in the module's bytes that only moves forward.

import { MalformedModule } from './errors.ts'

/** Reading position with a moving upper bound: the end of the module, of a section, or of a function body. */
export class ByteCursor {
  readonly bytes: Uint8Array
  position: number
  /** Reading at or beyond this offset is refused. */
  end: number

  constructor(bytes: Uint8Array, position = 0, end = bytes.length) {
    this.bytes = bytes
    this.position = position
    this.end = end
  }

  get remaining(): number {
    return this.end - this.position
  }

  /** The next byte. Throws `MalformedModule` when there is none. */
  readByte(): number {
    if (this.position >= this.end) throw unexpectedEnd(this.position)
    return this.bytes[this.position++]!
  }

  /** The next byte without moving, or -1 at the end. */
  peekByte(): number {
    return this.position < this.end ? this.bytes[this.position]! : -1
  }

  /** Moves over `count` bytes and returns the offset at which they start. */
  skip(count: number): number {
    const start = this.position
    if (count > this.end - start) throw unexpectedEnd(this.end)
    this.position = start + count
    return start
  }
}

function unexpectedEnd(offset: number): MalformedModule {
  return new MalformedModule('unexpected-end', offset, 'the module, section or function body ends where more bytes are needed')
}

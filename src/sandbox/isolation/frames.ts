// The channel's framing: a type byte and a length in front of each payload. Both sides use it; the host takes nothing on trust.

/** Frames from host to jail have the high bit clear, frames from jail to host have it set. */
export const FRAME = {
  load: 0x01,
  call: 0x02,
  /** With the limits that the next cell gets. */
  terminate: 0x03,
  reply: 0x04,
  /** The guest ended by itself; its cell stays for the next. */
  clear: 0x05,
  capture: 0x06,
  /** The state to begin with again; empty for the one that the guest began with. */
  restore: 0x07,
  /** The state of the guest that is loaded next. By itself, because it is large, and everything that is done with a load copies it. */
  state: 0x08,
  ready: 0x81,
  ending: 0x82,
  stdout: 0x83,
  stderr: 0x84,
  event: 0x85,
  usage: 0x86,
  cellGone: 0x87,
  cellFailed: 0x88,
  cellReady: 0x89,
  /** Something for the broker; on a pipe of its own. */
  request: 0x8a,
  report: 0x8b,
  change: 0x8c,
  /** A piece of a guest's state. */
  image: 0x8e,
  uncapturable: 0x8f,
} as const
export type FrameType = (typeof FRAME)[keyof typeof FRAME]

export interface Frame {
  readonly type: number
  readonly payload: Uint8Array
}

const HEADER = 5

export function encodeFrame(type: FrameType, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER + payload.length)
  frame[0] = type
  new DataView(frame.buffer).setUint32(1, payload.length, true)
  frame.set(payload, HEADER)
  return frame
}

const encoder = new TextEncoder()
export const encodeJson = (type: FrameType, value: unknown): Uint8Array =>
  encodeFrame(type, encoder.encode(JSON.stringify(value)))

/** The other side does not speak the protocol. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}

/**
 * Cuts a byte stream into frames. A frame's length is checked against `maxPayload` as soon as its header is there, so a sender can make the
 * receiver hold that much and no more.
 */
export class FrameReader {
  readonly #maxPayload: number
  readonly #header = new Uint8Array(HEADER)
  #headerFilled = 0
  #payload: Uint8Array | null = null
  #payloadFilled = 0

  /** @param maxPayload in bytes */
  constructor(maxPayload: number) {
    this.#maxPayload = maxPayload
  }

  /** @throws {ProtocolError} on a payload over the maximum */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = []
    let rest = chunk
    while (rest.length > 0 || this.#complete()) {
      if (this.#complete()) frames.push(this.#finish())
      else rest = this.#payload === null ? this.#fillHeader(rest) : this.#fillPayload(this.#payload, rest)
    }
    return frames
  }

  /** Whether what was pushed ends with the end of a frame. */
  get isBetween(): boolean {
    return this.#headerFilled === 0
  }

  #complete(): boolean {
    return this.#payload !== null && this.#payloadFilled === this.#payload.length
  }

  #finish(): Frame {
    const frame = { type: this.#header[0]!, payload: this.#payload! }
    this.#headerFilled = 0
    this.#payload = null
    return frame
  }

  #fillHeader(rest: Uint8Array): Uint8Array {
    const part = rest.subarray(0, HEADER - this.#headerFilled)
    this.#header.set(part, this.#headerFilled)
    this.#headerFilled += part.length
    if (this.#headerFilled === HEADER) {
      const length = new DataView(this.#header.buffer).getUint32(1, true)
      if (length > this.#maxPayload)
        throw new ProtocolError(`a frame of ${length} bytes is over the maximum of ${this.#maxPayload}`)
      this.#payload = new Uint8Array(length)
      this.#payloadFilled = 0
    }
    return rest.subarray(part.length)
  }

  #fillPayload(payload: Uint8Array, rest: Uint8Array): Uint8Array {
    const part = rest.subarray(0, payload.length - this.#payloadFilled)
    payload.set(part, this.#payloadFilled)
    this.#payloadFilled += part.length
    return rest.subarray(part.length)
  }
}

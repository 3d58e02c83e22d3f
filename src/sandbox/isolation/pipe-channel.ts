// The cell's end of the pipe to the broker. The thread writes and reads by itself, blocking, with nobody in between.
import { readSync, writeSync } from 'node:fs'
import { decodeReply, encodeRequest } from '../broker/message.ts'
import type { BrokerReply, BrokerRequest, Channel } from '../host/channel.ts'
import { encodeFrame, FRAME, FrameReader } from './frames.ts'

/** Descriptor that the jail inherits for this; see isolation/jail-process.ts. */
export const BROKER_FD = 3

/** The host's frames are not capped here: it is the host. */
const MAX_PAYLOAD = 2 ** 32 - 1
const PIECE = 65_536

export class PipeChannel implements Channel {
  readonly #reader = new FrameReader(MAX_PAYLOAD)
  readonly #piece = new Uint8Array(PIECE)

  call(request: BrokerRequest): BrokerReply {
    const frame = encodeFrame(FRAME.request, encodeRequest(request))
    for (let sent = 0; sent < frame.length; ) sent += retry(() => writeSync(BROKER_FD, frame, sent))
    for (;;) {
      const size = retry(() => readSync(BROKER_FD, this.#piece))
      if (size === 0) throw new Error('the broker is gone')
      const [reply] = this.#reader.push(this.#piece.slice(0, size))
      if (reply) return decodeReply(reply.payload)
    }
  }
}

const wait = new Int32Array(new SharedArrayBuffer(4))

/** Where the system made the pipe non-blocking, an empty or full one says EAGAIN; then a millisecond is slept away. */
function retry(action: () => number): number {
  for (;;) {
    try {
      return action()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(wait, 0, 0, 1)
    }
  }
}

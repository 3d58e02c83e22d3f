// random_get. The bytes are made in a buffer of the host's and copied in, so that a memory that grows or is shared cannot make them zero (MEM-05).
import { ERRNO } from '../errno.ts'
import { type Handler, memoryOf } from '../handler.ts'

/** Work in pieces: a guest that asks for 100 MiB costs the host 64 KiB (RES-05, WSI-06). */
const PIECE = 65_536

export const randomCalls: Readonly<Record<string, Handler>> = {
  random_get: (context, args) => {
    const memory = memoryOf(context)
    const pointer = args.i32('buf')
    const length = args.i32('buf_len')
    memory.check(pointer, length)
    const piece = new Uint8Array(Math.min(PIECE, length))
    for (let done = 0; done < length; done += piece.length) {
      const part = piece.subarray(0, Math.min(piece.length, length - done))
      context.fillRandom(part)
      memory.write(pointer + done, part)
    }
    return ERRNO.success
  },
}

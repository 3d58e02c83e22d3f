// The standard streams: what fd_read and fd_write do with them.
import type { HostContext } from '../context.ts'
import { ERRNO, type Errno, GuestFault } from '../errno.ts'
import { type Arguments, memoryOf } from '../handler.ts'
import type { StreamHandle } from '../handles.ts'
import { RIGHTS } from '../rights.ts'
import { need } from './handle-access.ts'
import { fillVectors, readVectors } from './vectors.ts'

export function writeStream(context: HostContext, args: Arguments, handle: StreamHandle): Errno {
  const memory = memoryOf(context)
  const { stream } = handle
  if (stream === 'stdin') throw new GuestFault(ERRNO.badf)
  need(handle, RIGHTS.fd_write)
  let written = 0
  for (const { pointer, length } of readVectors(context, args, 'iovs')) {
    const room = context.grants.outputBytes - context.outputBytes
    const part = memory.read(pointer, Math.min(length, room))
    context.outputBytes += part.length
    written += part.length
    if (part.length > 0) context.output(stream, part)
    if (part.length < length) {
      // The cap ends the guest: one that floods is of no use with a full stream, and would go on flooding (WSI-17, RES-08).
      context.death = { kind: 'output-limit' }
      return ERRNO.io
    }
  }
  memory.writeU32(args.i32('nwritten'), written)
  return ERRNO.success
}

export function readStream(context: HostContext, args: Arguments, handle: StreamHandle): Errno {
  if (handle.stream !== 'stdin') throw new GuestFault(ERRNO.badf)
  need(handle, RIGHTS.fd_read)
  const start = context.stdinPosition
  const read = fillVectors(context, readVectors(context, args, 'iovs'), (done, length) =>
    context.grants.stdin.subarray(start + done, start + done + length),
  )
  context.stdinPosition = start + read
  memoryOf(context).writeU32(args.i32('nread'), read)
  return ERRNO.success
}

/** Bytes that are still to be read. */
export const stdinLeft = (context: HostContext): number => context.grants.stdin.length - context.stdinPosition

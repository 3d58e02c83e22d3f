// fd_read, fd_write, fd_pread, fd_pwrite: bytes between vectors and streams, files or sockets.
import type { HostContext } from '../context.ts'
import { ERRNO, type Errno, GuestFault } from '../errno.ts'
import { type Arguments, type Handler, memoryOf } from '../handler.ts'
import type { FileHandle } from '../handles.ts'
import { RIGHTS } from '../rights.ts'
import { descriptorOf, fileOf, need } from './handle-access.ts'
import { FDFLAG, MAX_OFFSET } from './layout.ts'
import { receiveVectors, sendVectors } from './sockets.ts'
import { readStream, writeStream } from './streams.ts'
import { drainVectors, fillVectors, readVectors } from './vectors.ts'

function read(context: HostContext, args: Arguments): Errno {
  const handle = descriptorOf(context, args.i32('fd'))
  if (handle.kind === 'stream') return readStream(context, args, handle)
  if (handle.kind === 'directory') throw new GuestFault(ERRNO.isdir)
  need(handle, RIGHTS.fd_read)
  const vectors = readVectors(context, args, 'iovs')
  let count: number
  if (handle.kind === 'socket') count = receiveVectors(context, handle, vectors)
  else {
    const { file, position } = handle
    count = fillVectors(context, vectors, (done, length) => file.read(position + BigInt(done), length))
    handle.position = position + BigInt(count)
  }
  memoryOf(context).writeU32(args.i32('nread'), count)
  return ERRNO.success
}

function write(context: HostContext, args: Arguments): Errno {
  const handle = descriptorOf(context, args.i32('fd'))
  if (handle.kind === 'stream') return writeStream(context, args, handle)
  if (handle.kind === 'directory') throw new GuestFault(ERRNO.isdir)
  need(handle, RIGHTS.fd_write)
  const vectors = readVectors(context, args, 'iovs')
  const count = handle.kind === 'socket' ? sendVectors(context, handle, vectors) : writeFile(context, handle, vectors)
  memoryOf(context).writeU32(args.i32('nwritten'), count)
  return ERRNO.success
}

function writeFile(context: HostContext, handle: FileHandle, vectors: ReturnType<typeof readVectors>): number {
  if (handle.flags & FDFLAG.append) {
    return drainVectors(context, vectors, (_, bytes) => {
      const { end, written } = handle.file.append(bytes)
      handle.position = end
      return written
    })
  }
  const { file, position } = handle
  const count = drainVectors(context, vectors, (done, bytes) => file.write(writableOffset(position + BigInt(done)), bytes))
  handle.position = position + BigInt(count)
  return count
}

/** @throws {GuestFault} `fbig` for what no file can reach (FSX-28) */
function writableOffset(offset: bigint): bigint {
  if (offset > MAX_OFFSET) throw new GuestFault(ERRNO.fbig)
  return offset
}

/** @throws {GuestFault} `inval` for what is negative to everybody else (FSX-28) */
function offsetOf(args: Arguments): bigint {
  const offset = args.i64('offset')
  if (offset > MAX_OFFSET) throw new GuestFault(ERRNO.inval)
  return offset
}

export const transferCalls: Readonly<Record<string, Handler>> = {
  fd_read: read,
  fd_write: write,
  fd_pread: (context, args) => {
    const { file } = fileOf(context, args.i32('fd'), RIGHTS.fd_read | RIGHTS.fd_seek)
    const offset = offsetOf(args)
    const count = fillVectors(context, readVectors(context, args, 'iovs'), (done, length) =>
      file.read(offset + BigInt(done), length),
    )
    memoryOf(context).writeU32(args.i32('nread'), count)
    return ERRNO.success
  },
  fd_pwrite: (context, args) => {
    const { file, flags } = fileOf(context, args.i32('fd'), RIGHTS.fd_write | RIGHTS.fd_seek)
    const offset = offsetOf(args)
    // An append handle writes at the end and nowhere else, as on Linux: it may be all that protects what was written before (FSX-24).
    const append = (flags & FDFLAG.append) !== 0
    const count = drainVectors(context, readVectors(context, args, 'iovs'), (done, bytes) =>
      append ? file.append(bytes).written : file.write(writableOffset(offset + BigInt(done)), bytes),
    )
    memoryOf(context).writeU32(args.i32('nwritten'), count)
    return ERRNO.success
  },
}

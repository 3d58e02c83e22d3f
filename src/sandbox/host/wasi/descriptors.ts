// fd_* on the standard streams. There are no other descriptors in this version, so every other number is `badf`.

import type { HostContext } from '../context.ts'
import { ERRNO, GuestFault } from '../errno.ts'
import { type Arguments, type Handler, memoryOf } from '../handler.ts'

/** Most vectors of one call; POSIX's IOV_MAX on Linux. More is `inval`, before anything is allocated for them (MEM-10). */
const MAX_VECTORS = 1024
const CHARACTER_DEVICE = 2
const RIGHT_READ = 1n << 1n
const RIGHT_WRITE = 1n << 6n

/** The vectors of a call, read once and checked whole: every buffer is inside the memory before the first byte moves (MEM-09, MEM-21). */
function vectors(context: HostContext, args: Arguments): { pointer: number; length: number }[] {
  const count = args.i32('iovs_len')
  if (count > MAX_VECTORS) throw new GuestFault(ERRNO.inval)
  const memory = memoryOf(context)
  const table = memory.read(args.i32('iovs'), count * 8)
  const view = new DataView(table.buffer)
  const list = Array.from({ length: count }, (_, i) => ({
    pointer: view.getUint32(i * 8, true),
    length: view.getUint32(i * 8 + 4, true),
  }))
  let sum = 0
  for (const { pointer, length } of list) {
    memory.check(pointer, length)
    sum += length
  }
  // The result is a u32 (MEM-11).
  if (sum > 0xffff_ffff) throw new GuestFault(ERRNO.inval)
  return list
}

function write(context: HostContext, args: Arguments) {
  const memory = memoryOf(context)
  const stream = context.handles.get(args.i32('fd')).kind
  if (stream === 'stdin') throw new GuestFault(ERRNO.badf)
  const list = vectors(context, args)
  memory.check(args.i32('nwritten'), 4)
  let written = 0
  for (const { pointer, length } of list) {
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

function read(context: HostContext, args: Arguments) {
  const memory = memoryOf(context)
  if (context.handles.get(args.i32('fd')).kind !== 'stdin') throw new GuestFault(ERRNO.badf)
  const list = vectors(context, args)
  memory.check(args.i32('nread'), 4)
  let read = 0
  for (const { pointer, length } of list) {
    const part = context.grants.stdin.subarray(context.stdinPosition, context.stdinPosition + length)
    memory.write(pointer, part)
    context.stdinPosition += part.length
    read += part.length
    if (part.length < length) break
  }
  memory.writeU32(args.i32('nread'), read)
  return ERRNO.success
}

function fdstat(context: HostContext, args: Arguments) {
  const stream = context.handles.get(args.i32('fd')).kind
  const stat = new Uint8Array(24)
  const view = new DataView(stat.buffer)
  view.setUint8(0, CHARACTER_DEVICE)
  view.setBigUint64(8, stream === 'stdin' ? RIGHT_READ : RIGHT_WRITE, true)
  memoryOf(context).write(args.i32('stat'), stat)
  return ERRNO.success
}

function filestat(context: HostContext, args: Arguments) {
  context.handles.get(args.i32('fd'))
  // All zero but the type: no device, inode or time of the host is shown (WSI-05). All 64 bytes are written, padding too (MEM-20).
  const stat = new Uint8Array(64)
  stat[16] = CHARACTER_DEVICE
  memoryOf(context).write(args.i32('stat'), stat)
  return ERRNO.success
}

/** Standard streams do not seek; but the descriptor is looked at first. */
const notSeekable: Handler = (context, args) => {
  context.handles.get(args.i32('fd'))
  throw new GuestFault(ERRNO.spipe)
}

export const descriptorCalls: Readonly<Record<string, Handler>> = {
  fd_write: write,
  fd_read: read,
  fd_fdstat_get: fdstat,
  fd_filestat_get: filestat,
  fd_seek: notSeekable,
  fd_tell: notSeekable,
  fd_close: (context, args) => {
    context.handles.close(args.i32('fd'))
    return ERRNO.success
  },
  fd_fdstat_set_flags: (context, args) => {
    context.handles.get(args.i32('fd'))
    // Append and nonblocking change nothing on these streams; the synchronising flags and unknown bits are refused (MEM-26).
    return args.i32('flags') & ~0b00101 ? ERRNO.inval : ERRNO.success
  },
  // There are no preopened directories: this is how a guest's runtime finds that out.
  fd_prestat_get: () => ERRNO.badf,
  fd_prestat_dir_name: () => ERRNO.badf,
}

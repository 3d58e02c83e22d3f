// fd_* on files: position, size, times, and what only promises something.
import type { HostContext } from '../context.ts'
import { ERRNO, type Errno, GuestFault } from '../errno.ts'
import type { OpenDirectory, OpenFile } from '../fs/file-system.ts'
import { type Arguments, type Handler, memoryOf } from '../handler.ts'
import { RIGHTS } from '../rights.ts'
import { descriptorOf, fileOf, need } from './handle-access.ts'
import { MAX_OFFSET, readTimes } from './layout.ts'

const WHENCE = ['set', 'cur', 'end'] as const
/** Number of the last `advice`. */
const LAST_ADVICE = 5

function seek(context: HostContext, args: Arguments): Errno {
  const handle = fileOf(context, args.i32('fd'), 0n)
  const whence = WHENCE[args.i32('whence')]
  const offset = BigInt.asIntN(64, args.i64('offset'))
  // To ask where it is, a handle needs the right to tell only (typenames.witx, `rights`).
  const tells = whence === 'cur' && offset === 0n && (handle.rights.base & RIGHTS.fd_tell) !== 0n
  if (!tells) need(handle, RIGHTS.fd_seek)
  if (whence === undefined) throw new GuestFault(ERRNO.inval)
  const from = whence === 'set' ? 0n : whence === 'cur' ? handle.position : handle.file.stat().size
  const position = from + offset
  if (position < 0n) throw new GuestFault(ERRNO.inval)
  if (position > MAX_OFFSET) throw new GuestFault(ERRNO.overflow)
  handle.position = position
  memoryOf(context).writeU64(args.i32('newoffset'), position)
  return ERRNO.success
}

function advise(context: HostContext, args: Arguments): Errno {
  fileOf(context, args.i32('fd'), RIGHTS.fd_advise)
  if (args.i32('advice') > LAST_ADVICE || args.i64('offset') > MAX_OFFSET || args.i64('len') > MAX_OFFSET)
    throw new GuestFault(ERRNO.inval)
  return ERRNO.success
}

function allocate(context: HostContext, args: Arguments): Errno {
  const { file } = fileOf(context, args.i32('fd'), RIGHTS.fd_allocate)
  const [offset, length] = [args.i64('offset'), args.i64('len')]
  if (length === 0n || offset > MAX_OFFSET || length > MAX_OFFSET) throw new GuestFault(ERRNO.inval)
  if (offset + length > MAX_OFFSET) throw new GuestFault(ERRNO.fbig)
  file.allocate(offset, length)
  return ERRNO.success
}

function setSize(context: HostContext, args: Arguments): Errno {
  const { file } = fileOf(context, args.i32('fd'), RIGHTS.fd_filestat_set_size)
  const size = args.i64('size')
  if (size > MAX_OFFSET) throw new GuestFault(ERRNO.inval)
  file.setSize(size)
  return ERRNO.success
}

/** What is open as a file or directory. @throws {GuestFault} `badf`, `spipe`, `notcapable` */
function openOf(context: HostContext, args: Arguments, right: bigint): OpenFile | OpenDirectory {
  const handle = descriptorOf(context, args.i32('fd'))
  if (handle.kind !== 'file' && handle.kind !== 'directory') throw new GuestFault(ERRNO.spipe)
  need(handle, right)
  return handle.kind === 'file' ? handle.file : handle.directory
}

export const fileCalls: Readonly<Record<string, Handler>> = {
  fd_seek: seek,
  fd_tell: (context, args) => {
    const { position } = fileOf(context, args.i32('fd'), RIGHTS.fd_tell)
    memoryOf(context).writeU64(args.i32('offset'), position)
    return ERRNO.success
  },
  fd_advise: advise,
  fd_allocate: allocate,
  fd_filestat_set_size: setSize,
  fd_filestat_set_times: (context, args) => {
    const open = openOf(context, args, RIGHTS.fd_filestat_set_times)
    open.setTimes(readTimes(args.i64('atim'), args.i64('mtim'), args.i32('fst_flags')))
    return ERRNO.success
  },
  fd_sync: (context, args) => {
    openOf(context, args, RIGHTS.fd_sync).sync()
    return ERRNO.success
  },
  fd_datasync: (context, args) => {
    fileOf(context, args.i32('fd'), RIGHTS.fd_datasync).file.sync()
    return ERRNO.success
  },
}

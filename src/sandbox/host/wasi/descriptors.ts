// fd_close, fd_renumber, fd_fdstat_*, fd_filestat_get, fd_prestat_*: what every descriptor has.
import type { HostContext } from '../context.ts'
import { ERRNO, type Errno, GuestFault } from '../errno.ts'
import { type Arguments, type Handler, memoryOf } from '../handler.ts'
import { RIGHTS } from '../rights.ts'
import { type Descriptor, descriptorOf, need } from './handle-access.ts'
import { encodeBareFilestat, encodeFdstat, encodeFilestat, filetypeOf, KNOWN_FDFLAGS } from './layout.ts'
import { forgetListing } from './listing.ts'
import { closeSocket } from './sockets.ts'

/** Ends what a descriptor stood for. It has no number any more, so whatever happens here, nothing can use it. */
function dispose(context: HostContext, handle: Descriptor): void {
  if (handle.kind === 'file') handle.file.close()
  else if (handle.kind === 'directory') {
    forgetListing(context, handle)
    handle.directory.close()
  } else if (handle.kind === 'socket') closeSocket(context, handle)
}

function close(context: HostContext, args: Arguments): Errno {
  const fd = args.i32('fd')
  const handle = descriptorOf(context, fd)
  context.handles.close(fd)
  dispose(context, handle)
  return ERRNO.success
}

/** A mount may take part in either role, as the WASI test suite has it: it only loses its number or gets another. */
function renumber(context: HostContext, args: Arguments): Errno {
  const [from, to] = [args.i32('fd'), args.i32('to')]
  descriptorOf(context, from)
  const old = descriptorOf(context, to)
  if (context.handles.renumber(from, to) !== null) dispose(context, old)
  return ERRNO.success
}

/** Rights go and never come back (FSX-23). */
function setRights(context: HostContext, args: Arguments): Errno {
  const handle = descriptorOf(context, args.i32('fd'))
  const [base, inheriting] = [args.i64('fs_rights_base'), args.i64('fs_rights_inheriting')]
  if (base & ~handle.rights.base || inheriting & ~handle.rights.inheriting) throw new GuestFault(ERRNO.notcapable)
  handle.rights = { base, inheriting }
  return ERRNO.success
}

function setFlags(context: HostContext, args: Arguments): Errno {
  const handle = descriptorOf(context, args.i32('fd'))
  const flags = args.i32('flags')
  // The synchronising flags and unknown bits are refused (MEM-26).
  if (flags & ~KNOWN_FDFLAGS) throw new GuestFault(ERRNO.inval)
  need(handle, RIGHTS.fd_fdstat_set_flags)
  if (handle.kind === 'directory') throw new GuestFault(ERRNO.notsup)
  handle.flags = flags
  return ERRNO.success
}

function filestat(context: HostContext, args: Arguments): Errno {
  const handle = descriptorOf(context, args.i32('fd'))
  need(handle, RIGHTS.fd_filestat_get)
  let bytes: Uint8Array
  if (handle.kind === 'file') bytes = encodeFilestat(handle.file.stat())
  else if (handle.kind === 'directory') bytes = encodeFilestat(handle.directory.stat())
  else bytes = encodeBareFilestat(filetypeOf(handle))
  memoryOf(context).write(args.i32('stat'), bytes)
  return ERRNO.success
}

/** The guest path of a mount. A runtime asks from 3 on until it hears `badf`: so it learns what there is. */
function mountPath(context: HostContext, fd: number): Uint8Array {
  const handle = context.handles.get(fd)
  if (handle.kind !== 'directory' || handle.mount === null) throw new GuestFault(ERRNO.badf)
  return new TextEncoder().encode(handle.mount)
}

export const descriptorCalls: Readonly<Record<string, Handler>> = {
  fd_close: close,
  fd_renumber: renumber,
  fd_fdstat_get: (context, args) => {
    memoryOf(context).write(args.i32('stat'), encodeFdstat(descriptorOf(context, args.i32('fd'))))
    return ERRNO.success
  },
  fd_fdstat_set_flags: setFlags,
  fd_fdstat_set_rights: setRights,
  fd_filestat_get: filestat,
  fd_prestat_get: (context, args) => {
    const path = mountPath(context, args.i32('fd'))
    const bytes = new Uint8Array(8)
    // The tag is that of a directory, 0; there is no other.
    new DataView(bytes.buffer).setUint32(4, path.length, true)
    memoryOf(context).write(args.i32('prestat'), bytes)
    return ERRNO.success
  },
  fd_prestat_dir_name: (context, args) => {
    const path = mountPath(context, args.i32('fd'))
    if (path.length > args.i32('path_len')) throw new GuestFault(ERRNO.nametoolong)
    memoryOf(context).write(args.i32('path'), path)
    return ERRNO.success
  },
}

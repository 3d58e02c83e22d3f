// path_open.
import type { HostContext } from '../context.ts'
import { ERRNO, GuestFault } from '../errno.ts'
import type { OpenDirectory, OpenFile } from '../fs/file-system.ts'
import { DIRECTORY_RIGHTS, FILE_RIGHTS, WRITE_RIGHTS } from '../fs/rights.ts'
import { type Arguments, type Handler, memoryOf } from '../handler.ts'
import type { Handle, Rights } from '../handles.ts'
import { RIGHTS } from '../rights.ts'
import { directoryOf } from './handle-access.ts'
import { FDFLAG, KNOWN_FDFLAGS } from './layout.ts'
import { pathCall, readFollow } from './paths.ts'

const OFLAG = { creat: 1, directory: 2, excl: 4, trunc: 8 } as const
const SYNC_FLAGS = FDFLAG.dsync | FDFLAG.rsync | FDFLAG.sync

/** @throws {GuestFault} `inval`, `notsup` */
function readFlags(args: Arguments) {
  const [oflags, fdflags] = [args.i32('oflags'), args.i32('fdflags')]
  const create = (oflags & OFLAG.creat) !== 0
  const directory = (oflags & OFLAG.directory) !== 0
  // There is no creating a directory by opening it; hosts that tried made a file (FSX-24).
  if (oflags > 0b1111 || fdflags > 0b11111 || (create && directory)) throw new GuestFault(ERRNO.inval)
  if (fdflags & SYNC_FLAGS) throw new GuestFault(ERRNO.notsup)
  return {
    create,
    directory,
    exclusive: (oflags & OFLAG.excl) !== 0,
    truncate: (oflags & OFLAG.trunc) !== 0,
    fdflags: fdflags & KNOWN_FDFLAGS,
  }
}

/** What comes out of a directory has no right that the directory could not pass on (FSX-23). */
const inherited = (args: Arguments, { inheriting }: Rights): Rights => ({
  base: args.i64('fs_rights_base') & inheriting,
  inheriting: args.i64('fs_rights_inheriting') & inheriting,
})

function open(context: HostContext, args: Arguments, path: (name: string) => string): void {
  const { fdflags, ...how } = readFlags(args)
  // Creating and truncating need rights of the directory's own, whatever the new handle is for (FSX-11).
  const needed =
    RIGHTS.path_open | (how.create ? RIGHTS.path_create_file : 0n) | (how.truncate ? RIGHTS.path_filestat_set_size : 0n)
  const from = directoryOf(context, args.i32('fd'), needed)
  const follow = readFollow(args, 'dirflags')
  const rights = inherited(args, from.rights)
  const [read, write] = [(rights.base & RIGHTS.fd_read) !== 0n, (rights.base & RIGHTS.fd_write) !== 0n]
  const name = path('path')
  // Nothing is opened that would then have no number.
  context.handles.reserve()
  const opened = from.directory.open(name, { ...how, follow, read, write })
  const fd = context.handles.open(handleOf(opened, rights, fdflags, write))
  memoryOf(context).writeU32(args.i32('opened'), fd)
}

function handleOf(opened: OpenFile | OpenDirectory, { base, inheriting }: Rights, flags: number, write: boolean): Handle {
  if (opened.kind === 'directory')
    return { kind: 'directory', directory: opened, mount: null, rights: { base: base & DIRECTORY_RIGHTS, inheriting } }
  const usable = write ? FILE_RIGHTS : FILE_RIGHTS & ~WRITE_RIGHTS
  return { kind: 'file', file: opened, rights: { base: base & usable, inheriting: 0n }, flags, position: 0n }
}

export const pathOpenCalls: Readonly<Record<string, Handler>> = { path_open: pathCall('path_open', open) }

// path_* but path_open: the directory's handle has the right, its tree resolves the path and acts.
import type { HostContext } from '../context.ts'
import { ERRNO, GuestFault } from '../errno.ts'
import { PathEscape } from '../fs/resolve.ts'
import { readText } from '../guest-text.ts'
import { type Arguments, type Handler, memoryOf } from '../handler.ts'
import { RIGHTS } from '../rights.ts'
import { directoryOf } from './handle-access.ts'
import { encodeFilestat, readTimes } from './layout.ts'
import { tellEscape } from './path-escape.ts'

/** A call's work. It reads its paths through `path`, so that they are known if one leads out. */
type Act = (context: HostContext, args: Arguments, path: (name: string) => string) => void

/** @param name of the call, for the event */
export function pathCall(name: string, act: Act): Handler {
  return (context, args) => {
    const paths: string[] = []
    const path = (parameter: string) => {
      const text = readText(context, args, parameter)
      paths.push(text)
      return text
    }
    try {
      act(context, args, path)
    } catch (error) {
      if (error instanceof PathEscape) tellEscape(context, name, paths)
      throw error
    }
    return ERRNO.success
  }
}

/** `lookupflags`: bit 0 follows a symbolic link at the end. @throws {GuestFault} `inval` */
export function readFollow(args: Arguments, parameter: string): boolean {
  const flags = args.i32(parameter)
  if (flags > 1) throw new GuestFault(ERRNO.inval)
  return flags === 1
}

const encoder = new TextEncoder()

const filestatGet: Act = (context, args, path) => {
  const { directory } = directoryOf(context, args.i32('fd'), RIGHTS.path_filestat_get)
  const stat = directory.statPath(path('path'), readFollow(args, 'flags'))
  memoryOf(context).write(args.i32('stat'), encodeFilestat(stat))
}

const filestatSetTimes: Act = (context, args, path) => {
  const { directory } = directoryOf(context, args.i32('fd'), RIGHTS.path_filestat_set_times)
  const times = readTimes(args.i64('atim'), args.i64('mtim'), args.i32('fst_flags'))
  directory.setTimesPath(path('path'), readFollow(args, 'flags'), times)
}

const link: Act = (context, args, path) => {
  const from = directoryOf(context, args.i32('old_fd'), RIGHTS.path_link_source)
  const to = directoryOf(context, args.i32('new_fd'), RIGHTS.path_link_target)
  from.directory.link(path('old_path'), readFollow(args, 'old_flags'), to.directory, path('new_path'))
}

const rename: Act = (context, args, path) => {
  const from = directoryOf(context, args.i32('fd'), RIGHTS.path_rename_source)
  const to = directoryOf(context, args.i32('new_fd'), RIGHTS.path_rename_target)
  from.directory.rename(path('old_path'), to.directory, path('new_path'))
}

const symlink: Act = (context, args, path) => {
  const { directory } = directoryOf(context, args.i32('fd'), RIGHTS.path_symlink)
  directory.symlink(path('old_path'), path('new_path'))
}

const readlink: Act = (context, args, path) => {
  const { directory } = directoryOf(context, args.i32('fd'), RIGHTS.path_readlink)
  // Cut where the room ends, without a terminator, and the count is what was written (FSX-26).
  const target = encoder.encode(directory.readLink(path('path'))).subarray(0, args.i32('buf_len'))
  memoryOf(context).write(args.i32('buf'), target)
  memoryOf(context).writeU32(args.i32('bufused'), target.length)
}

const createDirectory: Act = (context, args, path) => {
  directoryOf(context, args.i32('fd'), RIGHTS.path_create_directory).directory.createDirectory(path('path'))
}

const removeDirectory: Act = (context, args, path) => {
  directoryOf(context, args.i32('fd'), RIGHTS.path_remove_directory).directory.removeDirectory(path('path'))
}

const unlink: Act = (context, args, path) => {
  directoryOf(context, args.i32('fd'), RIGHTS.path_unlink_file).directory.unlink(path('path'))
}

const ACTS: Readonly<Record<string, Act>> = {
  path_create_directory: createDirectory,
  path_filestat_get: filestatGet,
  path_filestat_set_times: filestatSetTimes,
  path_link: link,
  path_readlink: readlink,
  path_remove_directory: removeDirectory,
  path_rename: rename,
  path_symlink: symlink,
  path_unlink_file: unlink,
}

export const pathCalls: Readonly<Record<string, Handler>> = Object.fromEntries(
  Object.entries(ACTS).map(([name, act]) => [name, pathCall(name, act)]),
)

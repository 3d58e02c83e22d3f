// A guest with one mount in memory, and its file calls with texts instead of pointers.
import { ABI } from '../../../src/sandbox/host/abi/index.ts'
import type { Grants } from '../../../src/sandbox/host/context.ts'
import { ERRNO, errnoName } from '../../../src/sandbox/host/errno.ts'
import type { MountSpec, TreeEntry, TreeQuotas } from '../../../src/sandbox/host/fs/file-system.ts'
import { RIGHTS, type RightName } from '../../../src/sandbox/host/rights.ts'
import { type CallHarness, GRANTS, harness } from './calls.ts'

export const ALL_RIGHTS = (1n << 30n) - 1n
export const OFLAGS = { creat: 1, directory: 2, excl: 4, trunc: 8 } as const
export const rights = (...names: readonly RightName[]): bigint => names.reduce((sum, name) => sum | RIGHTS[name], 0n)

/** Where the helpers put things; tests use addresses below 4096 and from 40,000 on. */
const [PATH, OTHER_PATH, IOVS, RESULT, DATA] = [4096, 6144, 8192, 8448, 12_288]

export const file = (path: string, text = ''): TreeEntry => ({ type: 'file', path, bytes: new TextEncoder().encode(text) })
export const directory = (path: string): TreeEntry => ({ type: 'directory', path })
export const symlink = (path: string, target: string): TreeEntry => ({ type: 'symlink', path, target })

export interface OpenOptions {
  readonly from?: number
  readonly follow?: boolean
  readonly oflags?: number
  readonly base?: bigint
  readonly inheriting?: bigint
  readonly fdflags?: number
}

export interface FileGuest extends CallHarness {
  /** The number of the new handle, or the errno as a negative number. */
  open(path: string, options?: OpenOptions): number
  /** A directory, with all rights that one can have. */
  opendir(path: string, options?: OpenOptions): number
  /** Bytes read as text, or the errno. */
  read(fd: number, length: number): string | number
  write(fd: number, text: string): number
  pread(fd: number, length: number, offset: bigint): string | number
  pwrite(fd: number, text: string, offset: bigint): number
  seek(fd: number, offset: bigint, whence: number): bigint | number
  /** A call whose only path parameter stands between these arguments. */
  path(name: string, before: readonly (number | bigint)[], path: string, ...after: readonly (number | bigint)[]): number
  /** A call with two paths: `path_link`, `path_rename` and `path_symlink`. */
  paths(name: 'path_link' | 'path_rename' | 'path_symlink', from: string, to: string, fds?: readonly [number, number]): number
  /** Size, type, links and inode of a path, or the errno. */
  stat(path: string, follow?: boolean): { size: bigint; type: number; links: bigint; inode: bigint; modified: bigint } | number
  /** Contents of a file, read through a handle of its own. */
  contents(path: string): string | number
  u32(): number
}

export function fileGuest(
  entries: readonly TreeEntry[] = [],
  options: {
    readonly writable?: boolean
    readonly quotas?: Partial<TreeQuotas>
    readonly others?: readonly MountSpec[]
    readonly grants?: Partial<Grants>
  } = {},
): FileGuest {
  const { writable = true, quotas, others = [], grants } = options
  const mount: MountSpec = { kind: 'memory', at: '/', writable, entries }
  const made = harness({
    handles: 20,
    fs: { mounts: [mount, ...others], quotas: { ...GRANTS.fs!.quotas, ...quotas } },
    ...grants,
  })
  // Whatever a test is about: a call answers nothing that its row of the table does not have.
  const { call } = made
  made.call = (name, ...values) => {
    const errno = call(name, ...values)
    const known = ABI.find((entry) => entry.name === name)!.errnos.some((known) => ERRNO[known] === errno)
    if (errno !== 0 && !known) throw new Error(`${name} answered ${errnoName(errno)}, which its row does not have`)
    return errno
  }
  const put = (at: number, text: string): readonly [number, number] => {
    const bytes = new TextEncoder().encode(text)
    made.bytes.set(bytes, at)
    return [at, bytes.length]
  }
  const vector = (pointer: number, length: number) => {
    made.view.setUint32(IOVS, pointer, true)
    made.view.setUint32(IOVS + 4, length, true)
  }
  const u32 = () => made.view.getUint32(RESULT, true)
  const taken = (errno: number) => (errno === 0 ? Buffer.from(made.bytes.slice(DATA, DATA + u32())).toString() : errno)
  const given = (errno: number) => (errno === 0 ? u32() : -errno)
  const guest: Omit<FileGuest, keyof CallHarness> = {
    u32,
    open: (path, { from = 3, follow = false, oflags = 0, base = ALL_RIGHTS, inheriting = ALL_RIGHTS, fdflags = 0 } = {}) =>
      given(made.call('path_open', from, follow ? 1 : 0, ...put(PATH, path), oflags, base, inheriting, fdflags, RESULT)),
    opendir: (path, options) => guest.open(path, { base: ALL_RIGHTS & ~RIGHTS.fd_write, oflags: OFLAGS.directory, ...options }),
    read: (fd, length) => {
      vector(DATA, length)
      return taken(made.call('fd_read', fd, IOVS, 1, RESULT))
    },
    write: (fd, text) => {
      vector(...put(DATA, text))
      return given(made.call('fd_write', fd, IOVS, 1, RESULT))
    },
    pread: (fd, length, offset) => {
      vector(DATA, length)
      return taken(made.call('fd_pread', fd, IOVS, 1, offset, RESULT))
    },
    pwrite: (fd, text, offset) => {
      vector(...put(DATA, text))
      return given(made.call('fd_pwrite', fd, IOVS, 1, offset, RESULT))
    },
    seek: (fd, offset, whence) => {
      const errno = made.call('fd_seek', fd, offset, whence, RESULT)
      return errno === 0 ? made.view.getBigUint64(RESULT, true) : errno
    },
    path: (name, before, path, ...after) => made.call(name, ...before, ...put(PATH, path), ...after),
    paths: (name, from, to, [fd, toFd] = [3, 3]) => {
      const [first, second] = [put(PATH, from), put(OTHER_PATH, to)]
      if (name === 'path_symlink') return made.call(name, ...first, toFd, ...second)
      return made.call(name, fd, ...(name === 'path_link' ? [0] : []), ...first, toFd, ...second)
    },
    stat: (path, follow = false) => {
      const errno = made.call('path_filestat_get', 3, follow ? 1 : 0, ...put(PATH, path), DATA)
      if (errno !== 0) return errno
      const long = (at: number) => made.view.getBigUint64(DATA + at, true)
      return { size: long(32), type: made.bytes[DATA + 16]!, links: long(24), inode: long(8), modified: long(48) }
    },
    contents: (path) => {
      const fd = guest.open(path, { follow: true, base: rights('fd_read') })
      if (fd < 0) return -fd
      const text = guest.read(fd, 20_000)
      made.call('fd_close', fd)
      return text
    },
  }
  return Object.assign(made, guest)
}

/** Names in a directory, by fd_readdir with a buffer that holds them all. */
export function names(guest: FileGuest, fd = 3): string[] | number {
  const errno = guest.call('fd_readdir', fd, 40_000, 20_000, 0n, 39_000)
  if (errno !== 0) return errno
  const end = 40_000 + guest.view.getUint32(39_000, true)
  const list: string[] = []
  for (let at = 40_000; at < end; ) {
    const length = guest.view.getUint32(at + 16, true)
    list.push(Buffer.from(guest.bytes.slice(at + 24, at + 24 + length)).toString())
    at += 24 + length
  }
  return list
}

// What an audit log asks of the system, in one place: so few calls that tests can let each of them fail.
import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { promisify } from 'node:util'

const NO_FOLLOW = constants.O_NOFOLLOW ?? 0
/** A pipe would be waited for. */
const NO_WAIT = constants.O_NONBLOCK ?? 0

export const DISK = {
  makeDirectory: (path: string): void => void mkdirSync(path, { recursive: true, mode: 0o700 }),
  names: (directory: string): readonly string[] => readdirSync(directory),
  /** In bytes. */
  size: (path: string): number => statSync(path).size,
  /** Makes a new file for its owner only, to be appended to. */
  create: (path: string): number => openSync(path, 'ax', 0o600),
  /** Opens a file of ours to be read, cut and appended to; never a link, which would lead elsewhere, and never a device. */
  open: (path: string): number => regular(openSync(path, constants.O_RDWR | constants.O_APPEND | NO_FOLLOW | NO_WAIT)),
  /** Opens a file to be read only, wherever a name leads. */
  openToRead: (path: string): number => regular(openSync(path, constants.O_RDONLY | NO_WAIT)),
  read: (file: number, into: Uint8Array): number => readSync(file, into, 0, into.length, null),
  write: (file: number, bytes: Uint8Array): number => writeSync(file, bytes, 0, bytes.length, null),
  cut: (file: number, size: number): void => ftruncateSync(file, size),
  sync: (file: number): void => fdatasyncSync(file),
  syncLater: promisify(fdatasync) as (file: number) => Promise<void>,
  /** The names in a directory are on the disk only when the directory is. Not every system lets one be opened. */
  syncDirectory: (path: string): void => {
    if (process.platform === 'win32') return
    const directory = openSync(path, 'r')
    try {
      fsyncSync(directory)
    } finally {
      closeSync(directory)
    }
  },
  close: (file: number): void => closeSync(file),
  rename: (from: string, to: string): void => renameSync(from, to),
  remove: (path: string): void => unlinkSync(path),
}
export type Disk = typeof DISK

function regular(file: number): number {
  if (fstatSync(file).isFile()) return file
  closeSync(file)
  throw Object.assign(new Error('it is no file'), { code: 'EINVAL' })
}

/** All of it, or an error; a part may be written then. */
export function writeAll(disk: Disk, file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += disk.write(file, bytes.subarray(at))
}

/** A new file with these bytes, on the disk when this returns. */
export function writeNew(disk: Disk, path: string, bytes: Uint8Array): void {
  const file = disk.create(path)
  try {
    writeAll(disk, file, bytes)
    disk.sync(file)
  } finally {
    disk.close(file)
  }
}

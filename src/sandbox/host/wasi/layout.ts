// Numbers of preview 1 that several calls share, and the structures that they write. Every byte is written, padding too (MEM-20).
import { ERRNO, GuestFault } from '../errno.ts'
import { FILE_TYPE, type Filestat, type Times } from '../fs/file-system.ts'
import type { Descriptor } from './handle-access.ts'

/** Offsets and sizes are signed to everything below: what has the top bit set is out of range (FSX-28). */
export const MAX_OFFSET = 2n ** 63n - 1n

/** `fdflags`. Writes are on their way when a call returns, so the synchronising ones promise nothing that could be kept. */
export const FDFLAG = { append: 1, dsync: 2, nonblock: 4, rsync: 8, sync: 16 } as const
export const KNOWN_FDFLAGS = FDFLAG.append | FDFLAG.nonblock

/** `filetype` of a socket. */
const SOCKET_STREAM = 6

export function filetypeOf({ kind }: Descriptor): number {
  switch (kind) {
    case 'stream':
      return FILE_TYPE['character-device']
    case 'file':
      return FILE_TYPE['regular-file']
    case 'directory':
      return FILE_TYPE.directory
    case 'socket':
      return SOCKET_STREAM
  }
}

export function encodeFdstat(handle: Descriptor): Uint8Array {
  const bytes = new Uint8Array(24)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, filetypeOf(handle))
  view.setUint16(2, handle.kind === 'directory' ? 0 : handle.flags, true)
  view.setBigUint64(8, handle.rights.base, true)
  view.setBigUint64(16, handle.rights.inheriting, true)
  return bytes
}

export function encodeFilestat({ device, inode, type, links, size, accessed, modified, changed }: Filestat): Uint8Array {
  const bytes = new Uint8Array(64)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, device, true)
  view.setBigUint64(8, inode, true)
  view.setUint8(16, type)
  view.setBigUint64(24, links, true)
  view.setBigUint64(32, size, true)
  view.setBigUint64(40, accessed, true)
  view.setBigUint64(48, modified, true)
  view.setBigUint64(56, changed, true)
  return bytes
}

/** All zero but the type: of a stream or socket no device, inode or time of the host is shown (WSI-05). */
export function encodeBareFilestat(type: number): Uint8Array {
  const bytes = new Uint8Array(64)
  bytes[16] = type
  return bytes
}

/** @throws {GuestFault} `inval` */
export function readTimes(accessed: bigint, modified: bigint, fstflags: number): Times {
  if (fstflags & ~0b1111) throw new GuestFault(ERRNO.inval)
  const choose = (given: boolean, now: boolean, time: bigint) => {
    if (given && now) throw new GuestFault(ERRNO.inval)
    return now ? 'now' : given ? time : null
  }
  return {
    accessed: choose((fstflags & 1) !== 0, (fstflags & 2) !== 0, accessed),
    modified: choose((fstflags & 4) !== 0, (fstflags & 8) !== 0, modified),
  }
}

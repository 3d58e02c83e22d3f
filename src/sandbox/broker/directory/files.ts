// The operations on what is open in a live directory.
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { BadRequest, type Fields } from '../fields.ts'
import type { Answer, Operation, Prepared } from '../operation.ts'
import { fault } from './errno.ts'
import { handleIn, timesIn } from './fields.ts'
import type { Open, OpenFile } from './handles.ts'
import { listing } from './listing.ts'
import { itself } from './node.ts'
import type { Parts } from './parts.ts'
import { DONE, type Subject } from './requests.ts'

/** Most bytes that one request reads or writes. A cell sends more in pieces. */
export const MAX_PIECE = 2 ** 20
/** Node's calls take positions as numbers. */
const MAX_SIZE = BigInt(Number.MAX_SAFE_INTEGER)

export function handleOperations(parts: Parts): Readonly<Record<string, Operation>> {
  const { handles, requests, attributes, growth } = parts

  /** A change of an open file. */
  const change = (hostCall: string, file: OpenFile, act: (file: OpenFile) => Promise<Answer>): Prepared => {
    const subject = { hostCall, object: file.path }
    return requests.onHandle(subject, requests.readOnly(subject, file.mount), async () => {
      if (!file.write) throw fault('notcapable')
      return act(file)
    })
  }

  /** Makes a file as long as this, the growth counted. */
  const resize = async ({ descriptor }: OpenFile, size: number, before: number): Promise<void> => {
    if (size >= before) return growth.during('fileBytes', size - before, () => descriptor.truncate(size))
    await descriptor.truncate(size)
    growth.giveBack('fileBytes', before - size)
  }

  return {
    'fs.stat': (fields) => {
      const open = handles.get(handleIn(fields))
      const descriptor = open.kind === 'file' ? open.descriptor : open.node.descriptor
      return requests.onHandle(mountIn(open, 'fd_filestat_get'), null, async () => {
        const stat = await descriptor.stat({ bigint: true })
        return { errno: 'success', fields: attributes.fields(stat, open.mount.index) }
      })
    },

    'fs.setTimes': (fields) => {
      const open = handles.get(handleIn(fields))
      const times = timesIn(fields)
      const subject = { hostCall: 'fd_filestat_set_times', object: open.path }
      return requests.onHandle(subject, requests.readOnly(subject, open.mount), async () => {
        await attributes.setTimes(open.kind === 'file' ? open.descriptor : open.node.descriptor, times)
        return DONE
      })
    },

    'fs.entries': (fields) => {
      const directory = handles.directory(handleIn(fields))
      return requests.onHandle(mountIn(directory, 'fd_readdir'), null, async (signal) => ({
        errno: 'success',
        body: await listing(directory, attributes, signal),
      }))
    },

    'fs.close': (fields) => {
      const handle = handleIn(fields)
      handles.mustBeClosable(handle)
      return requests.onHandle(null, null, async () => {
        await handles.close(handle)
        return DONE
      })
    },

    'fs.read': (fields) => {
      const file = handles.file(handleIn(fields))
      const offset = fields.u64('offset')
      const length = fields.integer('length', 0, MAX_PIECE)
      return requests.onHandle(null, null, async () => {
        if (!file.read) throw fault('notcapable')
        // Behind the end of any file.
        if (offset > MAX_SIZE) return DONE
        const buffer = new Uint8Array(length)
        const { bytesRead } = await file.descriptor.read(buffer, 0, length, Number(offset))
        return { errno: 'success', body: buffer.subarray(0, bytesRead) }
      })
    },

    'fs.write': (fields, body) => {
      const file = handles.file(handleIn(fields))
      const offset = fields.u64('offset')
      piece(body)
      return change('fd_write', file, async ({ descriptor }) => {
        const at = position(offset, BigInt(body.length))
        const grows = body.length === 0 ? 0 : Math.max(0, at + body.length - (await sizeOf(descriptor)))
        const { bytesWritten } = await growth.during('fileBytes', grows, () => descriptor.write(body, 0, body.length, at))
        growth.giveBack('fileBytes', Math.min(grows, body.length - bytesWritten))
        return { errno: 'success', fields: { written: bytesWritten } }
      })
    },

    'fs.append': (fields, body) => {
      const file = handles.file(handleIn(fields))
      piece(body)
      return change('fd_write', file, async () => {
        const descriptor = await appending(file)
        const { bytesWritten } = await growth.during('fileBytes', body.length, () => descriptor.write(body, 0, body.length, null))
        growth.giveBack('fileBytes', body.length - bytesWritten)
        return { errno: 'success', fields: { written: bytesWritten, end: String(await sizeOf(descriptor)) } }
      })
    },

    'fs.setSize': (fields) => {
      const file = handles.file(handleIn(fields))
      const size = fields.u64('size')
      return change('fd_filestat_set_size', file, async () => {
        await resize(file, position(size, 0n), await sizeOf(file.descriptor))
        return DONE
      })
    },

    'fs.allocate': (fields) => {
      const file = handles.file(handleIn(fields))
      const offset = fields.u64('offset')
      const length = fields.u64('length')
      return change('fd_allocate', file, async () => {
        const end = position(offset, length) + Number(length)
        const before = await sizeOf(file.descriptor)
        if (end > before) await resize(file, end, before)
        return DONE
      })
    },

    'fs.sync': (fields) => syncing(fields, parts),
  }
}

function syncing(fields: Fields, { handles, requests }: Parts): Prepared {
  const open = handles.get(handleIn(fields))
  return requests.onHandle({ hostCall: 'fd_sync', object: open.path }, null, async () => {
    if (open.kind === 'directory') await synced(await openForReading(open.node.descriptor))
    // What was opened for neither is only named by its descriptor, and nothing was written through it.
    else if (open.read || open.write) await open.descriptor.sync()
    return DONE
  })
}

const openForReading = (descriptor: FileHandle) => open(itself(descriptor), constants.O_RDONLY | constants.O_DIRECTORY)

async function synced(descriptor: FileHandle): Promise<void> {
  try {
    await descriptor.sync()
  } finally {
    await descriptor.close()
  }
}

/** The file open a second time, so that the kernel finds the end and writes there in one step. */
async function appending(file: OpenFile): Promise<FileHandle> {
  file.appending ??= await open(itself(file.descriptor), constants.O_WRONLY | constants.O_APPEND)
  return file.appending
}

function piece(body: Uint8Array): void {
  if (body.length > MAX_PIECE) throw new BadRequest('a piece to write is too long')
}

const sizeOf = async (descriptor: FileHandle): Promise<number> => (await descriptor.stat()).size

/** @throws {GuestFault} `fbig` if it, or what follows it, is beyond what any call here can name (FSX-28) */
function position(offset: bigint, length: bigint): number {
  if (offset + length > MAX_SIZE) throw fault('fbig')
  return Number(offset)
}

/** A mount is open from the start, without a record of its own: so each look at it has one. Whatever else is open was recorded when it was opened. */
const mountIn = (open: Open, hostCall: string): Subject | null =>
  open.kind === 'directory' && open.depth === 0 ? { hostCall, object: open.path } : null

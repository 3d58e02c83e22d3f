// fd_readdir. A listing begins with cookie 0 and stays what it was then, so that a guest may remove what it is listing: cookies are positions
// in it (FSX-25).
import type { HostContext } from '../context.ts'
import { ERRNO } from '../errno.ts'
import type { DirectoryEntry } from '../fs/file-system.ts'
import { type Handler, memoryOf } from '../handler.ts'
import type { DirectoryHandle } from '../handles.ts'
import { RIGHTS } from '../rights.ts'
import { directoryOf } from './handle-access.ts'

/** Listings that are kept at the same time. A guest that goes on with an older one gets the same positions in a new one. */
const KEPT = 8
const DIRENT_BYTES = 24

const encoder = new TextEncoder()
const listings = new WeakMap<HostContext, Map<DirectoryHandle, readonly DirectoryEntry[]>>()

/** Called when a handle is closed. */
export const forgetListing = (context: HostContext, handle: DirectoryHandle): void => void listings.get(context)?.delete(handle)

function listingOf(context: HostContext, handle: DirectoryHandle, cookie: bigint): readonly DirectoryEntry[] {
  const kept = listings.get(context) ?? new Map<DirectoryHandle, readonly DirectoryEntry[]>()
  listings.set(context, kept)
  const entries = (cookie === 0n ? undefined : kept.get(handle)) ?? handle.directory.entries()
  // The latest one last.
  kept.delete(handle)
  kept.set(handle, entries)
  if (kept.size > KEPT) kept.delete(kept.keys().next().value!)
  return entries
}

export const listingCalls: Readonly<Record<string, Handler>> = {
  fd_readdir: (context, args) => {
    const memory = memoryOf(context)
    const handle = directoryOf(context, args.i32('fd'), RIGHTS.fd_readdir)
    const [buffer, room, cookie] = [args.i32('buf'), args.i32('buf_len'), args.i64('cookie')]
    const entries = listingOf(context, handle, cookie)
    let used = 0
    // Any cookie that no listing gave is past the end.
    const first = cookie < BigInt(entries.length) ? Number(cookie) : entries.length
    for (let i = first; i < entries.length && used < room; i++) {
      const entry = encodeDirent(entries[i]!, BigInt(i + 1))
      // What does not fit is cut, and a buffer that is full says that there is more.
      const part = entry.subarray(0, room - used)
      memory.write(buffer + used, part)
      used += part.length
    }
    memory.writeU32(args.i32('bufused'), used)
    return ERRNO.success
  },
}

function encodeDirent({ name, inode, type }: DirectoryEntry, next: bigint): Uint8Array {
  const text = encoder.encode(name)
  const bytes = new Uint8Array(DIRENT_BYTES + text.length)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, next, true)
  view.setBigUint64(8, inode, true)
  view.setUint32(16, text.length, true)
  view.setUint8(20, type)
  bytes.set(text, DIRENT_BYTES)
  return bytes
}

// A file of a tree in memory, opened.
import { ERRNO, GuestFault } from '../errno.ts'
import type { Filestat, OpenFile, Times } from './file-system.ts'
import type { FileInode } from './inodes.ts'
import type { MemoryTree } from './memory-tree.ts'

/** Sizes are whole numbers of JavaScript: what is larger is refused before it becomes one (FSX-28). */
const MAX_SIZE = BigInt(Number.MAX_SAFE_INTEGER)

export class MemoryFile implements OpenFile {
  readonly kind = 'file'
  readonly #tree: MemoryTree
  readonly #file: FileInode
  readonly #write: boolean

  /** @param write whether it was opened for writing */
  constructor(tree: MemoryTree, file: FileInode, write: boolean) {
    this.#tree = tree
    this.#file = file
    this.#write = write
    file.handles++
  }

  read(offset: bigint, length: number): Uint8Array {
    const { bytes, size } = this.#file
    if (offset >= BigInt(size)) return new Uint8Array()
    const start = Number(offset)
    return bytes.subarray(start, start + Math.min(length, size - start))
  }

  write(offset: bigint, bytes: Uint8Array): number {
    this.#mustWrite()
    if (bytes.length === 0) return 0
    makeRoom(this.#tree, this.#file, offset + BigInt(bytes.length))
    this.#file.bytes.set(bytes, Number(offset))
    return bytes.length
  }

  append(bytes: Uint8Array): { end: bigint; written: number } {
    const written = this.write(BigInt(this.#file.size), bytes)
    return { end: BigInt(this.#file.size), written }
  }

  stat(): Filestat {
    return this.#tree.stat(this.#file)
  }

  setSize(size: bigint): void {
    this.#mustWrite()
    resize(this.#tree, this.#file, size)
  }

  setTimes(times: Times): void {
    this.#tree.setTimes(this.#file, times)
  }

  allocate(offset: bigint, length: bigint): void {
    this.#mustWrite()
    const end = offset + length
    if (end > BigInt(this.#file.size)) makeRoom(this.#tree, this.#file, end)
  }

  /** There is nothing to wait for. */
  sync(): void {}

  close(): void {
    this.#tree.closed(this.#file)
  }

  /** The handle's rights say so already; a handle that they were forgotten for finds this here (FSX-11). */
  #mustWrite(): void {
    this.#tree.mustBeWritable()
    if (!this.#write) throw new GuestFault(ERRNO.notcapable)
  }
}

/** @throws {GuestFault} `dquot`, `fbig` */
export function resize(tree: MemoryTree, file: FileInode, size: bigint): void {
  if (size < BigInt(file.size)) cut(tree, file, Number(size))
  else makeRoom(tree, file, size)
}

function cut(tree: MemoryTree, file: FileInode, to: number): void {
  tree.usage.give((file.size - to) * Math.max(1, file.names), 0)
  // A copy where much would be kept for nothing, or where it is not ours to change; else what is cut off becomes zero, as it has to read later.
  if (!file.owned || to < file.bytes.length / 2) file.bytes = file.bytes.slice(0, to)
  else file.bytes.fill(0, to, file.size)
  file.owned = true
  file.size = to
  tree.touch(file)
}

/** Makes a file at least so long, and its contents ready to be changed. What is skipped reads as zero, and counts at once. */
function makeRoom(tree: MemoryTree, file: FileInode, end: bigint): void {
  if (end > MAX_SIZE) throw new GuestFault(ERRNO.fbig)
  const size = Math.max(file.size, Number(end))
  tree.usage.take((size - file.size) * Math.max(1, file.names), 0)
  if (size > file.bytes.length || !file.owned) {
    // Twice as much as it has, so that a file written byte by byte is copied seldom; never more than the guest could fill.
    const room = size > file.bytes.length ? Math.max(size, Math.min(2 * file.bytes.length, tree.limits.bytes)) : size
    const bytes = new Uint8Array(room)
    bytes.set(file.bytes.subarray(0, file.size))
    file.bytes = bytes
    file.owned = true
  }
  file.size = size
  tree.touch(file)
}

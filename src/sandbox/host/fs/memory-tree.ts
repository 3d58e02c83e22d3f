// A tree in the cell's memory: a mount that is empty at first, or a copy of what the embedder gave. Nothing of it is outside of the cell.
//
// Names are compared byte for byte, without folding or normalisation (FSX-21): they are strings that come from strict UTF-8, so equal strings
// are equal bytes.
import { ERRNO, GuestFault } from '../errno.ts'
import { FILE_TYPE, type Filestat, type MountSpec, type Times, type TreeEntry, type TreeQuotas } from './file-system.ts'
import {
  contentBytes,
  type DirectoryInode,
  depthOf,
  descendants,
  type FileInode,
  type Inode,
  isDirectory,
  isLink,
  type LinkInode,
  pathBytesOf,
} from './inodes.ts'
import { leadsOut, PathEscape } from './resolve.ts'
import type { TreeUsage } from './tree-usage.ts'

export interface TreeSurroundings {
  /** Number that tells this mount from the others. */
  readonly device: bigint
  readonly quotas: TreeQuotas
  /** Shared by all trees of the guest. */
  readonly usage: TreeUsage
  /** Nanoseconds since the epoch as the guest may see them; 0 if it has no clock. */
  readonly now: () => bigint
}

export class MemoryTree {
  readonly at: string
  readonly writable: boolean
  readonly limits: TreeQuotas
  readonly usage: TreeUsage
  readonly root: DirectoryInode
  readonly now: () => bigint
  /** Counts changes, so that a tree that nobody touched is known to be the same. */
  version = 0
  readonly #device: bigint
  #inodes = 0n

  /** @param spec of kind `memory` or `snapshot`, its size checked by the host */
  constructor(spec: MountSpec, { device, quotas, usage, now }: TreeSurroundings) {
    this.at = spec.at
    this.writable = spec.writable
    this.limits = quotas
    this.usage = usage
    this.#device = device
    // What is laid in has one time: to ask the clock for each entry would cost more than the entries do.
    const begun = now()
    this.now = () => begun
    this.root = this.newDirectory()
    for (const entry of spec.entries) this.#lay(entry)
    this.now = now
  }

  newFile(bytes: Uint8Array = new Uint8Array(), modified?: bigint): FileInode {
    const file = { ...this.#common(), type: FILE_TYPE['regular-file'], bytes, size: bytes.length, owned: false, version: 0 }
    if (modified !== undefined) file.modified = modified
    return file
  }

  newDirectory(): DirectoryInode {
    return { ...this.#common(), type: FILE_TYPE.directory, entries: new Map<string, Inode>(), parent: null, name: '' }
  }

  newLink(target: string): LinkInode {
    return { ...this.#common(), type: FILE_TYPE['symbolic-link'], target, targetBytes: Buffer.byteLength(target) }
  }

  #common() {
    const now = this.now()
    return { number: ++this.#inodes, names: 0, handles: 0, accessed: now, modified: now, changed: now }
  }

  /** @throws {GuestFault} `rofs` */
  mustBeWritable(): void {
    if (!this.writable) throw new GuestFault(ERRNO.rofs)
  }

  /**
   * Gives an inode a name. Each name counts, and the contents count once for each: every name comes back to the embedder as a file of its own.
   *
   * @throws {GuestFault} `dquot`, `nametoolong`; `noent` if the directory was removed
   */
  attach(directory: DirectoryInode, name: string, inode: Inode): void {
    if (directory !== this.root && directory.parent === null) throw new GuestFault(ERRNO.noent)
    this.#mustFit(directory, name, '')
    this.usage.take(contentBytes(inode), 1)
    this.#put(directory, name, inode)
  }

  /** Takes a name away. What has no name and is not open is gone. */
  detach(directory: DirectoryInode, name: string): void {
    const inode = directory.entries.get(name)!
    this.#unlink(directory, name)
    if (inode.names > 0 || inode.handles === 0) this.usage.give(contentBytes(inode), 1)
    inode.changed = this.now()
  }

  /** Called when a handle is closed. */
  closed(inode: Inode): void {
    if (--inode.handles === 0 && inode.names === 0 && inode !== this.root) this.usage.give(contentBytes(inode), 1)
  }

  /**
   * Moves an inode to a name that is free. A subtree may hold long paths and links, which must be right where they come to be.
   *
   * @throws {GuestFault} `nametoolong`, `noent`
   * @throws {PathEscape} if a link would lead out of the mount from there
   */
  mustBeMovable(inode: Inode, to: DirectoryInode, name: string): void {
    if (to !== this.root && to.parent === null) throw new GuestFault(ERRNO.noent)
    const depth = depthOf(to)
    this.#mustFit(to, name, '')
    if (isLink(inode) && leadsOut(inode.target, depth)) throw new PathEscape()
    if (!isDirectory(inode)) return
    for (const below of descendants(inode)) {
      this.#mustFit(to, name, below.path)
      if (isLink(below.inode) && leadsOut(below.inode.target, depth + 1 + below.depth)) throw new PathEscape()
    }
  }

  /** @param inode has been found movable */
  move(inode: Inode, from: DirectoryInode, oldName: string, to: DirectoryInode, newName: string): void {
    this.#unlink(from, oldName)
    this.#put(to, newName, inode)
    inode.changed = this.now()
  }

  stat(inode: Inode): Filestat {
    const { number, type, names, accessed, modified, changed } = inode
    const size = BigInt(contentBytes(inode))
    return { device: this.#device, inode: number, type, links: BigInt(names), size, accessed, modified, changed }
  }

  /** @throws {GuestFault} `rofs` */
  setTimes(inode: Inode, { accessed, modified }: Times): void {
    this.mustBeWritable()
    const now = this.now()
    if (accessed !== null) inode.accessed = accessed === 'now' ? now : accessed
    if (modified !== null) inode.modified = modified === 'now' ? now : modified
    inode.changed = now
  }

  /** A file's contents are about to be changed. */
  touch(file: FileInode): void {
    file.modified = file.changed = this.now()
    file.version++
    this.version++
  }

  #put(directory: DirectoryInode, name: string, inode: Inode): void {
    directory.entries.set(name, inode)
    inode.names++
    if (isDirectory(inode)) {
      inode.parent = directory
      inode.name = name
    }
    directory.modified = directory.changed = this.now()
    this.version++
  }

  #unlink(directory: DirectoryInode, name: string): void {
    const inode = directory.entries.get(name)!
    directory.entries.delete(name)
    inode.names--
    if (isDirectory(inode)) inode.parent = null
    directory.modified = directory.changed = this.now()
    this.version++
  }

  /** Without this a guest could nest directories until one path alone, told to the embedder, were larger than all files together may be. */
  #mustFit(directory: DirectoryInode, name: string, below: string): void {
    const bytes = pathBytesOf(directory) + 1 + Buffer.byteLength(name) + Buffer.byteLength(below) + (below === '' ? 0 : 1)
    if (bytes > this.limits.pathBytes) throw new GuestFault(ERRNO.nametoolong)
  }

  /** Lays in one entry, with the directories above it. A later entry takes the place of an earlier one. */
  #lay(entry: TreeEntry): void {
    const names = entry.path.split('/')
    const last = names.pop()!
    let directory = this.root
    for (const name of names) {
      const there = directory.entries.get(name)
      directory = there && isDirectory(there) ? there : this.#layOver(directory, name, this.newDirectory())
    }
    const there = directory.entries.get(last)
    if (entry.type === 'directory' && there && isDirectory(there)) return
    this.#layOver(directory, last, this.#newOf(entry))
  }

  #newOf(entry: TreeEntry): Inode {
    if (entry.type === 'directory') return this.newDirectory()
    if (entry.type === 'symlink') return this.newLink(entry.target)
    const { modifiedMs } = entry
    return this.newFile(
      entry.bytes,
      modifiedMs === undefined ? undefined : BigInt(Math.max(0, Math.trunc(modifiedMs))) * 1_000_000n,
    )
  }

  #layOver<I extends Inode>(directory: DirectoryInode, name: string, inode: I): I {
    if (directory.entries.has(name)) this.detach(directory, name)
    this.usage.takeGiven(contentBytes(inode), 1)
    this.#put(directory, name, inode)
    return inode
  }
}

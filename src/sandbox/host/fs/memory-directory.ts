// A directory of a tree in memory, opened: what paths do there. The semantics are those of POSIX where preview 1 says nothing else.
import { ERRNO, type Errno, GuestFault } from '../errno.ts'
import {
  type DirectoryEntry,
  FILE_TYPE,
  type Filestat,
  type OpenDirectory,
  type OpenFile,
  type OpenHow,
  type Times,
} from './file-system.ts'
import { type DirectoryInode, depthOf, type Inode, isDirectory, isLink, isWithin, type LinkInode } from './inodes.ts'
import { MemoryFile, resize } from './memory-file.ts'
import type { MemoryTree } from './memory-tree.ts'
import {
  isLongerThan,
  type LastLink,
  leadsOut,
  PathEscape,
  parentOf,
  type Resolved,
  resolve,
  resolveNow,
  type Step,
} from './resolve.ts'

/** One step of a resolution. */
const answer = (step: Step<Inode>): Inode | null | string =>
  step.kind === 'look-up' ? ((step.directory as DirectoryInode).entries.get(step.name) ?? null) : (step.link as LinkInode).target

/** A name in a directory that a call makes, removes or replaces. */
interface Entry {
  readonly directory: DirectoryInode
  readonly name: string
  readonly node: Inode | null
  readonly mustBeDirectory: boolean
}

export class MemoryDirectory implements OpenDirectory {
  readonly kind = 'directory'
  readonly #tree: MemoryTree
  readonly #directory: DirectoryInode

  constructor(tree: MemoryTree, directory: DirectoryInode) {
    this.#tree = tree
    this.#directory = directory
    directory.handles++
  }

  get writable(): boolean {
    return this.#tree.writable
  }

  entries(): readonly DirectoryEntry[] {
    const self = this.#directory
    const entry = (name: string, { number, type }: Inode): DirectoryEntry => ({ name, inode: number, type })
    const list = [entry('.', self), entry('..', self.parent ?? self)]
    for (const [name, inode] of self.entries) list.push(entry(name, inode))
    return list
  }

  stat(): Filestat {
    return this.#tree.stat(this.#directory)
  }

  setTimes(times: Times): void {
    this.#tree.setTimes(this.#directory, times)
  }

  sync(): void {}

  close(): void {
    this.#tree.closed(this.#directory)
  }

  open(path: string, how: OpenHow): OpenFile | OpenDirectory {
    const found = this.#resolve(path, how.follow && !(how.create && how.exclusive) ? 'follow' : 'keep')
    const node = found.node
    if (node === null) return this.#create(found, how)
    if (how.create && how.exclusive) throw new GuestFault(ERRNO.exist)
    if (isLink(node)) throw new GuestFault(how.directory ? ERRNO.notdir : ERRNO.loop)
    if (isDirectory(node)) {
      if (how.write || how.truncate || how.create) throw new GuestFault(ERRNO.isdir)
      return new MemoryDirectory(this.#tree, node)
    }
    if (how.directory) throw new GuestFault(ERRNO.notdir)
    // Creating and truncating are changes, whatever the handle is for (FSX-11).
    if (how.write || how.truncate || how.create) this.#tree.mustBeWritable()
    if (how.truncate) resize(this.#tree, node, 0n)
    return new MemoryFile(this.#tree, node, how.write)
  }

  #create(found: Resolved<Inode>, { create, directory, write }: OpenHow): OpenFile {
    if (!create) throw new GuestFault(ERRNO.noent)
    if (directory) throw new GuestFault(ERRNO.inval)
    if (found.mustBeDirectory) throw new GuestFault(ERRNO.isdir)
    this.#tree.mustBeWritable()
    const file = this.#tree.newFile()
    this.#tree.attach(parentOf(found) as DirectoryInode, found.name!, file)
    return new MemoryFile(this.#tree, file, write)
  }

  statPath(path: string, follow: boolean): Filestat {
    return this.#tree.stat(this.#find(path, follow))
  }

  setTimesPath(path: string, follow: boolean, times: Times): void {
    this.#tree.setTimes(this.#find(path, follow), times)
  }

  readLink(path: string): string {
    const node = this.#find(path, false)
    if (!isLink(node)) throw new GuestFault(ERRNO.inval)
    return node.target
  }

  createDirectory(path: string): void {
    const { directory, name } = this.#free(this.#entry(path, ERRNO.exist))
    this.#tree.attach(directory, name, this.#tree.newDirectory())
  }

  symlink(target: string, path: string): void {
    if (target === '') throw new GuestFault(ERRNO.noent)
    if (isLongerThan(target, this.#tree.limits.pathBytes)) throw new GuestFault(ERRNO.nametoolong)
    const entry = this.#entry(path, ERRNO.exist)
    if (leadsOut(target, depthOf(entry.directory))) throw new PathEscape()
    const { directory, name } = this.#freeForFile(entry)
    this.#tree.attach(directory, name, this.#tree.newLink(target))
  }

  link(path: string, follow: boolean, to: OpenDirectory, toPath: string): void {
    const target = this.#sameTree(to)
    const node = this.#find(path, follow)
    if (isDirectory(node)) throw new GuestFault(ERRNO.perm)
    const { directory, name } = this.#freeForFile(target.#entry(toPath, ERRNO.exist))
    // A link that is right here may lead out from there.
    this.#tree.mustBeMovable(node, directory, name)
    this.#tree.attach(directory, name, node)
    node.changed = this.#tree.now()
  }

  removeDirectory(path: string): void {
    const { directory, name, node } = this.#entry(path, ERRNO.inval)
    if (node === null) throw new GuestFault(ERRNO.noent)
    if (!isDirectory(node)) throw new GuestFault(ERRNO.notdir)
    this.#tree.mustBeWritable()
    if (node.entries.size > 0) throw new GuestFault(ERRNO.notempty)
    this.#tree.detach(directory, name)
  }

  unlink(path: string): void {
    const { directory, name, node, mustBeDirectory } = this.#entry(path, ERRNO.isdir)
    if (node === null) throw new GuestFault(ERRNO.noent)
    if (isDirectory(node)) throw new GuestFault(ERRNO.isdir)
    if (mustBeDirectory) throw new GuestFault(ERRNO.notdir)
    this.#tree.mustBeWritable()
    this.#tree.detach(directory, name)
  }

  rename(path: string, to: OpenDirectory, toPath: string): void {
    const target = this.#sameTree(to)
    const source = this.#entry(path, ERRNO.busy)
    const { node } = source
    if (node === null) throw new GuestFault(ERRNO.noent)
    const goal = target.#entry(toPath, ERRNO.busy)
    if ((source.mustBeDirectory || goal.mustBeDirectory) && !isDirectory(node)) throw new GuestFault(ERRNO.notdir)
    this.#tree.mustBeWritable()
    if (goal.node === node) return
    if (isDirectory(node) && isWithin(goal.directory, node)) throw new GuestFault(ERRNO.inval)
    if (goal.node) mustBeReplaceable(node, goal.node)
    this.#tree.mustBeMovable(node, goal.directory, goal.name)
    if (goal.node) this.#tree.detach(goal.directory, goal.name)
    this.#tree.move(node, source.directory, source.name, goal.directory, goal.name)
  }

  #resolve(path: string, lastLink: LastLink): Resolved<Inode> {
    return resolveNow(resolve<Inode>(this.#directory, path, lastLink, this.#tree.limits), answer)
  }

  /** What is there. @throws {GuestFault} `noent` */
  #find(path: string, follow: boolean): Inode {
    const { node } = this.#resolve(path, follow ? 'follow' : 'keep')
    if (node === null) throw new GuestFault(ERRNO.noent)
    return node
  }

  /** The name at the end of the path. @param nameless what to answer for `.` and `..`, which name the directory that is held (FSX-27) */
  #entry(path: string, nameless: Errno): Entry {
    const found = this.#resolve(path, 'entry')
    if (found.name === null) throw new GuestFault(nameless)
    return {
      directory: parentOf(found) as DirectoryInode,
      name: found.name,
      node: found.node,
      mustBeDirectory: found.mustBeDirectory,
    }
  }

  /** @throws {GuestFault} `exist`, `rofs` */
  #free(entry: Entry): Entry {
    if (entry.node !== null) throw new GuestFault(ERRNO.exist)
    this.#tree.mustBeWritable()
    return entry
  }

  /** The same for what is no directory, so that a slash after its name is wrong. @throws {GuestFault} `notdir`, `noent` too */
  #freeForFile(entry: Entry): Entry {
    if (entry.mustBeDirectory && entry.node?.type !== FILE_TYPE.directory)
      throw new GuestFault(entry.node ? ERRNO.notdir : ERRNO.noent)
    return this.#free(entry)
  }

  /** Two mounts never share an inode, so what one may not do cannot be done through the other (FSX-09, FSX-10). @throws {GuestFault} `xdev` */
  #sameTree(other: OpenDirectory): MemoryDirectory {
    if (!(other instanceof MemoryDirectory) || other.#tree !== this.#tree) throw new GuestFault(ERRNO.xdev)
    return other
  }
}

/** @throws {GuestFault} unless the second may be replaced by the first */
function mustBeReplaceable(node: Inode, old: Inode): void {
  if (isDirectory(node)) {
    if (!isDirectory(old)) throw new GuestFault(ERRNO.notdir)
    else if (old.entries.size > 0) throw new GuestFault(ERRNO.notempty)
  } else if (isDirectory(old)) throw new GuestFault(ERRNO.isdir)
}

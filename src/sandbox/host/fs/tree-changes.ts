// What a guest changed in a tree in memory, told to the embedder after each activation.
import type { TreeChange } from './file-system.ts'
import { descendants, type Inode, isDirectory, isFile, isLink } from './inodes.ts'
import type { MemoryTree } from './memory-tree.ts'

/** What the embedder knows of an entry. */
interface Known {
  readonly type: Inode['type']
  readonly number: bigint
  /** Of a file. */
  readonly version: number
}

const knownOf = (inode: Inode): Known => ({ type: inode.type, number: inode.number, version: isFile(inode) ? inode.version : 0 })

/** A directory is the same by being one; a file by its contents; a link never changes, it is replaced. */
const isSame = (old: Known, now: Known): boolean =>
  old.type === now.type && (now.type === 3 || (old.number === now.number && old.version === now.version))

export class TreeChanges {
  readonly #tree: MemoryTree
  #version: number
  #known: ReadonlyMap<string, Known>

  /** What is in the tree now is what the embedder laid in. */
  constructor(tree: MemoryTree) {
    this.#tree = tree
    this.#version = tree.version
    this.#known = tree.writable ? this.#all() : new Map()
  }

  /**
   * The changes since the last call, times not among them. First what was removed, of a removed directory only itself; then what is new or different, directories
   * before what is in them. What became something of another type is removed first. Paths are the guest's, from its root. A link's target is
   * the guest's text and leads out of the mount neither as text nor when the guest follows it; whoever lays the links out in a place
   * that holds other links must look again.
   */
  take(): TreeChange[] {
    if (this.#tree.version === this.#version) return []
    this.#version = this.#tree.version
    const old = this.#known
    this.#known = this.#all()
    const changes: TreeChange[] = [...this.#removed(old)]
    for (const { inode, path } of descendants(this.#tree.root)) {
      const before = old.get(path)
      if (!before || !isSame(before, this.#known.get(path)!)) changes.push(changeOf(inode, this.#guestPath(path)))
    }
    return changes
  }

  *#removed(old: ReadonlyMap<string, Known>): Generator<TreeChange> {
    const gone = new Set<string>()
    for (const [path, { type }] of old) {
      if (this.#known.get(path)?.type === type) continue
      // Parents come first, so what is below a removed directory is recognised by it.
      gone.add(path)
      const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')))
      if (!gone.has(parent)) yield { type: 'removed', path: this.#guestPath(path) }
    }
  }

  #all(): Map<string, Known> {
    const all = new Map<string, Known>()
    for (const { inode, path } of descendants(this.#tree.root)) all.set(path, knownOf(inode))
    return all
  }

  #guestPath(path: string): string {
    return this.#tree.at === '/' ? `/${path}` : `${this.#tree.at}/${path}`
  }
}

function changeOf(inode: Inode, path: string): TreeChange {
  if (isDirectory(inode)) return { type: 'directory', path }
  if (isLink(inode)) return { type: 'symlink', path, target: inode.target }
  return { type: 'file', path, bytes: inode.bytes.slice(0, inode.size) }
}

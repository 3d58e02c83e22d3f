// What a tree in memory is made of.
import { FILE_TYPE } from './file-system.ts'

interface Common {
  /** Of the tree's own counting, never given twice. */
  readonly number: bigint
  /** Names that it has. Without one it lives on as long as it is open. */
  names: number
  /** How often it is open. */
  handles: number
  accessed: bigint
  modified: bigint
  changed: bigint
}

export interface FileInode extends Common {
  readonly type: 4
  /** Room for the contents, of which `size` bytes count and the rest is zero. */
  bytes: Uint8Array
  size: number
  /** False while `bytes` is the embedder's, which is copied before it is changed. */
  owned: boolean
  /** Counts changes. */
  version: number
}

export interface DirectoryInode extends Common {
  readonly type: 3
  /** In the order in which the names were made. A Map, because the names are the guest's (LNK-08). */
  readonly entries: Map<string, Inode>
  /** Null for the root, and for one that was removed. */
  parent: DirectoryInode | null
  /** Its name in `parent`. */
  name: string
}

export interface LinkInode extends Common {
  readonly type: 7
  readonly target: string
  readonly targetBytes: number
}

export type Inode = FileInode | DirectoryInode | LinkInode

export const isFile = (inode: Inode): inode is FileInode => inode.type === FILE_TYPE['regular-file']
export const isDirectory = (inode: Inode): inode is DirectoryInode => inode.type === FILE_TYPE.directory
export const isLink = (inode: Inode): inode is LinkInode => inode.type === FILE_TYPE['symbolic-link']

/** Bytes that an inode counts for, once. */
export const contentBytes = (inode: Inode): number => (isFile(inode) ? inode.size : isLink(inode) ? inode.targetBytes : 0)

/** Directories above this one, the root included. */
export function depthOf(directory: DirectoryInode): number {
  let depth = 0
  for (let at = directory.parent; at !== null; at = at.parent) depth++
  return depth
}

/** Bytes of the path from the root to this directory, a slash before each name. */
export function pathBytesOf(directory: DirectoryInode): number {
  let bytes = 0
  for (let at = directory; at.parent !== null; at = at.parent) bytes += 1 + Buffer.byteLength(at.name)
  return bytes
}

/** Whether `directory` is `top` or lies below it. */
export function isWithin(directory: DirectoryInode, top: DirectoryInode): boolean {
  for (let at: DirectoryInode | null = directory; at !== null; at = at.parent) if (at === top) return true
  return false
}

export interface Descendant {
  readonly inode: Inode
  /** Path from the top, a slash between names. */
  readonly path: string
  /** Directories between the top and it. */
  readonly depth: number
}

/** Everything below a directory, parents before what is in them. Without recursion: the depth is the guest's choice (RES-07). */
export function* descendants(top: DirectoryInode): Generator<Descendant> {
  const open: { directory: DirectoryInode; prefix: string; depth: number }[] = [{ directory: top, prefix: '', depth: 0 }]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const { directory, prefix, depth } = at
    for (const [name, inode] of directory.entries) {
      const path = prefix + name
      yield { inode, path, depth }
      if (isDirectory(inode)) open.push({ directory: inode, prefix: `${path}/`, depth: depth + 1 })
    }
  }
}

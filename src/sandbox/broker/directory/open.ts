// Opening a path in a live directory: by what it turns out to be, and only then for data.
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { FILE_TYPE, type OpenHow } from '../../host/fs/file-system.ts'
import { parentOf, type Resolved } from '../../host/fs/resolve.ts'
import type { Answer } from '../operation.ts'
import { fault } from './errno.ts'
import type { OpenDirectory } from './handles.ts'
import { entryOf, itself, type LiveNode, reopened } from './node.ts'
import type { Parts } from './parts.ts'
import type { Walks } from './walk.ts'

export interface Opening {
  readonly from: OpenDirectory
  /** Guest path of what is opened. */
  readonly path: string
  readonly how: OpenHow
}

const NEW_FILE_MODE = 0o600
const SET_ID_BITS = 0o6000n

export async function openFound(parts: Parts, opening: Opening, found: Resolved<LiveNode>, walks: Walks): Promise<Answer> {
  const { how } = opening
  parts.handles.reserve()
  if (!found.node) return addFile(parts, opening, await create(parts, opening, found), walks)
  const { type } = found.node
  if (how.create && how.exclusive) throw fault('exist')
  if (type === FILE_TYPE['symbolic-link']) throw fault(how.directory ? 'notdir' : 'loop')
  if (type === FILE_TYPE.directory) return addDirectory(parts, opening, found, found.node, walks)
  if (how.directory) throw fault('notdir')
  return addFile(parts, opening, await openData(parts, how, found.node, walks), walks)
}

/** Exclusive in any case: nobody else's file, and no link that appeared since the name was looked up, is taken for the new one. */
async function create({ growth }: Parts, { how }: Opening, found: Resolved<LiveNode>): Promise<FileHandle> {
  const { name, mustBeDirectory } = found
  if (!how.create || name === null) throw fault('noent')
  if (mustBeDirectory) throw fault('isdir')
  if (how.directory) throw fault('inval')
  const flags = accessOf(how) | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  return growth.during('inodes', 1, () => open(entryOf(parentOf(found), name), flags, NEW_FILE_MODE))
}

/** A regular file, known to be one: opening what the descriptor holds cannot reach another. */
async function openData(parts: Parts, how: OpenHow, node: LiveNode, walks: Walks): Promise<FileHandle> {
  // The kernel takes these bits away when others write, but not when root does.
  if ((how.write || how.truncate) && (node.stat.mode & SET_ID_BITS) !== 0n) throw fault('acces')
  if (how.truncate) await truncate(parts, node)
  if (!how.read && !how.write) return walks.keep(node).descriptor
  return open(itself(node.descriptor), accessOf(how))
}

async function truncate({ growth }: Parts, { descriptor }: LiveNode): Promise<void> {
  const writing = await open(itself(descriptor), constants.O_WRONLY)
  try {
    const { size } = await writing.stat()
    await writing.truncate(0)
    growth.giveBack('fileBytes', size)
  } finally {
    await writing.close()
  }
}

const accessOf = ({ read, write }: OpenHow): number =>
  write ? (read ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY

async function addFile({ handles }: Parts, { from, path, how }: Opening, descriptor: FileHandle, walks: Walks): Promise<Answer> {
  if (walks.signal.aborted) {
    // Nobody will hear of the handle.
    await descriptor.close()
    throw walks.signal.reason
  }
  const { read, write } = how
  const handle = handles.add({ kind: 'file', mount: from.mount, path, descriptor, read, write, appending: null })
  return { errno: 'success', fields: { handle, kind: 'file' } }
}

async function addDirectory(
  { handles, attributes }: Parts,
  { from, path, how }: Opening,
  found: Resolved<LiveNode>,
  node: LiveNode,
  walks: Walks,
): Promise<Answer> {
  if (how.write || how.truncate || how.create) throw fault('isdir')
  const { directories, name } = found
  const own = await reopened(node)
  if (walks.signal.aborted) {
    await own.descriptor.close()
    throw walks.signal.reason
  }
  const above = name === null ? directories.at(-2) : directories.at(-1)
  const parentInode = above ? attributes.inode(above.stat) : from.parentInode
  const depth = from.depth + directories.length - (name === null ? 1 : 0)
  const handle = handles.add({ kind: 'directory', mount: from.mount, path, node: own, depth, parentInode })
  return { errno: 'success', fields: { handle, kind: 'directory' } }
}

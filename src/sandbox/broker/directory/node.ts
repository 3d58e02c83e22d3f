// Things in a live directory, held by descriptors that name them and can do nothing else with them.
//
// Names are what a second writer can change between a check and a use (FSX-08), so no decision here rests on one. Node has no openat, but on Linux
// `/proc/self/fd/N/name` is one: the kernel goes from the directory that N holds, wherever it was moved to, through one single component. O_PATH
// opens without any effect on what is opened, so that its type can be looked at before it is opened for data (FSX-18); and
// `/proc/self/fd/N` then means that very thing, whatever its name means by now. See open(2), proc(5).
import { type BigIntStats, constants, readFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { ERRNO } from '../../host/errno.ts'
import { FILE_TYPE, type FileType } from '../../host/fs/file-system.ts'
import type { Node } from '../../host/fs/resolve.ts'
import { Denied, osCode } from './errno.ts'

/** Linux has this number on every architecture that Node runs on; Node has no name for it. */
const O_PATH = 0o10000000

export interface LiveNode extends Node {
  readonly descriptor: FileHandle
  /** As it was when it was looked up. */
  readonly stat: BigIntStats
  /** The kernel's number of the mount that it lies in. */
  readonly mountId: string
  /** Where it was found: null for the root of a mount. */
  readonly found: { readonly directory: LiveNode; readonly name: string } | null
}

/** The thing itself, for calls that take a path. */
export const itself = (descriptor: FileHandle): string => `/proc/self/fd/${descriptor.fd}`

/**
 * One name in a directory, for calls that take a path and do not follow what they find.
 *
 * @throws {TypeError} if it is not one plain name: with anything else the kernel would walk by itself
 */
export function entryOf({ descriptor }: LiveNode, name: string): string {
  if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0'))
    throw new TypeError('only a plain name is looked up in a directory')
  return `${itself(descriptor)}/${name}`
}

/** Opens a directory of the embedder's, whose path is trusted. */
export async function openRoot(source: string): Promise<LiveNode> {
  const descriptor = await open(source, O_PATH | constants.O_DIRECTORY)
  try {
    const stat = await descriptor.stat({ bigint: true })
    return { type: FILE_TYPE.directory, descriptor, stat, mountId: mountIdOf(descriptor), found: null }
  } catch (error) {
    await descriptor.close()
    throw error
  }
}

/** The same directory, by a descriptor of its own. */
export async function reopened(node: LiveNode): Promise<LiveNode> {
  return { ...node, descriptor: await open(itself(node.descriptor), O_PATH | constants.O_DIRECTORY), found: null }
}

/**
 * What has this name in the directory, a link itself if it is one; null if nothing has.
 *
 * @throws {Denied} if it lies on another file system, or is neither file nor directory nor link
 */
export async function lookUp(directory: LiveNode, name: string): Promise<LiveNode | null> {
  let descriptor: FileHandle
  try {
    descriptor = await open(entryOf(directory, name), O_PATH | constants.O_NOFOLLOW)
  } catch (error) {
    if (osCode(error) === 'ENOENT') return null
    throw error
  }
  try {
    const stat = await descriptor.stat({ bigint: true })
    const mountId = mountIdOf(descriptor)
    // By mount and not by device number: a bind mount has its source's device, and on an overlay one directory can show several (FSX-17).
    if (mountId !== directory.mountId) throw new Denied(ERRNO.notcapable, 'lies on another file system than its mount')
    const type = typeOf(stat)
    if (type === FILE_TYPE.unknown) throw new Denied(ERRNO.notsup, 'is neither a file nor a directory nor a link')
    return { type, descriptor, stat, mountId, found: { directory, name } }
  } catch (error) {
    await descriptor.close()
    throw error
  }
}

/** `unknown` for what is not served: devices, pipes, sockets. */
export function typeOf(stat: BigIntStats): FileType {
  if (stat.isFile()) return FILE_TYPE['regular-file']
  if (stat.isDirectory()) return FILE_TYPE.directory
  if (stat.isSymbolicLink()) return FILE_TYPE['symbolic-link']
  return FILE_TYPE.unknown
}

// At once, because it asks the kernel about this process and no device: it cannot block.
function mountIdOf(descriptor: FileHandle): string {
  const id = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor.fd}`, 'latin1'))?.[1]
  if (id === undefined) throw new Error('the kernel does not tell mounts apart')
  return id
}

// A directory's listing, as bytes: for each entry inode (u64), type (u8), length of the name (u16) and the name, little-endian.
import { lstat, opendir } from 'node:fs/promises'
import { FILE_TYPE, type FileType } from '../../host/fs/file-system.ts'
import type { Attributes } from './attributes.ts'
import { fault, osCode } from './errno.ts'
import type { OpenDirectory } from './handles.ts'
import { entryOf, itself, typeOf } from './node.ts'
import { textOf } from './walk.ts'

/** Entries of one listing; with the longest names they just fit into a reply. */
const MAX_ENTRIES = 60_000
/** Entries looked at side by side. */
const ABREAST = 32
const HEADER = 11

interface Entry {
  readonly inode: bigint
  readonly type: FileType
  readonly name: Buffer
}

/**
 * Left out is what cannot be opened either: devices, pipes, sockets, and names that are not UTF-8.
 *
 * @throws {GuestFault} `overflow` if there are too many
 */
export async function listing(directory: OpenDirectory, attributes: Attributes, signal: AbortSignal): Promise<Uint8Array> {
  const names = await namesIn(directory, signal)
  names.sort(Buffer.compare)
  const own = attributes.inode(directory.node.stat)
  const entries: Entry[] = [
    { inode: own, type: FILE_TYPE.directory, name: Buffer.from('.') },
    { inode: directory.depth === 0 ? own : directory.parentInode, type: FILE_TYPE.directory, name: Buffer.from('..') },
  ]
  for (let i = 0; i < names.length; i += ABREAST) {
    signal.throwIfAborted()
    const group = await Promise.all(names.slice(i, i + ABREAST).map((name) => look(directory, name, attributes)))
    for (const entry of group) if (entry) entries.push(entry)
  }
  return encode(entries)
}

async function namesIn({ node }: OpenDirectory, signal: AbortSignal): Promise<Buffer[]> {
  const names: Buffer[] = []
  // Typed as if every name were text.
  const directory = await opendir(itself(node.descriptor), { encoding: 'buffer' as BufferEncoding, bufferSize: 256 })
  for await (const { name } of directory) {
    signal.throwIfAborted()
    if (names.length === MAX_ENTRIES) throw fault('overflow')
    names.push(name as unknown as Buffer)
  }
  return names
}

async function look({ node }: OpenDirectory, name: Buffer, attributes: Attributes): Promise<Entry | null> {
  const text = textOf(name)
  if (text === null) return null
  try {
    const stat = await lstat(entryOf(node, text), { bigint: true })
    const type = typeOf(stat)
    return type === FILE_TYPE.unknown ? null : { inode: attributes.inode(stat), type, name }
  } catch (error) {
    // Gone since it was listed.
    if (osCode(error) === 'ENOENT') return null
    throw error
  }
}

function encode(entries: readonly Entry[]): Uint8Array {
  const bytes = Buffer.alloc(entries.reduce((sum, { name }) => sum + HEADER + name.length, 0))
  let at = 0
  for (const { inode, type, name } of entries) {
    bytes.writeBigUInt64LE(inode, at)
    bytes.writeUInt8(type, at + 8)
    bytes.writeUInt16LE(name.length, at + 9)
    name.copy(bytes, at + HEADER)
    at += HEADER + name.length
  }
  return bytes
}

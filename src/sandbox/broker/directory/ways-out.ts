// What links in a live directory may say: nothing that leads out of the mount from where they lie, or would come to lie (FSX-05).
import { opendir, readlink } from 'node:fs/promises'
import { FILE_TYPE } from '../../host/fs/file-system.ts'
import { leadsOut } from '../../host/fs/resolve.ts'
import { fault } from './errno.ts'
import type { LiveMount } from './handles.ts'
import { itself, type LiveNode, lookUp } from './node.ts'
import { readTarget, textOf } from './walk.ts'

/** Directories held at the same time while a subtree is looked through, as in a walk (RES-08). */
const MAX_DEPTH = 200

/**
 * Directories between the mount's root and this one, itself included, as it is now: a handle stays open while the directory is moved. 0 for the root,
 * and for what is no longer in the mount.
 */
export async function depthNow({ root }: LiveMount, directory: LiveNode): Promise<number> {
  // Byte for byte: names need not be text.
  const [top, path] = await Promise.all([root, directory].map(({ descriptor }) => readlink(itself(descriptor), 'latin1')))
  const above = top === '/' ? '/' : `${top}/`
  return path!.startsWith(above) && path !== above ? path!.slice(above.length).split('/').length : 0
}

/** Whether a link below the directory would lead out if the directory itself lay this deep; with a name that is not UTF-8, nobody can tell. */
export async function holdsWayOut(directory: LiveNode, depth: number, signal: AbortSignal, level = 1): Promise<boolean> {
  if (level > MAX_DEPTH) throw fault('nametoolong')
  // Typed as if every name were text.
  for await (const entry of await opendir(itself(directory.descriptor), { encoding: 'buffer' as BufferEncoding })) {
    signal.throwIfAborted()
    if (!entry.isSymbolicLink() && !entry.isDirectory()) continue
    const name = textOf(entry.name as unknown as Buffer)
    if (name === null) return true
    const node = await lookUp(directory, name)
    if (node === null) continue
    try {
      if (node.type === FILE_TYPE['symbolic-link'] && leadsOut(await readTarget(node), depth)) return true
      if (node.type === FILE_TYPE.directory && (await holdsWayOut(node, depth + 1, signal, level + 1))) return true
    } finally {
      await node.descriptor.close()
    }
  }
  return false
}

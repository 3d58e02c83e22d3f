// Places in files that a guest reports, for a view that opens them: only what lies in the workspace, found on the disk and not in the text (OUT-14).
import { realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'

const MAX_PATH = 4096
/** Names that stand for devices in every directory of Windows, whatever their extension. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)/i
/** Controls, and what Windows or a URL reads in a way of its own: `\`, drive and stream, wildcards. */
const ODD = /[\p{Cc}\p{Cf}\\:*?"<>|]/u

/**
 * @param root directory of the host that a view may open files of
 * @param reported path below it, with forward slashes, as the guest gave it
 * @returns the file's real path, or null: it is none of a plain file inside, and is shown as text at most. Whoever opens it does so soon, since
 * what others can change in the workspace can change until then.
 * @throws if the root itself cannot be found
 */
export async function containLocation(root: string, reported: string): Promise<string | null> {
  const inside = await realpath(root)
  if (!isPlain(reported)) return null
  try {
    // Where the path really leads, links followed: the text alone says nothing about that (FSX-30).
    const path = await realpath(join(inside, ...reported.split('/')))
    const way = relative(inside, path)
    if (way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) return null
    return (await stat(path)).isFile() ? path : null
  } catch {
    // Not there, not readable, a circle of links: to the view all the same.
    return null
  }
}

/** Plain names with single slashes between them: no way up, no root, no scheme, no other machine, nothing that one system alone reads otherwise. */
function isPlain(path: string): boolean {
  if (path === '' || path.length > MAX_PATH || ODD.test(path)) return false
  return path
    .split('/')
    .every((name) => name !== '' && name !== '.' && name !== '..' && !/^~|[. ]$/.test(name) && !DEVICE.test(name))
}

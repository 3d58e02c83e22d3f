// The mounts of a guest as its cell gets them: snapshots taken, the embedder's files laid in.
import { UsageError } from '../errors.ts'
import type { MountSpec, TreeEntry } from '../host/fs/file-system.ts'
import type { Mount, Policy } from '../policy/schema.ts'
import { quoteGuestText } from '../text.ts'
import { readSnapshot } from './snapshot.ts'

/** Files by guest path, as the embedder hands them in. */
export type GivenFiles = Readonly<Record<string, Uint8Array | string>>

/**
 * @param signal ends the reading of snapshots
 * @throws {UsageError} if a file fits in no mount, or a source cannot be read or is larger than the policy allows
 */
export async function prepareMounts(
  { capabilities, quotas, name }: Policy,
  files: GivenFiles,
  signal?: AbortSignal,
): Promise<MountSpec[]> {
  const mounts = capabilities.fs?.mounts ?? []
  const given = distribute(mounts, files, name)
  const specs: MountSpec[] = []
  let [bytes, inodes] = [0, 0]
  for (const mount of mounts) {
    const left = { bytes: quotas.fileBytes - bytes, inodes: quotas.inodes - inodes }
    const taken = mount.kind === 'snapshot' ? await readSnapshot(mount.source, left, signal) : []
    const own = given.get(mount) ?? []
    const replaced = new Set(own.map(({ path }) => path))
    const entries = [...taken.filter(({ path }) => !replaced.has(path)), ...own]
    bytes += entries.reduce((sum, entry) => sum + (entry.type === 'file' ? entry.bytes.length : 0), 0)
    // Directories that a path only implies count too: what a guest may change is bounded by what it may have.
    inodes += new Set(entries.flatMap(({ path }) => [path, ...above(path)])).size
    if (bytes > quotas.fileBytes || inodes > quotas.inodes)
      throw new UsageError(
        `The files for ${mount.at} are more than the policy "${name}" allows (quotas.fileBytes ${quotas.fileBytes}, quotas.inodes ${quotas.inodes}).`,
      )
    specs.push({ kind: mount.kind, at: mount.at, writable: mount.writable, entries })
  }
  return specs
}

/** The directories that a path implies: of `a/b/c`, `a` and `a/b`. */
const above = (path: string): string[] => [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index))

/** Each file goes to the mount with the longest path above it. */
function distribute(mounts: readonly Mount[], files: GivenFiles, policy: string): Map<Mount, TreeEntry[]> {
  const given = new Map<Mount, TreeEntry[]>()
  for (const [path, content] of Object.entries(files)) {
    const fitting = mounts.filter(({ at }) => path.startsWith(at === '/' ? '/' : `${at}/`))
    const mount = fitting.sort((a, b) => b.at.length - a.at.length)[0]
    if (!mount || mount.kind === 'directory')
      throw new UsageError(
        `The file ${quoteGuestText(path)} lies in no memory or snapshot mount of the policy "${policy}" (capabilities.fs.mounts).`,
      )
    const relative = path.slice(mount.at === '/' ? 1 : mount.at.length + 1)
    if (
      relative === '' ||
      relative.split('/').some((part) => part === '' || part === '.' || part === '..' || part.includes('\0'))
    )
      throw new UsageError(`The file path ${quoteGuestText(path)} is not made of plain names.`)
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content)
    const own = given.get(mount) ?? []
    own.push({ type: 'file', path: relative, bytes })
    given.set(mount, own)
  }
  for (const [{ at }, own] of given) mustBeApart(at, own)
  return given
}

/** @throws {UsageError} if a file lies below another: one of the two would be lost */
function mustBeApart(at: string, own: readonly TreeEntry[]): void {
  const files = new Set(own.map(({ path }) => path))
  const inside = own.find(({ path }) => above(path).some((directory) => files.has(directory)))
  if (inside)
    throw new UsageError(`The file ${quoteGuestText(inside.path)} for ${at} lies below another file; give only one of the two.`)
}

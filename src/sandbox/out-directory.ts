// What a guest changed in its memory and snapshot mounts, written into a new directory, and never anywhere else: `--out` of the command line (SUP-08).
import { type FileHandle, lstat, mkdir, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { OutDirectoryError } from './errors.ts'
import type { TreeChange } from './host/fs/file-system.ts'
import { quoteGuestText } from './text.ts'

/** Checked before the guest runs: an existing directory with something in it is never written to. @throws {OutDirectoryError} */
export async function checkOutDirectory(path: string): Promise<void> {
  const unfit = (why: string) => new OutDirectoryError(`The directory ${path} ${why}.`)
  try {
    if (!(await lstat(path)).isDirectory()) throw unfit('is there and is no directory; name a new one')
    if ((await readdir(path)).length > 0) throw unfit('is not empty; name a new directory, or empty it')
  } catch (error) {
    if (error instanceof OutDirectoryError) throw error
    const code = codeOf(error)
    if (code !== 'ENOENT') throw unfit(`cannot be used (${code}); name another one`)
  }
}

/**
 * Writes files and directories under their guest paths. Everything on the way is made here, so there is nothing to follow and nothing to
 * overwrite: a name that is there already is an error.
 *
 * @returns one sentence for each change that was not written: removals, and links, which could lead out of the directory for whoever uses it next
 */
export async function writeChanges(path: string, changes: readonly TreeChange[]): Promise<readonly string[]> {
  await checkOutDirectory(path)
  await mkdir(path, { recursive: true, mode: 0o700 })
  const made = new Set<string>([''])
  const notes: string[] = []
  for (const change of changes) {
    const names = namesOf(change.path)
    if (names === null) notes.push(impossible(change.path))
    else if (change.type === 'removed') notes.push(`${quoteGuestText(change.path)} was removed.`)
    else if (change.type === 'symlink')
      notes.push(`${quoteGuestText(change.path)} was not written: it is a link to ${quoteGuestText(change.target)}.`)
    else {
      const done = await writeOne(path, change, names, made)
      if (done === 'taken') notes.push(`${quoteGuestText(change.path)} was not written: something else is there under this name.`)
      else if (done === 'impossible') notes.push(impossible(change.path))
    }
  }
  return notes
}

const impossible = (path: string) => `${quoteGuestText(path)} was not written: it is no path that this system can have.`

/**
 * `taken`: by a file of another mount, or by one that differs in case only where the system does not tell them apart. `impossible`: longer than the
 * system's paths or names, which a guest's may be.
 */
async function writeOne(
  root: string,
  change: Extract<TreeChange, { type: 'file' | 'directory' }>,
  names: readonly string[],
  made: Set<string>,
): Promise<'written' | 'taken' | 'impossible'> {
  try {
    await makeDirectories(root, change.type === 'directory' ? names : names.slice(0, -1), made)
    if (change.type === 'file') await writeNew(join(root, ...names), change.bytes)
    return 'written'
  } catch (error) {
    const code = codeOf(error)
    if (['EEXIST', 'ENOTDIR', 'EISDIR'].includes(code)) return 'taken'
    if (['ENAMETOOLONG', 'EILSEQ', 'EINVAL'].includes(code)) return 'impossible'
    throw error
  }
}

/** Names that Windows gives a meaning of its own, whatever the extension. */
const DEVICE = /^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(?:\..*)?$/i

/** Null for a path that would not stay below, or not mean the same: what comes from a jail is not trusted to be checked already (FSX-01, FSX-22). */
function namesOf(path: string): readonly string[] | null {
  const names = path.replace(/^\//, '').split('/')
  if (path === '/') return []
  const plain = names.every((name) => name !== '' && name !== '.' && name !== '..' && !name.includes('\0') && name.isWellFormed())
  const portable = process.platform !== 'win32' || names.every((name) => !/[\\:*?"<>|]|[. ]$/.test(name) && !DEVICE.test(name))
  return path.startsWith('/') && plain && portable ? names : null
}

async function makeDirectories(root: string, names: readonly string[], made: Set<string>): Promise<void> {
  // From the deepest that is there: a guest can nest some thousand, and put all it has into the last (RES-12).
  let depth = names.length
  while (!made.has(names.slice(0, depth).join('/'))) depth--
  for (depth++; depth <= names.length; depth++) {
    const relative = names.slice(0, depth).join('/')
    // Not `recursive`: it would take a file or a link that is there for done.
    await mkdir(join(root, ...names.slice(0, depth)), { mode: 0o700 })
    made.add(relative)
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error'

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  let file: FileHandle | null = null
  try {
    file = await open(path, 'wx', 0o600)
    await file.writeFile(bytes)
  } finally {
    await file?.close()
  }
}

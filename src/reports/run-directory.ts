// The directory of one run, and the pointer to the newest one.
import { mkdir, rename, rm, stat, symlink } from 'node:fs/promises'
import path from 'node:path'
import { temporaryName, writeAtomically } from './atomic.ts'
import { errorCode, ReportError } from './report-error.ts'

/** A path component that means itself on every system: no separator, no dot at the start, nothing to quote in a shell. */
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/

export interface RunDirectory {
  /** `<YYYYMMDDTHHMMSSZ>-<id>`; goes into the record as `run`. */
  readonly name: string
  readonly path: string
}

/** Makes `<root>/<YYYYMMDDTHHMMSSZ>-<id>/`, and `root` if it is not there. Names sort by time. Never reuses a directory. */
export async function createRunDirectory(root: string, now: Date, id: string): Promise<RunDirectory> {
  if (!PLAIN_NAME.test(id)) {
    throw new ReportError(
      `The run id ${JSON.stringify(id)} cannot be a directory's name: use 1 to 64 letters, digits, "_" and "-".`,
    )
  }
  const name = `${now
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '')}-${id}`
  const directory = path.join(root, name)
  try {
    await makeDirectories(root)
    await mkdir(directory)
  } catch (error) {
    throw unusableRoot(root, directory, error)
  }
  return { name, path: directory }
}

/** Makes the folder of the reports if it is not there. Throws ReportError. */
export async function makeReportsFolder(root: string): Promise<void> {
  try {
    await makeDirectories(root)
  } catch (error) {
    throw unusableRoot(root, root, error)
  }
}

/**
 * Points `<root>/latest` at the run `name`: a relative symbolic link, replaced in one step. Where links are not possible (Windows without
 * developer mode, some network shares, a `latest` that is a real directory) `<root>/latest.txt` holds the name instead.
 */
export async function pointLatest(root: string, name: string): Promise<'link' | 'file'> {
  if (!PLAIN_NAME.test(name)) throw new ReportError(`${JSON.stringify(name)} is not the name of a run's directory in ${root}.`)
  const note = path.join(root, 'latest.txt')
  if (await replaceLink(path.join(root, 'latest'), name)) {
    await rm(note, { force: true })
    return 'link'
  }
  await writeAtomically(note, `${name}\n`)
  return 'file'
}

/**
 * Makes `directory` and what is missing above it. Not `mkdir` with `recursive`: Node.js 24 never returns from it where a parent exists but
 * making a child says ENOENT, as below /proc (measured); here each level is tried twice at most.
 */
async function makeDirectories(directory: string, again = true): Promise<void> {
  try {
    await mkdir(directory)
  } catch (error) {
    const code = errorCode(error)
    if (code === 'EEXIST' && (await stat(directory)).isDirectory()) return
    if (code !== 'ENOENT' || !again) throw error
    await makeDirectories(path.dirname(directory), path.dirname(directory) !== directory)
    await makeDirectories(directory, false)
  }
}

async function replaceLink(link: string, name: string): Promise<boolean> {
  const temporary = temporaryName(link)
  try {
    await symlink(name, temporary, 'dir')
    await rename(temporary, link)
    return true
  } catch {
    await rm(temporary, { force: true }).catch(() => {})
    return false
  }
}

function unusableRoot(root: string, directory: string, error: unknown): ReportError {
  const code = errorCode(error)
  const text =
    code === 'EEXIST' || code === 'ENOTDIR'
      ? `Cannot make the report directory ${directory} (${code}): something of that name is there already, or ${root} is not a directory; remove it or choose another directory for reports.`
      : `Cannot make the report directory ${directory} (${code}): make ${root} writable for this user, or choose another directory for reports.`
  return new ReportError(text, { cause: error })
}

// Writes one file that the user named: all of it or nothing, and never over something that is not a file.
import { lstat, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { temporaryName } from '../reports/atomic.ts'
import { inputError, systemCode } from './cli-error.ts'

export interface WriteOptions {
  /** Permissions of the file, less those that the umask takes. */
  readonly mode: number
  /** Whether a file that is there is replaced. */
  readonly replace: boolean
  /** What to do if it may not be, to complete "FILE is there already; ". */
  readonly remedy?: string
}

/** @throws {CliError} if it cannot be written */
export async function writeWholeFile(path: string, bytes: Uint8Array, options: WriteOptions): Promise<void> {
  await checkFree(path, options)
  try {
    if (options.replace) await replaceFile(path, bytes, options.mode)
    else await createFile(path, bytes, options.mode)
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw taken(path, options)
    const code = systemCode(error)
    const remedy =
      code === 'ENOSPC' || code === 'EDQUOT'
        ? 'the disk is full: free some space'
        : `make sure that ${dirname(path)} is a directory that you may write to`
    throw inputError(`${path} cannot be written (${code}); ${remedy}.`)
  }
}

/** @throws {CliError} if {@link writeWholeFile} would refuse because of what is there */
export async function checkFree(path: string, options: WriteOptions): Promise<void> {
  const there = await lstat(path).catch(() => null)
  if (!there) return
  // A rename would put a file where a device, a directory or somebody's link was.
  if (!there.isFile()) throw inputError(`${path} is there and is no regular file; name another one.`)
  if (!options.replace) throw taken(path, options)
}

const taken = (path: string, { remedy = 'name another file' }: WriteOptions) => inputError(`${path} is there already; ${remedy}.`)

/** `wx` follows no link and opens nothing that is there, so nobody else has the file open or chose its permissions. */
async function createFile(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } catch (error) {
    await rm(path, { force: true }).catch(() => {})
    throw error
  } finally {
    await file.close()
  }
}

async function replaceFile(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const temporary = temporaryName(path)
  await createFile(temporary, bytes, mode)
  try {
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
}

// What can be wrong with a file that the sandbox keeps data in, told with the place and the remedy.

/**
 * - `locked`: another process is writing to it, for longer than one waits.
 * - `full`: the disk, or the store's own limit.
 * - `corrupt`: it is no database any more, or holds what no version wrote.
 * - `inaccessible`: it cannot be opened, read or written here.
 * - `foreign`: a database of something else.
 * - `newer`: written by a later version.
 * - `failed`: anything else.
 */
export type StoreProblem = 'locked' | 'full' | 'corrupt' | 'inaccessible' | 'foreign' | 'newer' | 'failed'

export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly problem: StoreProblem
  readonly path: string
  constructor(problem: StoreProblem, path: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.problem = problem
    this.path = path
  }
}

// Primary result codes, https://www.sqlite.org/rescode.html: stable by SQLite's promise; the extended code is in the higher bits.
const PROBLEMS: ReadonlyMap<number, StoreProblem> = new Map([
  [3, 'inaccessible'],
  [5, 'locked'],
  [6, 'locked'],
  [8, 'inaccessible'],
  [11, 'corrupt'],
  [13, 'full'],
  [14, 'inaccessible'],
  [23, 'inaccessible'],
  [26, 'corrupt'],
])

const SENTENCES: Readonly<Record<StoreProblem, (path: string) => string>> = {
  locked: (path) => `The store ${path} is locked by another process; nothing was changed. Try again, or end whatever holds it.`,
  full: (path) =>
    `There is no room for more in the store ${path}; nothing was changed. Free space on its disk, raise maxBytes, or remove old entries.`,
  corrupt: (path) =>
    `The store ${path} is damaged; it was kept as it is. Restore it from a backup, repair it with ".recover" of the sqlite3 shell, or set it aside and begin a new one.`,
  inaccessible: (path) =>
    `The store ${path} cannot be opened and written here. Its folder must exist, and this process needs write permission on both.`,
  foreign: (path) => `The file ${path} is a database of something else; it was not touched. Give the store a file of its own.`,
  newer: (path) => `The store ${path} was written by a newer version; it was not touched. Use that version, or another file.`,
  failed: (path) => `The store ${path} failed; nothing was changed. The cause of this error says why, as the database put it.`,
}

export const storeError = (problem: StoreProblem, path: string, cause?: unknown): StoreError =>
  new StoreError(problem, path, SENTENCES[problem](path), cause)

/** The error that SQLite or the system threw, as a StoreError; one that is nothing of theirs comes back as it is. */
export function asStoreError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error
  const { code, errcode, syscall } = error as Error & { code?: string; errcode?: number; syscall?: string }
  if (code === 'ERR_SQLITE_ERROR') return storeError(PROBLEMS.get((errcode ?? 1) & 0xff) ?? 'failed', path, error)
  if (syscall !== undefined) return storeError(code === 'ENOSPC' || code === 'EDQUOT' ? 'full' : 'inaccessible', path, error)
  return error
}

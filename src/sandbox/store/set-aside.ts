// Moves a damaged database out of the way, whole, so that whatever can still be read of it can be read later.
import { randomBytes } from 'node:crypto'
import { renameSync } from 'node:fs'
import { asStoreError } from './store-error.ts'

/**
 * The log moves with the file, under the name that SQLite will look for.
 *
 * @returns the file's new name
 * @throws {StoreError}
 */
export function setAside(path: string): string {
  // With something random, so that what was set aside in the same moment is not replaced.
  const target = `${path}.corrupt-${new Date().toISOString().replaceAll(':', '-')}-${randomBytes(4).toString('hex')}`
  try {
    for (const end of ['', '-wal', '-shm', '-journal']) moveIfThere(`${path}${end}`, `${target}${end}`)
    return target
  } catch (error) {
    throw asStoreError(error, path)
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

// Snapshots in files: written so that a reader sees all of one or none of it, read only as far as they may be long.
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SnapshotError } from './error.ts'
import { MAX_SNAPSHOT_BYTES } from './format.ts'
import type { IntegrityKey } from './seal.ts'
import { Snapshot } from './snapshot.ts'

export interface SaveOptions {
  /** Seals the file: bytes or a secret key (HMAC-SHA-256), or an Ed25519 private key. */
  readonly integrityKey?: IntegrityKey
}
export interface LoadOptions {
  /** Key of the seal; the public one of an Ed25519 pair. Without it, whoever can write the file decides what the guest's state is. */
  readonly integrityKey?: IntegrityKey
  /** Most bytes that are read. */
  readonly maxBytes?: number
}

/** 1 GiB. */
const DEFAULT_MAX = 2 ** 30

/** @throws {SnapshotError} `too-large`, `inaccessible`; then the file is as it was */
export async function saveSnapshot(path: string, snapshot: Snapshot, { integrityKey }: SaveOptions = {}): Promise<void> {
  const bytes = snapshot.toBytes(integrityKey)
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`)
  try {
    // The memory of a guest may hold what others are not to read.
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw new SnapshotError(
      'inaccessible',
      `The snapshot ${path} cannot be written (${codeOf(error)}); name a file in a directory that exists, may be written to and has room.`,
      error,
    )
  }
}

/** @throws {SnapshotError} if it cannot be read, is not intact, or was not sealed with this key */
export async function loadSnapshot(path: string, { integrityKey, maxBytes = DEFAULT_MAX }: LoadOptions = {}): Promise<Snapshot> {
  return Snapshot.fromBytes(await readBounded(path, Math.min(maxBytes, MAX_SNAPSHOT_BYTES)), integrityKey)
}

async function readBounded(path: string, max: number): Promise<Uint8Array> {
  try {
    // A pipe without a writer would be waited for; like this it opens at once, and is found to be no file.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const about = await handle.stat()
      if (!about.isFile()) throw new SnapshotError('inaccessible', `The snapshot ${path} cannot be read: it is not a file.`)
      if (about.size > max)
        throw new SnapshotError('too-large', `The snapshot ${path} has ${about.size} bytes; at most ${max} are read (maxBytes).`)
      return await readWhole(handle, about.size)
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (error instanceof SnapshotError) throw error
    throw new SnapshotError('inaccessible', `The snapshot ${path} cannot be read (${codeOf(error)}).`, error)
  }
}

/** As much as it had when it was looked at: a file that grows meanwhile is not read to its new end, and is found damaged. */
async function readWhole(handle: Awaited<ReturnType<typeof open>>, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size)
  let at = 0
  while (at < size) {
    const { bytesRead } = await handle.read(bytes, at, size - at, at)
    if (bytesRead === 0) break
    at += bytesRead
  }
  return bytes.subarray(0, at)
}

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error'

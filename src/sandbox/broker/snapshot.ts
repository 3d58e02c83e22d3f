// Snapshots: a copy of a directory of the embedder's, taken when a guest is created. What the guest does to it stays with the guest.
//
// The directory is the embedder's, but others may write in it, another guest with a live mount among them, so links are not followed here either:
// a directory is held open while it is read, and a file is opened without following and looked at before it is read (FSX-04, FSX-08).
import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, lstat, open, opendir, readlink, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../errors.ts'
import type { TreeEntry } from '../host/fs/file-system.ts'
import { leadsOut } from '../host/fs/resolve.ts'
import { quoteGuestText } from '../text.ts'
import { osCode } from './directory/errno.ts'
import { textOf } from './directory/walk.ts'
import { isKernelFileSystem } from './kernel-file-systems.ts'

/** What is left of the quotas `fileBytes` and `inodes`. */
export interface SnapshotQuotas {
  readonly bytes: number
  readonly inodes: number
}

// Windows has none of these.
const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_DIRECTORY = 0 } = constants as Partial<typeof constants>

/**
 * Reads everything below `source`.
 *
 * @param signal ends the reading
 * @throws {UsageError} if something cannot be copied, or is more than the quotas allow: the message says which entry, and what to do
 */
export async function readSnapshot(source: string, quotas: SnapshotQuotas, signal?: AbortSignal): Promise<TreeEntry[]> {
  return new Snapshot(source, quotas, signal).read()
}

/** A directory that is being read. */
interface Reading {
  /** Path for looking up names in it. */
  readonly base: string
  /** Relative to the source; empty for the source itself. */
  readonly path: string
  /** Directories above what is in it. */
  readonly depth: number
}

class Snapshot {
  readonly #source: string
  readonly #quotas: SnapshotQuotas
  readonly #signal: AbortSignal | undefined
  readonly #entries: TreeEntry[] = []
  #names = 0
  #bytes = 0
  #device = 0n

  constructor(source: string, quotas: SnapshotQuotas, signal: AbortSignal | undefined) {
    this.#source = source
    this.#quotas = quotas
    this.#signal = signal
  }

  async read(): Promise<TreeEntry[]> {
    await this.#guarded('', async () => {
      // The source itself may be a link: that is the embedder's word.
      const path = await realpath(this.#source)
      const stat = await lstat(path, { bigint: true })
      if (!stat.isDirectory()) throw this.#refused('', 'is no directory', 'name one')
      if (await isKernelFileSystem(path))
        throw this.#refused('', 'lies on a file system of the kernel’s', 'copy what the guest needs to a directory')
      this.#device = stat.dev
      await this.#readDirectory(path, stat, '', 0)
    })
    return this.#entries
  }

  async #readDirectory(at: string, stat: BigIntStats, path: string, depth: number): Promise<void> {
    this.#signal?.throwIfAborted()
    const held = await hold(at)
    try {
      // On Linux names are looked up in what is held, wherever it is moved; elsewhere it is at least found out that it was replaced.
      const base = held ? `/proc/self/fd/${held.fd}` : at
      this.#mustBe(stat, held ? await held.stat({ bigint: true }) : await lstat(at, { bigint: true }), path)
      for (const name of await this.#namesIn(base, path)) await this.#readEntry({ base, path, depth }, name)
      if (!held) this.#mustBe(stat, await lstat(at, { bigint: true }), path)
    } finally {
      await held?.close()
    }
  }

  /** In an order that depends on the names only. */
  async #namesIn(base: string, path: string): Promise<string[]> {
    const names: Buffer[] = []
    // Typed as if every name were text.
    const directory = await opendir(base, { encoding: 'buffer' as BufferEncoding })
    for await (const { name } of directory) {
      this.#signal?.throwIfAborted()
      names.push(name as unknown as Buffer)
      if (++this.#names > this.#quotas.inodes) throw this.#tooMany('entries', 'inodes', this.#quotas.inodes)
    }
    return names.sort(Buffer.compare).map((bytes) => {
      const name = textOf(bytes)
      if (name === null) throw this.#refused(path, 'has an entry whose name is not UTF-8', 'rename it')
      return name
    })
  }

  async #readEntry({ base, path: above, depth }: Reading, name: string): Promise<void> {
    this.#signal?.throwIfAborted()
    const path = above === '' ? name : `${above}/${name}`
    const at = join(base, name)
    await this.#guarded(path, async () => {
      const stat = await lstat(at, { bigint: true })
      if (stat.isDirectory()) {
        if (stat.dev !== this.#device) throw this.#refused(path, 'lies on another file system', 'mount that one by itself')
        this.#entries.push({ type: 'directory', path })
        await this.#readDirectory(at, stat, path, depth + 1)
      } else if (stat.isFile()) this.#entries.push(await this.#readFile(at, stat, path))
      else if (stat.isSymbolicLink()) this.#entries.push(await this.#readLink(at, path, depth))
      else throw this.#refused(path, 'is neither a file nor a directory nor a link', 'remove it')
    })
  }

  async #readFile(at: string, stat: BigIntStats, path: string): Promise<TreeEntry> {
    this.#signal?.throwIfAborted()
    // Should it have become a pipe, opening it does not wait for a writer (FSX-18).
    const file = await open(at, constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      const now = await file.stat({ bigint: true })
      this.#mustBe(stat, now, path)
      // Before anything is read, or made room for: a file of holes can have any size (FSX-28, RES-05).
      if (now.size > BigInt(this.#quotas.bytes - this.#bytes)) throw this.#tooMany('bytes', 'fileBytes', this.#quotas.bytes)
      const bytes = await this.#contents(file, Number(now.size))
      this.#bytes += bytes.length
      return { type: 'file', path, bytes, modifiedMs: Number(now.mtimeMs) }
    } finally {
      await file.close()
    }
  }

  /** As much as it had when it was looked at, or less if it has become shorter. */
  async #contents(file: FileHandle, size: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(size)
    let done = 0
    while (done < size) {
      this.#signal?.throwIfAborted()
      const { bytesRead } = await file.read(bytes, done, Math.min(size - done, 2 ** 20), done)
      if (bytesRead === 0) break
      done += bytesRead
    }
    return done === size ? bytes : bytes.slice(0, done)
  }

  async #readLink(at: string, path: string, depth: number): Promise<TreeEntry> {
    const target = textOf(await readlink(at, { encoding: 'buffer' }))
    if (target === null) throw this.#refused(path, 'is a link whose target is not UTF-8', 'remove it')
    if (leadsOut(target, depth)) throw this.#refused(path, 'is a link that leads out of it', 'replace it by what it points to')
    return { type: 'symlink', path, target }
  }

  /** @throws {UsageError} if what was opened is not what was looked at */
  #mustBe(before: BigIntStats, now: BigIntStats, path: string): void {
    if (before.dev !== now.dev || before.ino !== now.ino)
      throw this.#refused(path, 'was replaced while the copy was taken', 'take it when nobody writes there')
  }

  /** What the operating system says becomes a sentence with the place. */
  async #guarded(path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      const code = osCode(error)
      if (code === null) throw error
      throw this.#refused(path, `could not be read (${code})`, 'make it readable for this process, or remove it')
    }
  }

  #refused(path: string, what: string, remedy: string): UsageError {
    const entry = path === '' ? 'it' : quoteGuestText(path, 200)
    return new UsageError(`The snapshot of ${quoteGuestText(this.#source, 200)} cannot be taken: ${entry} ${what}; ${remedy}.`)
  }

  #tooMany(what: string, quota: string, limit: number): UsageError {
    const source = quoteGuestText(this.#source, 200)
    return new UsageError(
      `The snapshot of ${source} cannot be taken: it has more than the ${limit} ${what} that the policy has room for; raise quotas.${quota}, or mount less.`,
    )
  }
}

/** A descriptor of the directory, without following a link; null on systems where names cannot be looked up in one. */
async function hold(path: string): Promise<FileHandle | null> {
  return process.platform === 'linux' ? open(path, constants.O_RDONLY | O_DIRECTORY | O_NOFOLLOW) : null
}

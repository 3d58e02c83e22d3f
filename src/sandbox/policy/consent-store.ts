// Where consents are kept: one JSON file, written as a whole or not at all, and never taken for empty when it cannot be read.
import { randomBytes } from 'node:crypto'
import { type FileHandle, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { ConsentStoreError } from '../errors.ts'
import { ownData } from '../own-data.ts'
import { CAPABILITIES, type Request } from './authority.ts'
import { parseStrictJson } from './strict-json.ts'

/** Version of the file's format. */
const STORE_VERSION = 1
/** The file is read as a whole; a consent takes a few kilobytes. */
const MAX_BYTES = 16 * 2 ** 20
const MAX_RECORDS = 10_000

const item = z
  .strictObject({
    capability: z.enum(CAPABILITIES),
    object: z.string().max(4096).nullable(),
    granularityNs: z.number().int().optional(),
    writable: z.boolean().optional(),
    reason: z.string().max(300),
  })
  .refine(({ capability, object }) => object !== null || !capability.startsWith('net.'), 'must name what it is about')

const record = z.strictObject({
  /** Who vouches for modules of this name, as the embedder says; null if nobody does. */
  principal: z.string().max(200).nullable(),
  name: z.string().max(100),
  version: z.string().max(64),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  state: z.enum(['granted', 'denied']),
  /** SHA-256 of what was shown. */
  wording: z.string().regex(/^[0-9a-f]{64}$/),
  /** Description as the module gave it. */
  description: z.string().max(500).nullable(),
  items: z.array(item).max(10_000),
  /** Milliseconds since the Unix epoch. */
  time: z.number().int().min(0),
})
const file = z.strictObject({ consents: z.literal(STORE_VERSION), records: z.array(record).max(MAX_RECORDS) })

/** What somebody decided about a module. */
export type ConsentRecord = Omit<z.infer<typeof record>, 'items'> & { readonly items: readonly Request[] }

export class ConsentStore {
  readonly path: string

  /** @param path of the file; it is made with the first decision. Each method reads it again, so what another process revoked is revoked. */
  constructor(path: string) {
    this.path = path
  }

  /**
   * All decisions, the oldest first.
   *
   * @throws {ConsentStoreError} if the file is there and cannot be read or understood
   */
  async records(): Promise<readonly ConsentRecord[]> {
    const text = await this.#read()
    if (text === null) return []
    let value: unknown
    try {
      value = ownData(parseStrictJson(text))
    } catch {
      throw this.#unusable('it is not valid JSON')
    }
    const parsed = file.safeParse(value)
    if (parsed.success) return parsed.data.records as readonly ConsentRecord[]
    const version = (value as { consents?: unknown } | null)?.consents
    if (typeof version === 'number' && version !== STORE_VERSION)
      throw this.#unusable(`it has version ${version}, and this program knows version ${STORE_VERSION}`)
    throw this.#unusable(`${parsed.error.issues[0]?.path.map(String).join('.') || 'the top level'} is not as it should be`)
  }

  /** Keeps a decision; it takes the place of an earlier one about the same module for the same principal. */
  async put(decision: ConsentRecord): Promise<void> {
    await this.#change((records) => {
      const others = records.filter((one) => !isAbout(one, decision.principal, decision.sha256))
      if (others.length >= MAX_RECORDS)
        throw new ConsentStoreError(`${this.path} holds ${MAX_RECORDS} consents, as many as there may be; revoke some.`)
      return [...others, decision]
    })
  }

  /** Takes decisions away; whoever they were about is asked again. @returns those that were removed */
  async remove(which: (record: ConsentRecord) => boolean): Promise<readonly ConsentRecord[]> {
    let removed: readonly ConsentRecord[] = []
    await this.#change((records) => {
      removed = records.filter(which)
      return records.filter((one) => !removed.includes(one))
    })
    return removed
  }

  async #read(): Promise<string | null> {
    try {
      if ((await stat(this.path)).size > MAX_BYTES) throw this.#unusable(`it has more than ${MAX_BYTES} bytes`)
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(this.path))
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null
      if (error instanceof ConsentStoreError) throw error
      throw this.#unusable(error instanceof TypeError ? 'it is not UTF-8 text' : `it cannot be read (${codeOf(error)})`)
    }
  }

  #unusable(why: string): ConsentStoreError {
    return new ConsentStoreError(
      `The file of consents ${this.path} cannot be used: ${why}. Nothing is taken as agreed; repair it, or move it away to be asked again.`,
    )
  }

  async #change(edit: (records: readonly ConsentRecord[]) => readonly ConsentRecord[]): Promise<void> {
    const lock = await this.#lock()
    try {
      const before = await this.records()
      const after = edit(before)
      if (after.length === before.length && after.every((one, index) => one === before[index])) return
      await this.#write(`${JSON.stringify({ consents: STORE_VERSION, records: after }, null, 2)}\n`)
    } finally {
      await lock.close()
      await rm(this.#lockPath, { force: true })
    }
  }

  get #lockPath(): string {
    return `${this.path}.lock`
  }

  /** Two programs that read, change and write at the same time would undo each other's changes; a revocation must not get lost that way. */
  async #lock(): Promise<FileHandle> {
    const deadline = performance.now() + 2000
    for (;;) {
      try {
        return await open(this.#lockPath, 'wx', 0o600)
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw this.#unwritable(error)
        if (performance.now() > deadline)
          throw new ConsentStoreError(
            `${this.path} is being changed by another program; if there is none, delete ${this.#lockPath}.`,
          )
        await sleep(20)
      }
    }
  }

  /** A reader sees the old file or the new one, even if this process or the machine ends half-way. */
  async #write(text: string): Promise<void> {
    const temporary = join(dirname(this.path), `.${basename(this.path)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`)
    try {
      const handle = await open(temporary, 'wx', 0o600)
      try {
        await handle.writeFile(text, 'utf8')
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(temporary, this.path)
      await syncDirectory(dirname(this.path))
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {})
      throw this.#unwritable(error)
    }
  }

  #unwritable(error: unknown): ConsentStoreError {
    return new ConsentStoreError(
      `The file of consents ${this.path} cannot be written (${codeOf(error)}); the consents in it are as they were. Name a file in a directory that exists and may be written to.`,
    )
  }
}

/** The rename itself must be on the disk before anything is done on the strength of it. Not every system lets a directory be opened. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** Whether a decision is about these bytes, for this principal. */
export const isAbout = (record: ConsentRecord, principal: string | null, sha256: string) =>
  record.principal === principal && record.sha256 === sha256

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error'

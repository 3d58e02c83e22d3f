// Keeps what executions came to: one record each, with its security events, in a SQLite file that loses nothing it has acknowledged.
import { createHash } from 'node:crypto'
import { UsageError } from '../errors.ts'
import { Database } from './database.ts'
import { cursorAt, question, type ResultQuery } from './result-query.ts'
import { RESULT_STORE } from './result-schema.ts'
import { setAside } from './set-aside.ts'
import { StoreError, storeError } from './store-error.ts'
import { fromRow, type KeptResult, type Row, type StoredResult, toRow } from './stored-result.ts'

export interface ResultStoreOptions {
  /** What is older, or beyond this number, is removed; null keeps everything. The default keeps everything. */
  readonly retention?: { readonly maxAgeMs?: number | null; readonly maxCount?: number | null }
  /** A file that is damaged: `refuse` to open it, or `set-aside` under another name and begin a new one. The default is `refuse`. */
  readonly onCorrupt?: 'refuse' | 'set-aside'
  /** How long to wait for another process that writes, with the whole thread; the default is 2 s. */
  readonly busyTimeoutMs?: number
  /** Largest size of the file; the default is what the disk has. */
  readonly maxBytes?: number
}

/** What the store cannot know from the result. */
export interface ResultMeta {
  /** The module, or its SHA-256 in hexadecimal. */
  readonly module: Uint8Array | string
  /** Name of the policy. */
  readonly policy: string
  readonly name?: string
  /** When it ended, milliseconds since the Unix epoch; the default is now. */
  readonly time?: number
}

export interface ResultPage {
  readonly results: readonly StoredResult[]
  /** For the next query, with everything else the same; null if there is no more. */
  readonly next: string | null
}

type Statement = ReturnType<Database['prepare']>

/** Records between two removals of old ones: removing costs more than adding. */
const PRUNE_EVERY = 100

export class ResultStore implements Disposable {
  /** Where a damaged file was set aside when this was opened; null if none was. */
  readonly setAside: string | null
  readonly #database: Database
  readonly #maxAgeMs: number | null
  readonly #maxCount: number | null
  readonly #insert: Statement
  readonly #insertEvent: Statement
  readonly #byId: Statement
  readonly #eventsOf: Statement
  #untilPrune = 0

  private constructor(database: Database, retention: ResultStoreOptions['retention'], moved: string | null) {
    this.setAside = moved
    this.#database = database
    this.#maxAgeMs = retention?.maxAgeMs ?? null
    this.#maxCount = retention?.maxCount ?? null
    this.#insert = database.prepare(
      `INSERT INTO executions (time, module, name, policy, outcome, success, exit_code, trap, message, execution_time_ms, resource_usage,
         status, value, unit, reports)
       VALUES (:time, :module, :name, :policy, :outcome, :success, :exit_code, :trap, :message, :execution_time_ms, :resource_usage,
         :status, :value, :unit, :reports)`,
    )
    this.#insertEvent = database.prepare('INSERT INTO security_events VALUES (?, ?, ?, ?, ?, ?)')
    this.#byId = database.prepare('SELECT * FROM executions WHERE id = ?')
    this.#eventsOf = database.prepare('SELECT event FROM security_events WHERE execution = ? ORDER BY number')
  }

  /**
   * Opens a store, and makes it if there is none. An older version is brought to the current one.
   *
   * @throws {StoreError} {@link UsageError}
   */
  static open(path: string, options: ResultStoreOptions = {}): ResultStore {
    const { onCorrupt = 'refuse', busyTimeoutMs = 2000, maxBytes = null, retention } = options
    for (const [name, value] of Object.entries({ ...retention, busyTimeoutMs, maxBytes }))
      if (value !== null && value !== undefined && !(Number.isSafeInteger(value) && value >= 0))
        throw new UsageError(`The option ${name} of the result store must be a whole number from 0 on.`)
    const open = () => Database.open(path, RESULT_STORE, { busyTimeoutMs, maxBytes })
    try {
      return new ResultStore(open(), retention, null)
    } catch (error) {
      if (!(error instanceof StoreError) || error.problem !== 'corrupt' || onCorrupt !== 'set-aside') throw error
      const moved = setAside(error.path)
      return new ResultStore(open(), retention, moved)
    }
  }

  /**
   * Keeps a result. When this returns it is on the disk, all of it; when it throws, nothing of it is.
   *
   * @returns the number of the record
   * @throws {StoreError} {@link UsageError}
   */
  put(result: KeptResult, meta: ResultMeta): number {
    const { policy, name = null, time = Date.now() } = meta
    if (!(Number.isSafeInteger(time) && time >= 0))
      throw new UsageError('A time is a whole number of milliseconds since the Unix epoch.')
    const row = toRow({ ...result, time, module: moduleHash(meta.module), policy, name })
    const id = this.#database.transaction(() => {
      const { lastInsertRowid } = this.#insert.run(row)
      for (const [number, event] of result.securityEvents.entries())
        this.#insertEvent.run(lastInsertRowid, number, event.time, event.type, event.severity, JSON.stringify(event))
      return Number(lastInsertRowid)
    })
    this.#pruneSometimes()
    return id
  }

  /** The record of that number; null if there is none. @throws {StoreError} */
  get(id: number): StoredResult | null {
    return this.#database.snapshot(() => {
      const row = this.#byId.get(id) as Row | undefined
      return row ? this.#read(row) : null
    })
  }

  /** Newest first. @throws {StoreError} {@link UsageError} */
  query(query: ResultQuery = {}): ResultPage {
    const { sql, parameters, limit } = question(query)
    return this.#database.snapshot(() => {
      const rows = this.#database.prepare(sql).all(parameters) as Row[]
      const results = rows.slice(0, limit).map((row) => this.#read(row))
      const last = results.at(-1)
      return { results, next: rows.length > limit && last ? cursorAt(last) : null }
    })
  }

  /**
   * Removes what the retention no longer keeps. Happens by itself too, with the first record and then with every hundredth.
   *
   * @returns how many records were removed
   * @throws {StoreError}
   */
  prune(now = Date.now()): number {
    let removed = 0
    this.#database.transaction(() => {
      if (this.#maxAgeMs !== null) removed += this.#remove('time < ?', now - this.#maxAgeMs)
      if (this.#maxCount !== null)
        removed += this.#remove('id IN (SELECT id FROM executions ORDER BY time DESC, id DESC LIMIT -1 OFFSET ?)', this.#maxCount)
    })
    return removed
  }

  /** Idempotent. */
  close(): void {
    this.#database.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #remove(condition: string, value: number): number {
    return Number(this.#database.prepare(`DELETE FROM executions WHERE ${condition}`).run(value).changes)
  }

  /** The record before it has been acknowledged, so trouble here is not that record's: it comes again, and prune() tells it. */
  #pruneSometimes(): void {
    if (this.#untilPrune-- > 0) return
    this.#untilPrune = PRUNE_EVERY - 1
    try {
      this.prune()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
    }
  }

  #read(row: Row): StoredResult {
    const events = this.#eventsOf.all(row['id']!) as Row[]
    try {
      return fromRow(row, events)
    } catch (error) {
      throw storeError('corrupt', this.#database.path, error)
    }
  }
}

/** @throws {UsageError} */
function moduleHash(module: Uint8Array | string): string {
  if (typeof module !== 'string') return createHash('sha256').update(module).digest('hex')
  if (!/^[0-9a-f]{64}$/.test(module))
    throw new UsageError('A module is named by its SHA-256, 64 hexadecimal digits, or given as bytes.')
  return module
}

// A SQLite file of the sandbox's: opened, recognised, brought to the current version, and written in transactions that are on disk when they return.
import { closeSync, openSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { asStoreError, storeError } from './store-error.ts'

export interface DatabaseKind {
  /** `PRAGMA application_id`: tells our files from others, and one store's from the other's. */
  readonly applicationId: number
  /** From version n to n + 1, each in a transaction of its own with the new version number. Never changed once released; a change is one more. */
  readonly migrations: readonly string[]
}

export interface DatabaseOptions {
  /** How long to wait for another process that writes. The thread waits with it. */
  readonly busyTimeoutMs: number
  /** Largest size of the file; null for what the disk has. */
  readonly maxBytes: number | null
}

export class Database implements Disposable {
  readonly path: string
  readonly #connection: DatabaseSync

  private constructor(path: string, connection: DatabaseSync) {
    this.path = path
    this.#connection = connection
  }

  /** @throws {StoreError} */
  static open(file: string, kind: DatabaseKind, options: DatabaseOptions): Database {
    // Absolute, so that `:memory:` and `file:` are names of files here as everywhere.
    const path = resolve(file)
    let connection: DatabaseSync | null = null
    try {
      examine(path, kind, options)
      create(path)
      connection = connect(path, options, false)
      // A transaction is in the log, and the log on the disk, before it is acknowledged: neither SIGKILL nor power loss takes it back.
      connection.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF',
      )
      limit(connection, options.maxBytes)
      migrate(connection, kind, path)
      return new Database(path, connection)
    } catch (error) {
      connection?.close()
      throw asStoreError(error, path)
    }
  }

  prepare(sql: string) {
    return this.guard(() => this.#connection.prepare(sql))
  }

  /** Reads or does one statement. @throws {StoreError} */
  guard<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw asStoreError(error, this.path)
    }
  }

  /** Several reads of one state, whatever others write meanwhile. @throws {StoreError} */
  snapshot<T>(work: () => T): T {
    return this.guard(() => inTransaction(this.#connection, work, 'DEFERRED'))
  }

  /** All of it or nothing; what has returned is on the disk. @throws {StoreError} and whatever the work throws */
  transaction<T>(work: () => T): T {
    return this.guard(() => inTransaction(this.#connection, work))
  }

  /** Idempotent. */
  close(): void {
    try {
      this.#connection.close()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_INVALID_STATE') throw asStoreError(error, this.path)
    }
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

function connect(path: string, { busyTimeoutMs }: DatabaseOptions, readOnly: boolean): DatabaseSync {
  // Not loaded before a store is opened: Node 22 warns of the module as soon as it is.
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const connection = new DatabaseSync(path, { readOnly })
  connection.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`)
  return connection
}

/**
 * Looks before anything is opened for writing: a writer that finds damage brings the log into the file and deletes it when it closes, and with
 * an empty file it deletes the log at once. What is refused here is as it was.
 *
 * @throws {StoreError}
 */
function examine(path: string, kind: DatabaseKind, options: DatabaseOptions): void {
  const size = sizeOf(path)
  if (size === 0) {
    // SQLite never leaves a log beside an empty file, or beside none: somebody has taken away what belongs to it.
    if (sizeOf(`${path}-wal`) > 0) throw storeError('corrupt', path, new Error('there is a log, but nothing that it belongs to'))
    return
  }
  // A journal of the other kind is there only if a process was killed before the first record; what it began has to be taken back first.
  const interrupted = sizeOf(`${path}-journal`) > 0
  const connection = connect(path, options, !interrupted)
  try {
    recognise(connection, kind, path)
    // The pages, not the indexes: damage is found now, not when an old record is asked for.
    const found = Object.values(connection.prepare('PRAGMA quick_check(1)').get() ?? {})[0]
    if (found !== 'ok') throw storeError('corrupt', path, new Error(String(found)))
  } finally {
    connection.close()
  }
}

/** In bytes; 0 if there is no such file. @throws {StoreError} if it is a folder or a device */
function sizeOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat && !stat.isFile()) throw storeError('inaccessible', path, new Error('it is no file'))
  return stat?.size ?? 0
}

/** A new file is the owner's alone: it holds what guests wrote. One that exists is left as it is, and never opened beside SQLite, which would lose its locks. */
function create(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function number(connection: DatabaseSync, pragma: string): number {
  return Number(Object.values(connection.prepare(`PRAGMA ${pragma}`).get() ?? {})[0])
}

/** @throws {StoreError} before anything is changed, if the file is not of this kind or from the future */
function recognise(connection: DatabaseSync, { applicationId, migrations }: DatabaseKind, path: string): void {
  const isOurs = number(connection, 'application_id') === applicationId
  const isEmpty =
    number(connection, 'user_version') === 0 && connection.prepare('SELECT 1 FROM sqlite_schema').get() === undefined
  if (!isOurs && !isEmpty) throw storeError('foreign', path)
  if (number(connection, 'user_version') > migrations.length) throw storeError('newer', path)
}

function limit(connection: DatabaseSync, maxBytes: number | null): void {
  if (maxBytes === null) return
  connection.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / number(connection, 'page_size')))}`)
}

/** Another process may be doing the same: the version is read again under the lock. */
function migrate(connection: DatabaseSync, kind: DatabaseKind, path: string): void {
  const { applicationId, migrations } = kind
  while (number(connection, 'user_version') < migrations.length) {
    inTransaction(connection, () => {
      recognise(connection, kind, path)
      const version = number(connection, 'user_version')
      const migration = migrations[version]
      if (migration === undefined) return
      connection.exec(`${migration}; PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version + 1}`)
    })
  }
}

// IMMEDIATE waits for its turn to write before it begins. A reader that becomes a writer later cannot wait, and fails.
function inTransaction<T>(connection: DatabaseSync, work: () => T, kind: 'IMMEDIATE' | 'DEFERRED' = 'IMMEDIATE'): T {
  connection.exec(`BEGIN ${kind}`)
  try {
    const result = work()
    connection.exec('COMMIT')
    return result
  } catch (error) {
    try {
      connection.exec('ROLLBACK')
    } catch {
      // After some errors SQLite has rolled back by itself, and then there is no transaction any more.
    }
    throw error
  }
}

// A key-value store in a SQLite file.
import { Database, type DatabaseKind } from '../store/database.ts'
import { checkKey, type KvStore, type KvUsage } from './kv-store.ts'

export interface SqliteKvOptions {
  /** How long to wait for another process that writes, with the whole thread; the default is 100 ms. */
  readonly busyTimeoutMs?: number
  /** Largest size of the file; the default is what the disk has. */
  readonly maxBytes?: number
}

// The sums are kept by the database itself, in the transaction of each change: forming them anew would make every write as slow as the
// namespace is large, and that is the guest's to choose (RES-12). BLOB and TEXT compare by bytes, which for UTF-8 is code-point order.
const KIND: DatabaseKind = {
  // "gkv1"
  applicationId: 0x676b7631,
  migrations: [
    `CREATE TABLE entries (
       namespace TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,
       PRIMARY KEY (namespace, key)) STRICT, WITHOUT ROWID;
     CREATE TABLE sums (namespace TEXT PRIMARY KEY, entries INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
     CREATE TRIGGER entry_added AFTER INSERT ON entries BEGIN
       INSERT INTO sums VALUES (new.namespace, 1, octet_length(new.key) + octet_length(new.value))
         ON CONFLICT DO UPDATE SET entries = entries + 1, bytes = bytes + excluded.bytes;
     END;
     CREATE TRIGGER entry_changed AFTER UPDATE ON entries BEGIN
       UPDATE sums SET bytes = bytes - octet_length(old.value) + octet_length(new.value) WHERE namespace = new.namespace;
     END;
     CREATE TRIGGER entry_removed AFTER DELETE ON entries BEGIN
       UPDATE sums SET entries = entries - 1, bytes = bytes - octet_length(old.key) - octet_length(old.value)
         WHERE namespace = old.namespace;
     END`,
  ],
}

type Statement = ReturnType<Database['prepare']>

export class SqliteKvStore implements KvStore, Disposable {
  readonly #database: Database
  readonly #get: Statement
  readonly #set: Statement
  readonly #delete: Statement
  readonly #keys: Statement
  readonly #usage: Statement

  private constructor(database: Database) {
    this.#database = database
    this.#get = database.prepare('SELECT value FROM entries WHERE namespace = ? AND key = ?')
    this.#set = database.prepare(
      'INSERT INTO entries VALUES (?, ?, ?) ON CONFLICT (namespace, key) DO UPDATE SET value = excluded.value',
    )
    this.#delete = database.prepare('DELETE FROM entries WHERE namespace = ? AND key = ?')
    this.#keys = database.prepare('SELECT key FROM entries WHERE namespace = ? AND key >= ? ORDER BY key')
    this.#usage = database.prepare('SELECT entries, bytes FROM sums WHERE namespace = ?')
  }

  /** @throws {StoreError} */
  static open(path: string, { busyTimeoutMs = 100, maxBytes }: SqliteKvOptions = {}): SqliteKvStore {
    return new SqliteKvStore(Database.open(path, KIND, { busyTimeoutMs, maxBytes: maxBytes ?? null }))
  }

  get(namespace: string, key: string): Uint8Array | null {
    const row = this.#database.guard(() => this.#get.get(namespace, key))
    return row ? (row['value'] as Uint8Array) : null
  }

  set(namespace: string, key: string, value: Uint8Array): void {
    checkKey(key)
    this.#database.guard(() => this.#set.run(namespace, key, value))
  }

  delete(namespace: string, key: string): boolean {
    return this.#database.guard(() => this.#delete.run(namespace, key).changes) !== 0
  }

  /** Read whole, so that no statement is left open over a change. In code-point order those with a prefix follow one another. */
  keys(namespace: string, prefix: string): string[] {
    return this.#database.guard(() => {
      const keys: string[] = []
      for (const { key } of this.#keys.iterate(namespace, prefix)) {
        if (!(key as string).startsWith(prefix)) break
        keys.push(key as string)
      }
      return keys
    })
  }

  usage(namespace: string): KvUsage {
    const row = this.#database.guard(() => this.#usage.get(namespace))
    return row ? { entries: Number(row['entries']), bytes: Number(row['bytes']) } : { entries: 0, bytes: 0 }
  }

  atomically<T>(work: () => T): T {
    return this.#database.transaction(work)
  }

  close(): void {
    this.#database.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

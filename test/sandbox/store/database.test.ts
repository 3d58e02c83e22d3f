// Versions of a database: empty files, old ones, ones that fail half way, and ones from the future.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { Database, type DatabaseKind } from '../../../src/sandbox/store/database.ts'
import { RESULT_STORE } from '../../../src/sandbox/store/result-schema.ts'

const dir = mkdtempSync(join(tmpdir(), 'gauntlet-database-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
let files = 0
const file = () => join(dir, `${++files}.db`)

const ONE = "CREATE TABLE things (a TEXT) STRICT; INSERT INTO things VALUES ('from 1')"
const TWO = "ALTER TABLE things ADD COLUMN b TEXT NOT NULL DEFAULT 'new'; UPDATE things SET b = 'was ' || a"
const kind = (...migrations: string[]): DatabaseKind => ({ applicationId: 77, migrations })
const open = (path: string, what: DatabaseKind) => Database.open(path, what, { busyTimeoutMs: 20, maxBytes: null })
const things = (database: Database) => database.prepare('SELECT * FROM things').all()
const version = (path: string) => {
  const raw = new DatabaseSync(path)
  const { user_version } = raw.prepare('PRAGMA user_version').get() as { user_version: number }
  raw.close()
  return user_version
}

describe('the versions of a database', () => {
  it('begin with a file that is not there, one without a byte, and one without a table', () => {
    const empty = file()
    writeFileSync(empty, '')
    const bare = file()
    new DatabaseSync(bare).exec('VACUUM')
    for (const path of [file(), empty, bare]) {
      using database = open(path, kind(ONE, TWO))
      expect(things(database)).toEqual([{ a: 'from 1', b: 'was from 1' }])
      expect(version(path)).toBe(2)
    }
  })

  it('bring an older file to the current one, with what is in it', () => {
    const path = file()
    {
      using old = open(path, kind(ONE))
      old.transaction(() => old.prepare("INSERT INTO things VALUES ('mine')").run())
    }
    using database = open(path, kind(ONE, TWO))
    expect(things(database)).toEqual([
      { a: 'from 1', b: 'was from 1' },
      { a: 'mine', b: 'was mine' },
    ])
  })

  it('do nothing to a file that is current', () => {
    const path = file()
    open(path, kind(ONE)).close()
    using database = open(path, kind(ONE))
    expect(things(database)).toHaveLength(1)
  })

  it('leave a file at the version it had when a step fails in its middle', () => {
    const path = file()
    open(path, kind(ONE)).close()
    const broken = "INSERT INTO things VALUES ('half'); SELECT * FROM nowhere"
    expect(() => open(path, kind(ONE, broken))).toThrow(expect.objectContaining({ problem: 'failed' }))
    expect(version(path)).toBe(1)
    using database = open(path, kind(ONE, TWO))
    expect(things(database)).toEqual([{ a: 'from 1', b: 'was from 1' }])
  })

  it('refuse what is newer, and what belongs to something else', () => {
    const path = file()
    open(path, kind(ONE, TWO)).close()
    expect(() => open(path, kind(ONE))).toThrow(expect.objectContaining({ problem: 'newer' }))
    expect(() => open(path, { applicationId: 78, migrations: [ONE, TWO] })).toThrow(
      expect.objectContaining({ problem: 'foreign' }),
    )
    expect(version(path)).toBe(2)
  })

  it('of the result store make a file that SQLite finds nothing wrong with', () => {
    const path = file()
    open(path, RESULT_STORE).close()
    expect(version(path)).toBe(RESULT_STORE.migrations.length)
    const raw = new DatabaseSync(path)
    expect(raw.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    expect(raw.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
    raw.close()
  })
})

describe('a connection', () => {
  it('waits for the disk with every transaction', () => {
    using database = open(file(), kind(ONE))
    expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 })
  })

  it('reads one state within a snapshot, whatever others write', () => {
    const path = file()
    using database = open(path, kind(ONE))
    using other = open(path, kind(ONE))
    const seen = database.snapshot(() => {
      const before = things(database).length
      other.transaction(() => other.prepare("INSERT INTO things VALUES ('later')").run())
      return [before, things(database).length]
    })
    expect([...seen, things(database).length]).toEqual([1, 1, 2])
  })
})

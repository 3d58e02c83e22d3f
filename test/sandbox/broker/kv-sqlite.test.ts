// The key-value store as a file: kept, shared, locked, full.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { SqliteKvStore } from '../../../src/sandbox/broker/kv-sqlite.ts'

const dir = mkdtempSync(join(tmpdir(), 'gauntlet-kv-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
let files = 0
const file = () => join(dir, `${++files}.db`)
const bytes = (text: string) => new TextEncoder().encode(text)

describe('SqliteKvStore', () => {
  it('has everything again when it is opened again', () => {
    const path = file()
    {
      using store = SqliteKvStore.open(path)
      store.set('n', 'k', bytes('value'))
    }
    using store = SqliteKvStore.open(path)
    expect([store.get('n', 'k'), store.usage('n')]).toEqual([bytes('value'), { entries: 1, bytes: 6 }])
  })

  it('does all of a piece of work or nothing', () => {
    using store = SqliteKvStore.open(file())
    const work = () => {
      store.set('n', 'k', bytes('value'))
      throw new Error('changed its mind')
    }
    expect(() => store.atomically(work)).toThrow('changed its mind')
    expect([store.get('n', 'k'), store.usage('n').entries]).toEqual([null, 0])
    store.set('n', 'k', bytes('later'))
    expect(store.get('n', 'k')).toEqual(bytes('later'))
  })

  it('says that it is locked, changes nothing, and works again afterwards', () => {
    const path = file()
    using store = SqliteKvStore.open(path, { busyTimeoutMs: 10 })
    store.set('n', 'k', bytes('before'))
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    expect(() => store.set('n', 'k', bytes('after'))).toThrow(expect.objectContaining({ name: 'StoreError', problem: 'locked' }))
    expect(() => store.atomically(() => {})).toThrow(expect.objectContaining({ problem: 'locked' }))
    expect(store.get('n', 'k')).toEqual(bytes('before'))
    other.exec('ROLLBACK')
    other.close()
    store.set('n', 'k', bytes('after'))
    expect(store.get('n', 'k')).toEqual(bytes('after'))
  })

  it('says that it is full, keeps the old value, and takes what fits', () => {
    using store = SqliteKvStore.open(file(), { maxBytes: 65_536 })
    store.set('n', 'k', bytes('before'))
    expect(() => store.set('n', 'k', new Uint8Array(100_000))).toThrow(expect.objectContaining({ problem: 'full' }))
    expect([store.get('n', 'k'), store.usage('n')]).toEqual([bytes('before'), { entries: 1, bytes: 7 }])
    store.set('n', 'k', bytes('after'))
    expect(store.get('n', 'k')).toEqual(bytes('after'))
  })
})

// One contract for every key-value store that comes with the sandbox.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { MemoryKvStore } from '../../../src/sandbox/broker/kv-memory.ts'
import { SqliteKvStore } from '../../../src/sandbox/broker/kv-sqlite.ts'
import type { KvStore } from '../../../src/sandbox/broker/kv-store.ts'

const dir = mkdtempSync(join(tmpdir(), 'gauntlet-kv-'))
const open: SqliteKvStore[] = []
afterAll(() => {
  for (const store of open) store.close()
  rmSync(dir, { recursive: true, force: true })
})
function sqlite(): KvStore {
  const store = SqliteKvStore.open(join(dir, `${open.length}.db`))
  open.push(store)
  return store
}

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (value: Uint8Array | null) => value && Buffer.from(value).toString()

describe.each([
  ['MemoryKvStore', () => new MemoryKvStore()],
  ['SqliteKvStore', sqlite],
])('%s', (_, make) => {
  it('has what was put in, until it is replaced or removed', () => {
    const store = make()
    expect([store.get('n', 'k'), store.delete('n', 'k')]).toEqual([null, false])
    store.set('n', 'k', bytes('one'))
    expect(text(store.get('n', 'k'))).toBe('one')
    store.set('n', 'k', bytes('two!'))
    expect(text(store.get('n', 'k'))).toBe('two!')
    expect([store.delete('n', 'k'), store.get('n', 'k')]).toEqual([true, null])
  })

  it('tells an empty value from none', () => {
    const store = make()
    store.set('n', '', new Uint8Array(0))
    expect(store.get('n', '')).toEqual(new Uint8Array(0))
    expect([...store.keys('n', '')]).toEqual([''])
  })

  it('keeps copies: what is changed outside afterwards is not changed inside', () => {
    const store = make()
    const value = bytes('one')
    store.set('n', 'k', value)
    value.fill(0)
    store.get('n', 'k')!.fill(0)
    expect(text(store.get('n', 'k'))).toBe('one')
  })

  it('keeps namespaces apart, however names and keys are cut', () => {
    const store = make()
    store.set('a', 'b/c', bytes('1'))
    store.set('a/b', 'c', bytes('2'))
    store.set('ab', 'c', bytes('3'))
    expect([text(store.get('a', 'b/c')), text(store.get('a/b', 'c')), text(store.get('ab', 'c'))]).toEqual(['1', '2', '3'])
    expect([store.get('a', 'c'), store.get('', 'a/b/c')]).toEqual([null, null])
    expect([...store.keys('a', '')]).toEqual(['b/c'])
    store.delete('a', 'b/c')
    expect(store.usage('a/b')).toEqual({ entries: 1, bytes: 2 })
  })

  it('has no special keys', () => {
    const poisonous = [
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      "'; DROP TABLE entries; --",
      '%',
      '_',
      '*',
      '?1',
      '../../x',
      '\ufeff',
    ]
    const store = make()
    for (const key of poisonous) expect([key, store.get('n', key)]).toEqual([key, null])
    for (const key of poisonous) store.set('n', key, bytes(key))
    for (const key of poisonous) expect(text(store.get('n', key))).toBe(key)
    expect([...store.keys('n', '%')]).toEqual(['%'])
    expect([...store.keys('n', '_')]).toEqual(['_', '__proto__'])
    expect([...store.keys('constructor', '')]).toEqual([])
  })

  it('tells keys apart that only look alike', () => {
    const store = make()
    // Composed and decomposed, upper and lower case, with and without a trailing space.
    for (const key of ['\u00e9', 'e\u0301', 'K', 'k', 'k ']) store.set('n', key, bytes(key))
    expect(store.usage('n').entries).toBe(5)
  })

  it('lists keys in code-point order, those with the prefix only', () => {
    const store = make()
    // As UTF-16 the last would stand before the one before it.
    const keys = ['a', 'aa', 'ab', 'b', 'é', '\ue000', '\u{10000}']
    for (const key of keys.toReversed()) store.set('n', key, bytes(''))
    expect([...store.keys('n', '')]).toEqual(keys)
    expect([...store.keys('n', 'a')]).toEqual(['a', 'aa', 'ab'])
    expect([...store.keys('n', '\u{10000}')]).toEqual(['\u{10000}'])
    expect([...store.keys('n', 'zz')]).toEqual([])
  })

  it('knows what a namespace holds, after every kind of change', () => {
    const store = make()
    expect(store.usage('n')).toEqual({ entries: 0, bytes: 0 })
    store.set('n', 'é', bytes('12345'))
    store.set('n', 'k', bytes('1'))
    store.set('other', 'k', bytes('1'))
    expect(store.usage('n')).toEqual({ entries: 2, bytes: 9 })
    store.set('n', 'é', bytes('1'))
    expect(store.usage('n')).toEqual({ entries: 2, bytes: 5 })
    store.delete('n', 'é')
    store.delete('n', 'never')
    expect(store.usage('n')).toEqual({ entries: 1, bytes: 2 })
  })

  it('knows it at once, however much there is', () => {
    const store = make()
    store.atomically(() => {
      for (let i = 0; i < 20_000; i++) store.set('n', `key ${i}`, Uint8Array.of(i & 255))
    })
    const began = performance.now()
    for (let i = 0; i < 5000; i++) store.usage('n')
    // Summed up anew each time it is some 100 million keys.
    expect(performance.now() - began).toBeLessThan(2000)
  })

  it.each(['\ud800', 'a\0b'])('refuses the key %j, which no guest could name', (key) => {
    const store = make()
    expect(() => store.set('n', key, bytes('1'))).toThrow(TypeError)
    expect(store.usage('n').entries).toBe(0)
  })
})

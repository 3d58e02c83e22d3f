// What is kept for the next time: bounded, in the order of use, and counted.
import { describe, expect, it } from 'vitest'
import { KeptModules } from '../../../src/sandbox/cache/kept-modules.ts'
import { Lru, readCacheOptions } from '../../../src/sandbox/cache/lru.ts'
import { UsageError } from '../../../src/sandbox/errors.ts'

describe('the modules of a jail', () => {
  it('are forgotten there if the guest did not end well here, for it may have there; but not if they were kept before', () => {
    const kept = new KeptModules()
    expect(kept.deliver('a')).toEqual({ kept: false, forget: [] })
    kept.notAdded('a')
    expect(kept.deliver('b')).toEqual({ kept: false, forget: ['a'] })
    kept.add('b', 10)
    kept.notAdded('b')
    expect(kept.deliver('b')).toEqual({ kept: true, forget: [] })
  })
})

describe('Lru', () => {
  it('gives up what has not been used for the longest time', () => {
    const lru = new Lru<number>({ entries: 2, bytes: 100 })
    lru.set('a', 1, 10)
    lru.set('b', 2, 10)
    expect(lru.get('a')).toBe(1)
    expect(lru.set('c', 3, 10)).toEqual(['b'])
    expect([lru.get('a'), lru.get('b'), lru.get('c')]).toEqual([1, undefined, 3])
    expect(lru.statistics).toEqual({ hits: 3, misses: 1, evictions: 1, entries: 2, bytes: 20 })
  })

  it('keeps to its bytes, and does not clear everything for what does not fit at all', () => {
    const lru = new Lru<number>({ entries: 10, bytes: 100 })
    for (const key of ['a', 'b', 'c']) lru.set(key, 0, 40)
    expect(lru.statistics).toMatchObject({ entries: 2, bytes: 80 })
    expect(lru.set('large', 0, 101)).toEqual([])
    expect(lru.statistics).toMatchObject({ entries: 2, bytes: 80 })
    expect(lru.set('all', 0, 100)).toEqual(['b', 'c'])
  })

  it('counts what is set again once', () => {
    const lru = new Lru<number>({ entries: 10, bytes: 100 })
    for (const bytes of [10, 30, 20]) lru.set('a', 0, bytes)
    expect(lru.statistics).toMatchObject({ entries: 1, bytes: 20, evictions: 0 })
  })

  it('of no entries keeps nothing', () => {
    const lru = new Lru<number>({ entries: 0, bytes: 100 })
    lru.set('a', 1, 0)
    expect(lru.get('a')).toBeUndefined()
  })
})

describe('the modules of a jail', () => {
  it('are delivered once, and told to be forgotten when they have to go', () => {
    const kept = new KeptModules()
    expect(kept.deliver('m0')).toEqual({ kept: false, forget: [] })
    for (let i = 0; i < 9; i++) kept.add(`m${i}`, 1)
    expect(kept.deliver('m8')).toEqual({ kept: true, forget: ['m0'] })
    expect(kept.deliver('m0')).toEqual({ kept: false, forget: [] })
    expect([kept.fits(8 * 2 ** 20), kept.fits(8 * 2 ** 20 + 1)]).toEqual([true, false])
  })
})

describe('the options', () => {
  it.each([{ entries: -1 }, { bytes: 0.5 }, { entries: '1' }, { size: 1 }])('refuse %j', (options) => {
    expect(() => readCacheOptions(options as object)).toThrow(UsageError)
  })
})

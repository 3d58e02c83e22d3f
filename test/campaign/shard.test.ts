// Shards: together they have every item once, whatever machine asks, and what is typed wrongly is refused.
import { describe, expect, it } from 'vitest'
import { itemsOfShard, listDigest, otherShards, parseShard, ShardError } from '../../src/campaign/shard.ts'

const names = Array.from({ length: 23 }, (_, index) => `case-${(index * 7) % 23}`)

describe('the items of shards', () => {
  it.each([1, 2, 4, 7, 30])('are, for %i shards, every item once, and evenly shared', (of) => {
    const shards = Array.from({ length: of }, (_, index) => itemsOfShard(names, (name) => name, { number: index + 1, of }))
    expect(shards.flat().sort()).toEqual([...names].sort())
    const sizes = shards.map((items) => items.length)
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
  })

  it('do not depend on the order of the list, which is that of a file system', () => {
    const shard = { number: 2, of: 3 }
    const backwards = itemsOfShard(names.toReversed(), (name) => name, shard)
    expect(backwards.toReversed()).toEqual(itemsOfShard(names, (name) => name, shard))
  })
})

describe('the digest of a list', () => {
  it('is the same in any order, and another one for any other list', () => {
    expect(listDigest(names.toReversed())).toBe(listDigest(names))
    expect(listDigest(names.slice(1))).not.toBe(listDigest(names))
    expect(listDigest(['a', 'b'])).not.toBe(listDigest(['a","b']))
  })
})

describe('a shard as it is typed', () => {
  it('is read', () => expect(parseShard('2/4')).toEqual({ number: 2, of: 4 }))
  it.each(['', '1', '0/4', '5/4', '1/0', '1/4/2', '-1/4', '1/1001', ' 1/4', '1.5/4'])('%j is none', (text) => {
    expect(() => parseShard(text)).toThrow(ShardError)
  })
})

describe('what is missing', () => {
  it.each([
    [[1, 2, 3], 3, null],
    [[2], 3, 'shards 1 and 3 of 3'],
    [[1, 3], 3, 'shard 2 of 3'],
    [[2], 5, 'shards 1, 3, 4 and 5 of 5'],
  ])('of %j of %i: %s', (present, of, words) => expect(otherShards(present, of)).toBe(words))
})

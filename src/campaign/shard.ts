// A shard: one machine's part of a run that several machines share. What is in it follows from the names alone, so nobody hands out work.
import { createHash } from 'node:crypto'

export class ShardError extends Error {
  override readonly name = 'ShardError'
}

export interface Shard {
  /** From 1 to `of`. */
  readonly number: number
  readonly of: number
}

/** More machines than anybody has; a typing error is refused before each case has a machine of its own. */
export const MOST_SHARDS = 1_000

/** Reads `2/4`. Throws ShardError. */
export function parseShard(text: string): Shard {
  const [, number, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []
  const shard = { number: Number(number), of: Number(of) }
  if (shard.number >= 1 && shard.number <= shard.of && shard.of <= MOST_SHARDS) return shard
  throw new ShardError(
    `${JSON.stringify(text)} is not a shard: write its number and how many there are, such as 1/4, with at most ${MOST_SHARDS}`,
  )
}

export const shardText = ({ number, of }: Shard): string => `shard ${number} of ${of}`

/** The shards that are not among these, as a phrase: `shards 1 and 3 of 4`; null if none is. */
export function otherShards(present: readonly number[], of: number): string | null {
  const others = Array.from({ length: of }, (_, index) => index + 1).filter((number) => !present.includes(number))
  if (others.length === 0) return null
  if (others.length === 1) return `shard ${others[0]} of ${of}`
  return `shards ${others.slice(0, -1).join(', ')} and ${others.at(-1)} of ${of}`
}

/**
 * The items of a list that belong to a shard: every n-th of the sorted names. Machines that have the same list share it out without a gap, and
 * none gets more than one item more than another; that they had the same list, `listDigest` shows when their reports are joined.
 */
export function itemsOfShard<T>(items: readonly T[], nameOf: (item: T) => string, { number, of }: Shard): T[] {
  const names = items.map(nameOf).sort()
  const mine = new Set(names.filter((_, index) => index % of === number - 1))
  return items.filter((item) => mine.has(nameOf(item)))
}

/** Says how many names a list has and which: equal for equal lists, in whatever order. */
export function listDigest(names: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify([...names].sort()))
  return `${names.length} sha256:${hash.digest('hex').slice(0, 16)}`
}

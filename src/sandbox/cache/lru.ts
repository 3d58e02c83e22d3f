// What is kept for the next time, bounded in number and bytes; what has not been used for the longest time goes first.
import { UsageError } from '../errors.ts'

/** What became of look-ups, and what is there. */
export interface CacheStatistics {
  readonly hits: number
  readonly misses: number
  /** Entries that had to go to make room. */
  readonly evictions: number
  readonly entries: number
  readonly bytes: number
}

export interface CacheBounds {
  readonly entries: number
  readonly bytes: number
}

/** @param given own data @throws {UsageError} naming the option */
export function readCacheOptions(given: Partial<CacheBounds> = {}): CacheBounds {
  const { entries = 256, bytes = 64 * 2 ** 20, ...unknown } = given
  const other = Object.keys(unknown)[0]
  if (other !== undefined) throw new UsageError(`The option cache has no ${JSON.stringify(other)}; it has entries, bytes.`)
  for (const [name, value] of Object.entries({ entries, bytes }))
    if (!Number.isSafeInteger(value) || value < 0)
      throw new UsageError(`The option cache.${name} must be a whole number, 0 or more.`)
  return { entries, bytes }
}

interface Entry<V> {
  readonly value: V
  readonly bytes: number
}

export class Lru<V> {
  readonly #bounds: CacheBounds
  /** In order of use, the last one used at the end. */
  readonly #entries = new Map<string, Entry<V>>()
  #bytes = 0
  #hits = 0
  #misses = 0
  #evictions = 0

  constructor(bounds: CacheBounds) {
    this.#bounds = bounds
  }

  get statistics(): CacheStatistics {
    return {
      hits: this.#hits,
      misses: this.#misses,
      evictions: this.#evictions,
      entries: this.#entries.size,
      bytes: this.#bytes,
    }
  }

  /** Whether something of this size can be kept at all. */
  fits(bytes: number): boolean {
    return this.#bounds.entries > 0 && bytes <= this.#bounds.bytes
  }

  /** Not counted as a look-up or a use. */
  has(key: string): boolean {
    return this.#entries.has(key)
  }

  /** Counted as a hit or a miss. */
  get(key: string): V | undefined {
    const entry = this.#entries.get(key)
    if (!entry) {
      this.#misses++
      return undefined
    }
    this.#hits++
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry.value
  }

  /** Keeps it, if it fits. @returns the keys that had to go */
  set(key: string, value: V, bytes: number): readonly string[] {
    this.#remove(key)
    if (!this.fits(bytes)) return []
    this.#entries.set(key, { value, bytes })
    this.#bytes += bytes
    const gone: string[] = []
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#bounds.entries && this.#bytes <= this.#bounds.bytes) break
      this.#remove(oldest)
      this.#evictions++
      gone.push(oldest)
    }
    return gone
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key)
    if (!entry) return
    this.#bytes -= entry.bytes
    this.#entries.delete(key)
  }
}

export const sumOf = (all: readonly CacheStatistics[]): CacheStatistics => ({
  hits: total(all, ({ hits }) => hits),
  misses: total(all, ({ misses }) => misses),
  evictions: total(all, ({ evictions }) => evictions),
  entries: total(all, ({ entries }) => entries),
  bytes: total(all, ({ bytes }) => bytes),
})

const total = (all: readonly CacheStatistics[], figure: (one: CacheStatistics) => number) =>
  all.reduce((sum, one) => sum + figure(one), 0)

// A queue that is fair to whoever stands in it: each in turn, however much any one of them has put in (RES-09).

export class FairQueue<T> {
  /** By owner; the first key is whose turn it is. A Map, because owners are named by the embedder's callers. */
  readonly #lines = new Map<string, T[]>()
  #size = 0

  get size(): number {
    return this.#size
  }

  push(owner: string, item: T): void {
    const line = this.#lines.get(owner)
    if (line) line.push(item)
    else this.#lines.set(owner, [item])
    this.#size++
  }

  /** Whose turn it is, left in the queue. */
  peek(): T | undefined {
    return this.#first()?.[1][0]
  }

  /** Takes out whose turn it is; its owner is behind all others then. */
  shift(): T | undefined {
    const first = this.#first()
    if (!first) return undefined
    const [owner, line] = first
    const item = line.shift()
    this.#size--
    this.#lines.delete(owner)
    if (line.length > 0) this.#lines.set(owner, line)
    return item
  }

  /** Takes out one that waits no longer. */
  remove(owner: string, item: T): void {
    const line = this.#lines.get(owner)
    const at = line?.indexOf(item) ?? -1
    if (!line || at < 0) return
    line.splice(at, 1)
    this.#size--
    if (line.length === 0) this.#lines.delete(owner)
  }

  /** The last one in the longest line; in this owner's, if none is longer. Who has put in most is who has to make room. */
  lastOfLongest(owner: string): T | undefined {
    let longest = this.#lines.get(owner) ?? []
    for (const line of this.#lines.values()) if (line.length > longest.length) longest = line
    return longest.at(-1)
  }

  #first(): [string, T[]] | undefined {
    return this.#lines.entries().next().value
  }
}

// Which compiled modules one jail keeps. The host decides, so that a jail's memory stays bounded and nothing is taken from it on trust: what the
// jail keeps never leaves it, and an identifier names the reuse key too, so no guest gets a module that a stranger's cell compiled (CTL-15).
import { type CacheStatistics, Lru } from './lru.ts'

/**
 * Compiled code takes several times the module's bytes, and every guest of the jail pays for it out of its `residentBytes`. Bounded tightly, so
 * that the room that admission promises a guest is still there.
 */
const BOUNDS = { entries: 8, bytes: 8 * 2 ** 20 }

/** What a load has to carry. */
export interface Delivery {
  /** Whether the jail has it, so that the bytes need not be sent. */
  readonly kept: boolean
  /** What the jail is to keep no longer. */
  readonly forget: readonly string[]
}

export class KeptModules {
  readonly #lru = new Lru<true>(BOUNDS)
  #forget: string[] = []

  get statistics(): CacheStatistics {
    return this.#lru.statistics
  }

  /** Whether a module of this size is kept at all. */
  fits(bytes: number): boolean {
    return this.#lru.fits(bytes)
  }

  deliver(id: string): Delivery {
    const forget = this.#forget
    this.#forget = []
    return { kept: this.#lru.get(id) === true, forget }
  }

  /**
   * Its guest did not end by itself, as far as the host knows. The jail may see that otherwise, when the guest exceeded a limit at the very end, and what
   * it keeps that nobody counts would add up.
   */
  notAdded(id: string): void {
    if (!this.#lru.has(id)) this.#forget.push(id)
  }

  /** The jail has compiled it, and its guest ended by itself. */
  add(id: string, bytes: number): void {
    this.#forget.push(...this.#lru.set(id, true, bytes))
  }
}

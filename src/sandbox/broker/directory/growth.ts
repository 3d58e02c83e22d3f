// What a guest adds to the embedder's directories, against its quotas. Counted before it is done.
//
// Bytes are growth of files: what lies behind the old end, holes included. What is cut off again is given back; what is removed is not, because
// whoever else holds it open keeps it on the disk.
import type { LocalEvent } from '../../host/context.ts'
import { fault } from './errno.ts'

export interface GrowthQuotas {
  readonly fileBytes: number
  readonly inodes: number
}

export class Growth {
  readonly #quotas: GrowthQuotas
  readonly #event: (event: LocalEvent) => void
  readonly #used = { fileBytes: 0, inodes: 0 }
  readonly #told = new Set<keyof GrowthQuotas>()

  constructor(quotas: GrowthQuotas, event: (event: LocalEvent) => void) {
    this.#quotas = quotas
    this.#event = event
  }

  beginActivation(): void {
    this.#told.clear()
  }

  /** Counts what is about to be added. @throws {GuestFault} `dquot` if the quota is used up: then nothing is counted */
  take(quota: keyof GrowthQuotas, amount: number): void {
    const limit = this.#quotas[quota]
    if (amount <= limit - this.#used[quota]) {
      this.#used[quota] += amount
      return
    }
    if (!this.#told.has(quota)) {
      this.#told.add(quota)
      const message = `The guest has used up what it may add to its directories (quotas.${quota}, ${limit}).`
      this.#event({ type: 'quota-exceeded', severity: 'warning', message, quota, limit })
    }
    throw fault('dquot')
  }

  /** Takes back what was counted and not added, or is gone again. */
  giveBack(quota: keyof GrowthQuotas, amount: number): void {
    this.#used[quota] = Math.max(0, this.#used[quota] - amount)
  }

  /** Counts, does it, and takes the count back if it failed. */
  async during<T>(quota: keyof GrowthQuotas, amount: number, work: () => Promise<T>): Promise<T> {
    this.take(quota, amount)
    try {
      return await work()
    } catch (error) {
      this.giveBack(quota, amount)
      throw error
    }
  }
}

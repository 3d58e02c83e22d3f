// What all trees in a guest's memory use up together. Everything is asked for before it is allocated (RES-05).
import { ERRNO, GuestFault } from '../errno.ts'
import type { TreeQuotas } from './file-system.ts'

/** The quotas by their names in the policy. */
export type FileQuota = 'fileBytes' | 'inodes'

export class TreeUsage {
  readonly #quotas: TreeQuotas
  readonly #exceeded: (quota: FileQuota, limit: number) => void
  readonly #told = new Set<FileQuota>()
  #bytes = 0
  #inodes = 0

  /** @param exceeded is told once for each quota in an activation */
  constructor(quotas: TreeQuotas, exceeded: (quota: FileQuota, limit: number) => void) {
    this.#quotas = quotas
    this.#exceeded = exceeded
  }

  beginActivation(): void {
    this.#told.clear()
  }

  /** @throws {GuestFault} `dquot`, and then nothing was taken */
  take(bytes: number, inodes: number): void {
    if (bytes > 0 && bytes > this.#quotas.bytes - this.#bytes) throw this.#refusal('fileBytes', this.#quotas.bytes)
    if (inodes > 0 && inodes > this.#quotas.inodes - this.#inodes) throw this.#refusal('inodes', this.#quotas.inodes)
    this.takeGiven(bytes, inodes)
  }

  /** For what the embedder lays in: it was checked before, and if it fills the quota, the guest can add nothing. */
  takeGiven(bytes: number, inodes: number): void {
    this.#bytes += bytes
    this.#inodes += inodes
  }

  give(bytes: number, inodes: number): void {
    this.#bytes -= bytes
    this.#inodes -= inodes
  }

  #refusal(quota: FileQuota, limit: number): GuestFault {
    if (!this.#told.has(quota)) {
      this.#told.add(quota)
      this.#exceeded(quota, limit)
    }
    return new GuestFault(ERRNO.dquot)
  }
}

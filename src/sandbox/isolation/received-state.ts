// The state of a guest as it comes from its jail, piece by piece: never more than a guest of that module can have.
import { maxImageBytes } from '../snapshot/image.ts'
import type { SnapshotPlan } from '../snapshot/plan.ts'
import type { Uncapturable } from '../snapshot/problem.ts'
import { type Gathered, gathered, NOTHING_YET, whole } from './gathered.ts'
import type { Captured } from './guest.ts'

export class ReceivedState {
  readonly #max: number
  #image: Gathered = NOTHING_YET
  #problem: Uncapturable | null = null

  /** @param handles quota of the guest, which has no more than that from the start */
  constructor(plan: SnapshotPlan, handles: number) {
    this.#max = maxImageBytes(plan, { handles })
  }

  /** False for more than there can be; then nothing is to be believed. */
  addPiece(bytes: Uint8Array): boolean {
    if (bytes.length === 0 || this.#problem || bytes.length > this.#max - this.#image.size) return false
    this.#image = gathered(this.#image, bytes, this.#max)
    return true
  }

  /** False if there is a state already. */
  refuse(problem: Uncapturable): boolean {
    if (this.#problem || this.#image.size > 0) return false
    this.#problem = problem
    return true
  }

  /** Null if nothing came. */
  take(): Captured | null {
    return this.#problem ?? (this.#image.size > 0 ? { image: whole(this.#image) } : null)
  }
}

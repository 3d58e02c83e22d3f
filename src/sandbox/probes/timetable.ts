// When runs are due: slots at a fixed distance from one anchor, so that neither slow runs nor late timers shift what follows.
import type { ProbeSettings } from './settings.ts'

export class Timetable {
  readonly #anchor: number
  readonly #everyMs: number
  readonly #jitterMs: number
  readonly #random: () => number
  #slot = 0
  #due: number

  /** @param random from 0 to below 1 */
  constructor({ everyMs, jitterMs }: ProbeSettings['schedule'], now: number, random: () => number) {
    this.#anchor = now
    this.#everyMs = everyMs
    this.#jitterMs = jitterMs
    this.#random = random
    this.#due = this.#dueOf(0)
  }

  /** When the next run is due. */
  get due(): number {
    return this.#due
  }

  /** Takes the slots that are due. @returns how many: more than one after a long wait, such as the sleep of the machine */
  take(now: number): number {
    const from = this.#slot
    while (this.#due <= now) {
      // A slot is due at the latest when the next one begins, so all but the last of those that have begun are due: without a look at each.
      const begun = Math.floor((now - this.#anchor) / this.#everyMs)
      this.#slot = Math.max(this.#slot + 1, begun)
      this.#due = this.#dueOf(this.#slot)
    }
    return this.#slot - from
  }

  #dueOf(slot: number): number {
    return this.#anchor + slot * this.#everyMs + this.#jitterMs * clamped(this.#random())
  }
}

/** Whatever the embedder's source gives, runs stay in their slots. */
const clamped = (value: number) => (value >= 0 && value < 1 ? value : 0)

// A chamber that is used for trial after trial while it stays clean: starting one costs more than most trials do.
import type { Attack } from '../attacks/attack.ts'
import { Chamber, withEnd } from './chamber.ts'
import type { Journal } from './journal.ts'
import { enter, judged, type Pair, type TargetChoice, type Tried, trialOf, weigh } from './trials.ts'

export interface ReusedChamberOptions {
  readonly target: TargetChoice
  readonly journal: Journal | null
  /** Called for what only the end of a chamber showed, with the last pair that ran in it. */
  readonly onViolation: (pair: Pair, target: TargetChoice) => Promise<void> | void
}

/** Trials after which a chamber is replaced even if nothing was seen: what a target leaks slowly shows when it closes. */
const TRIALS_PER_CHAMBER = 400

/** Opened when needed, closed when it is no longer clean or has served long enough. Not for trials side by side. */
export class ReusedChamber {
  readonly #options: ReusedChamberOptions
  #chamber: Chamber | null = null
  #trials = 0
  #last: Tried | null = null

  constructor(options: ReusedChamberOptions) {
    this.#options = options
  }

  /** An attack and then its twin, weighed. Rejects with ChamberError if the target does not load. */
  async runPair(attack: Attack): Promise<Pair> {
    return weigh(await this.run(attack, 'attack'), await this.run(attack, 'twin'))
  }

  /** One of the two trials of an attack. Rejects with ChamberError if the target does not load. */
  async run(attack: Attack, role: Tried['role']): Promise<Tried> {
    const { target, journal } = this.#options
    if (this.#chamber && (!this.#chamber.usable || this.#trials >= TRIALS_PER_CHAMBER)) await this.close()
    this.#chamber ??= await Chamber.open(target.chamber)
    this.#trials++
    const leave = enter(journal, target, attack, role)
    const seen = await this.#chamber.run(attack.id, trialOf(attack, role))
    leave()
    this.#last = judged(attack, role, { ...seen, target: target.name }, target.own)
    return this.#last
  }

  /**
   * Closes the chamber. What only its end shows (something left running, a canary touched late) is judged as part of its last trial, unless that
   * was violated by itself. Returns that trial then, and tells `onViolation`.
   */
  async close(): Promise<Tried | null> {
    const chamber = this.#chamber
    if (!chamber) return null
    const { target, onViolation } = this.#options
    const trials = this.#trials
    const last = this.#last
    this.#chamber = null
    this.#trials = 0
    this.#last = null
    const end = await chamber.close()
    if (!last || last.verdict.kind === 'violated') return null
    const after = judged(last.attack, last.role, withEnd(last.observation, end), target.own)
    if (after.verdict.kind !== 'violated') return null
    const told = {
      ...after,
      verdict: { ...after.verdict, reason: `after ${trials} trials in one host: ${after.verdict.reason}` },
    }
    await onViolation({ attack: told, twin: last }, target)
    return told
  }
}

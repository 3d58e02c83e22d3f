// A chamber that is used for trial after trial while it stays clean: starting one costs more than most trials do.
import type { Attack } from '../attacks/attack.ts'
import type { Observation } from '../oracles/observation.ts'
import { Chamber, withEnd } from './chamber.ts'
import type { Journal } from './journal.ts'
import { enter, judged, type Pair, type TargetChoice, trialOf, weigh } from './trials.ts'

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
  #last: { attack: Attack; role: 'attack' | 'twin'; observation: Observation } | null = null

  constructor(options: ReusedChamberOptions) {
    this.#options = options
  }

  /** An attack and then its twin, weighed. Rejects with ChamberError if the target does not load. */
  async runPair(attack: Attack): Promise<Pair> {
    const { own } = this.#options.target
    const attacked = judged(attack, 'attack', await this.#run(attack, 'attack'), own)
    return weigh(attacked, judged(attack, 'twin', await this.#run(attack, 'twin'), own))
  }

  async #run(attack: Attack, role: 'attack' | 'twin'): Promise<Observation> {
    const { target, journal } = this.#options
    if (this.#chamber && (!this.#chamber.usable || this.#trials >= TRIALS_PER_CHAMBER)) await this.close()
    this.#chamber ??= await Chamber.open(target.chamber)
    this.#trials++
    const leave = enter(journal, target, attack, role)
    const seen = await this.#chamber.run(attack.id, trialOf(attack, role))
    leave()
    const observation = { ...seen, target: target.name }
    this.#last = { attack, role, observation }
    return observation
  }

  /** Closes the chamber. What only its end shows is judged as part of its last trial, unless that trial was violated by itself. */
  async close(): Promise<void> {
    const chamber = this.#chamber
    if (!chamber) return
    const { target, onViolation } = this.#options
    const trials = this.#trials
    this.#chamber = null
    this.#trials = 0
    const end = await chamber.close()
    const last = this.#last
    this.#last = null
    if (!last) return
    const { attack, role, observation } = last
    const before = judged(attack, role, observation, target.own)
    const after = judged(attack, role, withEnd(observation, end), target.own)
    if (before.verdict.kind === 'violated' || after.verdict.kind !== 'violated') return
    const reason = `after ${trials} trials in one host: ${after.verdict.reason}`
    await onViolation({ attack: { ...after, verdict: { ...after.verdict, reason } }, twin: before }, target)
  }
}

// What attacks come to on the sources as they are: tried once each, in chambers that are used again, however many weakenings ask.
import type { Attack } from '../attacks/attack.ts'
import type { VerdictKind } from '../oracles/observation.ts'
import { ReusedChamber } from './reused-chamber.ts'
import { type TargetChoice, tryFresh } from './trials.ts'

/** What a run has found out already; undefined where it has not. */
export type KnownVerdict = (attack: string, target: string) => VerdictKind | undefined

export class Baselines {
  readonly #known: KnownVerdict
  readonly #chambers = new Map<string, ReusedChamber>()
  readonly #verdicts = new Map<string, Promise<VerdictKind>>()
  /** The last trial that was asked for: a chamber takes one after the other. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(known: KnownVerdict = () => undefined) {
    this.#known = known
  }

  /** The verdict of an attack on a target. Rejects with ChamberError if the target does not load. */
  async of(attack: Attack, target: TargetChoice): Promise<VerdictKind> {
    const known = this.#known(attack.id, target.chamber.target)
    if (known) return known
    const key = JSON.stringify([target.chamber.target, attack.id])
    const tried = this.#verdicts.get(key)
    if (tried) return tried
    const verdict = this.#last.then(() => this.#try(attack, target))
    this.#last = verdict.catch(() => {})
    this.#verdicts.set(key, verdict)
    return verdict
  }

  async #try(attack: Attack, target: TargetChoice): Promise<VerdictKind> {
    const { kind } = (await this.#chamber(target).run(attack, 'attack')).verdict
    // What ran before in the same chamber must not speak for this one.
    return kind === 'contained' ? kind : (await tryFresh(target, attack, 'attack', null)).verdict.kind
  }

  #chamber(target: TargetChoice): ReusedChamber {
    const open = this.#chambers.get(target.chamber.target)
    if (open) return open
    const chamber = new ReusedChamber({ target, journal: null, onViolation: () => {} })
    this.#chambers.set(target.chamber.target, chamber)
    return chamber
  }

  async close(): Promise<void> {
    await this.#last
    for (const chamber of this.#chambers.values()) await chamber.close()
    this.#chambers.clear()
  }
}

// One trial after the other: counts the uses of a service in it, and then lets each of them fail once, in a run of its own.
import type { Trial } from '../../attacks/attack.ts'
import { type FailedRun, FailingChamber, type Level } from './failing-chamber.ts'
import { judgeFailure } from './judge.ts'
import { type Failure, failureOf, type Service } from './plan.ts'

export interface FailureCase {
  readonly name: string
  readonly trial: Trial
}

export interface FailureOptions {
  readonly service: Service
  readonly level: Level
  /** In the order in which they are to be tried. May load them as they are asked for. */
  readonly cases: AsyncIterable<FailureCase>
  readonly seed: number
  readonly milliseconds: number
  /** Failures that are tried however long they take: a run that has only opened its chamber knows nothing. Default: 0. */
  readonly atLeast?: number
}

export interface FailureProblem {
  readonly message: string
  readonly case: string
  readonly failure: Failure
  /** What failed, in words. */
  readonly failed: string
}

export interface FailureReport {
  readonly cases: number
  /** Uses that were counted, and those of them that failed once. */
  readonly uses: number
  readonly injected: number
  readonly problem: FailureProblem | null
}

/** Runs after which a chamber is replaced: what is lost only slowly shows at its end. */
const RUNS_PER_CHAMBER = 60

export async function exhaustFailures(options: FailureOptions): Promise<FailureReport> {
  const exhaustion = new Exhaustion(options)
  try {
    await exhaustion.all()
  } finally {
    await exhaustion.close()
  }
  return exhaustion.report
}

class Exhaustion {
  readonly #options: FailureOptions
  readonly #until: number
  #chamber: FailingChamber | null = null
  #runs = 0
  #cases = 0
  #uses = 0
  #injected = 0
  #problem: FailureProblem | null = null
  /** For what only the end of a chamber shows. */
  #last: Omit<FailureProblem, 'message'> | null = null

  constructor(options: FailureOptions) {
    this.#options = options
    this.#until = performance.now() + options.milliseconds
  }

  get report(): FailureReport {
    return { cases: this.#cases, uses: this.#uses, injected: this.#injected, problem: this.#problem }
  }

  get #over(): boolean {
    const enough = this.#injected >= (this.#options.atLeast ?? 0)
    return this.#problem !== null || (enough && performance.now() > this.#until)
  }

  async all(): Promise<void> {
    for await (const one of this.#options.cases) {
      if (this.#over) return
      await this.#exhaust(one)
    }
  }

  async #exhaust(one: FailureCase): Promise<void> {
    const { service, seed } = this.#options
    // Twice: the first run loads modules and starts what is kept.
    await this.#run(one, null)
    const baseline = await this.#run(one, null)
    const uses = baseline.notes?.uses[service] ?? []
    if (uses.length === 0) return
    this.#cases++
    this.#uses += uses.length
    for (const nth of ordered(uses, seed)) {
      if (this.#over) return
      await this.#inject(one, failureOf(service, nth, seed), baseline)
    }
    if (this.#over || !this.#last) return
    // Whatever failed has passed: the sandbox does what it did before.
    const again = await this.#run(one, null)
    const [before, now] = [baseline, again].map(({ observation }) => observation.result?.outcome ?? 'no result')
    if (before !== now) this.#problem = { ...this.#last, message: `after it the run ends with ${now}, and before with ${before}` }
  }

  async #inject(one: FailureCase, failure: Failure, baseline: FailedRun): Promise<void> {
    const run = await this.#run(one, failure)
    const failed = run.notes?.failed ?? `${failure.service}, use ${failure.nth}, fails with ${failure.code}`
    // Timing decides how often some are used: this run may not have come so far.
    if (run.notes && run.notes.failed === null) return
    this.#injected++
    this.#last = { case: one.name, failure, failed }
    const message = judgeFailure(one.trial, failure.service, baseline, run)
    if (message !== null) this.#problem = { ...this.#last, message }
  }

  async #run({ name, trial }: FailureCase, failure: Failure | null): Promise<FailedRun> {
    if (this.#chamber && (!this.#chamber.usable || this.#runs >= RUNS_PER_CHAMBER)) await this.close()
    this.#chamber ??= await FailingChamber.open(this.#options.level)
    this.#runs++
    return await this.#chamber.run(name, trial, failure)
  }

  async close(): Promise<void> {
    const chamber = this.#chamber
    this.#chamber = null
    this.#runs = 0
    const end = await chamber?.close()
    if (!end || this.#problem || !this.#last) return
    if (end.orphans > 0) this.#problem = { ...this.#last, message: `${end.orphans} processes outlived the host` }
  }
}

/** Every use by its number, counted from 1: by turns one of each name, from the seed's choice on, so that a short run sees something of everything. */
export function ordered(names: readonly string[], seed: number): number[] {
  const byName = new Map<string, number[]>()
  for (const [index, name] of names.entries()) byName.set(name, [...(byName.get(name) ?? []), index + 1])
  const turned = [...byName.values()].map((uses) => uses.map((_, i) => uses[(i + seed) % uses.length]!))
  const longest = Math.max(0, ...turned.map((uses) => uses.length))
  return Array.from({ length: longest }, (_, i) => turned.flatMap((uses) => (i < uses.length ? [uses[i]!] : []))).flat()
}

// One probe on its schedule: every run that is due takes place once, with one version, or is recorded as skipped. One run at a time.
import { UsageError } from '../errors.ts'
import type { ExecutionResult } from '../result.ts'
import type { Sandbox } from '../sandbox.ts'
import type { ResultStore } from '../store/result-store.ts'
import { nameOf, type RunSettings } from './candidate.ts'
import type { ProbeClock } from './clock.ts'
import type { Assignment, Deployment } from './deployment.ts'
import type { ProbeEvent, RunOf, SkipReason } from './probe-events.ts'
import type { ProbeSettings } from './settings.ts'
import { Timetable } from './timetable.ts'

/** The part of a sandbox that is needed. */
export type ProbeSandbox = Pick<Sandbox, 'policy' | 'execute'>

export interface ProbeOptions {
  readonly settings: ProbeSettings
  readonly run: RunSettings
  readonly sandbox: ProbeSandbox
  readonly results: Pick<ResultStore, 'put'> | null
  readonly clock: ProbeClock
  readonly random: () => number
  readonly emit: (event: ProbeEvent) => void
}

interface Running {
  readonly run: number
  readonly assignment: Assignment
  readonly abort: AbortController
  readonly done: Promise<void>
}

export class Probe {
  readonly #options: ProbeOptions
  readonly #deployment: Deployment
  #timetable: Timetable | null = null
  #disarm: () => void = () => {}
  #nextRun: number
  #waiting: number[] = []
  #running: Running | null = null

  constructor(options: ProbeOptions, deploymentFor: (nextRun: () => number) => Deployment) {
    this.#options = options
    this.#nextRun = options.settings.firstRun
    this.#deployment = deploymentFor(() => this.#nextRun)
  }

  get settings(): ProbeSettings {
    return this.#options.settings
  }
  get deployment(): Deployment {
    return this.#deployment
  }
  get scheduled(): boolean {
    return this.#timetable !== null
  }
  get nextRun(): number {
    return this.#nextRun
  }
  get running(): Pick<Running, 'run' | 'assignment'> | null {
    return this.#running
  }
  get waiting(): readonly number[] {
    return [...this.#waiting]
  }

  /** The first run is due at once, or after its jitter. @throws {UsageError} */
  start(): void {
    const { settings, clock, random } = this.#options
    if (this.#timetable) throw new UsageError(`The probe "${settings.id}" runs already.`)
    if (!this.#deployment.active)
      throw new UsageError(`The probe "${settings.id}" has no active version yet; its first module has to be agreed to.`)
    this.#timetable = new Timetable(settings.schedule, clock.now(), random)
    this.#arm(this.#timetable)
  }

  /** Nothing is due any more; what waits is recorded as skipped. @returns when the run that is going on has ended */
  async stop(abort: boolean): Promise<void> {
    this.#disarm()
    // What is due and has not been looked at, because the timer is late, is not forgotten either.
    const due = this.#timetable ? this.#takeDue(this.#timetable) : null
    this.#timetable = null
    for (const run of this.#waiting.splice(0)) this.#skip(run, run, 'stopped')
    if (due) this.#skip(due.first, due.last, 'stopped')
    if (abort) this.#running?.abort.abort()
    await this.#running?.done
  }

  #arm(timetable: Timetable): void {
    const { clock } = this.#options
    this.#disarm = clock.after(Math.max(0, timetable.due - clock.now()), () => this.#tick(timetable))
  }

  #tick(timetable: Timetable): void {
    // A timer that was taken back can have been on its way.
    if (this.#timetable !== timetable) return
    const { overlap } = this.#options.settings
    const due = this.#takeDue(timetable)
    this.#arm(timetable)
    // A timer may fire a little early.
    if (!due) return
    if (overlap.policy === 'queue') this.#queue(due.first, due.last, overlap.length)
    else this.#takeOrSkip(due.first, due.last)
  }

  /** Numbers the runs that have become due. */
  #takeDue(timetable: Timetable): { readonly first: number; readonly last: number } | null {
    const count = timetable.take(this.#options.clock.now())
    const first = this.#nextRun
    this.#nextRun += count
    return count === 0 ? null : { first, last: first + count - 1 }
  }

  #takeOrSkip(first: number, last: number): void {
    if (first < last) this.#skip(first, last - 1, 'late')
    if (this.#running) this.#skip(last, last, 'overlap')
    else this.#run(last)
  }

  #queue(first: number, last: number, length: number): void {
    // One more than may wait if nothing runs: it does not wait.
    const room = length - this.#waiting.length + (this.#running ? 0 : 1)
    const end = Math.min(last, first + room - 1)
    for (let run = first; run <= end; run++) this.#waiting.push(run)
    if (end < last) this.#skip(end + 1, last, 'queue-full')
    this.#takeWaiting()
  }

  #takeWaiting(): void {
    if (this.#running) return
    const run = this.#waiting.shift()
    if (run !== undefined) this.#run(run)
  }

  /** The version is decided on here, once, and stays that of this run to its end. */
  #run(run: number): void {
    const assignment = this.#deployment.assign(run)
    const abort = new AbortController()
    const { promise: done, resolve } = Promise.withResolvers<void>()
    this.#running = { run, assignment, abort, done }
    const about = { probe: this.settings.id, run, arm: assignment.arm, version: nameOf(assignment.version) }
    this.#options.emit({ type: 'run-started', ...about })
    void this.#execute(assignment, abort.signal).then(({ result, error }) => {
      this.#running = null
      if (result) this.#options.emit({ type: 'run-finished', ...about, result, record: this.#keep(assignment, about, result) })
      else this.#options.emit({ type: 'run-failed', ...about, error })
      this.#deployment.ended(assignment, result)
      resolve()
      this.#takeWaiting()
    })
  }

  async #execute({ version }: Assignment, signal: AbortSignal): Promise<{ result: ExecutionResult | null; error: unknown }> {
    const { sandbox, run } = this.#options
    try {
      return { result: await sandbox.execute(version.bytes, version.grants, { ...run, signal }), error: null }
    } catch (error) {
      return { result: null, error }
    }
  }

  /** What a store cannot take is told and does not stop the probe: the result is in the event. */
  #keep({ version }: Assignment, about: RunOf, result: ExecutionResult): number | null {
    const { results } = this.#options
    try {
      return results?.put(result, { module: version.sha256, policy: version.grants.name, name: about.probe }) ?? null
    } catch (error) {
      this.#options.emit({ type: 'result-not-kept', ...about, error })
      return null
    }
  }

  #skip(first: number, last: number, reason: SkipReason): void {
    this.#options.emit({ type: 'run-skipped', probe: this.settings.id, first, last, reason })
  }
}

// Which version of a probe a run gets: the active one, its replacement on the way in, the one before. No step happens that transitions.ts does not name.
import { UsageError } from '../errors.ts'
import { type ConsentDecision, decideConsent, rememberConsent } from '../policy/consent.ts'
import type { ConsentQuestion } from '../policy/consent-text.ts'
import type { ExecutionResult } from '../result.ts'
import { isCanaryRun } from './assignment.ts'
import { nameOf, type Place, type ProbeVersion, type SwapRefusalCode, type Unfit, type VersionName, vet } from './candidate.ts'
import type { Consents } from './consents.ts'
import { judge } from './judge.ts'
import type { Arm, ProbeDecision, ProbeEvent } from './probe-events.ts'
import type { CanaryRule, SwapSettings } from './settings.ts'
import { Tally } from './tally.ts'
import { next, type ReplacementState, type ReplacementStep } from './transitions.ts'

/** Decisions that are kept to be shown. */
const DECISIONS = 20

/** What came of a replacement so far. */
export type SwapResult =
  | { readonly state: 'active' | 'canary'; readonly version: VersionName }
  /** It waits for `answer`, and the active version goes on. The question is safe to print. */
  | { readonly state: 'awaiting-consent'; readonly version: VersionName; readonly question: ConsentQuestion }
  | { readonly state: 'refused'; readonly code: SwapRefusalCode; readonly message: string }

/** A comparison under way. */
export interface Trial {
  readonly rule: CanaryRule
  readonly firstRun: number
  readonly canary: Tally
  readonly active: Tally
}

interface Replacement {
  state: ReplacementState
  readonly settings: SwapSettings
  version: ProbeVersion | null
  asked: ConsentDecision | null
  trial: Trial | null
}

/** Who has a run, and the comparison that it counts for. */
export interface Assignment {
  readonly version: ProbeVersion
  readonly arm: Arm
  readonly trial: Trial | null
}

export interface DeploymentOptions {
  readonly probe: string
  readonly place: Omit<Place, 'active' | 'allowVersion'>
  /** Null: the policy is all the agreement that is wanted. */
  readonly consents: Consents | null
  readonly principal: string | null
  /** Number of the next run that will be due. */
  readonly nextRun: () => number
  readonly emit: (event: ProbeEvent) => void
}

export interface Counts {
  readonly runs: number
  readonly succeeded: number
  readonly failed: number
}

export class Deployment {
  readonly #options: DeploymentOptions
  #active: ProbeVersion | null = null
  #previous: ProbeVersion | null = null
  #replacement: Replacement | null = null
  #decisions: readonly ProbeDecision[] = []
  readonly #counts = new Map<string, Counts>()

  constructor(options: DeploymentOptions) {
    this.#options = options
  }

  get active(): ProbeVersion | null {
    return this.#active
  }
  get previous(): ProbeVersion | null {
    return this.#previous
  }
  get state(): ReplacementState {
    return this.#replacement?.state ?? 'none'
  }
  get replacement(): {
    readonly version: ProbeVersion | null
    readonly trial: Trial | null
    readonly question: ConsentQuestion | null
  } | null {
    const { version, trial, asked } = this.#replacement ?? {}
    return this.#replacement && { version: version ?? null, trial: trial ?? null, question: asked?.question ?? null }
  }
  get decisions(): readonly ProbeDecision[] {
    return this.#decisions
  }
  countsOf({ sha256 }: VersionName): Counts {
    return this.#counts.get(sha256) ?? { runs: 0, succeeded: 0, failed: 0 }
  }

  /**
   * Brings a replacement in, as far as it gets.
   *
   * @param module is copied before this returns
   * @throws {ConsentStoreError} and then there is no replacement
   */
  async swap(module: Uint8Array, side: unknown, settings: SwapSettings): Promise<SwapResult> {
    if (next(this.state, 'swap') === null)
      return refused('swap-in-progress', `Another replacement is there (${this.state}); promote it, or roll it back, first.`)
    // Before anything is awaited: of two swaps at the same time the first one is the one.
    const replacement: Replacement = { state: 'none', settings, version: null, asked: null, trial: null }
    this.#replacement = replacement
    this.#step(replacement, 'swap', 'A replacement was given.')
    const { place, consents, principal } = this.#options
    const vetted = vet(module, side, { ...place, active: this.#active, allowVersion: settings.allowVersion })
    if (vetted.verdict === 'unfit') return this.#refuse(replacement, vetted)
    const { version } = vetted
    replacement.version = version
    // Without a manifest there is nothing to agree to: the policy alone decides, as it did for the active version, which has none either.
    if (consents === null || version.manifest === null) return this.#accept(replacement, 'No consent is needed.')
    let asked: ConsentDecision
    try {
      asked = await decideConsent(version.manifest, version.sha256, consents, principal, place.policy)
    } catch (error) {
      if (this.#is(replacement, 'vetting'))
        this.#step(replacement, 'refuse', 'It could not be found out whether there is consent.')
      throw error
    }
    if (!this.#is(replacement, 'vetting')) return WITHDRAWN
    if (asked.state === 'granted') return this.#accept(replacement, 'There is consent to everything that it wants.')
    if (asked.state === 'denied')
      return this.#refuse(replacement, refused('consent-denied', 'Consent to this module was refused earlier.'))
    replacement.asked = asked
    this.#step(replacement, 'ask', 'It wants something that nobody has agreed to yet.')
    return { state: 'awaiting-consent', version: nameOf(version), question: asked.question }
  }

  /**
   * @param sha256 what the answer is about, so that none is taken for an answer about other bytes
   * @throws {UsageError} {@link ConsentStoreError} and then it is still waiting
   */
  async answer(sha256: string, answer: 'granted' | 'denied'): Promise<SwapResult> {
    const replacement = this.#expect('answer')
    const { version, asked } = replacement
    if (!version || !asked || version.sha256 !== sha256)
      throw new UsageError(`What waits for consent is ${version?.sha256}, not ${sha256}.`)
    this.#step(replacement, 'answer', `Somebody has answered: ${answer}.`)
    try {
      // On the disk before anything runs on the strength of it.
      if (this.#options.consents) await rememberConsent(asked, answer, this.#options.consents)
    } catch (error) {
      if (this.#is(replacement, 'recording-consent'))
        this.#step(replacement, 'ask-again', 'The answer could not be kept, so it does not count.')
      throw error
    }
    if (!this.#is(replacement, 'recording-consent')) return WITHDRAWN
    if (answer === 'denied') return this.#refuse(replacement, refused('consent-denied', 'Consent was refused.'))
    return this.#accept(replacement, 'There is consent to everything that it wants.')
  }

  /** @throws {UsageError} if there is no canary */
  promote(because: string): void {
    this.#promote(this.#expect('promote'), because)
  }

  /**
   * Ends the replacement; if there is none, goes back to the version before.
   *
   * @throws {UsageError} if there is neither
   */
  rollBack(because: string): void {
    const replacement = this.#replacement
    if (replacement) {
      this.#step(replacement, next(replacement.state, 'roll-back') === null ? 'withdraw' : 'roll-back', because)
      return
    }
    const previous = this.#previous
    if (!previous) throw new UsageError('There is nothing to roll back: no replacement, and no version before the active one.')
    this.#previous = null
    this.#decided({ time: Date.now(), step: 'revert', version: nameOf(previous), because })
    this.#activate(previous, because)
  }

  /** Decides who has a run. One answer for each number; it does not change afterwards, whatever becomes of the versions. */
  assign(run: number): Assignment {
    const active = this.#active
    if (!active) throw new UsageError('There is no active version.')
    const { state, version, trial } = this.#replacement ?? {}
    // Runs that were due before the canary came are not part of the comparison.
    if (state !== 'canary' || !version || !trial || run < trial.firstRun) return { version: active, arm: 'active', trial: null }
    return isCanaryRun(version.sha256, run - trial.firstRun, trial.rule.share)
      ? { version, arm: 'canary', trial }
      : { version: active, arm: 'active', trial }
  }

  /** @param result null if the sandbox threw */
  ended({ version, arm, trial }: Assignment, result: ExecutionResult | null): void {
    const { runs, succeeded, failed } = this.countsOf(version)
    this.#counts.set(version.sha256, {
      runs: runs + 1,
      succeeded: succeeded + Number(result?.success === true),
      failed: failed + Number(result?.success === false),
    })
    this.#forgetOthers()
    const replacement = this.#replacement
    // What was ended by its host, or not begun by it, says nothing about the module. A trial that is over is not judged again.
    if (!trial || !replacement || replacement.trial !== trial || result === null || result.outcome === 'terminated') return
    trial[arm].add(result)
    const grave = arm === 'canary' ? result.securityEvents.find(({ severity }) => severity === 'high') : undefined
    if (grave) {
      this.#step(replacement, 'roll-back', `It caused a security event of high severity (${grave.type}): ${grave.message}`)
      return
    }
    const verdict = judge(trial.rule, trial.canary, trial.active)
    if (verdict.kind === 'promote') this.#promote(replacement, verdict.because)
    if (verdict.kind === 'roll-back') this.#step(replacement, 'roll-back', verdict.because)
  }

  /** There is consent: it becomes active, or tries first. */
  #accept(replacement: Replacement, because: string): SwapResult {
    const version = replacement.version!
    const rule = replacement.settings.canary
    if (rule && this.#active) {
      replacement.trial = { rule, firstRun: this.#options.nextRun(), canary: new Tally(), active: new Tally() }
      this.#step(replacement, 'try', because)
      return { state: 'canary', version: nameOf(version) }
    }
    this.#step(replacement, 'activate', because)
    this.#replace(version, because)
    return { state: 'active', version: nameOf(version) }
  }

  #promote(replacement: Replacement, because: string): void {
    const version = replacement.version!
    this.#step(replacement, 'promote', because)
    this.#replace(version, because)
  }

  #refuse(replacement: Replacement, { code, message }: Pick<Unfit, 'code' | 'message'>): SwapResult {
    this.#step(replacement, 'refuse', message)
    return refused(code, message)
  }

  #replace(version: ProbeVersion, because: string): void {
    this.#previous = this.#active
    this.#activate(version, because)
  }

  #activate(version: ProbeVersion, because: string): void {
    const before = this.#active
    this.#active = version
    this.#options.emit({
      type: 'activated',
      probe: this.#options.probe,
      version: nameOf(version),
      previous: before && nameOf(before),
      because,
    })
  }

  #is = (replacement: Replacement, state: ReplacementState) => this.#replacement === replacement && replacement.state === state

  /** The replacement, if it can take that step. @throws {UsageError} */
  #expect(step: ReplacementStep): Replacement {
    if (this.#replacement && next(this.#replacement.state, step) !== null) return this.#replacement
    throw new UsageError(`The replacement of "${this.#options.probe}" cannot ${step} now; its state is ${this.state}.`)
  }

  /** The only place where a replacement's state changes. */
  #step(replacement: Replacement, step: ReplacementStep, because: string): void {
    const { state: from, version, asked } = replacement
    const to = next(from, step)
    if (to === null) throw new UsageError(`The replacement of "${this.#options.probe}" cannot ${step} now; its state is ${from}.`)
    replacement.state = to
    if (to === 'none') this.#replacement = null
    const decision: ProbeDecision = { time: Date.now(), step, version: version && nameOf(version), because }
    this.#decided(decision)
    const question = to === 'awaiting-consent' ? (asked?.question ?? null) : null
    this.#options.emit({ type: 'replacement', probe: this.#options.probe, from, to, decision, question })
  }

  #decided(decision: ProbeDecision): void {
    this.#decisions = [...this.#decisions, decision].slice(-DECISIONS)
  }

  /** Counts are kept for versions that can still run. */
  #forgetOthers(): void {
    const known = [this.#active, this.#previous, this.#replacement?.version].map((version) => version?.sha256)
    for (const sha256 of this.#counts.keys()) if (!known.includes(sha256)) this.#counts.delete(sha256)
  }
}

const refused = (code: SwapRefusalCode, message: string) => ({ state: 'refused', code, message }) as const
const WITHDRAWN = refused('withdrawn', 'The replacement was withdrawn before it was decided about.')

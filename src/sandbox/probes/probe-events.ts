// What a probe runner tells its embedder, as it happens. The union is closed; consumers can switch on `type`.
import type { ConsentQuestion } from '../policy/consent-text.ts'
import type { ExecutionResult } from '../result.ts'
import type { VersionName } from './candidate.ts'
import type { ReplacementState, ReplacementStep } from './transitions.ts'

/** Which of the versions had a run. */
export type Arm = 'active' | 'canary'

/**
 * Why a run that was due did not take place.
 *
 * - `overlap`: the one before it was still running.
 * - `queue-full`: as many as may wait were waiting.
 * - `late`: the next one was due as well before anything could be done, such as after the machine slept.
 * - `stopped`: it was waiting when the probe was stopped.
 */
export const SKIP_REASONS = ['overlap', 'queue-full', 'late', 'stopped'] as const
export type SkipReason = (typeof SKIP_REASONS)[number]

/** A change of a probe's versions, and why. */
export interface ProbeDecision {
  /** Milliseconds since the Unix epoch. */
  readonly time: number
  readonly step: ReplacementStep | 'revert'
  /** The version that it is about; null while nothing is known of it. */
  readonly version: VersionName | null
  /** One sentence; guest text in it is neutralised. */
  readonly because: string
}

/** A run, and who has it. */
export interface RunOf {
  readonly probe: string
  readonly run: number
  readonly arm: Arm
  readonly version: VersionName
}

export type ProbeEvent =
  | (RunOf & { readonly type: 'run-started' })
  /** `record` is its number in the result store; null without one, or if it could not be kept. */
  | (RunOf & { readonly type: 'run-finished'; readonly result: ExecutionResult; readonly record: number | null })
  /** The sandbox threw: the run is over, nothing is known of the module. */
  | (RunOf & { readonly type: 'run-failed'; readonly error: unknown })
  /** The run took place; its result is with this event's `run-finished` and nowhere else. */
  | (RunOf & { readonly type: 'result-not-kept'; readonly error: unknown })
  /** Runs `first` to `last` were due and do not take place. */
  | {
      readonly type: 'run-skipped'
      readonly probe: string
      readonly first: number
      readonly last: number
      readonly reason: SkipReason
    }
  /** The replacement's state changed. */
  | {
      readonly type: 'replacement'
      readonly probe: string
      readonly from: ReplacementState
      readonly to: ReplacementState
      readonly decision: ProbeDecision
      /** What to ask, for `awaiting-consent`; otherwise null. */
      readonly question: ConsentQuestion | null
    }
  /** From the next run on, this is the active version. */
  | {
      readonly type: 'activated'
      readonly probe: string
      readonly version: VersionName
      readonly previous: VersionName | null
      readonly because: string
    }

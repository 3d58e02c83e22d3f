// The limits of a trial: what a case leaves out is filled in here, once, so that chamber, target and oracles use the same figures.
import type { Expectation, Trial } from '../attacks/attack.ts'
import { DEFAULT_LIMITS } from '../attacks/limits.ts'
import type { TargetRun } from '../targets/target.ts'

export type Limits = TargetRun['limits']

const MIB = 1024 * 1024

/** What a machine under load may add to a time limit before that counts against the target, in milliseconds. */
export const TIME_GRACE_MS = 5_000
/** Resident memory of a chamber with all its children that needs no explanation, in MiB: two Node processes and a guest at its limit. */
export const DEFAULT_RESIDENT_MIB = 700

export const limitsOf = (trial: Pick<Trial, 'run'>): Limits => ({ ...DEFAULT_LIMITS, ...trial.run.limits })

/** When the answer must be there, in milliseconds after the call. */
export const deadlineOf = (trial: Pick<Trial, 'run' | 'expect'>): number =>
  trial.expect.withinMs ?? limitsOf(trial).wallClockMs + TIME_GRACE_MS

export const residentBoundOf = (expect: Expectation): number => (expect.residentMiB ?? DEFAULT_RESIDENT_MIB) * MIB

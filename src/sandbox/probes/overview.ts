// What can be seen of a probe at a moment: versions, counts, what runs and what is next, and the last decisions with their reasons.
import type { ConsentQuestion } from '../policy/consent-text.ts'
import { nameOf, type ProbeVersion, type VersionName } from './candidate.ts'
import type { Counts, Deployment, Trial } from './deployment.ts'
import type { Probe } from './probe.ts'
import type { Arm, ProbeDecision } from './probe-events.ts'
import type { Tally } from './tally.ts'
import type { ReplacementState } from './transitions.ts'

export interface VersionOverview extends VersionName, Counts {}

/** What the rule of a canary goes by. */
export interface ArmOverview {
  readonly runs: number
  readonly failures: number
  readonly medianDurationMs: number | null
  readonly statuses: Readonly<Record<string, number>>
  readonly eventKinds: readonly string[]
}

export interface ProbeOverview {
  readonly id: string
  /** Whether runs become due. */
  readonly scheduled: boolean
  /** Number of the next run that becomes due. */
  readonly nextRun: number
  readonly running: { readonly run: number; readonly arm: Arm; readonly version: VersionName } | null
  /** Numbers of the runs that are due and wait. */
  readonly waiting: readonly number[]
  /** Null until the first module is agreed to. */
  readonly active: VersionOverview | null
  /** What a roll-back without a replacement would go back to. */
  readonly previous: VersionOverview | null
  readonly replacement: {
    readonly state: ReplacementState
    /** Null while nothing is known of it. */
    readonly version: VersionOverview | null
    /** What it waits for; null if it does not. */
    readonly question: ConsentQuestion | null
    readonly canary: {
      readonly share: number
      readonly minRuns: number
      readonly arms: Readonly<Record<Arm, ArmOverview>>
    } | null
  } | null
  /** The last ones, oldest first. */
  readonly decisions: readonly ProbeDecision[]
}

export function overviewOf({ settings, scheduled, nextRun, running, waiting, deployment }: Probe): ProbeOverview {
  const { active, previous, replacement, state, decisions } = deployment
  return {
    id: settings.id,
    scheduled,
    nextRun,
    running: running && { run: running.run, arm: running.assignment.arm, version: nameOf(running.assignment.version) },
    waiting,
    active: versionOf(active, deployment),
    previous: versionOf(previous, deployment),
    replacement: replacement && {
      state,
      version: versionOf(replacement.version, deployment),
      question: state === 'awaiting-consent' ? replacement.question : null,
      canary: replacement.trial && canaryOf(replacement.trial),
    },
    decisions,
  }
}

const versionOf = (version: ProbeVersion | null, deployment: Deployment): VersionOverview | null =>
  version && { ...nameOf(version), ...deployment.countsOf(version) }

const canaryOf = ({ rule, canary, active }: Trial) => ({
  share: rule.share,
  minRuns: rule.minRuns,
  arms: { active: armOf(active), canary: armOf(canary) },
})

const armOf = ({ runs, failures, medianDuration, statuses, kinds }: Tally): ArmOverview => ({
  runs,
  failures,
  medianDurationMs: medianDuration,
  statuses: Object.fromEntries(statuses),
  eventKinds: [...kinds],
})

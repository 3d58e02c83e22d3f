// What a run of the gauntlet is asked to do, and what it tells while it does it.
import type { Attack } from '../attacks/attack.ts'
import type { FindingRecord, Result, RunRecord, TrialRecord, WeakeningRecord } from '../reports/run-record.ts'
import type { ThreatModel } from '../threats/index.ts'
import type { runCoverageGuided } from './engines/coverage-guided.ts'
import type { FailOn } from './exit-code.ts'
import type { AttackGenerator } from './generated.ts'
import type { Shard } from './shard.ts'

/** The parts of a run, in their order. */
export const STAGES = ['corpus', 'weakenings', 'properties', 'generated', 'coverage-guided', 'reports'] as const
export type StageName = (typeof STAGES)[number]

/**
 * Parts of the time, of what is left when a stage begins. A regression of our own sandbox is never cut short, so that a run with little time
 * spends it there.
 */
export const WEIGHTS: Readonly<Record<StageName, number>> = {
  corpus: 40,
  weakenings: 25,
  properties: 10,
  generated: 15,
  'coverage-guided': 10,
  reports: 0,
}

export interface GauntletOptions {
  /** The project's folder: holds corpus, threat-model, fuzz, and src in a checkout. */
  readonly root: string
  /** The run's directory, which must exist, and its name; see `createRunDirectory`. */
  readonly runDirectory: string
  readonly run: string
  /** The command as it was typed, for the report. */
  readonly command: string
  /** 0 to 2^31 - 1. */
  readonly seed: number
  readonly budgetMs: number
  /** Which sample of the weakenings a short run tries; rounds that follow each other try all of them. Default: the seed. */
  readonly round?: number
  /** Targets that the user named, as given to `--target`. Default: jail and inline, and bare as the harness's check of itself. */
  readonly targets?: readonly string[]
  /** Default: all. `reports` is always among them. */
  readonly stages?: readonly StageName[]
  /** Only attacks with one of these ids, or with a threat among them. */
  readonly only?: readonly string[]
  /** The part of the work that is this machine's, if several share a run. Default: all of it. */
  readonly shard?: Shard
  /** Files that are laid over the threat model. What only tries threats that they switch off is left out. */
  readonly overlays?: readonly string[]
  /** The earlier run to compare with: its name, its directory, or its report.json. Default: the last complete one of the same targets. */
  readonly against?: string
  /** Whether a finding that the earlier run had left open decides the exit code as well. Default: `any`. */
  readonly failOn?: FailOn
  /** Folder of the inputs that coverage-guided targets have gathered, one folder each. Default: `.cache/fuzz` in the project. */
  readonly corpora?: string
  /** Chambers at a time. Default: the processors less one. */
  readonly parallel?: number
  /** When aborted, the run ends what it has begun and is recorded as interrupted. */
  readonly signal?: AbortSignal
  readonly onEvent?: (event: GauntletEvent) => void
  /** Where things come from; tests put in their own. */
  readonly parts?: Partial<GauntletParts>
}

/** What a run is made of. */
export interface GauntletParts {
  loadAttacks(): Promise<{ readonly attacks: readonly Attack[]; readonly unreadable: readonly string[] }>
  loadGenerators(): Promise<readonly AttackGenerator[]>
  loadThreatModel(): Promise<ThreatModel>
  readonly coverageGuided: typeof runCoverageGuided
  writeReports(record: RunRecord, directory: string): Promise<unknown>
}

export type GauntletEvent =
  | { readonly type: 'stage-started'; readonly stage: StageName; readonly seconds: number }
  /** `total` is null where a stage ends by time. */
  | {
      readonly type: 'progress'
      readonly stage: StageName
      readonly done: number
      readonly total: number | null
      readonly what: string
    }
  | { readonly type: 'trial'; readonly trial: TrialRecord }
  | { readonly type: 'finding'; readonly finding: FindingRecord }
  | { readonly type: 'weakening'; readonly weakening: WeakeningRecord }
  | { readonly type: 'fault'; readonly text: string }
  | {
      readonly type: 'stage-ended'
      readonly stage: StageName
      readonly result: Result
      readonly reason: string
      readonly seconds: number
    }

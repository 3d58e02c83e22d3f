// The threat model as the rest of the project sees it: all files together, every reference resolved, every threat with its place.
import type {
  Actor,
  Asset,
  Assumption,
  Boundary,
  Control,
  Flow,
  Framework,
  ResidualRisk,
  RiskDecision,
  ThreatEntry,
  Zone,
} from './schema.ts'
import type { Severity } from './severity.ts'

/** Where an entry of the model stands. */
export interface Place {
  /** Path relative to the project, with forward slashes, e.g. `threat-model/threats/LNK.yaml`. */
  readonly file: string
  /** Line of the entry's first key, counted from 1. */
  readonly line: number
}

/** A threat, with the boundary that it crosses and the place of its entry. */
export interface Threat extends Omit<ThreatEntry, 'severity'>, Place {
  /** Id of the boundary. */
  readonly boundary: string
  /** With the score that follows from the vector. */
  readonly severity: Severity
  /** Ids of the controls that an overlay names instead of the model's; then they are `controls` too. */
  readonly mappedTo?: readonly string[]
}

/** A decision about a risk, and where it stands. */
export type Risk = RiskDecision & Place

/** A threat that an overlay switches off, and why. */
export interface SwitchedOff {
  readonly threat: string
  readonly reason: string
  /** Title of the overlay. */
  readonly overlay: string
}

export interface LaidOver {
  readonly title: string
  readonly file: string
  readonly sha256: string
}

export interface ThreatModel {
  readonly title: string
  /** SHA-256 over the digests of all files, overlays included. */
  readonly sha256: string
  readonly assets: readonly Asset[]
  readonly actors: readonly Actor[]
  readonly zones: readonly Zone[]
  readonly boundaries: readonly Boundary[]
  readonly flows: readonly Flow[]
  readonly assumptions: readonly Assumption[]
  readonly residualRisks: readonly ResidualRisk[]
  readonly controls: readonly Control[]
  /** In the order of the boundaries, and of the entries in each file; those of overlays at the end of their boundary. */
  readonly threats: readonly Threat[]
  readonly risks: readonly Risk[]
  readonly frameworks: readonly Framework[]
  /** What was laid over it, in this order. */
  readonly overlays: readonly LaidOver[]
  readonly switchedOff: readonly SwitchedOff[]
}

export interface Problem {
  /** Path relative to the project, with forward slashes. */
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  /** What is wrong and what to do, without the place. */
  readonly text: string
}

/** The threat model cannot be used. The message names the first problem with its place; `problems` has all of them. */
export class ThreatModelError extends Error {
  override readonly name = 'ThreatModelError'
  readonly problems: readonly Problem[]
  constructor(problems: readonly [Problem, ...Problem[]]) {
    const [first, ...others] = problems
    const more = others.length === 0 ? '' : ` (and ${others.length} more ${others.length === 1 ? 'problem' : 'problems'})`
    super(`${first.file}:${first.line}: ${first.text}${more}`)
    this.problems = problems
  }
}

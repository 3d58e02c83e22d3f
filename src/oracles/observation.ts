// An observation: everything that was seen from outside while an attack ran; and a verdict: what an oracle makes of it.
import type { TargetResult } from '../targets/target.ts'

/** Seen by servers and in directories, outside of the chamber. */
export interface Effects {
  /** In the order of the alphabet; see `Expectation`. */
  readonly done: readonly string[]
  /** What each connection sent, byte for byte as latin1. */
  readonly sent: readonly string[]
}

export interface Observation {
  readonly attack: string
  readonly target: string
  /** What the target returned; null when the chamber died, hung or the target threw. */
  readonly result: TargetResult | null
  /** Class name and message of what the target threw instead of returning; a well-behaved target never throws. */
  readonly threw: string | null
  readonly chamber: {
    /** How the chamber ended while the trial went on, or right after it; both null if it lived until it was asked to close. */
    readonly exitCode: number | null
    readonly signal: string | null
    /** The chamber had to be killed because nothing came back in time. */
    readonly hung: boolean
    /** The chamber had to be killed because its memory passed the hard cap. */
    readonly overrun?: boolean
    /** Unhandled rejections, uncaught exceptions and warnings seen in the chamber. */
    readonly unhandled: readonly string[]
    readonly stderrTail: string
    /** Processes that the target started and that were still there after it was closed or killed. */
    readonly orphans: number
    /** Highest resident memory of the chamber and its descendants together that was sampled, in bytes. */
    readonly peakResidentBytes: number
    /** Longest time in which the chamber's main thread did not react, in milliseconds: a guest that blocks the embedder shows here. */
    readonly longestBlockMs: number
  }
  /** Names of the canaries that were disturbed or seen where they must not be, with what was seen. */
  readonly canaries: readonly { readonly name: string; readonly seen: string }[]
  /** What was done to the setting of the trial; null if it has none. */
  readonly effects: Effects | null
  /** From the call of the target to its answer, measured in the campaign's process, in milliseconds. */
  readonly elapsedMs: number
}

export type VerdictKind = 'contained' | 'violated' | 'inconclusive'

export interface OracleVerdict {
  readonly oracle: 'process' | 'canary' | 'effect' | 'audit' | 'verdict' | 'time' | 'resource'
  readonly kind: VerdictKind
  /** What was expected and what was seen, in one sentence; guest text neutralised. */
  readonly reason: string
  /** Stable short code for deduplication, e.g. `outcome-not-expected`. */
  readonly code: string
}

/** The verdict on an attack: violated if any oracle says so, inconclusive if its twin was not allowed or an oracle could not judge. */
export interface Verdict {
  readonly kind: VerdictKind
  readonly reason: string
  readonly oracles: readonly OracleVerdict[]
}

// The threat model as the rest of the project sees it: all files together, every reference resolved, every threat with its place.
import type { Actor, Asset, Boundary, Control, ThreatEntry, Zone } from './schema.ts'

/** A threat, with the boundary that it crosses and the line where its entry begins. */
export interface Threat extends ThreatEntry {
  /** Id of the boundary. */
  readonly boundary: string
  /** Path relative to the project, with forward slashes, e.g. `threat-model/threats/LNK.yaml`. */
  readonly file: string
  /** Line of the entry's first key, counted from 1. */
  readonly line: number
}

export interface ThreatModel {
  readonly assets: readonly Asset[]
  readonly actors: readonly Actor[]
  readonly zones: readonly Zone[]
  readonly boundaries: readonly Boundary[]
  readonly controls: readonly Control[]
  /** In the order of the boundaries, and of the entries in each file. */
  readonly threats: readonly Threat[]
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

// What is said of every limit, whether a policy sets it or it is fixed. Everything that names a limit, its figures or its documentation is made from this.
import type { Code } from '../../explain.ts'

export type Unit = 'bytes' | 'ms' | 'count' | 'fuel'

/**
 * Who keeps a limit. `admission`: before the engine sees the module. `module`: code that was written into it. `engine`: V8, by a maximum that it is given.
 * `cell`: our code in the guest's thread. `host`: the embedder's process, which believes nothing of what the others say.
 */
export type Keeper = 'admission' | 'module' | 'engine' | 'cell' | 'host'

export interface Limit {
  readonly unit: Unit
  /** What is counted. */
  readonly counts: string
  /** The attack that it stops. */
  readonly stops: string
  /** Its ids in the threat model; none for what only an embedder can exceed. */
  readonly threats: readonly string[]
  /** The case of the corpus that exceeds it; or the test that does, where a guest alone cannot. */
  readonly exceededBy: string
  /** What comes of it, each with a page in docs/errors; empty where the rest is left out in silence, or the guest is told no more than -1. */
  readonly exceeding: readonly Code[]
  readonly keptBy: readonly Keeper[]
}

/** A limit that a policy sets. */
export interface Quota extends Limit {
  /** Smallest and largest value. */
  readonly range: readonly [min: number, max: number]
  /** What null stands for: `inline`, that there is no limit, which only isolation level inline takes, as it can have none; `off`, that it is not counted. */
  readonly null?: 'inline' | 'off'
  /** In the profiles `strict`, `default` and `relaxed`. */
  readonly values: readonly [strict: number | null, standard: number | null, relaxed: number | null]
}

/** A limit that is the same under every policy. */
export interface FixedLimit extends Limit {
  readonly limit: number
}

export const KiB = 2 ** 10
export const MiB = 2 ** 20
export const GiB = 2 ** 30

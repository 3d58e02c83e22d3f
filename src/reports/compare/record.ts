// What a comparison came to: the same attacks on several hosts, and of each what was seen. The only source of its pages.

export const COMPARISON_VERSION = 1

/**
 * - `contained`: the host answered as the case says that a host must, and its twin was allowed.
 * - `violated`: it did not, although the twin was allowed; or it was hurt: it died, hung, swelled, or a canary was touched.
 * - `not-applicable`: the attack cannot be expressed on the host, or the host does not offer what attack and twin need. Nothing was tried.
 * - `undecided`: something was seen, and it proves nothing: mostly the twin was not allowed.
 * - `not-run`: the time was spent before.
 */
export const COMPARED = ['violated', 'contained', 'undecided', 'not-run', 'not-applicable'] as const
export type Compared = (typeof COMPARED)[number]

export interface ComparedTrial {
  /** Name of the host. */
  readonly host: string
  readonly attack: string
  readonly title: string
  /** The main one. */
  readonly threat: string
  readonly origin: 'corpus' | 'generated' | 'host-calls' | 'script'
  readonly result: Compared
  /** One sentence. */
  readonly reason: string
  /** The oracle that said so, and its code, for a violation. */
  readonly oracle: string | null
  readonly code: string | null
  /** The command that repeats it; null if there is none. */
  readonly replay: string | null
}

export interface ComparedHost {
  readonly name: string
  readonly version: string
  readonly own: boolean
  /** What the target says of itself. */
  readonly facts: Readonly<Record<string, string>>
  /** Why nothing was run on it; null if it could be opened. */
  readonly problem: string | null
}

export interface Comparison {
  readonly schemaVersion: typeof COMPARISON_VERSION
  readonly run: string
  readonly project: { readonly name: string; readonly version: string; readonly commit: string | null }
  /** Digest of the sources when it began; absent in comparisons of before. */
  readonly sources?: string | null | undefined
  readonly startedAt: string
  readonly finishedAt: string
  readonly command: string
  readonly seed: number
  readonly completion: 'complete' | 'out-of-time' | 'interrupted'
  readonly environment: { readonly platform: string; readonly node: string; readonly v8: string }
  readonly hosts: readonly ComparedHost[]
  readonly threats: readonly { readonly id: string; readonly title: string }[]
  readonly trials: readonly ComparedTrial[]
}

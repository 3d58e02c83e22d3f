// An attack: a module, or an input to the host, built to realise a threat; with what must happen, and the twin that must be allowed.

import type { TargetOutcome, TargetRun } from '../targets/target.ts'
import type { Setting } from './setting.ts'

/** Things that the chamber does to the host around the run, where the threat is not in the module alone. */
export const CONDITIONS = [
  /** `Object.prototype` carries functions under the names that the module imports, before the target is asked to run it (LNK-02). */
  'polluted-object-prototype',
  /** The caller overwrites the module's bytes right after the target's `run` was called (MOD-17). */
  'bytes-mutated-after-call',
  /** A second, benign run goes on at the same time on the same target and must end as if it were alone (CTL-15, RES-11). */
  'benign-neighbour',
  /** The module's bytes lie on a SharedArrayBuffer that is changed while the run goes on (MOD-17, HST-09). */
  'shared-bytes',
] as const
export type Condition = (typeof CONDITIONS)[number]

/** What a correct sandbox answers. Every field that is given must hold. */
export interface Expectation {
  /** Acceptable outcomes. */
  readonly outcomes: readonly TargetOutcome[]
  /** The target's own word must be one of these; only judged on our own sandbox. */
  readonly details?: readonly string[]
  readonly exitCode?: number
  /** Exact text on stdout. */
  readonly stdout?: string
  readonly values?: readonly string[]
  /** Text that must not appear in anything that the guest could write or the host could be made to say. */
  readonly forbidden?: readonly string[]
  /** At least these event types, each at least as often as it stands here; only judged on our own sandbox. */
  readonly events?: readonly string[]
  /** Wall clock from outside, milliseconds; a generous bound on something that must end. Default: limits.wallClockMs + 5,000. */
  readonly withinMs?: number
  /** Peak resident memory of the chamber and all of its children together, in MiB. Default: 700. */
  readonly residentMiB?: number
  /**
   * Exactly what may be done to the setting, in the order of the alphabet: `<server>: <first line of a request>` or `<server>: connection`,
   * `dns: <name>`, `<directory>/<path> created`, `changed` or `removed`. Without it: nothing at all.
   */
  readonly effects?: readonly string[]
  /** Texts that must be, and must not be, in what the servers of the setting were sent. */
  readonly sent?: readonly string[]
  readonly notSent?: readonly string[]
  /** Exactly the decisions in the audit log, as `<operation> allowed` or `denied`; only judged on our own sandbox. */
  readonly audit?: readonly string[]
}

export type RunOptions = Omit<TargetRun, 'module' | 'limits'> & { readonly limits?: Partial<TargetRun['limits']> }

/** One module with the way it is run and what must happen. */
export interface Trial {
  readonly bytes: Uint8Array
  readonly run: RunOptions
  readonly expect: Expectation
  readonly conditions?: readonly Condition[]
  readonly setting?: Setting
}

export interface Attack extends Trial {
  /** Stable id; for a corpus case the file name without its extension, e.g. `LNK-01-constructor`. */
  readonly id: string
  readonly title: string
  /** Ids of the threat model, the main one first. */
  readonly threats: readonly string[]
  /** The same thing done honestly: it must be allowed, or the denial of the attack proves nothing. */
  readonly twin: Trial
  /** Where the idea comes from: advisory, specification, measurement. */
  readonly provenance: string
  /** Path of the corpus file relative to the project, or how a generator made it. */
  readonly origin:
    | { readonly kind: 'corpus'; readonly path: string }
    | { readonly kind: 'generated'; readonly generator: string; readonly seed: number }
    /** From bytes, here in hexadecimal digits, that an engine guided by coverage found. */
    | { readonly kind: 'generated'; readonly generator: string; readonly bytes: string }
}

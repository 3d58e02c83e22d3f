// Audit records: what the broker was asked to do for a guest and what it decided, written before anything is done; and notes on the guests themselves.
import type { SecurityEvent } from './events.ts'
import type { Capability } from './host/abi/index.ts'
import type { ErrnoName } from './host/errno.ts'
import type { Outcome } from './result.ts'

/** One decision. Exactly one is written for each brokered effect, and for each that was refused. */
export interface AuditRecord {
  readonly version: 1
  /** Milliseconds since the Unix epoch. */
  readonly time: number
  /** Number of the decision in the life of the instance, from 1 on: a gap is a record that was lost. */
  readonly sequence: number
  readonly instance: string
  /** SHA-256 of the module as it came, hexadecimal. */
  readonly module: string
  /** Operation of the broker, such as `kv.set`. */
  readonly operation: string
  readonly capability: Capability
  /** What it acts on; the guest's text, neutralised and capped. */
  readonly object: string
  readonly decision: 'allowed' | 'denied'
  /** What the guest gets if it is denied. */
  readonly errno: ErrnoName | null
}

interface NoteBase {
  /** Milliseconds since the Unix epoch. */
  readonly time: number
}

/** What else belongs in an audit log: which guests there were, under which policy, and how they ended. Guest text in it is neutralised and capped. */
export type AuditNote =
  | (NoteBase & {
      readonly type: 'guest-started'
      readonly instance: string
      readonly module: string
      /** Name of the policy, and SHA-256 of all of it; see `policyDigest`. */
      readonly policy: string
      readonly policyDigest: string
    })
  | (NoteBase & {
      readonly type: 'guest-ended'
      readonly instance: string
      readonly module: string
      /** Of its last activation; null if there was none. */
      readonly outcome: Outcome | null
      readonly exitCode: number | null
      readonly reason: string
    })
  | (NoteBase & {
      readonly type: 'guest-killed'
      readonly instance: string
      readonly module: string
      readonly step: Extract<SecurityEvent, { type: 'guest-killed' }>['step']
      readonly elapsedMs: number
    })
  /** `module` is null where the bytes were not even hashed, because there are too many. */
  | (NoteBase & {
      readonly type: 'module-refused'
      readonly module: string | null
      readonly policy: string
      readonly code: string
      readonly reason: string
    })
  /** What became of one request of a manifest. */
  | (NoteBase & {
      readonly type: 'consent'
      readonly module: string
      readonly capability: string
      readonly object: string | null
      readonly state: string
      readonly because: string
    })

/** Where records go. The effect waits for `write`; if it throws or rejects, nothing is done, or what the policy says (`audit.whenUnwritable`). */
export interface AuditSink {
  write(record: AuditRecord): void | PromiseLike<void>
  /** For sinks that keep more than decisions. */
  note?(note: AuditNote): void | PromiseLike<void>
}

/** For embedders that keep no audit log. */
export const NO_AUDIT: AuditSink = { write: () => {} }

// Audit records: what the broker was asked to do for a guest and what it decided, written before anything is done.
import type { Capability } from './host/abi/index.ts'
import type { ErrnoName } from './host/errno.ts'

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

/** Where records go. The effect waits for `write`; if it throws or rejects, nothing is done and nothing more is granted to the guest. */
export interface AuditSink {
  write(record: AuditRecord): void | Promise<void>
}

/** For embedders that keep no audit log. */
export const NO_AUDIT: AuditSink = { write: () => {} }

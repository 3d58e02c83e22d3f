// What the host calls of one guest share: its memory, its handles, its grants, and whether it is still alive.
import type { SecurityEvent } from '../events.ts'
import type { CallCounts } from './call-counts.ts'
import type { Channel } from './channel.ts'
import type { MountSpec, TreeQuotas } from './fs/file-system.ts'
import type { GuestMemory } from './guest-memory.ts'
import type { HandleTable } from './handles.ts'
import type { Report } from './reports.ts'

/** Why a guest is dead although its code may still be on the stack. */
export type Death =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'output-limit' }
  | { readonly kind: 'fuel-limit' }
  | { readonly kind: 'host-call-limit' }
  | { readonly kind: 'stopped' }
  /** A host function threw: its stack ended because the guest had used up most of it (CTL-04), or it has a defect. */
  | { readonly kind: 'host-threw'; readonly call: string; readonly error: unknown }

/** Capabilities and quotas of the guest, as far as local host calls need them: plain data that can cross to the cell. */
export interface Grants {
  readonly stdio: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean } | null
  readonly args: readonly string[]
  /** `NAME=value` */
  readonly env: readonly string[]
  readonly clock: { readonly granularityNs: number } | null
  readonly random: 'system' | { readonly seed: number } | null
  readonly stdin: Uint8Array
  readonly outputBytes: number
  readonly handles: number
  readonly fs: { readonly mounts: readonly MountSpec[]; readonly quotas: TreeQuotas } | null
  /** The broker checks again what the guest may reach; here is only whether there is anything. */
  readonly net: boolean
  readonly kv: boolean
  readonly log: boolean
  readonly metric: boolean
  readonly result: boolean
  readonly crypto: boolean
  /** Log lines, metrics, results and timings of one activation together: their number, and the bytes of their texts. */
  readonly reports: { readonly count: number; readonly bytes: number }
  /** Host calls that are refused at each use although their capability is granted, and those of which each use is an event. */
  readonly hostCalls: { readonly deny: readonly string[]; readonly log: readonly string[] }
  /** Host calls that one activation may make; null: as many as its other limits allow. */
  readonly callLimit: number | null
}

/** An event without what the host adds. */
export type LocalEvent = SecurityEvent extends infer E ? (E extends SecurityEvent ? Omit<E, 'time'> : never) : never

export interface HostContext {
  readonly grants: Grants
  readonly handles: HandleTable
  /** Null until the instance exists, and for a guest without memory. */
  memory: GuestMemory | null
  /** Once set it stays: every later host call refuses before it does anything. */
  death: Death | null
  hostCalls: number
  /** Host calls that the activation has left of `grants.callLimit`; infinite without one. */
  callsLeft: number
  /** Charges the guest for the bytes that a call copied; false if its fuel did not suffice. Null until the instance exists, and without fuel. */
  chargeCopied?: ((bytes: number) => boolean) | null
  /** Host calls of this activation, each for itself. */
  readonly calls: CallCounts
  /** Uses that were told one by one, and refusals that were. */
  logged: number
  blocked: number
  outputBytes: number
  stdinPosition: number
  /** What has been used up of `grants.reports`, and of which quotas the embedder was told. */
  readonly reported: { count: number; bytes: number; readonly told: Set<'reports' | 'reportBytes' | 'handles'> }
  /** Takes bytes that the guest wrote; they are the receiver's to keep. */
  readonly output: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void
  readonly event: (event: LocalEvent) => void
  /** Hands a report to the embedder. The caller has checked the quotas. */
  readonly report: (report: Report) => void
  /** The way to the broker. */
  readonly channel: Channel
  /** Blocks for that long, or until the guest is to stop. Milliseconds, fractions allowed. */
  readonly sleep: (milliseconds: number) => void
  /** True when the embedder wants the guest to stop: the cooperative step of the kill ladder. */
  readonly stopRequested: () => boolean
  /** Source of random bytes: fills the whole array, however long. */
  readonly fillRandom: (bytes: Uint8Array) => void
}

// What a run of a guest came to: one outcome of an enumerated set, and what was seen on the way.
import type { SecurityEvent } from './events.ts'
import type { TreeChange } from './host/fs/file-system.ts'
import type { Report } from './host/reports.ts'
import type { ProbeRecord } from './probe-record.ts'

/**
 * Every way in which a run can end. A run never ends in a raw host exception.
 *
 * - `completed`: the entry function returned.
 * - `exited`: the guest called `proc_exit`; see `exitCode`.
 * - `trapped`: WebAssembly trap; see `trap`.
 * - `uncaught-exception`: a guest exception left the entry function.
 * - `refused`: the module did not pass admission, or the engine's validation; no guest code ran.
 * - `wall-clock-limit`, `cpu-limit`, `fuel-limit`, `memory-limit`, `output-limit`, `host-call-limit`: a quota ended it.
 * - `terminated`: the embedder ended it.
 * - `jail-lost`: the process that held it died, for a reason that is not one of the above.
 * - `sandbox-fault`: the sandbox itself failed; the guest was ended and nothing it asked for was granted.
 */
export const OUTCOMES = [
  'completed',
  'exited',
  'trapped',
  'uncaught-exception',
  'refused',
  'wall-clock-limit',
  'cpu-limit',
  'fuel-limit',
  'memory-limit',
  'output-limit',
  'host-call-limit',
  'terminated',
  'jail-lost',
  'sandbox-fault',
] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Why a guest trapped: the trap kinds of the core specification, as far as the engine tells them apart. */
export const TRAPS = [
  'unreachable',
  'out-of-bounds-memory',
  'out-of-bounds-table',
  'indirect-call-mismatch',
  'integer-divide-by-zero',
  'integer-overflow',
  'invalid-conversion-to-integer',
  'null-reference',
  'cast-failure',
  'unaligned-atomic',
  'stack-overflow',
  'call-depth',
  'allocation-failure',
  'other',
] as const
export type Trap = (typeof TRAPS)[number]

/** A value that can cross between host and guest: i32, f32 and f64 as number, i64 as bigint. */
export type GuestValue = number | bigint

/** What a run used. Every figure is measured outside the guest's thread unless the name says otherwise. */
export interface ResourceUsage {
  /** CPU time of the jail since the run began, in milliseconds; of this process under `inline`. */
  readonly cpuMs: number
  /** Highest resident memory of the jail that was seen, in bytes; 0 where it was not sampled. */
  readonly peakResidentBytes: number
  /** Size of the guest's linear memory when the run ended, in bytes, as the cell reports it. */
  readonly memoryBytes: number
  /** Bytes written to stdout and stderr together. */
  readonly outputBytes: number
  /** Number of host calls, as the cell reports it. */
  readonly hostCalls: number
  /** Units of fuel, as the cell reports them; null without a limit (`quotas.fuel`), and where the cell could not report. */
  readonly fuel: number | null
}

export interface ExecutionResult {
  readonly outcome: Outcome
  /** True for `completed`, and for `exited` with code 0. */
  readonly success: boolean
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  /** The guest's exit code for `exited`, 0 for `completed`, otherwise null. */
  readonly exitCode: number | null
  /** The kind of trap for `trapped`, otherwise null. */
  readonly trap: Trap | null
  /** What the entry function returned; empty unless `completed`. */
  readonly values: readonly GuestValue[]
  /** One sentence for people, built by the host; guest text in it is neutralised. */
  readonly message: string
  /** Log lines, metrics, results and timings, in the order in which the guest reported them. Their texts are the guest's. */
  readonly reports: readonly Report[]
  /** What a probe found out, as one record; null if the guest reported no result. */
  readonly probe: ProbeRecord | null
  /** What the guest changed in memory and snapshot mounts, in the order of paths; nothing of a guest that was killed. */
  readonly changes: readonly TreeChange[]
  readonly resourceUsage: ResourceUsage
  readonly securityEvents: readonly SecurityEvent[]
  /** Wall-clock time of instantiation and call, in milliseconds; without the wait for a jail. */
  readonly executionTimeMs: number
}

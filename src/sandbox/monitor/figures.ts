// What the monitor tells: plain data, copied when it is asked for. docs/monitoring.md says of each figure who measured it.
import type { SecurityEventType } from '../events.ts'
import type { ErrnoName } from '../host/errno.ts'
import type { Outcome } from '../result.ts'
import type { LatencyFigures } from './latency.ts'
import type { AlertMetric, MeasuredBy } from './thresholds.ts'

/** One host call, as the cell counted it. */
export interface HostCallFigures {
  /** Name in the ABI table. */
  readonly hostCall: string
  readonly calls: number
  /** Bytes copied out of the guest's memory, and into it. */
  readonly bytesFromGuest: number
  readonly bytesToGuest: number
}

/** One operation of the broker, as the broker measured it. */
export interface OperationFigures {
  readonly operation: string
  readonly calls: number
  /** Answers other than success. */
  readonly errors: number
  readonly bytesFromJail: number
  readonly bytesToJail: number
  readonly latency: LatencyFigures
}

/** The highest value that was seen: of one activation, or at one moment. */
export interface HighWater {
  readonly cpuMs: number
  readonly wallMs: number
  /** Null if no activation was metered. */
  readonly fuel: number | null
  readonly residentBytes: number
  readonly memoryBytes: number
  readonly handles: number
  /** Of the life of one instance, as the quota counts it. */
  readonly outputBytes: number
  readonly networkBytes: number
  readonly networkRequests: number
  readonly kvBytes: number
  readonly kvEntries: number
}

/** Sums over the activations that have ended, but for output and brokered calls, which are there at once. */
export interface Figures {
  /** Loads and calls. */
  readonly activations: number
  readonly cpuMs: number
  readonly wallMs: number
  /** Null if no activation was metered. */
  readonly fuel: number | null
  readonly outputBytes: number
  readonly networkBytes: number
  readonly networkRequests: number
  readonly reports: number
  readonly highWater: HighWater
  readonly hostCalls: readonly HostCallFigures[]
  readonly operations: readonly OperationFigures[]
  readonly outcomes: readonly { readonly outcome: Outcome; readonly count: number }[]
  readonly events: readonly { readonly type: SecurityEventType; readonly count: number }[]
  readonly alerts: readonly { readonly metric: AlertMetric; readonly count: number }[]
}

/** What the activation that is under way has used up so far. */
export interface RunningFigures {
  readonly cpuMs: number
  readonly wallMs: number
  readonly residentBytes: number
  readonly outputBytes: number
  readonly networkBytes: number
  readonly networkRequests: number
  /** What only the cell can tell, at the end of the activation: null before, and of a guest that was ended. */
  readonly memoryBytes: number | null
  readonly handles: number | null
  readonly hostCalls: number | null
  readonly fuel: number | null
}

export interface InstanceFigures {
  readonly instance: string
  readonly principal: string | null
  /** SHA-256 of the module as it came, hexadecimal. */
  readonly module: string
  readonly policy: string
  readonly state: 'running' | 'idle' | 'ended'
  /** Milliseconds since the Unix epoch; `endedAt` is null while it lives. */
  readonly createdAt: number
  readonly endedAt: number | null
  /** Null between activations. */
  readonly running: RunningFigures | null
  readonly figures: Figures
}

export interface PrincipalFigures {
  readonly principal: string
  readonly instances: { readonly live: number; readonly created: number }
  readonly figures: Figures
}

export interface MonitorSnapshot {
  /** Milliseconds since the Unix epoch. */
  readonly time: number
  readonly instances: {
    readonly live: readonly InstanceFigures[]
    /** The last that ended, the oldest first. */
    readonly ended: readonly InstanceFigures[]
    readonly created: number
  }
  readonly principals: readonly PrincipalFigures[]
  /** Principals that were forgotten to make room; what they used up stays in the totals. */
  readonly principalsForgotten: number
  /** Of all guests that there ever were. */
  readonly totals: Figures
  /** Listeners that threw. */
  readonly listenerErrors: number
}

interface EventBase {
  /** Milliseconds since the Unix epoch. */
  readonly time: number
  readonly instance: string
  readonly principal: string | null
}

export type MonitorEvent =
  /** While an activation runs, at most every `intervalMs`; and once when it has ended, with what it came to. */
  | (EventBase & { readonly type: 'sample'; readonly ended: boolean; readonly figures: RunningFigures })
  /** A threshold was reached; told once in an activation. `value` and `limit` are in the quota's unit. */
  | (EventBase & {
      readonly type: 'alert'
      readonly metric: AlertMetric
      readonly at: number
      readonly value: number
      readonly limit: number
      readonly measuredBy: MeasuredBy
    })
  /** A brokered call is over. Only for listeners that ask for it. */
  | (EventBase & {
      readonly type: 'brokered'
      readonly operation: string
      readonly errno: ErrnoName
      readonly milliseconds: number
      readonly bytesFromJail: number
      readonly bytesToJail: number
    })
export type MonitorEventType = MonitorEvent['type']

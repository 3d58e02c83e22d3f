// Where a guest lives: a cell in a jail, or the caller's own thread. The instance knows this interface only.
import type { SecurityEvent } from '../events.ts'
import type { GuestCounts } from '../host/call-counts.ts'
import type { LocalEvent } from '../host/context.ts'
import type { TreeChange } from '../host/fs/file-system.ts'
import type { Report } from '../host/reports.ts'
import type { Captured, Ending, FirstCalls, GuestSpec } from './guest.ts'

/** An ending as the guest's thread reports it, or one that the host decided or saw. */
export type Outside =
  | Ending
  | { readonly kind: 'wall-clock-limit' }
  | { readonly kind: 'cpu-limit' }
  | { readonly kind: 'memory-limit'; readonly actualBytes: number | null }
  | { readonly kind: 'heap-limit' }
  | { readonly kind: 'terminated' }
  | { readonly kind: 'jail-lost'; readonly detail: string }

/** Everything about one activation: the load, or one call. */
export interface Activation {
  readonly ending: Outside
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  readonly events: readonly (LocalEvent | SecurityEvent)[]
  readonly reports: readonly Report[]
  /** What the guest changed in its memory and snapshot mounts. */
  readonly changes: readonly TreeChange[]
  readonly cpuMs: number
  readonly peakResidentBytes: number
  readonly memoryBytes: number
  readonly hostCalls: number
  /** What the cell counted; null of a guest that was ended before it could tell. */
  readonly counts: GuestCounts | null
}

/** What came of a capture; `captured` is null if the guest was ended instead. */
export interface Capture {
  readonly activation: Activation
  readonly captured: Captured | null
}

export interface Housing {
  load(spec: GuestSpec, module: Uint8Array<ArrayBuffer>, first?: FirstCalls): Promise<Activation>
  call(name: string, values: readonly (number | bigint)[]): Promise<Activation>
  /** The guest's state. It was loaded with `snapshots` in its specification. */
  capture(): Promise<Capture>
  /** Puts a guest with this state in the place of the one that is there. @param image that fits, as `capture` gave it */
  restore(image: Uint8Array): Promise<Activation>
  /** Ends the guest, in the middle of an activation or between two, and resolves when it is verifiably gone. Never rejects; may be called often. */
  end(): Promise<void>
  /** What the guest had open with the host and still has, once `end` has resolved: 0, or it is a fault of the host's. */
  readonly left: number
}

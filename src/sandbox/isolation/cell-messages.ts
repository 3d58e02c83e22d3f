// What the jail's main thread and its cell say to each other. Both are code of ours in one process; the host checks what leaves it.
import type { GuestCounts } from '../host/call-counts.ts'
import type { LocalEvent } from '../host/context.ts'
import type { TreeChange } from '../host/fs/file-system.ts'
import type { Report } from '../host/reports.ts'
import type { Captured, Ending } from './guest.ts'

export type CellMessage =
  | {
      readonly type: 'load'
      /** As the host wrote it: to read it here and write it once more for the cell would take longer than many a guest does. */
      readonly load: Uint8Array
      /** What a cell of this jail compiled from the module's bytes before; null if none did. */
      readonly compiled: WebAssembly.Module | null
      /** State that the guest begins with. */
      readonly image: Uint8Array | null
    }
  | { readonly type: 'call'; readonly name: string; readonly values: readonly (number | bigint)[] }
  | { readonly type: 'capture' }
  | { readonly type: 'restore'; readonly image: Uint8Array | null }

/** The guest is gone; nothing of it is kept. Nothing is answered. */
export interface ClearMessage {
  readonly type: 'clear'
}

export type CellReport =
  /** What came of a capture. Comes before the ending. */
  | { readonly type: 'captured'; readonly captured: Captured }
  /** The thread is there and waits for a module. */
  | { readonly type: 'up' }
  | { readonly type: 'output'; readonly stream: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  | { readonly type: 'event'; readonly event: LocalEvent }
  | { readonly type: 'report'; readonly report: Report }
  | { readonly type: 'change'; readonly change: TreeChange }
  | {
      readonly type: 'ending'
      readonly ending: Ending
      readonly memoryBytes: number
      readonly hostCalls: number
      /** Null if there is no guest. */
      readonly counts: GuestCounts | null
      /** What was compiled in this activation, for the next guest of the same module. */
      readonly compiled?: WebAssembly.Module
    }

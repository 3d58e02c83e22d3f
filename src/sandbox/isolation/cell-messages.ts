// What the jail's main thread and its cell say to each other. Both are code of ours in one process; the host checks what leaves it.
import type { LocalEvent } from '../host/context.ts'
import type { TreeChange } from '../host/fs/file-system.ts'
import type { Report } from '../host/reports.ts'
import type { Ending, GuestSpec } from './guest.ts'

export type CellMessage =
  | { readonly type: 'load'; readonly spec: GuestSpec; readonly module: Uint8Array<ArrayBuffer> }
  | { readonly type: 'call'; readonly name: string; readonly values: readonly (number | bigint)[] }

export type CellReport =
  /** The thread is there and waits for a module. */
  | { readonly type: 'up' }
  | { readonly type: 'output'; readonly stream: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  | { readonly type: 'event'; readonly event: LocalEvent }
  | { readonly type: 'report'; readonly report: Report }
  | { readonly type: 'change'; readonly change: TreeChange }
  | { readonly type: 'ending'; readonly ending: Ending; readonly memoryBytes: number; readonly hostCalls: number }

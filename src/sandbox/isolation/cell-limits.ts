// What the engine keeps of a guest's limits: the heap and the stack of the cell's thread. Both are fixed when the thread starts.
import type { ResourceLimits } from 'node:worker_threads'
import { MiB } from '../policy/limits/limit.ts'
import type { Quotas } from '../policy/limits/quotas.ts'
import { RUNNING } from '../policy/limits/running.ts'

export interface CellLimits {
  readonly heapBytes: number
  readonly stackBytes: number
}

/** Of cells that are started before it is known for whom: those of the profile `default`, so that most guests fit. */
export const DEFAULT_CELL: CellLimits = { heapBytes: RUNNING.heapBytes.values[1], stackBytes: RUNNING.stackBytes.values[1] }

/** Null is not enforced, and refused for a guest that has a cell. */
export const cellLimitsOf = ({ heapBytes, stackBytes }: Pick<Quotas, 'heapBytes' | 'stackBytes'>): CellLimits => ({
  heapBytes: heapBytes!,
  stackBytes: stackBytes!,
})

export const sameLimits = (a: CellLimits, b: CellLimits) => a.heapBytes === b.heapBytes && a.stackBytes === b.stackBytes

/** What survives is in the old generation; the young one, where everything is made, is small and not of the guest's choosing. */
export const resourceLimitsOf = ({ heapBytes, stackBytes }: CellLimits): ResourceLimits => ({
  maxOldGenerationSizeMb: heapBytes / MiB,
  maxYoungGenerationSizeMb: 16,
  stackSizeMb: stackBytes / MiB,
})

/** @param payload from the host, which is trusted; empty for the usual ones */
export const decodeCellLimits = (payload: Uint8Array): CellLimits =>
  payload.length === 0 ? DEFAULT_CELL : (JSON.parse(new TextDecoder().decode(payload)) as CellLimits)

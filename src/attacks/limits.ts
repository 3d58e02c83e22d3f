// The limits under which attacks run that name none of their own.
import type { TargetRun } from '../targets/target.ts'

export type FullLimits = TargetRun['limits']

/**
 * Sizes are small, so that an attack on them is quick: 256 pages of memory, 10,000 table elements, 1 MiB of output. Clocks are wide, so that a
 * loaded machine does not end a guest that ends by itself; an attack on the clocks sets narrow ones.
 */
export const DEFAULT_LIMITS: FullLimits = {
  wallClockMs: 10_000,
  cpuMs: 5_000,
  memoryBytes: 2 ** 24,
  tableElements: 10_000,
  outputBytes: 2 ** 20,
}

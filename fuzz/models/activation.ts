// What an activation comes to of which nothing is said: it returned, and left nothing.
import type { Activation } from '../../src/sandbox/isolation/housing.ts'

const NOTHING = new Uint8Array(0)

export const activation = (given: Partial<Activation> = {}): Activation => ({
  ending: { kind: 'returned', values: [] },
  stdout: NOTHING,
  stderr: NOTHING,
  events: [],
  reports: [],
  changes: [],
  cpuMs: 0,
  peakResidentBytes: 0,
  memoryBytes: 0,
  hostCalls: 0,
  counts: null,
  ...given,
})

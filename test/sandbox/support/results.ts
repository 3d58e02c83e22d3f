// Results for tests of the store: one of everything that is kept.
import type { KeptResult } from '../../../src/sandbox/store/stored-result.ts'

export const MODULE = 'ab'.repeat(32)
export const META = { module: MODULE, policy: 'default', time: 1000 }

export const kept = (changes: Partial<KeptResult> = {}): KeptResult => ({
  outcome: 'completed',
  success: true,
  exitCode: 0,
  trap: null,
  message: 'The guest completed.',
  reports: [],
  resourceUsage: { cpuMs: 1.5, peakResidentBytes: 2, memoryBytes: 65_536, outputBytes: 4, hostCalls: 5, fuel: null },
  securityEvents: [],
  executionTimeMs: 12.25,
  ...changes,
})

/** A result whose record takes more than a page. */
export const large = (bytes: number): KeptResult =>
  kept({ reports: [{ type: 'log', level: 'info', message: 'x'.repeat(bytes) }] })

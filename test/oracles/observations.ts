// Observations for the oracles' tests: a trial in which nothing was wrong, to be changed in one thing.
import type { Expectation } from '../../src/attacks/attack.ts'
import type { Observation } from '../../src/oracles/observation.ts'
import type { TargetResult } from '../../src/targets/target.ts'

export const goodResult: TargetResult = {
  outcome: 'completed',
  detail: 'completed',
  messages: ['The guest completed.'],
  stdout: new TextEncoder().encode('hello'),
  stderr: new Uint8Array(0),
  exitCode: 0,
  values: ['42'],
  events: ['module-refused'],
}

export const goodChamber: Observation['chamber'] = {
  exitCode: null,
  signal: null,
  hung: false,
  unhandled: [],
  stderrTail: '',
  orphans: 0,
  peakResidentBytes: 100 * 1024 * 1024,
  longestBlockMs: 25,
}

export function observed(changes: {
  result?: Partial<TargetResult> | null
  chamber?: Partial<Observation['chamber']>
  threw?: string
  canaries?: Observation['canaries']
  effects?: Observation['effects']
  elapsedMs?: number
}): Observation {
  return {
    attack: 'X',
    target: 'fixture',
    result: changes.result === null ? null : { ...goodResult, ...changes.result },
    threw: changes.threw ?? null,
    chamber: { ...goodChamber, ...changes.chamber },
    canaries: changes.canaries ?? [],
    effects: changes.effects ?? null,
    elapsedMs: changes.elapsedMs ?? 100,
  }
}

export const trialWith = (expect: Partial<Expectation> = {}, limits: object = {}) => ({
  run: { limits },
  expect: { outcomes: ['completed'] as const, ...expect },
})

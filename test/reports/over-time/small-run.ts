// Small run records, made of what a comparison in time looks at.
import type { EvidenceItem, FindingRecord, Result, RunRecord, TrialRecord } from '../../../src/reports/run-record.ts'

export const HOST = 'sandbox-jail'

export const trial = (attack: string, verdict: TrialRecord['verdict'], changes: Partial<TrialRecord> = {}): TrialRecord => ({
  attack,
  title: `Attack ${attack}`,
  threats: ['LNK-01'],
  target: HOST,
  role: 'attack',
  verdict,
  reason: '',
  oracles: [{ oracle: 'canary', kind: verdict, code: verdict === 'violated' ? 'file' : '', reason: '' }],
  outcome: 'refused',
  elapsedMs: 3,
  peakResidentBytes: 1,
  replay: `npx gauntlet replay ${attack}`,
  sha256: '0'.repeat(64),
  origin: `corpus/${attack}.wat`,
  ...changes,
})

export const finding = (id: string, changes: Partial<FindingRecord> = {}): FindingRecord => ({
  id,
  title: `Finding ${id}`,
  threat: 'LNK-01',
  target: HOST,
  own: true,
  source: 'corpus',
  severity: 'high',
  oracle: 'canary',
  code: 'file',
  expected: 'e',
  actual: 'a',
  count: 1,
  firstSeen: '2026-01-01T00:00:00.000Z',
  replay: `npx gauntlet replay ${id}`,
  reproducer: [],
  wat: null,
  bytesBefore: null,
  bytesAfter: null,
  reproduced: { runs: 3, times: 3 },
  location: { path: 'corpus/x.wat', line: 1 },
  ...changes,
})

export const engine = (
  name: string,
  result: Result,
  changes: Partial<RunRecord['engines'][number]> = {},
): RunRecord['engines'][number] => ({
  name,
  kind: 'property',
  threats: ['LNK-01'],
  result,
  reason: '',
  seed: 1,
  executions: result === 'not-run' ? 0 : 100,
  executionsPerSecond: 50,
  coverage: null,
  seconds: result === 'not-run' ? 0 : 2,
  replay: '',
  ...changes,
})

export const campaign = (generators: Readonly<Record<string, number>>, violated = 0): RunRecord['campaigns'][number] => ({
  target: HOST,
  seed: 1,
  modules: Object.values(generators).reduce((sum, modules) => sum + modules, 0),
  byGenerator: Object.fromEntries(
    Object.entries(generators).map(([name, modules]) => [
      name,
      { modules, contained: modules - violated, violated, inconclusive: 0, byOutcome: {}, threats: ['LNK-01'] },
    ]),
  ),
  seconds: 1,
})

export const evidence = (id: string, result: Result = 'passed'): EvidenceItem => ({
  id,
  kind: 'regression',
  title: `Evidence ${id}`,
  threats: [],
  controls: [],
  result,
  reason: '',
  target: HOST,
  count: 1,
  seed: null,
  seconds: null,
  at: '2026-01-01T00:00:00.000Z',
  versions: {},
  source: 'gauntlet fuzz',
  stale: null,
  replay: '',
})

/** The n-th night's run. */
export function night(day: number, changes: Partial<RunRecord> = {}): RunRecord {
  const date = `2026-02-${String(day).padStart(2, '0')}`
  return {
    schemaVersion: 1,
    run: `${date.replaceAll('-', '')}T030000Z-00000${day % 10}`,
    project: { name: 'toy', version: '1.0.0', commit: 'c0ffee' },
    startedAt: `${date}T03:00:00.000Z`,
    finishedAt: `${date}T03:01:30.000Z`,
    command: 'gauntlet fuzz',
    seed: 1,
    budgetSeconds: 60,
    completion: 'complete',
    completionReason: '',
    exitCode: 0,
    environment: { platform: 'linux', node: '24.0.0', v8: '13', cpus: 2, memoryBytes: 1, tools: {} },
    targets: [
      { name: HOST, version: '1', own: true, facts: {} },
      { name: 'bare', version: '1', own: false, facts: {} },
    ],
    stages: [],
    trials: [],
    campaigns: [],
    engines: [],
    weakenings: [],
    findings: [],
    boundaries: [],
    threats: [],
    controls: [],
    faults: [],
    ...changes,
  }
}

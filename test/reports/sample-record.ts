// Run records for tests and for looking at the reports: whole, computed from evidence by the same rules as real ones, and the same every time.
import { itemsOfRun } from '../../src/reports/evidence/of-run.ts'
import { threatStates } from '../../src/reports/evidence/states.ts'
import type {
  CampaignRecord,
  EngineRunRecord,
  FindingRecord,
  RunRecord,
  TrialRecord,
  WeakeningRecord,
} from '../../src/reports/run-record.ts'
import { loadThreatModel, type ThreatModel } from '../../src/threats/index.ts'
import { sampleAround, sampleThreat } from './sample-around.ts'

/**
 * - `held`: nothing escaped, everything ran, every threat has full evidence.
 * - `findings`: violations of our own sandbox, a missed weakening, a failed twin, an inconclusive attack, parts not run.
 * - `interrupted`: stopped after a third of the plan.
 * - `fault`: the harness failed after the first trials.
 * - `empty`: nothing was run at all.
 */
export type SampleKind = 'held' | 'findings' | 'interrupted' | 'fault' | 'empty'

const OWN = ['sandbox-jail', 'sandbox-inline'] as const

/** Read once; it is never changed here. */
const threatModel = loadThreatModel()

/** With every optional field filled in. */
export function sampleRecord(kind: SampleKind): RunRecord {
  const plain = plainRecord(kind)
  const record = { ...plain, threats: plain.threats.map(sampleThreat) }
  const around = sampleAround(record, itemsOfRun(record, threatModel.threats))
  // A decision that has expired fails a run.
  if (kind === 'held') around.risks = around.risks?.filter(({ state }) => state !== 'expired')
  return { ...record, ...around }
}

/** As a release before wrote it: without any field that was added since. */
export function plainRecord(kind: SampleKind): RunRecord {
  const model = threatModel
  const threats = model.threats.map((threat) => threat.id)
  const share = { held: 1, findings: 0.94, interrupted: 0.33, fault: 0.03, empty: 0 }[kind]
  const covered = threats.slice(0, Math.floor(threats.length * share))
  const evidence = {
    targets: targets(),
    trials: covered.flatMap((threat) => trialsOf(threat, kind)),
    weakenings: kind === 'empty' ? [] : model.threats.map((threat, index) => weakening(threat, index, covered, kind)),
    engines: kind === 'empty' || kind === 'fault' ? [] : engines(kind, model),
    campaigns: kind === 'held' || kind === 'findings' ? [campaign('sandbox-jail', threats), campaign('bare', threats)] : [],
    findings: kind === 'empty' ? [] : [...(kind === 'findings' ? ownFindings(model) : []), ...bareFindings(covered)],
  }
  const states = threatStates(withBuiltControls(model), evidence)
  return {
    ...frame(kind),
    ...evidence,
    ...states,
    boundaries: model.boundaries.map(({ id, title, between, description }) => ({ id, title, between, description })),
  }
}

/** Controls as they are when they are built; `declared-maxima` and everything that comes after the first release has no source yet. */
function withBuiltControls(model: ThreatModel): ThreatModel {
  return {
    ...model,
    controls: model.controls.map((control, index) => ({
      ...control,
      paths: control.paths.length > 0 || index > 31 ? control.paths : [`src/sandbox/${control.id}.ts`],
    })),
  }
}

function frame(
  kind: SampleKind,
): Omit<
  RunRecord,
  'targets' | 'trials' | 'weakenings' | 'engines' | 'campaigns' | 'findings' | 'threats' | 'controls' | 'boundaries'
> {
  const completion = kind === 'interrupted' ? 'interrupted' : kind === 'fault' ? 'fault' : 'complete'
  const reasons = {
    complete: '',
    interrupted: 'SIGINT after 61 s of 600 s.',
    fault: 'The chamber of sandbox-jail could not be started (ENOMEM).',
  }
  return {
    schemaVersion: 1,
    run: '20260314T031500Z-7f3a',
    project: { name: 'wasm-gauntlet', version: '0.1.0', commit: '4b1f0c6d9a3e' },
    startedAt: '2026-03-14T03:15:00.000Z',
    finishedAt: kind === 'interrupted' ? '2026-03-14T03:16:01.000Z' : '2026-03-14T03:24:42.000Z',
    command: 'gauntlet fuzz --seed 1234567 --budget 600',
    seed: 1234567,
    budgetSeconds: 600,
    completion,
    completionReason: reasons[completion],
    exitCode: { held: 0, findings: 1, interrupted: 130, fault: 2, empty: 0 }[kind],
    environment: {
      platform: 'linux x64, kernel 6.1',
      node: '24.21.0',
      v8: '13.6.233.17',
      cpus: 2,
      memoryBytes: 25_277_000_000,
      tools: { binaryen: '132.0.0', wabt: '1.0.39', 'fast-check': '4.10.2', '@jazzer.js/core': '4.0.0' },
    },
    stages: stages(kind),
    faults:
      kind === 'fault'
        ? ['src/campaign/chamber.ts: the chamber of sandbox-jail could not be started (ENOMEM); free memory and run again.']
        : [],
  }
}

function stages(kind: SampleKind): RunRecord['stages'] {
  const names = ['corpus', 'weakenings', 'properties', 'campaign', 'coverage-guided']
  const done = { held: 5, findings: 4, interrupted: 1, fault: 0, empty: 0 }[kind]
  const reason = {
    held: '',
    findings: 'Left out by --without coverage-guided.',
    interrupted: 'Not reached before the interruption.',
    fault: 'Not reached before the fault.',
    empty: 'Left out by --only nothing.',
  }[kind]
  return names.map((name, index) =>
    index < done
      ? { name, result: 'passed', reason: '', seconds: 40 + 23.5 * index }
      : { name, result: 'not-run', reason, seconds: 0 },
  )
}

function targets(): RunRecord['targets'] {
  const digest = '9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab'
  return [
    {
      name: 'sandbox-jail',
      version: 'wasm-gauntlet 0.1.0',
      own: true,
      facts: {
        isolation: 'jail',
        sha256: digest,
        'permission model': 'active, no grants',
        'code generation from strings': 'off',
        'no-new-privileges': 'active',
        prlimit: 'address space 4 GiB, 0 files',
        environment: 'empty',
        descriptors: '0, 1, 2, 3',
      },
    },
    { name: 'sandbox-inline', version: 'wasm-gauntlet 0.1.0', own: true, facts: { isolation: 'inline', sha256: digest } },
    { name: 'bare', version: 'WebAssembly of Node.js 24.21.0', own: false, facts: {} },
  ]
}

// --- trials ------------------------------------------------------------------------------------------------------------------------------

function trialsOf(threat: string, kind: SampleKind): TrialRecord[] {
  const attack = `${threat}-sample`
  return [...OWN, 'bare'].flatMap((target) => [
    trial(threat, attack, target, 'attack', kind),
    trial(threat, attack, target, 'twin', kind),
  ])
}

/** Attacks and twins that do not go as they should in the sample with findings. */
const EXCEPTIONS: Readonly<
  Record<string, { target: string; role: 'attack' | 'twin'; verdict: TrialRecord['verdict']; reason: string }>
> = {
  'LNK-02': {
    target: 'sandbox-jail',
    role: 'attack',
    verdict: 'violated',
    reason: 'Expected refused, got completed: an import was taken from Object.prototype.',
  },
  'RES-03': {
    target: 'sandbox-jail',
    role: 'attack',
    verdict: 'violated',
    reason: 'Peak resident memory 1,412 MiB is over the bound of 700 MiB.',
  },
  'MEM-07': {
    target: 'sandbox-jail',
    role: 'attack',
    verdict: 'inconclusive',
    reason: 'The chamber died of a signal of the system before the target answered.',
  },
  'CTL-04': {
    target: 'sandbox-jail',
    role: 'twin',
    verdict: 'violated',
    reason: 'Expected completed, got wall-clock-limit: the honest module was stopped too.',
  },
}

function trial(threat: string, attack: string, target: string, role: 'attack' | 'twin', kind: SampleKind): TrialRecord {
  const exception = kind === 'findings' ? EXCEPTIONS[threat] : undefined
  const excepted = exception?.target === target && exception.role === role ? exception : undefined
  const bitten = target === 'bare' && role === 'attack' && bareBites(threat)
  const verdict = excepted?.verdict ?? (bitten ? 'violated' : 'contained')
  const reason =
    excepted?.reason ??
    (bitten ? 'Expected refused, got completed.' : role === 'twin' ? 'Completed as expected.' : 'Refused as expected.')
  return {
    attack,
    title: `Realises ${threat} by a module of its own`,
    threats: [threat],
    target,
    role,
    verdict,
    reason,
    oracles: [
      { oracle: 'verdict', kind: verdict, code: verdict === 'violated' ? 'outcome-not-expected' : 'as-expected', reason },
    ],
    outcome: verdict === 'inconclusive' ? null : role === 'twin' || bitten ? 'completed' : 'refused',
    elapsedMs: 12 + (threat.charCodeAt(5) % 10) * 17,
    peakResidentBytes: 92_000_000,
    replay: `gauntlet replay ${attack} --target ${target}${role === 'twin' ? ' --twin' : ''}`,
    sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    origin: `corpus/${attack}.wat`,
  }
}

/** Bare WebAssembly has no defence but the engine's own validation. */
function bareBites(threat: string): boolean {
  return !threat.startsWith('MOD') && threat.charCodeAt(5) % 2 === 0
}

// --- weakenings, engines, campaigns ------------------------------------------------------------------------------------------------------

function weakening(
  threat: ThreatModel['threats'][number],
  index: number,
  covered: readonly string[],
  kind: SampleKind,
): WeakeningRecord {
  const ran = covered.includes(threat.id) && kind !== 'interrupted' && kind !== 'fault'
  const exception = kind === 'findings' ? ({ 17: 'missed', 91: 'missed', 40: 'broken' } as const)[index] : undefined
  const result = ran ? (exception ?? 'detected') : 'not-run'
  const reasons = {
    detected: '',
    missed: 'Every attack stayed green.',
    broken: 'The text to be replaced was not found in the source.',
    'not-run': 'Not reached.',
  }
  return {
    id: `weak-${threat.id.toLowerCase()}`,
    title: `Leaves out the check that stops ${threat.id}`,
    control: threat.controls[0] ?? 'strict-reader',
    threats: [threat.id],
    file: `fuzz/weakenings/${threat.id}.ts`,
    result,
    detectedBy: result === 'detected' ? [`${threat.id}-sample`] : [],
    reason: reasons[result],
    elapsedMs: result === 'detected' || result === 'missed' ? 640 + index : 0,
  }
}

function engines(kind: SampleKind, model: ThreatModel): EngineRunRecord[] {
  const first = model.threats.slice(0, 12).map((threat) => threat.id)
  const guided: EngineRunRecord = {
    name: 'jazzer-reader',
    kind: 'coverage-guided',
    threats: first,
    result: 'passed',
    reason: '',
    seed: 99,
    executions: 1_840_221,
    executionsPerSecond: 30_670,
    coverage: { instrumentedEdges: 4_112, initial: 310, final: 1_987, corpus: 412 },
    seconds: 60,
    replay: 'gauntlet replay --engine jazzer-reader --seed 99',
  }
  const notRun = {
    ...guided,
    result: 'not-run' as const,
    reason: 'Left out by --without coverage-guided.',
    executions: 0,
    executionsPerSecond: 0,
    coverage: null,
    seconds: 0,
    seed: null,
  }
  return [
    {
      ...guided,
      name: 'reader-total',
      kind: 'property',
      threats: first,
      coverage: null,
      seed: 1234567,
      executions: 40_000,
      executionsPerSecond: 9_800,
      seconds: 4.1,
      replay: 'gauntlet replay --property reader-total --seed 1234567',
    },
    kind === 'held' ? guided : notRun,
  ]
}

function campaign(target: string, threats: readonly string[]): CampaignRecord {
  return {
    target,
    seed: 1234567,
    modules: 3_000,
    byGenerator: {
      'binaryen-ttf': {
        modules: 2_000,
        contained: target === 'bare' ? 1_990 : 2_000,
        violated: target === 'bare' ? 10 : 0,
        inconclusive: 0,
        byOutcome: { completed: 1_204, trapped: 640, refused: 156 },
        threats: threats.slice(0, 3),
      },
      'writer-lies': {
        modules: 1_000,
        contained: 1_000,
        violated: 0,
        inconclusive: 0,
        byOutcome: { refused: 1_000 },
        threats: threats.slice(0, 2),
      },
    },
    seconds: 88,
  }
}

// --- findings ----------------------------------------------------------------------------------------------------------------------------

export function sampleFinding(over: Partial<FindingRecord> = {}): FindingRecord {
  return {
    id: 'F-19c07a52',
    title: 'An import was resolved through Object.prototype',
    threat: 'LNK-02',
    target: 'sandbox-jail',
    own: true,
    source: 'corpus',
    severity: 'critical',
    oracle: 'verdict',
    code: 'outcome-not-expected',
    expected: 'Refused with link-unknown-import, before any guest code runs.',
    actual: 'Completed; the guest called a function that the policy does not grant.',
    count: 3,
    firstSeen: '2026-03-14T03:15:20.000Z',
    replay: 'gauntlet replay F-19c07a52',
    reproducer: ['findings/F-19c07a52/attack.wat', 'findings/F-19c07a52/attack.wasm'],
    wat: '(module\n  (import "constructor" "toString" (func $f))\n  (func (export "run")\n    call $f))\n',
    bytesBefore: 412,
    bytesAfter: 61,
    reproduced: { runs: 3, times: 3 },
    location: { path: 'corpus/LNK-02-sample.wat', line: 1 },
    ...over,
  }
}

function ownFindings(model: ThreatModel): FindingRecord[] {
  const threat = model.threats.find((candidate) => candidate.id === 'RES-03')
  return [
    sampleFinding(),
    sampleFinding({
      id: 'F-2b90e1d4',
      title: 'Memory beyond the cap of the policy',
      threat: 'RES-03',
      severity: 'high',
      oracle: 'resource',
      code: 'resident-over-bound',
      expected: 'Ended with memory-limit below 700 MiB resident.',
      actual: 'Peak resident memory 1,412 MiB.',
      replay: 'gauntlet replay F-2b90e1d4',
      reproducer: ['findings/F-2b90e1d4/attack.wasm'],
      wat: null,
      location: { path: threat?.file ?? 'threat-model/threats/RES.yaml', line: threat?.line ?? 1 },
    }),
  ]
}

function bareFindings(covered: readonly string[]): FindingRecord[] {
  return covered.filter(bareBites).map((threat) =>
    sampleFinding({
      id: `F-bare-${threat}`,
      title: `Bare WebAssembly lets ${threat} happen`,
      threat,
      target: 'bare',
      own: false,
      severity: 'medium',
      expected: 'Refused.',
      actual: 'Completed.',
      replay: `gauntlet replay ${threat}-sample --target bare`,
      reproducer: [`corpus/${threat}-sample.wat`],
      wat: null,
      location: { path: `corpus/${threat}-sample.wat`, line: 1 },
    }),
  )
}

// The run record: what one run of the gauntlet did and saw. `report.json` is this and nothing else; every other format is derived from it.
import { z } from 'zod'

/** Raised when a field changes its meaning or goes away; new optional fields do not raise it. */
export const RUN_RECORD_VERSION = 1

/** The six results. `not-run` never looks like `passed`. */
export const RESULTS = ['passed', 'failed', 'needs-review', 'not-run', 'not-applicable', 'unknown'] as const
export type Result = (typeof RESULTS)[number]

const oracleVerdict = z.strictObject({
  oracle: z.string(),
  kind: z.enum(['contained', 'violated', 'inconclusive']),
  code: z.string(),
  reason: z.string(),
})

/** One attack, or its twin, against one target. */
const trialRecord = z.strictObject({
  attack: z.string(),
  title: z.string(),
  threats: z.array(z.string()),
  target: z.string(),
  role: z.enum(['attack', 'twin']),
  verdict: z.enum(['contained', 'violated', 'inconclusive']),
  reason: z.string(),
  oracles: z.array(oracleVerdict),
  /** The target's own word for what happened; null if it never answered. */
  outcome: z.string().nullable(),
  elapsedMs: z.number(),
  peakResidentBytes: z.number(),
  replay: z.string(),
  /** SHA-256 of the module's bytes. */
  sha256: z.string(),
  origin: z.string(),
  /** The layer in which JavaScript of the attacker ran; absent where only a guest did. */
  breach: z.enum(['cell', 'jail']).optional(),
})

export const findingRecord = z.strictObject({
  /** Stable over runs: a hash of cause (threat, oracle, code, target, host call, place), not of bytes. */
  id: z.string(),
  title: z.string(),
  threat: z.string().nullable(),
  target: z.string(),
  /** True if it is about our own sandbox, and so decides the exit code. */
  own: z.boolean(),
  source: z.enum(['corpus', 'campaign', 'property', 'coverage-guided', 'weakening']),
  severity: z.enum(['critical', 'high', 'medium', 'low']),
  oracle: z.string(),
  code: z.string(),
  /** The host call that went wrong, where that is known. */
  hostCall: z.string().optional(),
  /** How or where it showed, without what differs from run to run: part of the cause. */
  place: z.string().optional(),
  expected: z.string(),
  actual: z.string(),
  /** How many trials showed it. */
  count: z.number().int(),
  /** In whatever run; the folder of the reports remembers. */
  firstSeen: z.string(),
  lastSeen: z.string().optional(),
  replay: z.string(),
  /** The whole reproducer as one word: `gauntlet replay <portable>` repeats it wherever this version of the project is. */
  portable: z.string().optional(),
  /** Files of the reproducer, relative to the run's directory; the first is the one to look at. */
  reproducer: z.array(z.string()),
  /** WebAssembly text of the minimised reproducer, if it has one and it is short; guest text. */
  wat: z.string().nullable(),
  bytesBefore: z.number().int().nullable(),
  bytesAfter: z.number().int().nullable(),
  reproduced: z.strictObject({ runs: z.number().int(), times: z.number().int() }),
  /** True if it was tried again and did not show each time. */
  flaky: z.boolean().optional(),
  /** A file of the project that a reviewer can open: the corpus case or the line of the threat model. */
  location: z.strictObject({ path: z.string(), line: z.number().int() }),
})

const weakening = z.strictObject({
  id: z.string(),
  title: z.string(),
  control: z.string(),
  threats: z.array(z.string()),
  file: z.string(),
  result: z.enum(['detected', 'missed', 'not-run', 'broken']),
  /** The attacks, properties or oracles that went red. */
  detectedBy: z.array(z.string()),
  reason: z.string(),
  elapsedMs: z.number(),
})

const engineRun = z.strictObject({
  name: z.string(),
  kind: z.enum(['property', 'coverage-guided']),
  threats: z.array(z.string()),
  result: z.enum(RESULTS),
  /** Why it was not run, or what is to be said about it. */
  reason: z.string(),
  seed: z.number().nullable(),
  executions: z.number(),
  executionsPerSecond: z.number(),
  /** Only for coverage-guided engines. */
  coverage: z
    .strictObject({ instrumentedEdges: z.number(), initial: z.number(), final: z.number(), corpus: z.number() })
    .nullable(),
  seconds: z.number(),
  replay: z.string(),
})

const campaign = z.strictObject({
  target: z.string(),
  seed: z.number(),
  modules: z.number().int(),
  byGenerator: z.record(
    z.string(),
    z.strictObject({
      modules: z.number().int(),
      contained: z.number().int(),
      violated: z.number().int(),
      inconclusive: z.number().int(),
      byOutcome: z.record(z.string(), z.number().int()),
      threats: z.array(z.string()),
    }),
  ),
  seconds: z.number(),
})

const threatState = z.strictObject({
  id: z.string(),
  title: z.string(),
  boundary: z.string(),
  result: z.enum(RESULTS),
  reason: z.string(),
  evidence: z.strictObject({
    regressions: z.number().int(),
    twins: z.number().int(),
    campaignModules: z.number().int(),
    properties: z.number().int(),
    coverageGuided: z.number().int(),
    weakeningsDetected: z.number().int(),
    weakenings: z.number().int(),
  }),
  controls: z.array(z.string()),
  /** What the threat model says of the threat, so that a report can be read without it; absent if the record was made without one. */
  cwe: z.array(z.string()).optional(),
  description: z.string().optional(),
  requirement: z.string().optional(),
  /** Where the threat stands in the threat model, relative to the project. */
  file: z.string(),
  line: z.number().int(),
})

const controlState = z.strictObject({
  id: z.string(),
  title: z.string(),
  paths: z.array(z.string()),
  result: z.enum(RESULTS),
  reason: z.string(),
  threats: z.array(z.string()),
  weakeningsDetected: z.number().int(),
  weakenings: z.number().int(),
})

const mutation = z.strictObject({
  result: z.enum(['measured', 'not-run']),
  reason: z.string(),
  measuredAt: z.string().nullable(),
  /** Share of the mutants that a test noticed, 0 to 1. */
  score: z.number().nullable(),
  mutants: z.number().int(),
  killed: z.number().int(),
  survived: z.number().int(),
  /** In code that no test reaches; they count as not noticed. */
  uncovered: z.number().int(),
  /** Files that are not any more what was measured. */
  changed: z.array(z.string()),
  /** Those that nothing noticed, the first of them; Stryker's own report has all. */
  survivors: z.array(z.strictObject({ file: z.string(), line: z.number().int(), mutator: z.string(), replacement: z.string() })),
})

const cell = {
  call: z.string(),
  grant: z.enum(['granted', 'filtered', 'not-granted']),
  /** An error number's name, `success`, `ended`, or `refused` for a module that was not admitted. */
  outcome: z.string(),
}
const cells = z.strictObject({
  /** Cells that the ABI table has, and those of them that this run has seen. */
  cells: z.number().int(),
  witnessed: z.number().int(),
  rows: z.array(z.strictObject({ ...cell, times: z.number().int() })),
  empty: z.array(z.strictObject({ ...cell, reason: z.string() })),
  /** Seen, and not in the table. */
  unexpected: z.array(z.strictObject({ ...cell, times: z.number().int() })),
})

const boundary = z.strictObject({ id: z.string(), title: z.string(), between: z.array(z.string()), description: z.string() })

const shard = z.strictObject({
  /** From 1 to `of`. */
  number: z.number().int(),
  of: z.number().int(),
  /** For each list that was shared out, how many names it has and a digest of them: equal for machines that shared the same list. */
  lists: z.record(z.string(), z.string()),
})

/** A run that went into a joined report. */
const mergedRun = z.strictObject({
  run: z.string(),
  /** `2/4`, or null if it was no shard. */
  shard: z.string().nullable(),
  seed: z.number().int(),
  budgetSeconds: z.number(),
  completion: z.string(),
  exitCode: z.number().int(),
  platform: z.string(),
  node: z.string(),
})

export const runRecordSchema = z.strictObject({
  schemaVersion: z.literal(RUN_RECORD_VERSION),
  /** `<time>-<id>`, the name of the run's directory. */
  run: z.string(),
  project: z.strictObject({ name: z.string(), version: z.string(), commit: z.string().nullable() }),
  startedAt: z.string(),
  finishedAt: z.string(),
  command: z.string(),
  seed: z.number().int(),
  budgetSeconds: z.number(),
  /** `interrupted`: stopped before the end of the plan; `fault`: the harness failed. What was found so far is in the record all the same. */
  completion: z.enum(['complete', 'interrupted', 'fault']),
  completionReason: z.string(),
  exitCode: z.number().int(),
  /** Set if several machines shared the work and this is the part of one of them. */
  shard: shard.optional(),
  /** Set if this is the report of several runs that were joined: which they were. */
  mergedFrom: z.array(mergedRun).optional(),
  environment: z.strictObject({
    platform: z.string(),
    node: z.string(),
    v8: z.string(),
    cpus: z.number().int(),
    memoryBytes: z.number(),
    tools: z.record(z.string(), z.string()),
  }),
  targets: z.array(
    z.strictObject({ name: z.string(), version: z.string(), own: z.boolean(), facts: z.record(z.string(), z.string()) }),
  ),
  /** The parts of the plan and how each ended; what was left out stands here with its reason. */
  stages: z.array(z.strictObject({ name: z.string(), result: z.enum(RESULTS), reason: z.string(), seconds: z.number() })),
  trials: z.array(trialRecord),
  campaigns: z.array(campaign),
  engines: z.array(engineRun),
  weakenings: z.array(weakening),
  /** The last mutation test of the boundary's sources; not a part of the run. */
  mutation: mutation.optional(),
  findings: z.array(findingRecord),
  boundaries: z.array(boundary),
  threats: z.array(threatState),
  controls: z.array(controlState),
  /** The twin rule for host calls: what each answered with its grant and without; absent if no property told. */
  cells: cells.optional(),
  /** Faults of the harness itself, with the place and the remedy. */
  faults: z.array(z.string()),
})

export type RunRecord = z.infer<typeof runRecordSchema>
export type TrialRecord = z.infer<typeof trialRecord>
export type CellsRecord = z.infer<typeof cells>
export type FindingRecord = z.infer<typeof findingRecord>
export type WeakeningRecord = z.infer<typeof weakening>
export type MutationRecord = z.infer<typeof mutation>
export type EngineRunRecord = z.infer<typeof engineRun>
export type CampaignRecord = z.infer<typeof campaign>
export type ThreatStateRecord = z.infer<typeof threatState>
export type ControlStateRecord = z.infer<typeof controlState>

// The run record: what one run of the gauntlet did and saw. `report.json` is this and nothing else; every other format is derived from it.
import { z } from 'zod'
import { engineRuns, hostMatrix } from './record/elsewhere.ts'
import { modelRecord } from './record/model.ts'
import { changes, pastRun } from './record/over-time.ts'
import { RESULTS } from './record/results.ts'
import { controlState, evidenceItem, framework, riskDecision, threatState } from './record/states.ts'
import { campaign, cells, engineRun, findingRecord, mutation, trialRecord, weakening } from './record/tried.ts'

export type { EngineRunsRecord, HostMatrixRecord } from './record/elsewhere.ts'
export type { ModelRecord } from './record/model.ts'
export type { ChangesRecord, PastRun } from './record/over-time.ts'
export { RESULTS, type Result } from './record/results.ts'
export {
  type ControlStateRecord,
  EVIDENCE_KINDS,
  type EvidenceItem,
  type FrameworkRecord,
  type RiskRecord,
  type ThreatStateRecord,
} from './record/states.ts'
export {
  type CampaignRecord,
  type CellsRecord,
  type EngineRunRecord,
  type FindingRecord,
  findingRecord,
  type MutationRecord,
  type TrialRecord,
  type WeakeningRecord,
  weakening,
} from './record/tried.ts'

/** Raised when a field changes its meaning or goes away; new optional fields do not raise it. */
export const RUN_RECORD_VERSION = 1

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
  project: z.strictObject({
    name: z.string(),
    version: z.string(),
    commit: z.string().nullable(),
    /** Digest of the sandbox's files as they were attacked: `find sandbox wasm -type f | LC_ALL=C sort | xargs sha256sum | sha256sum`. */
    sandbox: z.string().optional(),
  }),
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
  /** The targets whose evidence decides the states of threats and controls; absent: those of our own sandbox. */
  subject: z.array(z.string()).optional(),
  model: modelRecord.optional(),
  /** Everything that was run and bears on a threat or a control, whatever ran it. */
  evidence: z.array(evidenceItem).optional(),
  frameworks: z.array(framework).optional(),
  risks: z.array(riskDecision).optional(),
  /** Earlier runs, oldest first, this one last. */
  history: z.array(pastRun).optional(),
  changes: changes.optional(),
  engineRuns: engineRuns.optional(),
  hosts: hostMatrix.optional(),
  /** Faults of the harness itself, with the place and the remedy. */
  faults: z.array(z.string()),
})

export type RunRecord = z.infer<typeof runRecordSchema>

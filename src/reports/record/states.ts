// What follows for threats, controls, requirements and risks, and the evidence for it.
import { z } from 'zod'
import { RESULTS } from './results.ts'

/** How bad it would be: a CVSS 4.0 vector and what follows from it. */
export const severity = { vector: z.string(), score: z.number(), level: z.enum(['none', 'low', 'medium', 'high', 'critical']) }

export const threatState = z.strictObject({
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
    /** Unit tests of the same sources that name it and passed; absent if it was not asked for. */
    tests: z.number().int().optional(),
  }),
  controls: z.array(z.string()),
  /** What the threat model says of the threat, so that a report can be read without it; absent if the record was made without one. */
  cwe: z.array(z.string()).optional(),
  description: z.string().optional(),
  requirement: z.string().optional(),
  capec: z.array(z.string()).optional(),
  stride: z.array(z.string()).optional(),
  severity: z.strictObject({ ...severity, because: z.string() }).optional(),
  /** By what the gauntlet sees that the threat was realised, and when that would be a mistake. */
  detection: z.string().optional(),
  falsePositives: z.string().optional(),
  provenance: z.array(z.string()).optional(),
  /** Ids of controls that the host's owner maps it to, by an overlay. */
  mappedTo: z.array(z.string()).optional(),
  /** Where the threat stands in the threat model, relative to the project. */
  file: z.string(),
  line: z.number().int(),
})

export const controlState = z.strictObject({
  id: z.string(),
  title: z.string(),
  paths: z.array(z.string()),
  result: z.enum(RESULTS),
  reason: z.string(),
  threats: z.array(z.string()),
  weakeningsDetected: z.number().int(),
  weakenings: z.number().int(),
  /** Unit tests of the same sources that are about its files and passed; absent if it was not asked for. */
  tests: z.number().int().optional(),
})

/** What evidence can come from. `test` is one file of unit tests, `bench` one row, `engine-run` the corpus on one engine. */
export const EVIDENCE_KINDS = [
  'regression',
  'campaign',
  'property',
  'coverage-guided',
  'weakening',
  'test',
  'mutation',
  'engine-run',
  'comparison',
  'bench',
] as const

/** Something that was run, and bears on threats or controls. */
export const evidenceItem = z.strictObject({
  /** `<kind>:<name>`, and `@<target>` where several met it: the same in every run. */
  id: z.string(),
  kind: z.enum(EVIDENCE_KINDS),
  title: z.string(),
  threats: z.array(z.string()),
  controls: z.array(z.string()),
  result: z.enum(RESULTS),
  reason: z.string(),
  target: z.string().nullable(),
  /** How often: trials, executions, modules, tests, samples. */
  count: z.number().int(),
  seed: z.number().nullable(),
  seconds: z.number().nullable(),
  /** When it ended. */
  at: z.string(),
  /** With what it ran, where that is not what `environment` says. */
  versions: z.record(z.string(), z.string()),
  /** The command that made it: this run, or an earlier one whose record lies in the folder of reports. */
  source: z.string(),
  /** Why it may not hold any more: it is of another commit, or sources have changed. Null: it is of what this run is of. */
  stale: z.string().nullable(),
  /** One command. */
  replay: z.string(),
})

/** A requirement of a framework, and what of ours is evidence that supports it. */
export const requirement = z.strictObject({
  id: z.string(),
  title: z.string(),
  level: z.string().nullable(),
  controls: z.array(z.string()),
  threats: z.array(z.string()),
  result: z.enum(RESULTS),
  reason: z.string(),
})

export const framework = z.strictObject({
  id: z.string(),
  title: z.string(),
  version: z.string(),
  url: z.string(),
  requirements: z.array(requirement),
})

/** A decision about a risk that somebody has taken. */
export const riskDecision = z.strictObject({
  id: z.string(),
  /** What it is about: a threat, or one finding. */
  threat: z.string().nullable(),
  finding: z.string().nullable(),
  status: z.enum(['unchecked', 'in-discussion', 'accepted', 'in-progress', 'mitigated', 'false-positive']),
  reason: z.string(),
  owner: z.string(),
  ticket: z.string(),
  /** Days, as in `2026-12-31`: of the decision, and the last one on which it counts. */
  date: z.string(),
  expires: z.string(),
  /** `in-force`: findings that it covers do not decide the exit code. `expired`: it fails the run. `open`: of a status that accepts nothing. */
  state: z.enum(['in-force', 'expired', 'open']),
  /** Ids of this run's findings that it covers. */
  covers: z.array(z.string()),
  file: z.string(),
  line: z.number().int(),
})

export type ThreatStateRecord = z.infer<typeof threatState>
export type ControlStateRecord = z.infer<typeof controlState>
export type EvidenceItem = z.infer<typeof evidenceItem>
export type FrameworkRecord = z.infer<typeof framework>
export type RiskRecord = z.infer<typeof riskDecision>

// What follows when everything has been tried, in one order for a run and for runs that are joined: evidence, states, frameworks, risks, history.

import { frameworkStates } from '../reports/evidence/frameworks.ts'
import { hostModel } from '../reports/evidence/host-model.ts'
import { joinEvidence } from '../reports/evidence/join.ts'
import { itemsOfRun } from '../reports/evidence/of-run.ts'
import { threatStates } from '../reports/evidence/states.ts'
import { isForeign } from '../reports/evidence/subject.ts'
import { modelRecord } from '../reports/model-record.ts'
import type { FindingRecord, RunRecord } from '../reports/run-record.ts'
import type { ThreatModel } from '../threats/index.ts'
import { sourcesDigest } from './elsewhere/made.ts'
import { readElsewhere } from './elsewhere/read.ts'
import { appendSelf, lookBack } from './history/look-back.ts'
import { riskRecords } from './risk-decisions.ts'

/** What a step may need beside the record. */
export interface Concluding {
  /** The project's folder. */
  readonly root: string
  /** The folder that holds the directories of all runs. */
  readonly reports: string
  /** The folder whose runs this one is set beside, or null; and the run to compare it with, if not with the last complete one. */
  readonly history: string | null
  readonly against?: string
  /** Null if it could not be loaded; then there is nothing to say of threats. */
  readonly model: ThreatModel | null
  /** Whether a finding would decide the exit code: it is about our own sandbox, or about a target that the user named. */
  readonly decides: (finding: FindingRecord) => boolean
  /** Decides completion, reason and exit code by what the record has at that point. */
  readonly settle: () => void
}

/** Writes its own fields into the record. Anything that it throws becomes a fault of the run. */
type Step = (record: RunRecord, given: Concluding) => void

/** In this order: a step may read what those above it have written. */
const STEPS: readonly (readonly [what: string, step: Step])[] = [
  ['what the threat model says', describeModel],
  ['the evidence', gatherEvidence],
  ['the states of threats and controls', states],
  ['the frameworks', supportedRequirements],
  ['decisions about risks', decideRisks],
  ['the comparison with earlier runs', earlierRuns],
  ['the end of the run', (_, { settle }) => settle()],
  ['the place among earlier runs', ownLine],
]

/** Fills in what follows from the record. A step that fails costs nothing but what it would have said, and is a fault of the harness. */
export function conclude(record: RunRecord, { model, ...rest }: Concluding): void {
  const given = { ...rest, model: model && isForeign(record) ? hostModel(model) : model }
  for (const [what, step] of STEPS) {
    try {
      step(record, given)
    } catch (error) {
      record.faults.push(`${what} could not be computed: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

/** Name of the entry under the stages that says which evidence of other commands could not be read. */
const OTHER_EVIDENCE = 'evidence of other commands'

function gatherEvidence(record: RunRecord, { root, reports, model }: Concluding): void {
  if (!model) return
  const now = { commit: record.project.commit, sources: sourcesDigest(root) }
  const { evidence, engineRuns, hosts, problems } = readElsewhere({ root, reports, model, now })
  // Tests, benches and runs on other engines are of our own sandbox.
  const foreign = isForeign(record)
  const about = foreign ? evidence.filter(({ target }) => target !== null && record.subject?.includes(target)) : evidence
  record.evidence = joinEvidence(itemsOfRun(record, model.threats), about)
  if (engineRuns && !foreign) record.engineRuns = engineRuns
  if (hosts) record.hosts = hosts
  if (problems.length > 0)
    record.stages.push({ name: OTHER_EVIDENCE, result: 'needs-review', reason: problems.join('; '), seconds: 0 })
}

function supportedRequirements(record: RunRecord, { model }: Concluding): void {
  if (model && model.frameworks.length > 0) record.frameworks = frameworkStates(model.frameworks, record.controls, record.threats)
}

function states(record: RunRecord, { model }: Concluding): void {
  if (model) Object.assign(record, threatStates(model, record))
}

function describeModel(record: RunRecord, { model }: Concluding): void {
  if (model) record.model = modelRecord(model)
}

/** By the day on which the run began: its report stays what it was, however late it is joined with others. */
function decideRisks(record: RunRecord, { model, decides }: Concluding): void {
  if (model) record.risks = riskRecords(model.risks, record.findings, record.startedAt.slice(0, 10), decides)
}

function earlierRuns(record: RunRecord, { history, against }: Concluding): void {
  if (history !== null) lookBack(record, history, against)
}

/** When it is settled how the run ended, as its own line says that too. */
function ownLine(record: RunRecord, { history }: Concluding): void {
  if (history !== null) appendSelf(record)
}

// Joins the records of several runs into one, and computes its states anew from all of their evidence.
import type { EngineRunRecord, FindingRecord, Result, RunRecord, WeakeningRecord } from '../../reports/run-record.ts'
import { RUN_RECORD_VERSION } from '../../reports/run-record.ts'
import type { ThreatModel } from '../../threats/index.ts'
import { joinCells } from '../cells.ts'
import { conclude } from '../conclude.ts'
import { doubtOf, EXIT } from '../exit-code.ts'
import { coveredFindings, expiredDecision } from '../risk-decisions.ts'
import { OTHER_SHARDS } from '../run.ts'
import { selfCheck } from '../self-check.ts'
import { otherShards, shardText } from '../shard.ts'
import { Findings } from '../triage.ts'

export interface MergeSubject {
  /** Name of the joined report's directory. */
  readonly run: string
  readonly command: string
  readonly model: ThreatModel
  /** The project's folder, and the one that holds the joined report's directory. */
  readonly root: string
  readonly reports: string
  /** The folder whose runs the joined one is set beside, and whose last alerts count; null for none. */
  readonly history: string | null
}

/** A run in words: what tells it from the others in a sentence. */
const labelOf = ({ run, shard }: RunRecord): string => (shard ? shardText(shard) : run)

/** One commit, but not always the same files: then the whole is about neither of them. */
function joinProject(records: readonly RunRecord[]): RunRecord['project'] {
  const { sandbox, ...project } = records[0]!.project
  const same = sandbox !== undefined && records.every((record) => record.project.sandbox === sandbox)
  return { ...project, ...(same && { sandbox }) }
}

/** What becomes of each field. It is a table so that a field that is added to the record has to be thought of here as well. */
type Joiners = { readonly [Field in keyof Required<RunRecord>]: (records: readonly RunRecord[]) => RunRecord[Field] }

/** @param records compatible ones (see compatible.ts), one at least */
export function mergeRecords(
  records: readonly RunRecord[],
  { run, command, model, root, reports, history }: MergeSubject,
): RunRecord {
  const first = records[0]!
  const joiners: Joiners = {
    schemaVersion: () => RUN_RECORD_VERSION,
    run: () => run,
    project: joinProject,
    startedAt: () => least(records.map((record) => record.startedAt)),
    finishedAt: () => greatest(records.map((record) => record.finishedAt)),
    command: () => command,
    seed: () => first.seed,
    budgetSeconds: () => records.reduce((sum, record) => sum + record.budgetSeconds, 0),
    completion: () => 'complete',
    completionReason: () => '',
    exitCode: () => EXIT.clean,
    shard: () => undefined,
    mergedFrom: () => records.map(mergedRun),
    environment: () => ({ ...first.environment, platform: distinct(records.map((record) => record.environment.platform)) }),
    targets: joinTargets,
    stages: joinStages,
    trials: () => records.flatMap((record) => record.trials),
    campaigns: () => records.flatMap((record) => record.campaigns),
    engines: () =>
      [
        ...groups(
          records.flatMap((record) => record.engines),
          ({ kind, name }) => `${kind} ${name}`,
        ),
      ].map(joinEngine),
    weakenings: () =>
      [
        ...groups(
          records.flatMap((record) => record.weakenings),
          ({ id }) => id,
        ),
      ].map(joinWeakening),
    mutation: () =>
      // A fact about the sources, which all runs have in common: from a machine that measured it.
      records.find((record) => record.mutation?.result === 'measured')?.mutation ??
      records.find(({ mutation }) => mutation)?.mutation,
    cells: (all) => joinCells(all.flatMap(({ cells }) => (cells ? [cells] : []))),
    findings: joinFindings,
    boundaries: () => first.boundaries,
    // These follow from the others, and are computed anew below.
    threats: () => [],
    controls: () => [],
    subject: () => first.subject,
    model: () => undefined,
    evidence: () => undefined,
    frameworks: () => undefined,
    risks: () => undefined,
    history: () => undefined,
    changes: () => undefined,
    engineRuns: () => first.engineRuns,
    hosts: () => first.hosts,
    faults: () => records.flatMap((record) => record.faults.map((fault) => `${labelOf(record)}: ${fault}`)),
  }
  const joined = Object.fromEntries(
    Object.entries(joiners)
      .map(([field, join]) => [field, join(records)] as const)
      .filter(([, value]) => value !== undefined),
  ) as RunRecord
  noteMissing(joined, records)
  conclude(joined, { root, reports, history, model, decides, settle: () => settle(joined, records) })
  return joined
}

const mergedRun = (record: RunRecord): NonNullable<RunRecord['mergedFrom']>[number] => ({
  run: record.run,
  shard: record.shard ? `${record.shard.number}/${record.shard.of}` : null,
  seed: record.seed,
  budgetSeconds: record.budgetSeconds,
  completion: record.completion,
  exitCode: record.exitCode,
  platform: record.environment.platform,
  node: record.environment.node,
})

// --- what stands in several runs ---------------------------------------------------------------------------------------------------------

function groups<T>(items: readonly T[], keyOf: (item: T) => string): Iterable<readonly T[]> {
  return Map.groupBy(items, keyOf).values()
}
const least = (texts: readonly string[]): string => [...texts].sort()[0]!
const greatest = (texts: readonly string[]): string => [...texts].sort().at(-1)!
/** Equal texts once; different ones side by side, as none of them is true of all machines. */
const distinct = (texts: readonly string[]): string => [...new Set(texts)].join(' / ')
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

/** What is said of one thing by several runs is the first of these that one of them says. */
const ENGINE_ORDER: readonly Result[] = ['failed', 'unknown', 'needs-review', 'passed', 'not-run', 'not-applicable']
const WEAKENING_ORDER: readonly WeakeningRecord['result'][] = ['missed', 'broken', 'detected', 'not-run']

function foremost<T extends { readonly result: R }, R>(items: readonly T[], order: readonly R[]): T {
  return [...items].sort((a, b) => order.indexOf(a.result) - order.indexOf(b.result))[0]!
}

function joinTargets(records: readonly RunRecord[]): RunRecord['targets'] {
  return [
    ...groups(
      records.flatMap((record) => record.targets),
      ({ name }) => name,
    ),
  ].map((same) => {
    const keys = [...new Set(same.flatMap(({ facts }) => Object.keys(facts)))]
    const facts = keys.map((key) => [
      key,
      distinct(same.map((target) => (Object.hasOwn(target.facts, key) ? target.facts[key]! : 'not said'))),
    ])
    return { ...same[0]!, version: distinct(same.map(({ version }) => version)), facts: Object.fromEntries(facts) }
  })
}

function joinStages(records: readonly RunRecord[]): RunRecord['stages'] {
  const all = records.flatMap((record) =>
    record.stages.filter(({ name }) => name !== OTHER_SHARDS).map((stage) => ({ ...stage, label: labelOf(record) })),
  )
  return [...groups(all, ({ name }) => name)].map((same) => ({
    name: same[0]!.name,
    result: stageResult(same.map(({ result }) => result)),
    reason: same.map(({ label, reason }) => `${label}: ${reason}`).join('; '),
    seconds: sum(same.map(({ seconds }) => seconds)),
  }))
}

/** A part that was run on one machine and not on another has not passed. */
function stageResult(results: readonly Result[]): Result {
  const relevant = results.filter((result) => result !== 'not-applicable')
  if (relevant.length === 0) return 'not-applicable'
  if (new Set(relevant).size === 1) return relevant[0]!
  return relevant.includes('failed') ? 'failed' : relevant.includes('unknown') ? 'unknown' : 'needs-review'
}

function joinEngine(same: readonly EngineRunRecord[]): EngineRunRecord {
  const one = foremost(same, ENGINE_ORDER)
  const executions = sum(same.map((engine) => engine.executions))
  const seconds = sum(same.map((engine) => engine.seconds))
  return { ...one, executions, seconds, executionsPerSecond: seconds > 0 ? executions / seconds : one.executionsPerSecond }
}

const joinWeakening = (same: readonly WeakeningRecord[]): WeakeningRecord => foremost(same, WEAKENING_ORDER)

function joinFindings(records: readonly RunRecord[]): FindingRecord[] {
  const findings = new Findings()
  const inTime = records.flatMap((record) => record.findings).sort((a, b) => (a.firstSeen < b.firstSeen ? -1 : 1))
  // Copies, as counting changes them.
  for (const finding of inTime) findings.add({ ...finding })
  return findings.list()
}

// --- how it ended ------------------------------------------------------------------------------------------------------------------------

function missingShards(records: readonly RunRecord[]): string | null {
  const { shard } = records[0]!
  return shard
    ? otherShards(
        records.map((record) => record.shard!.number),
        shard.of,
      )
    : null
}

function noteMissing(joined: RunRecord, records: readonly RunRecord[]): void {
  const missing = missingShards(records)
  if (missing !== null) {
    const reason = `${missing}: no report of it was joined, so its part of the work is not in this one`
    joined.stages.push({ name: OTHER_SHARDS, result: 'not-run', reason, seconds: 0 })
    return
  }
  const fault = harnessFault(joined, records)
  if (fault !== null) joined.faults.push(fault)
}

/** A shard has too few cases to show that the harness sees; the whole can, if the whole was run. */
function harnessFault(joined: RunRecord, records: readonly RunRecord[]): string | null {
  const { shard } = records[0]!
  const whole = records.every((record) => record.completion !== 'interrupted')
  const ranCorpus = joined.stages.some(({ name, result }) => name === 'corpus' && result !== 'not-run')
  const naive = joined.targets.find(({ name }) => name === 'bare')
  return shard && whole && ranCorpus && naive ? selfCheck(joined.trials, naive.name) : null
}

function settle(joined: RunRecord, records: readonly RunRecord[]): void {
  const missing = missingShards(records)
  const stopped = records.filter((record) => record.completion === 'interrupted').map(labelOf)
  const fault = joined.faults[0] ?? doubtOf(joined)
  const covered = coveredFindings(joined)
  const expired = expiredDecision(joined)
  const unfinished = missing ?? (stopped.length > 0 ? stopped.join(', ') : null)
  joined.completion = unfinished !== null ? 'interrupted' : joined.faults.length > 0 ? 'fault' : 'complete'
  joined.completionReason =
    missing !== null
      ? `no report of ${missing} was joined`
      : unfinished !== null
        ? `it was not run to its end on ${unfinished}`
        : (joined.faults[0] ?? expired ?? fault ?? `all ${records.length} runs have ended`)
  const violated =
    expired !== null ||
    joined.findings.some((finding) => decides(finding) && !covered.has(finding.id)) ||
    records.some(violatedElsewhere)
  // What is unfinished is worth no more than a fault of the harness.
  joined.exitCode = violated ? EXIT.violated : unfinished !== null || fault !== null ? EXIT.fault : EXIT.clean
}

/** A record does not say which targets the user named. The naive host is there without that, as a check of the harness. */
const decides = ({ own, target }: FindingRecord): boolean => own || target !== 'bare'

/** The code of a run that failed by something else than what is decided anew here: the user had named the naive host. */
const violatedElsewhere = ({ exitCode, findings, risks = [] }: RunRecord): boolean =>
  exitCode === EXIT.violated && !findings.some(decides) && !risks.some(({ state }) => state === 'expired')

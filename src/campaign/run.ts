// A run of the gauntlet: prepares, goes through the stages within the time, and always ends with a record of what it found.
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Attack } from '../attacks/attack.ts'
import type { FindingRecord, RunRecord } from '../reports/run-record.ts'
import { resolveTarget } from '../targets/load.ts'
import { Budget } from './budget.ts'
import { Chamber, ChamberError } from './chamber.ts'
import { monotonicMs } from './clock.ts'
import { conclude } from './conclude.ts'
import { sourcesDigest } from './elsewhere/made.ts'
import { noteProven } from './elsewhere/proven-file.ts'
import { doubtOf, exitCodeOf, type FailOn, knownFindings } from './exit-code.ts'
import { enterHistory } from './history/look-back.ts'
import { collectUnfinished, Journal } from './journal.ts'
import { readMutationScore } from './mutation-score.ts'
import { type GauntletOptions, STAGES, type StageName, WEIGHTS } from './options.ts'
import { notOurs, OUR_STAGES, OWN_TARGETS } from './our-code.ts'
import { expiredDecision } from './risk-decisions.ts'
import { PARTIAL_NAME, RunContext, type RunTarget } from './run-context.ts'
import { otherShards, shardText } from './shard.ts'
import { corpusStage } from './stages/corpus.ts'
import { coverageStage } from './stages/coverage-guided.ts'
import { generatedStage } from './stages/generated.ts'
import { propertiesStage } from './stages/properties.ts'
import { plural, type Stage, type StageEnding } from './stages/stage.ts'
import { weakeningsStage } from './stages/weakenings.ts'

export type { GauntletEvent, GauntletOptions, GauntletParts, StageName } from './options.ts'
export { STAGES } from './options.ts'

const DEFAULT_TARGETS = ['jail', 'inline', 'bare'] as const

const STAGE_OF: Readonly<Record<Exclude<StageName, 'reports'>, Stage>> = {
  corpus: corpusStage,
  weakenings: weakeningsStage,
  properties: propertiesStage,
  generated: generatedStage,
  'coverage-guided': coverageStage,
}

/**
 * Runs the gauntlet and writes its reports into the run's directory. The record says how it ended and with which exit code. Rejects only if
 * a named target is no target (TargetError) or the reports cannot be written (then report.json.partial has everything).
 */
export async function runGauntlet(options: GauntletOptions): Promise<RunRecord> {
  const named = options.targets?.map((specifier) => resolveTarget(specifier))
  const context = new RunContext(options)
  const sources = sourcesDigest(options.root)
  const budget = new Budget(options.budgetMs)
  noteUnfinished(context)
  context.journal = new Journal(context.options.runDirectory)
  try {
    await prepare(context, named)
    await runStages(context, budget)
    noteOtherShards(context)
  } finally {
    context.checkpoint(true)
    context.journal.close()
  }
  await finish(context)
  await keepProven(context, sources)
  return context.record
}

/** What earlier runs had in flight when they were killed. */
function noteUnfinished(context: RunContext): void {
  for (const { run, trials } of collectUnfinished(dirname(context.options.runDirectory))) {
    const reason = `the run ${run} was killed with ${plural(trials.length, 'trial')} in flight, kept in ${dirname(trials[0]!)}: replay them`
    context.record.stages.push({ name: 'unfinished', result: 'needs-review', reason, seconds: 0 })
  }
}

const wanted = (attack: Attack, only: readonly string[] | undefined): boolean =>
  !only || only.includes(attack.id) || attack.threats.some((threat) => only.includes(threat))

/** Loads corpus and threat model and opens each target once. What cannot be had is a fault, and the run does what it can without it. */
async function prepare(context: RunContext, named: readonly string[] | undefined): Promise<void> {
  const { parts, options, record } = context
  await attempt(context, 'the threat model', async () => {
    const model = await parts.loadThreatModel()
    context.model = model
    context.places = new Map(model.threats.map(({ id, file, line }) => [id, { file, line }]))
    record.boundaries = model.boundaries.map(({ id, title, between, description }) => ({
      id,
      title,
      between: [...between],
      description,
    }))
  })
  await attempt(context, 'the index of findings', async () => await context.recall())
  await attempt(context, 'the corpus', async () => {
    const { attacks, unreadable } = await parts.loadAttacks()
    for (const text of unreadable) context.fault(text)
    context.attacks = attacks.filter((attack) => wanted(attack, options.only))
  })
  for (const specifier of named ?? DEFAULT_TARGETS) await addTarget(context, specifier, named !== undefined)
}

async function attempt(context: RunContext, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    context.fault(`${what} could not be used: ${describe(error)}`)
  }
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Opens the target once: does it load, what is it called, what does it say of itself? */
async function addTarget(context: RunContext, specifier: string, isNamed: boolean): Promise<void> {
  if (context.interrupted) return
  try {
    const chamber = await Chamber.open({ target: specifier })
    const facts = await chamber.describe()
    await chamber.close()
    const { info } = chamber
    const own = OWN_TARGETS.includes(specifier)
    const target: RunTarget = { chamber: { target: specifier }, name: info.name, own, decides: own || isNamed, info }
    context.targets.push(target)
    context.record.targets.push({ name: info.name, version: info.version, own, facts })
  } catch (error) {
    if (!(error instanceof ChamberError)) throw error
    context.fault(`the target ${specifier} could not be used: ${error.message}`)
  }
}

/** Name of the entry under the stages that says which shards a report lacks. */
export const OTHER_SHARDS = 'other shards'

/** A part must not look like the whole: what is in other machines' hands stands in the report as not run. */
function noteOtherShards(context: RunContext): void {
  const { shard } = context.options
  const others = shard ? otherShards([shard.number], shard.of) : null
  if (others === null) return
  const reason = `${others}: join their reports with this one: gauntlet merge`
  context.record.stages.push({ name: OTHER_SHARDS, result: 'not-run', reason, seconds: 0 })
}

async function runStages(context: RunContext, budget: Budget): Promise<void> {
  const asked = context.options.stages ?? STAGES
  const plan = STAGES.filter((name): name is Exclude<StageName, 'reports'> => name !== 'reports')
  // What has nothing to do gets no part of the time.
  const idle: readonly StageName[] = notOurs(context.options.targets) === null ? [] : OUR_STAGES
  for (const [index, name] of plan.entries()) {
    const rest = plan.slice(index).filter((later) => asked.includes(later) && !idle.includes(later))
    const weights = rest.reduce((sum, later) => sum + WEIGHTS[later], 0)
    const share = new Budget((budget.remainingMs * WEIGHTS[name]) / Math.max(1, weights))
    if (!asked.includes(name)) note(context, name, { result: 'not-run', reason: 'it was not asked for' }, 0)
    else if (context.interrupted) note(context, name, { result: 'not-run', reason: 'the run was interrupted before' }, 0)
    else await runStage(context, name, share)
  }
}

async function runStage(context: RunContext, name: Exclude<StageName, 'reports'>, share: Budget): Promise<void> {
  const startedMs = monotonicMs()
  context.emit({ type: 'stage-started', stage: name, seconds: share.milliseconds / 1000 })
  let ending: StageEnding
  try {
    ending = await STAGE_OF[name](context, share)
  } catch (error) {
    // A defect of the harness in one stage must not cost what the others can find.
    const reason = `the stage ${name} failed: ${describe(error)}`
    context.fault(reason)
    ending = { result: 'unknown', reason }
  }
  note(context, name, ending, (monotonicMs() - startedMs) / 1000)
}

function note(context: RunContext, stage: StageName, { result, reason }: StageEnding, seconds: number): void {
  context.record.stages.push({ name: stage, result, reason, seconds })
  context.emit({ type: 'stage-ended', stage, result, reason, seconds })
  context.checkpoint(true)
}

/** Whom the run is about, if that is not our own sandbox: the named targets, if none of them is it. */
function subjectOf({ targets }: RunContext): string[] | null {
  const named = targets.filter((target) => target.decides)
  const foreign = named.length > 0 && named.every((target) => !target.own)
  return foreign ? named.map(({ name }) => name) : null
}

/** Computes what follows from the evidence, settles how the run ended, and writes the reports. */
async function finish(context: RunContext): Promise<void> {
  const { record, options } = context
  const deciding = new Set(context.targets.filter((target) => target.decides).map((target) => target.name))
  const decides = ({ own, target }: Pick<FindingRecord, 'own' | 'target'>): boolean => own || deciding.has(target)
  const reports = dirname(options.runDirectory)
  const startedMs = monotonicMs()
  context.emit({ type: 'stage-started', stage: 'reports', seconds: 0 })
  record.findings = context.findings.list()
  const subject = subjectOf(context)
  if (subject) record.subject = subject
  else record.mutation = readMutationScore(options.root)
  await context.remember()
  record.finishedAt = new Date().toISOString()
  conclude(record, {
    root: options.root,
    reports,
    history: reports,
    ...(options.against !== undefined && { against: options.against }),
    model: context.model,
    decides,
    settle: () => settle(record, context.interrupted, deciding, options.failOn),
  })
  record.stages.push({ name: 'reports', result: 'passed', reason: 'written', seconds: (monotonicMs() - startedMs) / 1000 })
  await context.parts.writeReports(record, options.runDirectory)
  rmSync(join(options.runDirectory, PARTIAL_NAME), { force: true })
  const problem = await enterHistory(record, options.runDirectory, reports, decides)
  if (problem !== null) context.emit({ type: 'fault', text: problem })
  context.emit({
    type: 'stage-ended',
    stage: 'reports',
    result: 'passed',
    reason: 'written',
    seconds: (monotonicMs() - startedMs) / 1000,
  })
}

/** What was planted now need not be planted again in the same sources. The reports are written by then, and are no worse if this fails. */
async function keepProven({ record, options }: RunContext, sources: string): Promise<void> {
  try {
    const planting = {
      ...{ seed: options.seed, at: record.finishedAt, node: record.environment.node, commit: record.project.commit },
      sources: sourcesDigest(options.root) === sources ? sources : null,
      source: record.command,
    }
    await noteProven(dirname(options.runDirectory), record.weakenings, planting)
  } catch (error) {
    options.onEvent?.({ type: 'fault', text: `which weakenings were detected was not kept: ${describe(error)}` })
  }
}

function settle(record: RunRecord, interrupted: boolean, deciding: ReadonlySet<string>, failOn?: FailOn): void {
  const fault = record.faults[0]
  record.completion = interrupted ? 'interrupted' : fault === undefined ? 'complete' : 'fault'
  const done = record.stages.filter((stage) => stage.result !== 'not-run').map((stage) => stage.name)
  record.completionReason = interrupted
    ? `stopped by the user; what was done: ${done.join(', ') || 'nothing'}`
    : (fault ??
      expiredDecision(record) ??
      doubtOf(record) ??
      `every stage that was asked for has ended${record.shard ? `, for ${shardText(record.shard)}` : ''}${failOn === 'new' ? leftOpen(record, deciding) : ''}`)
  record.exitCode = exitCodeOf(record, interrupted, deciding, failOn)
}

/** An exit code that is clean beside a report with findings has to be explained. */
function leftOpen(record: RunRecord, deciding: ReadonlySet<string>): string {
  const known = knownFindings(record, deciding)
  return known.length === 0
    ? ''
    : `; ${plural(known.length, 'finding')} that ${record.changes?.against} had left open decided nothing`
}

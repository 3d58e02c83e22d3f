// The state of a run that its stages share: the record as it grows, the findings, and the rules by which both are kept safe.
import { renameSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Attack } from '../attacks/attack.ts'
import { ReportError } from '../reports/report-error.ts'
import type { FindingRecord, RunRecord } from '../reports/run-record.ts'
import { RUN_RECORD_VERSION } from '../reports/run-record.ts'
import type { ThreatModel } from '../threats/index.ts'
import { seeAgain, type TryAgain } from './again.ts'
import { ChamberError, type ChamberInfo } from './chamber.ts'
import { monotonicMs } from './clock.ts'
import { describeEnvironment, describeProject } from './environment.ts'
import { FindingIndexError, type IndexEntry, noteFindings, readFindingIndex } from './finding-index.ts'
import { canBeMinimised, minimiseFinding, writeReproducer } from './findings.ts'
import type { Journal } from './journal.ts'
import type { GauntletEvent, GauntletOptions, GauntletParts } from './options.ts'
import { projectParts } from './parts.ts'
import { defaultParallel } from './pool.ts'
import { showsAgain } from './regression.ts'
import { sandboxDigest } from './sandbox-digest.ts'
import { itemsOfShard, listDigest } from './shard.ts'
import { Findings, type ThreatPlaces } from './triage.ts'
import { findingIn, type TargetChoice, type Tried } from './trials.ts'

export interface RunTarget extends TargetChoice {
  readonly info: ChamberInfo
}

/** Time between two checkpoints that nothing urgent asks for, in milliseconds. */
const CHECKPOINT_EVERY_MS = 2_000
/** Time for making one finding smaller, in milliseconds, at most and at least. */
const MINIMISE_MS = { most: 20_000, least: 1_000 }
/** Part of a run's time that goes into making findings smaller; each finding takes a third of what is left of it. */
const MINIMISE_PART = 0.25
export const PARTIAL_NAME = 'report.json.partial'

export class RunContext {
  readonly options: GauntletOptions
  readonly parts: GauntletParts
  readonly record: RunRecord
  readonly findings = new Findings()
  readonly parallel: number
  journal: Journal | null = null
  targets: RunTarget[] = []
  attacks: readonly Attack[] = []
  model: ThreatModel | null = null
  places: ThreatPlaces = new Map()
  /** What earlier runs found, by id. */
  known: ReadonlyMap<string, IndexEntry> = new Map()
  #checkpointMs = 0
  #minimiseMs: number

  constructor(options: GauntletOptions) {
    // Absolute, because other processes, with other working directories, write there too.
    this.options = { ...options, runDirectory: resolve(options.runDirectory) }
    this.#minimiseMs = options.budgetMs * MINIMISE_PART
    this.parts = { ...projectParts(options.root, options.overlays), ...options.parts }
    this.parallel = options.parallel ?? defaultParallel()
    this.record = emptyRecord(options)
  }

  get signal(): AbortSignal | undefined {
    return this.options.signal
  }

  get interrupted(): boolean {
    return this.options.signal?.aborted === true
  }

  /** What of a list is this machine's: all of it, unless the run is one shard of several. */
  mine<T>(list: string, items: readonly T[], nameOf: (item: T) => string): readonly T[] {
    const { shard } = this.options
    if (!shard || !this.record.shard) return items
    this.record.shard.lists[list] = listDigest(items.map(nameOf))
    return itemsOfShard(items, nameOf, shard)
  }

  emit(event: GauntletEvent): void {
    this.options.onEvent?.(event)
  }

  /** A fault of the harness: it does not stop the run, but the run is not clean. */
  fault(text: string): void {
    if (this.record.faults.includes(text)) return
    this.record.faults.push(text)
    this.emit({ type: 'fault', text })
    this.checkpoint(true)
  }

  /** Writes what is known so far to disk, in one step, so that a killed run has lost nothing but its last moments. */
  checkpoint(now = false): void {
    if (!now && monotonicMs() - this.#checkpointMs < CHECKPOINT_EVERY_MS) return
    this.#checkpointMs = monotonicMs()
    this.record.findings = this.findings.list()
    this.record.finishedAt = new Date().toISOString()
    const path = join(this.options.runDirectory, PARTIAL_NAME)
    const text = JSON.stringify({
      ...this.record,
      completion: 'interrupted',
      completionReason: 'The run was ended before it could write its report.',
    })
    writeFileSync(`${path}.new`, text)
    renameSync(`${path}.new`, path)
  }

  /** Takes in a finding of whatever kind. Returns true if its cause is new. */
  take(finding: FindingRecord): boolean {
    const before = this.known.get(finding.id)?.finding
    const isNew = this.findings.add({ ...finding, firstSeen: before?.firstSeen ?? finding.firstSeen })
    if (isNew) {
      this.emit({ type: 'finding', finding })
      this.checkpoint(true)
    }
    return isNew
  }

  /** Takes in what a trial shows: on disk first, then tried again and made smaller. */
  async report(tried: Tried, target: TargetChoice, source: FindingRecord['source']): Promise<void> {
    const finding = findingIn(tried, target, source, this.places)
    if (!finding || !this.take(finding)) return
    const { runDirectory } = this.options
    this.findings.update(finding.id, await writeReproducer(runDirectory, finding, tried, target, tried.trial.bytes))
    this.checkpoint(true)
    try {
      await this.#examine(finding, tried, target)
    } catch (error) {
      if (!(error instanceof ChamberError)) throw error
      this.fault(`the finding ${finding.id} could not be tried again: ${error.message}`)
    }
    await this.remember([finding.id])
    this.checkpoint(true)
  }

  /** The same for what a property or an engine found, where a trial is none: it is tried again in its own way. */
  async reportFailure(
    finding: FindingRecord,
    again: TryAgain,
    smaller: () => Promise<Partial<FindingRecord>> = async () => ({}),
  ): Promise<void> {
    if (!this.take(finding)) return
    const seen = await seeAgain(again, this.signal)
    this.findings.update(finding.id, seen)
    if (seen.reproduced.times > 0 && !this.interrupted) this.findings.update(finding.id, await smaller())
    await this.remember([finding.id])
    this.checkpoint(true)
  }

  /** Reads what earlier runs found. */
  async recall(): Promise<void> {
    this.known = await readFindingIndex(dirname(this.options.runDirectory))
  }

  /** Writes findings, or all of them, into the index of all runs. A run is no worse for it if that cannot be done, but says so. */
  async remember(ids?: readonly string[]): Promise<void> {
    const { runDirectory, run } = this.options
    const findings = this.findings.list().filter(({ id }) => ids?.includes(id) ?? true)
    try {
      await noteFindings(dirname(runDirectory), run, findings)
    } catch (error) {
      if (!(error instanceof FindingIndexError || error instanceof ReportError)) throw error
      this.fault(`the index of findings was not written: ${error.message}`)
    }
  }

  async #examine(finding: FindingRecord, tried: Tried, target: TargetChoice): Promise<void> {
    // A host that is known not to hold needs no second look: it is there to show that the attacks bite.
    if (!target.decides) {
      this.findings.update(finding.id, { reproduced: { runs: 1, times: 1 } })
      return
    }
    const { attack, role, trial } = tried
    const seen = await seeAgain(() => showsAgain(target, attack, role, finding), this.signal)
    this.findings.update(finding.id, seen)
    if (seen.reproduced.times === 0 || this.interrupted || !canBeMinimised(finding, target.own, trial.bytes)) return
    const startedMs = monotonicMs()
    const share = Math.min(MINIMISE_MS.most, Math.max(MINIMISE_MS.least, this.#minimiseMs / 3))
    // With what is known by now: a flaky finding is asked for more often.
    const bytes = await minimiseFinding({ ...finding, ...seen }, tried, target, share, this.signal)
    this.#minimiseMs -= monotonicMs() - startedMs
    if (bytes.length >= trial.bytes.length) return
    const files = await writeReproducer(this.options.runDirectory, finding, tried, target, bytes)
    this.findings.update(finding.id, { ...files, bytesAfter: bytes.length })
  }
}

function emptyRecord(options: GauntletOptions): RunRecord {
  const now = new Date().toISOString()
  const sandbox = sandboxDigest()
  return {
    schemaVersion: RUN_RECORD_VERSION,
    run: options.run,
    project: { ...describeProject(options.root), ...(sandbox !== undefined && { sandbox }) },
    startedAt: now,
    finishedAt: now,
    command: options.command,
    seed: options.seed,
    budgetSeconds: options.budgetMs / 1000,
    completion: 'complete',
    completionReason: '',
    exitCode: 0,
    ...(options.shard && { shard: { ...options.shard, lists: {} } }),
    environment: describeEnvironment(options.root),
    targets: [],
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
  }
}

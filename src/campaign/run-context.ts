// The state of a run that its stages share: the record as it grows, the findings, and the rules by which both are kept safe.
import { renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Attack } from '../attacks/attack.ts'
import type { FindingRecord, RunRecord } from '../reports/run-record.ts'
import { RUN_RECORD_VERSION } from '../reports/run-record.ts'
import type { ThreatModel } from '../threats/index.ts'
import { ChamberError, type ChamberInfo } from './chamber.ts'
import { monotonicMs } from './clock.ts'
import { describeEnvironment, describeProject } from './environment.ts'
import { canBeMinimised, minimiseFinding, writeReproducer } from './findings.ts'
import type { Journal } from './journal.ts'
import type { GauntletEvent, GauntletOptions, GauntletParts } from './options.ts'
import { projectParts } from './parts.ts'
import { defaultParallel } from './pool.ts'
import { confirm } from './regression.ts'
import { Findings, type ThreatPlaces } from './triage.ts'
import { findingIn, type TargetChoice, type Tried } from './trials.ts'

export interface RunTarget extends TargetChoice {
  readonly info: ChamberInfo
}

/** Time between two checkpoints that nothing urgent asks for, in milliseconds. */
const CHECKPOINT_EVERY_MS = 2_000
/** Times that a violation is tried again. */
const CONFIRMATIONS = 3
/** Time for making one finding smaller, in milliseconds. */
const MINIMISE_MS = 20_000
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
  #checkpointMs = 0

  constructor(options: GauntletOptions) {
    // Absolute, because other processes, with other working directories, write there too.
    this.options = { ...options, runDirectory: resolve(options.runDirectory) }
    this.parts = { ...projectParts(options.root), ...options.parts }
    this.parallel = options.parallel ?? defaultParallel()
    this.record = emptyRecord(options)
  }

  get signal(): AbortSignal | undefined {
    return this.options.signal
  }

  get interrupted(): boolean {
    return this.options.signal?.aborted === true
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
    const isNew = this.findings.add(finding)
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
    this.checkpoint(true)
  }

  async #examine(finding: FindingRecord, tried: Tried, target: TargetChoice): Promise<void> {
    // A host that is known not to hold needs no second look: it is there to show that the attacks bite.
    if (!target.decides) {
      this.findings.update(finding.id, { reproduced: { runs: 1, times: 1 } })
      return
    }
    const { attack, role, trial } = tried
    const reproduced = await confirm(target, attack, role, finding, CONFIRMATIONS, this.signal)
    this.findings.update(finding.id, { reproduced })
    if (reproduced.times === 0 || this.interrupted || !canBeMinimised(finding)) return
    const bytes = await minimiseFinding(finding, tried, target, MINIMISE_MS, this.signal)
    if (bytes.length >= trial.bytes.length) return
    const files = await writeReproducer(this.options.runDirectory, finding, tried, target, bytes)
    this.findings.update(finding.id, { ...files, bytesAfter: bytes.length })
  }
}

function emptyRecord(options: GauntletOptions): RunRecord {
  const now = new Date().toISOString()
  return {
    schemaVersion: RUN_RECORD_VERSION,
    run: options.run,
    project: describeProject(options.root),
    startedAt: now,
    finishedAt: now,
    command: options.command,
    seed: options.seed,
    budgetSeconds: options.budgetMs / 1000,
    completion: 'complete',
    completionReason: '',
    exitCode: 0,
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

// Coverage-guided fuzzing with jazzer.js: runs a compiled target for some time, keeps going after a finding, and refuses to call a run
// a pass in which the engine could not see the target's code.

import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { type Failure, type FindingKind, findingKey } from './finding-key.ts'
import { type AddonLocation, locateAddon } from './jazzer-addon.ts'
import { type FuzzingSetup, jazzerCommand, replayInputCommand, shellCommand, writeEntry } from './jazzer-command.ts'
import { judgeExit, saveInput } from './jazzer-failure.ts'
import { type JazzerExit, runJazzer } from './jazzer-process.ts'
import {
  createJournal,
  JOURNAL_VARIABLE,
  KNOWN_FINDINGS_VARIABLE,
  PARENT_VARIABLE,
  readExecutions,
  thrownRecordPath,
} from './journal.ts'

export interface CoverageProgress {
  readonly execs: number
  readonly execsPerSecond: number
  readonly edges: number
  readonly features: number
}

export interface CoverageOptions {
  /** Absolute path of a compiled .js, .mjs or .cjs file that exports `fuzz(data: Buffer)`, synchronous. */
  readonly target: string
  /** Parts of file paths: a file is instrumented if its path contains one of them. TypeScript sources are never instrumented. */
  readonly includes: readonly string[]
  /** Receives the inputs that reached something new, and is read at the start. Created if missing. */
  readonly corpusDir: string
  /** Further inputs to start from; never written to. May be missing. */
  readonly seedCorpusDir?: string
  /** Receives the inputs of findings, and this run's working files. Created if missing. */
  readonly artifactDir: string
  /** Time for the whole run. Loading and instrumenting the target count, so give it a few seconds at least. */
  readonly seconds: number
  /** 1 to 2^31 - 1. The same seed, corpus and number of executions give the same inputs. */
  readonly seed: number
  /** Largest input in bytes. */
  readonly maxLength: number
  /** Path of a libFuzzer dictionary. */
  readonly dictionary?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: CoverageProgress) => void
  /** Default: this process's own Node. */
  readonly nodePath?: string
  readonly nodeArguments?: readonly string[]
  /** Environment variables for the target, which otherwise sees almost none. */
  readonly environment?: Readonly<Record<string, string>>
  /** Milliseconds for one execution, rounded up to seconds by the engine. Default 5000. */
  readonly timeoutMs?: number
  /** Resident memory of the fuzzing process in MiB. Default 2048. */
  readonly rssLimitMb?: number
  /** Names of jazzer.js' bug detectors to switch on, such as `prototype-pollution`. Default none. */
  readonly bugDetectors?: readonly string[]
  /** The run is blind with fewer instrumented edges than this. Default 8: less than any parser has, more than a bare wrapper function. */
  readonly minimumEdges?: number
  /** The run is blind if it reached fewer edges than this: a target that does nothing has all the edges of the code that it does not call. */
  readonly minimumReached?: number
  /** The run ends when it has this many distinct findings. Default 16. */
  readonly maxFindings?: number
  /** Executions of one round, after which the run ends. Default: as many as the time allows. */
  readonly maxExecutions?: number
  readonly addonPath?: string
  readonly cacheDirectories?: readonly string[]
}

export interface CoverageArtifact {
  readonly kind: FindingKind
  /** File with the input. */
  readonly path: string
  readonly bytesSha256: string
  readonly message: string
  readonly stack: readonly string[]
  /** Equal for findings that count as the same bug. */
  readonly key: string
  /** Seconds from the start of the run to the finding. */
  readonly foundAfter: number
  /** True if only the beginning of the input could be saved. */
  readonly truncated: boolean
  /** Shell line that runs the input through the target, without the engine. */
  readonly replayCommand: string
}

/** `finding` outranks `interrupted`, which outranks `blind`: whoever stops a run still wants to know what it found. */
export type CoverageStatus = 'completed' | 'finding' | 'blind' | 'not-run' | 'interrupted' | 'engine-fault'

export interface CoverageRun {
  readonly status: CoverageStatus
  /** Why the run is not simply completed. Also says so when a run with findings was blind, interrupted or ended by a fault. */
  readonly reason?: string
  readonly executions: number
  readonly execsPerSecond: number
  /** Counters in the instrumented ES modules. CommonJS modules do not tell theirs; for them this is the number of edges reached. */
  readonly instrumentedEdges: number
  readonly coverageInitial: number
  readonly coverageFinal: number
  readonly features: number
  /** Files in the corpus folder at the end. */
  readonly corpusSize: number
  /** Wall-clock time of the run. */
  readonly seconds: number
  readonly addon: AddonLocation
  readonly artifacts: readonly CoverageArtifact[]
  /** Shell line that repeats the first round: same seed, same limits. Empty if the run could not start. */
  readonly replayCommand: string
}

const DEFAULTS = { timeoutMs: 5_000, rssLimitMb: 2_048, minimumEdges: 8, maxFindings: 16 }
/** Starting, instrumenting and stopping on a busy machine; a process that takes this much longer than its time is stuck. */
const KILL_GRACE_MS = 30_000
/** Rounds that find nothing but known bugs before the run gives up: an input that kills the process cannot be stepped over. */
const MAXIMUM_BARREN_ROUNDS = 4

const NOTHING_MEASURED = {
  executions: 0,
  execsPerSecond: 0,
  instrumentedEdges: 0,
  coverageInitial: 0,
  coverageFinal: 0,
  features: 0,
  corpusSize: 0,
  seconds: 0,
  artifacts: [],
  replayCommand: '',
}

/** Throws on options that are wrong whatever the machine: one sentence, with the option's name. */
function checkOptions(options: CoverageOptions): void {
  const integer = (name: 'seed' | 'maxLength', maximum: number): void => {
    const value = options[name]
    if (!Number.isInteger(value) || value < 1 || value > maximum) {
      throw new RangeError(`${name} is ${value}; it must be an integer from 1 to ${maximum}`)
    }
  }
  if (!isAbsolute(options.target) || !/\.[cm]?js$/.test(options.target)) {
    throw new TypeError(`target is ${options.target}; it must be the absolute path of a compiled .js, .mjs or .cjs file`)
  }
  if (options.includes.length === 0) throw new TypeError('includes is empty; name at least one part of a path to instrument')
  for (const name of ['corpusDir', 'artifactDir'] as const) {
    if (!isAbsolute(options[name])) throw new TypeError(`${name} is ${options[name]}; it must be an absolute path`)
  }
  if (!(options.seconds >= 1)) throw new RangeError(`seconds is ${options.seconds}; a run needs at least 1`)
  integer('seed', 2 ** 31 - 1)
  // libFuzzer reads its sizes as int.
  integer('maxLength', 2 ** 31 - 1)
}

function countFiles(directory: string | undefined): number {
  if (directory === undefined || !existsSync(directory)) return 0
  return readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile()).length
}

/** One run: the rounds, what they measured together, and what they found. */
class Run {
  readonly #options: CoverageOptions
  readonly #setup: FuzzingSetup
  readonly #corpora: readonly string[]
  readonly #journalPath: string
  readonly #knownPath: string
  readonly #signal: AbortSignal
  readonly #started = performance.now()
  readonly #startedEmpty: boolean
  readonly #artifacts = new Map<string, CoverageArtifact>()
  readonly #notes: string[] = []
  #barrenRounds = 0
  #executions = 0
  #fuzzingSeconds = 0
  #moduleEdges = 0
  #coverageInitial: number | undefined
  #coverage = 0
  #features = 0
  #faulted = false
  #finished = false

  constructor(options: CoverageOptions, setup: FuzzingSetup, workDirectory: string) {
    this.#options = options
    this.#setup = setup
    this.#corpora = [options.corpusDir, ...(existsSync(options.seedCorpusDir ?? '') ? [options.seedCorpusDir!] : [])]
    this.#journalPath = join(workDirectory, 'journal.bin')
    this.#knownPath = join(workDirectory, 'known-findings.json')
    this.#signal = options.signal ?? new AbortController().signal
    this.#startedEmpty = this.#corpora.every((directory) => countFiles(directory) === 0)
  }

  get #elapsed(): number {
    return (performance.now() - this.#started) / 1000
  }

  #limits(round: number, seconds: number): string[] {
    // Another seed for each round, or a restarted engine would walk the way of the last one again.
    const seed = ((this.#options.seed - 1 + round) % (2 ** 31 - 1)) + 1
    const { maxExecutions } = this.#options
    return [`-seed=${seed}`, `-max_total_time=${seconds}`, ...(maxExecutions === undefined ? [] : [`-runs=${maxExecutions}`])]
  }

  #environment(): Record<string, string> {
    return {
      [JOURNAL_VARIABLE]: this.#journalPath,
      [KNOWN_FINDINGS_VARIABLE]: this.#knownPath,
      [PARENT_VARIABLE]: String(process.pid),
    }
  }

  #launch(corpora: readonly string[], limits: readonly string[], seconds: number): Promise<JazzerExit> {
    createJournal(this.#journalPath, this.#options.maxLength)
    rmSync(thrownRecordPath(this.#journalPath), { force: true })
    writeFileSync(this.#knownPath, JSON.stringify([...this.#artifacts.keys()]))
    const command = jazzerCommand(this.#setup, corpora, limits)
    return runJazzer({
      command: { ...command, environment: { ...command.environment, ...this.#environment() } },
      workDirectory: this.#setup.artifactDir,
      journalPath: this.#journalPath,
      killAfter: seconds * 1000 + this.#setup.timeoutMs + KILL_GRACE_MS,
      signal: this.#signal,
      onProgress: (output, executions, fuzzingSeconds) =>
        this.#options.onProgress?.({
          execs: this.#executions + executions,
          execsPerSecond: rate(this.#executions + executions, this.#fuzzingSeconds + fuzzingSeconds),
          edges: Math.max(this.#coverage, output.coverage),
          features: Math.max(this.#features, output.features),
        }),
    })
  }

  #measure(exit: JazzerExit): void {
    this.#executions += readExecutions(this.#journalPath)
    this.#fuzzingSeconds += exit.fuzzingSeconds
    this.#moduleEdges = Math.max(this.#moduleEdges, exit.output.moduleEdges)
    this.#coverageInitial ??= exit.output.coverageInitial
    this.#coverage = Math.max(this.#coverage, exit.output.coverage)
    this.#features = Math.max(this.#features, exit.output.features)
  }

  #keep(exit: JazzerExit, failure: Failure): void {
    const key = findingKey(failure)
    this.#barrenRounds += 1
    if (this.#artifacts.has(key)) return
    this.#barrenRounds = 0
    const input = saveInput(exit.output, failure, this.#journalPath, this.#setup.artifactDir)
    const replayCommand = replayInputCommand(this.#setup, this.#options.target, input.path)
    this.#artifacts.set(key, { ...failure, ...input, key, foundAfter: this.#elapsed, replayCommand })
  }

  async #round(round: number, seconds: number): Promise<void> {
    const exit = await this.#launch(this.#corpora, this.#limits(round, seconds), seconds)
    this.#measure(exit)
    if (exit.killed === 'aborted') return
    const outcome = judgeExit(exit, this.#journalPath)
    if (outcome.status === 'failure') return this.#keep(exit, outcome.failure)
    this.#finished = true
    if (outcome.status === 'clean') return
    this.#faulted = true
    this.#notes.push(outcome.reason)
  }

  /** Rounds until the time is up. The first always runs; another one follows only after a finding. */
  async fuzz(): Promise<void> {
    const maxFindings = this.#options.maxFindings ?? DEFAULTS.maxFindings
    for (let round = 0; !this.#finished && !this.#signal.aborted; round += 1) {
      const left = Math.floor(this.#options.seconds - this.#elapsed)
      if (round > 0 && left < 1) break
      if (this.#artifacts.size >= maxFindings) {
        this.#notes.push(`stopped at ${maxFindings} distinct findings, the limit`)
        break
      }
      if (this.#barrenRounds >= MAXIMUM_BARREN_ROUNDS) {
        this.#notes.push(`stopped early: the engine met findings it already had ${MAXIMUM_BARREN_ROUNDS} times in a row`)
        break
      }
      await this.#round(round, Math.max(1, left))
    }
    if (this.#signal.aborted) this.#notes.push('interrupted')
  }

  /** Edges that the trivial input alone reaches. A run that began with a corpus has never measured it, so it takes a short run. */
  async #trivialCoverage(): Promise<number> {
    if (this.#startedEmpty) return this.#coverageInitial ?? 0
    const exit = await this.#launch([], [`-seed=${this.#options.seed}`, '-runs=2'], this.#setup.timeoutMs / 1000)
    return exit.output.coverageInitial ?? 0
  }

  /** Why this run saw too little of the target's code to mean anything; undefined if it saw enough. */
  async #blindness(): Promise<string | undefined> {
    const minimum = this.#options.minimumEdges ?? DEFAULTS.minimumEdges
    const remedy =
      'check that the target is compiled JavaScript, that includes matches its files, and that the code runs in this thread'
    if (this.#coverage === 0) return `no edge of the target was covered; ${remedy}`
    if (this.#edges < minimum) return `only ${this.#edges} edges are instrumented, fewer than ${minimum}; ${remedy}`
    const { minimumReached = 0 } = this.#options
    if (this.#coverage < minimumReached && this.#artifacts.size === 0)
      return `only ${this.#coverage} edges were reached, fewer than ${minimumReached}, so the target hardly drives its code; check what it does with its input, and its seeds`
    // A bug in the first inputs ends every round before coverage can grow; it proves by itself that the target's code runs.
    if (this.#artifacts.size > 0 || this.#coverage > (this.#coverageInitial ?? 0)) return undefined
    if (this.#coverage > (await this.#trivialCoverage())) return undefined
    return `coverage never grew beyond the ${this.#coverage} edges of a trivial input; ${remedy}`
  }

  get #edges(): number {
    return Math.max(this.#moduleEdges, this.#coverage)
  }

  async result(): Promise<CoverageRun> {
    const seconds = this.#elapsed
    const interrupted = this.#signal.aborted
    const blindness = interrupted || this.#faulted ? undefined : await this.#blindness()
    if (blindness !== undefined) this.#notes.push(blindness)
    return {
      status: this.#status(interrupted, blindness),
      ...(this.#notes.length === 0 ? {} : { reason: this.#notes.join('; ') }),
      executions: this.#executions,
      execsPerSecond: rate(this.#executions, this.#fuzzingSeconds),
      instrumentedEdges: this.#edges,
      coverageInitial: this.#coverageInitial ?? 0,
      coverageFinal: this.#coverage,
      features: this.#features,
      corpusSize: countFiles(this.#options.corpusDir),
      seconds,
      addon: this.#setup.addon,
      artifacts: [...this.#artifacts.values()],
      replayCommand: shellCommand(jazzerCommand(this.#setup, this.#corpora, this.#limits(0, Math.floor(this.#options.seconds)))),
    }
  }

  #status(interrupted: boolean, blindness: string | undefined): CoverageStatus {
    if (this.#artifacts.size > 0) return 'finding'
    if (interrupted) return 'interrupted'
    if (this.#faulted) return 'engine-fault'
    return blindness === undefined ? 'completed' : 'blind'
  }
}

function rate(executions: number, seconds: number): number {
  return seconds > 0 ? Math.round(executions / seconds) : 0
}

function setUp(options: CoverageOptions, addon: AddonLocation, workDirectory: string): FuzzingSetup {
  return {
    nodePath: options.nodePath ?? process.execPath,
    nodeArguments: options.nodeArguments ?? [],
    addon,
    entry: writeEntry(workDirectory, options.target),
    includes: options.includes,
    bugDetectors: options.bugDetectors ?? [],
    artifactDir: options.artifactDir,
    dictionary: options.dictionary,
    maxLength: options.maxLength,
    timeoutMs: options.timeoutMs ?? DEFAULTS.timeoutMs,
    rssLimitMb: options.rssLimitMb ?? DEFAULTS.rssLimitMb,
    environment: options.environment ?? {},
  }
}

/**
 * Fuzzes a target for a while. After a finding the engine is started again for the rest of the time; throws that are known are passed
 * over, so that the bugs behind them are found as well. The promise is fulfilled when no process of the run is left, whatever happened;
 * it is rejected only for wrong options (TypeError, RangeError) and for folders that cannot be written.
 */
export async function runCoverageGuided(options: CoverageOptions): Promise<CoverageRun> {
  checkOptions(options)
  const addon = await locateAddon({
    ...(options.nodePath === undefined ? {} : { nodePath: options.nodePath }),
    ...(options.addonPath === undefined ? {} : { addonPath: options.addonPath }),
    ...(options.cacheDirectories === undefined ? {} : { cacheDirectories: options.cacheDirectories }),
  })
  if (addon.status === 'unavailable') {
    return { ...NOTHING_MEASURED, status: 'not-run', reason: `jazzer.js' addon cannot be loaded: ${addon.reason}`, addon }
  }
  if (!existsSync(options.target)) {
    const reason = `there is no target ${options.target}; compile it with: npx tsc -p tsconfig.fuzz.json`
    return { ...NOTHING_MEASURED, status: 'not-run', reason, addon }
  }
  const workDirectory = join(options.artifactDir, '.engine')
  mkdirSync(workDirectory, { recursive: true })
  mkdirSync(options.corpusDir, { recursive: true })
  const run = new Run(options, setUp(options, addon, workDirectory), workDirectory)
  await run.fuzz()
  return run.result()
}

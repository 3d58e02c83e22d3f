// Runs jazzer.js once, in a process group of its own that is gone, with all that it started, when the returned promise settles.

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AddonLocation } from './jazzer-addon.ts'
import { type EngineOutput, emptyOutput, lineSplitter, readLine } from './jazzer-output.ts'
import { readExecutions } from './journal.ts'

export interface JazzerCommand {
  readonly nodePath: string
  readonly arguments: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

export interface JazzerRound {
  readonly command: JazzerCommand
  readonly workDirectory: string
  readonly journalPath: string
  /** Milliseconds after which the process is killed, whatever it is doing. */
  readonly killAfter: number
  readonly signal: AbortSignal
  readonly onProgress: (output: EngineOutput, executions: number, fuzzingSeconds: number) => void
}

export interface JazzerExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Why this process was killed from here; undefined if it ended by itself. */
  readonly killed: 'aborted' | 'overrun' | 'lingering' | undefined
  readonly output: EngineOutput
  /** Time from the end of the initial inputs to the end of the process. */
  readonly fuzzingSeconds: number
}

const PROGRESS_INTERVAL_MS = 500
/** jazzer.js does not end its process while the target has a worker thread or a timer alive; this long after its last word it is killed. */
const LINGER_MS = 3_000

/** Path of the command line program of the installed jazzer.js. */
export function jazzerCli(): string {
  return join(dirname(createRequire(import.meta.url).resolve('@jazzer.js/core')), 'cli.js')
}

/** The preload script stands in fuzz/ at the package's root, wherever this file was compiled to. */
export function preloadScript(): string {
  let directory = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    const path = join(directory, 'fuzz', 'jazzer-preload.cjs')
    if (existsSync(path)) return path
    const parent = dirname(directory)
    if (parent === directory) throw new Error('fuzz/jazzer-preload.cjs is missing from this installation of wasm-gauntlet')
    directory = parent
  }
}

/** Node's own arguments and the environment that make jazzer.js load the given addon. Nothing for one that loads by itself. */
export function addonArguments(addon: AddonLocation): { arguments: string[]; environment: Record<string, string> } {
  if (addon.status !== 'compatibility-copy' || addon.path === undefined || addon.original === undefined) {
    return { arguments: [], environment: {} }
  }
  const environment = { WASM_GAUNTLET_ADDON_ORIGINAL: addon.original, WASM_GAUNTLET_ADDON_COPY: addon.path }
  return { arguments: ['--require', preloadScript()], environment }
}

/** What a child needs to find its temporary folder and libraries; everything else of this process's environment is its own business. */
function inheritedEnvironment(): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const name of ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot']) {
    const value = process.env[name]
    if (value !== undefined) environment[name] = value
  }
  // Error texts are matched, so they must be in English. Node hands NODE_V8_COVERAGE on unless it is overridden, which would slow the
  // target down and write a file for each process.
  return { ...environment, LC_ALL: 'C', NODE_V8_COVERAGE: '' }
}

/** Kills the whole process group: the engine, and whatever the target started. Where there are no groups, the process alone. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL')
  } catch {
    // Nothing of the group is left.
  }
}

/** Watches one engine process: aborts, overruns, and processes that have nothing more to say but stay. */
class Watch {
  readonly output: EngineOutput = emptyOutput()
  readonly #child: ChildProcess
  readonly #round: JazzerRound
  readonly #timers: NodeJS.Timeout[] = []
  readonly #killOnExit: () => void
  readonly #onAbort = (): void => this.#kill('aborted')
  #fuzzingSince: number | undefined
  killed: JazzerExit['killed']

  constructor(child: ChildProcess, round: JazzerRound) {
    this.#child = child
    this.#round = round
    this.#killOnExit = () => killGroup(child)
    // A crash or process.exit of the parent must not leave the engine behind.
    process.once('exit', this.#killOnExit)
    round.signal.addEventListener('abort', this.#onAbort, { once: true })
    this.#timers.push(setTimeout(() => this.#kill('overrun'), round.killAfter))
    this.#timers.push(setInterval(() => this.#report(), PROGRESS_INTERVAL_MS))
  }

  #kill(reason: 'aborted' | 'overrun' | 'lingering'): void {
    this.killed ??= reason
    killGroup(this.#child)
  }

  get fuzzingSeconds(): number {
    return this.#fuzzingSince === undefined ? 0 : (performance.now() - this.#fuzzingSince) / 1000
  }

  #report(): void {
    this.#round.onProgress(this.output, readExecutions(this.#round.journalPath), this.fuzzingSeconds)
  }

  readonly onLine = (line: string): void => {
    const wasDone = this.output.done
    readLine(this.output, line)
    if (this.output.coverageInitial !== undefined) this.#fuzzingSince ??= performance.now()
    if (this.output.done && !wasDone) this.#timers.push(setTimeout(() => this.#kill('lingering'), LINGER_MS))
  }

  end(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#round.signal.removeEventListener('abort', this.#onAbort)
    process.removeListener('exit', this.#killOnExit)
  }
}

/** Runs the command to its end, or kills it. Rejects only if the process cannot be started. */
export function runJazzer(round: JazzerRound): Promise<JazzerExit> {
  const { command, workDirectory } = round
  const child = spawn(command.nodePath, command.arguments, {
    cwd: workDirectory,
    env: { ...inheritedEnvironment(), ...command.environment },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  const watch = new Watch(child, round)
  const split = lineSplitter(watch.onLine)
  child.stderr.setEncoding('utf8').on('data', split)
  return new Promise<JazzerExit>((resolve, reject) => {
    child.once('error', (error) => {
      watch.end()
      reject(error)
    })
    // When the engine is gone, so must its children be, or one that holds the pipe would keep 'close' from coming.
    child.once('exit', () => killGroup(child))
    child.once('close', (code, signal) => {
      const fuzzingSeconds = watch.fuzzingSeconds
      watch.end()
      split('\n')
      resolve({ code, signal, killed: watch.killed, output: watch.output, fuzzingSeconds })
    })
  })
}

// Says what the end of an engine process means: a clean end, a failure of the target with the input that caused it, or an engine fault.

import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Failure, type FindingKind, framesOf, MAXIMUM_MESSAGE } from './finding-key.ts'
import type { EngineOutput } from './jazzer-output.ts'
import type { JazzerExit } from './jazzer-process.ts'
import { readJournal, readThrown } from './journal.ts'

export type RoundOutcome =
  | { readonly status: 'clean' }
  | { readonly status: 'failure'; readonly failure: Failure }
  | { readonly status: 'engine-fault'; readonly reason: string }

/** Exit codes of libFuzzer and jazzer.js (core/dist/core.js, FuzzingExitCode; libFuzzer's -timeout_exitcode and -error_exitcode). */
const EXIT_FINDING = 77
const EXIT_TIMEOUT = 70
const EXIT_OUT_OF_MEMORY = 71

/** POSIX numbers of the signals that a broken process dies of; a handler of the engine may turn one into the exit code 128 + n. */
const CRASH_SIGNALS: ReadonlyMap<number, NodeJS.Signals> = new Map([
  [4, 'SIGILL'],
  [5, 'SIGTRAP'],
  [6, 'SIGABRT'],
  [7, 'SIGBUS'],
  [8, 'SIGFPE'],
  [9, 'SIGKILL'],
  [11, 'SIGSEGV'],
])

function crashSignal(exit: JazzerExit): NodeJS.Signals | undefined {
  if (exit.signal !== null) return exit.signal
  return exit.code === null ? undefined : CRASH_SIGNALS.get(exit.code - 128)
}

/** What jazzer.js printed of a finding that did not come through the journal: one that a bug detector reported. */
function printedFinding(output: EngineOutput): Failure {
  const start = output.tail.findIndex((line) => /^==\d+== /.test(line))
  const lines = start === -1 ? [] : output.tail.slice(start)
  const message = (lines[0] ?? 'finding without a message').replace(/^==\d+== (?:Uncaught Exception: )?/, '')
  return { kind: 'throw', message: message.slice(0, MAXIMUM_MESSAGE), stack: framesOf(lines.join('\n')) }
}

function ofSignal(signal: NodeJS.Signals, output: EngineOutput): Failure {
  const kinds: Partial<Record<NodeJS.Signals, FindingKind>> = { SIGABRT: 'abort', SIGKILL: 'killed' }
  const memory = /out of memory|allocation failed/i.test(output.fatal ?? '')
  const kind = memory ? 'out-of-memory' : (kinds[signal] ?? 'signal')
  const message = output.fatal ?? `the process died of ${signal}`
  return { kind, message: message.slice(0, MAXIMUM_MESSAGE), stack: framesOf(output.abortStack.join('\n')) }
}

/** The failure that an exit stands for; undefined if it stands for none. */
function failureOf(exit: JazzerExit, journalPath: string): Failure | undefined {
  const { output } = exit
  if (exit.killed === 'overrun') {
    return {
      kind: 'timeout',
      message: 'the input ran on until the process was killed: the engine could not interrupt it',
      stack: [],
    }
  }
  if (exit.code === EXIT_FINDING) {
    if (output.exited) return { kind: 'exit', message: 'the target ended the process', stack: [] }
    const thrown = readThrown(journalPath)
    return thrown === undefined || thrown.kind === 'misuse' ? printedFinding(output) : thrown
  }
  if (exit.code === EXIT_TIMEOUT) return { kind: 'timeout', message: 'the input ran longer than the time limit', stack: [] }
  if (exit.code === EXIT_OUT_OF_MEMORY) {
    return { kind: 'out-of-memory', message: 'the process grew beyond its memory limit', stack: [] }
  }
  const signal = crashSignal(exit)
  return signal === undefined ? undefined : ofSignal(signal, output)
}

/** The end of the engine's output in one sentence, for faults that are not the target's. */
function faultReason(exit: JazzerExit): string {
  const end = exit.signal === null ? `with exit code ${exit.code}` : `of ${exit.signal}`
  const said = exit.output.tail.find((line) => /Error\b/.test(line)) ?? exit.output.tail.at(-1) ?? 'nothing'
  return `the engine ended ${end} before or apart from running an input; it said: ${said.slice(0, MAXIMUM_MESSAGE)}`
}

/** Judges an engine process that was not aborted. A failure before the first input is the engine's, or of loading the target. */
export function judgeExit(exit: JazzerExit, journalPath: string): RoundOutcome {
  if (exit.killed === 'lingering' || (exit.code === 0 && exit.killed === undefined)) return { status: 'clean' }
  const thrown = readThrown(journalPath)
  if (thrown?.kind === 'misuse') return { status: 'engine-fault', reason: thrown.message }
  const failure = failureOf(exit, journalPath)
  const begun = readJournal(journalPath) !== undefined
  return failure !== undefined && begun ? { status: 'failure', failure } : { status: 'engine-fault', reason: faultReason(exit) }
}

export interface SavedInput {
  readonly path: string
  readonly bytesSha256: string
  /** True if the input was longer than what the journal holds, and the engine saved nothing either. */
  readonly truncated: boolean
}

function readable(path: string | undefined): Uint8Array | undefined {
  try {
    return path === undefined ? undefined : readFileSync(path)
  } catch {
    return undefined
  }
}

/** The input of a failure as a file: the engine's own where it could still write one, else a new one from the journal. */
export function saveInput(output: EngineOutput, failure: Failure, journalPath: string, artifactDir: string): SavedInput {
  const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
  const saved = readable(output.artifact)
  if (saved !== undefined && output.artifact !== undefined) {
    return { path: output.artifact, bytesSha256: sha256(saved), truncated: false }
  }
  const entry = readJournal(journalPath)
  if (entry === undefined) throw new Error(`the journal ${journalPath} has no input to save`)
  const bytesSha256 = sha256(entry.input)
  const path = join(artifactDir, `${failure.kind}-${bytesSha256.slice(0, 40)}`)
  writeFileSync(path, entry.input)
  return { path, bytesSha256, truncated: entry.truncated }
}

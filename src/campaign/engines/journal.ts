// Writes down every input before the target sees it, so that an input that takes the whole process with it is not lost.
//
// jazzer.js saves the input of a throw, a timeout and libFuzzer's own memory limit. It loses it on process.abort(), on V8's fatal
// out-of-memory and on SIGKILL, also in fork mode. A journalled run finds it in a small file that survives the process.
//
// The file has a fixed size and is overwritten in place with one positional write per execution (about a microsecond: the bytes only go
// to the page cache, which outlives the process). Layout, little-endian: 0 magic, 4 length of the input, 8 executions so far (float64),
// 16 the input, cut off at the capacity.

import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs'
import { describeThrown, type Failure, findingKey } from './finding-key.ts'

/** A fuzz target as jazzer.js calls it in synchronous mode. The buffer belongs to the engine and is valid during the call only. */
export type FuzzFunction = (data: Buffer) => unknown

/** Environment variables by which the engine tells the fuzzing process about its journal. */
export const JOURNAL_VARIABLE = 'WASM_GAUNTLET_JOURNAL'
export const KNOWN_FINDINGS_VARIABLE = 'WASM_GAUNTLET_KNOWN_FINDINGS'
export const PARENT_VARIABLE = 'WASM_GAUNTLET_PARENT'

const MAGIC = 0x314a4757
const HEADER_SIZE = 16
/** Executions between two looks at the parent: rare enough to cost nothing, often enough for an orphan to live for a moment only. */
const PARENT_CHECK_INTERVAL = 1024
const PARENT_CHECK_MS = 1_000

export interface JournalEntry {
  /** Executions begun, the recorded input's included. */
  readonly executions: number
  /** The input that was begun last. */
  readonly input: Uint8Array
  /** True if the input was longer than the journal's capacity, so that `input` is only its beginning. */
  readonly truncated: boolean
}

/** Creates or resets a journal for inputs of up to `capacity` bytes. The zeros are really written: a full disk shows here, not later. */
export function createJournal(path: string, capacity: number): void {
  writeFileSync(path, new Uint8Array(HEADER_SIZE + capacity))
}

/** Reads how many executions have begun; cheap enough to be called while the fuzzing process runs. 0 without any, or a journal. */
export function readExecutions(path: string): number {
  if (!existsSync(path)) return 0
  const header = Buffer.alloc(HEADER_SIZE)
  const file = openSync(path, 'r')
  try {
    const size = readSync(file, header, 0, HEADER_SIZE, 0)
    return size === HEADER_SIZE && header.readUInt32LE(0) === MAGIC ? header.readDoubleLE(8) : 0
  } finally {
    closeSync(file)
  }
}

/** Reads the last input. Undefined if no execution was begun, or if the file is not a journal. */
export function readJournal(path: string): JournalEntry | undefined {
  const bytes = readFileSync(path)
  if (bytes.length < HEADER_SIZE || bytes.readUInt32LE(0) !== MAGIC) return undefined
  const length = bytes.readUInt32LE(4)
  const input = Uint8Array.from(bytes.subarray(HEADER_SIZE, HEADER_SIZE + length))
  return { executions: bytes.readDoubleLE(8), input, truncated: input.length < length }
}

/** Where the fuzzing process describes what the target threw, in full and apart from the engine's text output. */
export function thrownRecordPath(journalPath: string): string {
  return `${journalPath}.thrown.json`
}

/** Written in place of a failure when the target is not one that can be fuzzed this way. */
export interface Misuse {
  readonly kind: 'misuse'
  readonly message: string
}

/** Reads the description of the last throw that was let through to the engine; undefined if there was none. */
export function readThrown(journalPath: string): Failure | Misuse | undefined {
  try {
    return JSON.parse(readFileSync(thrownRecordPath(journalPath), 'utf8')) as Failure | Misuse
  } catch {
    return undefined
  }
}

function knownKeys(): ReadonlySet<string> {
  const path = process.env[KNOWN_FINDINGS_VARIABLE]
  return new Set(path === undefined ? [] : (JSON.parse(readFileSync(path, 'utf8')) as string[]))
}

/**
 * Ends this process when the one that started it is gone. In synchronous mode no timer fires while inputs run, so the result is to be
 * called between them; a timer of its own serves the time after the last input, when a worker of the target may keep the process alive.
 */
function parentCheck(): () => void {
  const parent = Number(process.env[PARENT_VARIABLE])
  if (!Number.isSafeInteger(parent) || process.ppid !== parent) return () => {}
  const check = (): void => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL')
  }
  setInterval(check, PARENT_CHECK_MS).unref()
  return check
}

/** A function that puts one input into the journal. All memory is allocated here, none per execution. */
function recorder(path: string): (data: Buffer, executions: number) => void {
  const file = openSync(path, 'r+')
  const record = Buffer.alloc(fstatSync(file).size)
  const capacity = record.length - HEADER_SIZE
  record.writeUInt32LE(MAGIC, 0)
  return (data, executions) => {
    const kept = Math.min(data.length, capacity)
    record.writeUInt32LE(data.length, 4)
    record.writeDoubleLE(executions, 8)
    data.copy(record, HEADER_SIZE, 0, kept)
    writeSync(file, record, 0, HEADER_SIZE + kept, 0)
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}

/** In synchronous mode nobody waits for a promise: what it rejects with is lost, and pending ones pile up until memory is gone. */
class PromiseReturned extends Error {
  override readonly name = 'PromiseReturned'
  override readonly message =
    'the target returned a promise; export a synchronous fuzz(data), as the engine runs in synchronous mode'
}

function describe(thrown: unknown): Failure | Misuse {
  return thrown instanceof PromiseReturned ? { kind: 'misuse', message: thrown.message } : describeThrown(thrown)
}

/**
 * Wraps a fuzz target so that each input is in the journal before the target runs. A throw that the parent knows already is swallowed,
 * because the engine would stop at it again and again and never get past it; a new one is described in a file of its own and thrown on.
 *
 * Without a journal in the environment (a replay, say) the target just runs.
 */
export function journalled(fuzz: FuzzFunction): FuzzFunction {
  const path = process.env[JOURNAL_VARIABLE]
  // One declared parameter: jazzer.js takes a function with any other number of them for one with a callback.
  if (path === undefined) return (data) => fuzz(data)
  const write = recorder(path)
  const known = knownKeys()
  const checkParent = parentCheck()
  let executions = 0
  return (data) => {
    executions += 1
    if (executions % PARENT_CHECK_INTERVAL === 0) checkParent()
    write(data, executions)
    try {
      if (isThenable(fuzz(data))) throw new PromiseReturned()
    } catch (thrown) {
      const failure = describe(thrown)
      if (failure.kind !== 'misuse' && known.has(findingKey(failure))) return
      writeFileSync(thrownRecordPath(path), JSON.stringify(failure))
      throw thrown
    }
  }
}

// The property stage: each file of fuzz/properties in a process of its own, for its share of the time.
import { fork } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { quote } from '../oracles/text.ts'
import type { EngineRunRecord, FindingRecord } from '../reports/run-record.ts'
import type { TryAgain } from './again.ts'
import type { WitnessedCell } from './cells.ts'
import { monotonicMs } from './clock.ts'
import { findingOfProperty, propertyCause } from './failures.ts'
import { JOURNAL_VARIABLE, lastInputIn, SHOW_VARIABLE } from './input-journal.ts'
import { portableProperty } from './portable.ts'
import { killGroup } from './processes.ts'
import { engineNotRun, type PropertyAnswer, type PropertyFailure } from './property.ts'
import type { ThreatPlaces } from './triage.ts'

const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
/** For loading the property, trying each of its cases once on a machine with other work, and shrinking, on top of its own time; milliseconds. */
const GRACE_MS = 120_000

const failure = z.object({ message: z.string(), counterexample: z.string(), replay: z.string().optional() })
const witnessed = z.strictObject({
  call: z.string(),
  grant: z.enum(['granted', 'filtered', 'not-granted']),
  outcome: z.string(),
  times: z.number(),
})
const answer = z.object({
  name: z.string(),
  threats: z.array(z.string()),
  run: z.object({ executions: z.number(), failure: failure.optional(), witnessed: z.array(witnessed).optional() }).nullable(),
  fault: z.string().nullable(),
})

/** The property files of a folder, sorted; none if there is no such folder. */
export function propertyFiles(directory: string): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory)
    .filter((name) => /\.(ts|js)$/.test(name) && !/\.(test|d)\.ts$/.test(name))
    .sort()
    .map((name) => join(directory, name))
}

/** What a property's process is asked for, beside what the property is. */
interface Asked {
  readonly seed: number
  readonly milliseconds: number
  readonly environment: NodeJS.ProcessEnv
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs a property file in a process of its own. Never rejects: a death, a hang and a throw become `fault`, with the input that a process died at.
 * 0 milliseconds: only its name.
 */
export async function runProperty(
  path: string,
  seed: number,
  milliseconds: number,
  signal?: AbortSignal,
): Promise<PropertyAnswer> {
  const folder = mkdtempSync(join(tmpdir(), 'gauntlet-property-'))
  const journal = join(folder, 'inputs')
  try {
    const environment = { [JOURNAL_VARIABLE]: journal }
    const { silent, ...answered } = await ask(path, { seed, milliseconds, environment, signal })
    if (!silent || signal?.aborted || !existsSync(journal)) return answered
    const number = lastInputIn(journal)
    const lastInput = number > 0 ? await inputNumber(path, seed, number, signal) : null
    return lastInput === null ? answered : { ...answered, lastInput }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The same inputs again, none of them tried, up to the one of that number. */
async function inputNumber(path: string, seed: number, number: number, signal?: AbortSignal): Promise<string | null> {
  const environment = { [SHOW_VARIABLE]: String(number) }
  return (await ask(path, { seed, milliseconds: GRACE_MS, environment, signal })).run?.failure?.counterexample ?? null
}

/** `silent`: the process ended, or had to be ended, without a word. */
type Asking = PropertyAnswer & { readonly silent: boolean }

function ask(path: string, { seed, milliseconds, environment, signal }: Asked): Promise<Asking> {
  return new Promise((resolve) => {
    const child = fork(new URL(`./property-process${EXTENSION}`, import.meta.url), [], {
      detached: true,
      env: { ...process.env, ...environment },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let tail = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-500)
    })
    const done = (result: Asking): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      if (child.pid !== undefined) killGroup(child.pid)
      resolve(result)
    }
    const fault = (text: string): void => done({ name: basename(path), threats: [], run: null, fault: text, silent: true })
    const stop = (): void => fault('stopped')
    const timer = setTimeout(
      () => fault(`the property did not end within ${milliseconds + GRACE_MS} ms and was killed`),
      milliseconds + GRACE_MS,
    )
    signal?.addEventListener('abort', stop)
    child.once('error', (error) => fault(`its process could not be started: ${error.message}`))
    child.once('exit', (code, by) => {
      const ended = (): void => fault(`its process ended without an answer (${by ?? code}): ${quote(tail, 300)}`)
      // On a busy machine the end is seen before what was sent last; all that was sent comes before the channel is closed.
      if (child.connected) child.once('disconnect', ended)
      else setImmediate(ended)
    })
    child.once('message', (raw) => {
      const parsed = answer.safeParse(raw)
      if (parsed.success) done({ ...(parsed.data as PropertyAnswer), silent: false })
      else fault('its process sent an answer that is not one')
    })
    child.send({ path, seed, milliseconds })
    if (signal?.aborted) stop()
  })
}

export interface PropertyStageResult {
  readonly engine: EngineRunRecord
  readonly finding: FindingRecord | null
  /** Counterexample to write beside the finding. */
  readonly failure: PropertyFailure | null
  readonly fault: string | null
  /** The input that its process died at. */
  readonly lastInput?: string
  readonly witnessed?: readonly WitnessedCell[]
}

/** One property, run and recorded. `file` is its path relative to the project. */
export async function propertyStage(
  path: string,
  file: string,
  seed: number,
  milliseconds: number,
  places: ThreatPlaces,
  signal?: AbortSignal,
): Promise<PropertyStageResult> {
  const startedMs = monotonicMs()
  const result = await runProperty(path, seed, milliseconds, signal)
  const seconds = (monotonicMs() - startedMs) / 1000
  // The seed is the run's, so the same property tries the same inputs again.
  const replay = `npx gauntlet replay ${portableProperty(result.name, seed)}`
  if (!result.run) {
    const stopped = signal?.aborted === true
    const reason = stopped ? 'stopped before it had an answer' : (result.fault ?? 'no answer')
    const engine = {
      ...engineNotRun(result.name, 'property', result.threats, reason),
      result: stopped ? ('not-run' as const) : ('unknown' as const),
    }
    const fault = stopped ? null : `the property ${file} failed to run: ${reason}`
    const { lastInput } = result
    return { engine, finding: null, failure: null, fault, ...(lastInput !== undefined && { lastInput }) }
  }
  const { executions, failure: refuted } = result.run
  const engine: EngineRunRecord = {
    name: result.name,
    kind: 'property',
    threats: [...result.threats],
    result: refuted ? 'failed' : executions > 0 ? 'passed' : 'unknown',
    reason: refuted
      ? refuted.message
      : executions > 0
        ? `held for ${executions} inputs`
        : 'nothing was executed, so nothing is known',
    seed,
    executions,
    executionsPerSecond: seconds > 0 ? executions / seconds : 0,
    coverage: null,
    seconds,
    replay,
  }
  const seen = result.run.witnessed ? { witnessed: result.run.witnessed } : {}
  if (!refuted) {
    const fault = executions > 0 ? null : `the property ${file} executed nothing`
    return { engine, finding: null, failure: null, fault, ...seen }
  }
  const finding = findingOfProperty(result, refuted, seed, file, places)
  return { engine, finding, failure: refuted, fault: null, ...seen }
}

/** The same seed tries the same inputs, so the same refutation comes within the same time, or something else than the input decides. */
export const propertyAgain =
  (path: string, finding: FindingRecord, seed: number, milliseconds: number, signal?: AbortSignal): TryAgain =>
  async () => {
    const answer = await runProperty(path, seed, milliseconds, signal)
    return answer.run?.failure !== undefined && propertyCause(answer, answer.run.failure).place === (finding.place ?? '')
  }

// The naive host: bare `WebAssembly` with plain import objects, as tutorials and small projects write it. No defect is planted here; what
// does not hold is what this usual way of writing a host does not hold. The gauntlet runs it to show that its attacks can be noticed.
import { randomFillSync } from 'node:crypto'
import { setTimeout as startTimer } from 'node:timers'
import { NaiveExit, type NaiveGuest, naiveEnv, naiveWasi } from './bare-imports.ts'
import type { Target, TargetResult, TargetRun } from './target.ts'

type Ending = Pick<TargetResult, 'outcome' | 'detail'> & { messages?: string[]; exitCode?: number; values?: string[] }

/** Compiles and instantiates; like most loaders it is async and hands back the exports. */
async function load(bytes: Uint8Array, guest: NaiveGuest): Promise<WebAssembly.Exports> {
  const imports = { env: naiveEnv(guest), wasi_snapshot_preview1: naiveWasi(guest) }
  const module = await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>)
  const instance = await WebAssembly.instantiate(module, imports)
  guest.memory = instance.exports['memory'] as WebAssembly.Memory
  return instance.exports
}

function entryOf(exports: WebAssembly.Exports): { call: string }[] {
  for (const name of ['_start', 'run', 'main']) if (typeof exports[name] === 'function') return [{ call: name }]
  return []
}

async function runGuest(run: TargetRun, guest: NaiveGuest): Promise<Ending> {
  const exports = await load(run.module, guest)
  let last: unknown
  for (const step of run.calls ?? entryOf(exports)) {
    const call = exports[step.call] as (...args: unknown[]) => unknown
    last = call(...((step as { args?: readonly unknown[] }).args ?? []))
  }
  const values = last === undefined ? [] : Array.isArray(last) ? last.map(String) : [String(last)]
  return { outcome: 'completed', detail: 'completed', exitCode: 0, values }
}

/** Sorts what came out of the guest the way a caller of the JS API can: by the class of the error. */
function endingOf(error: unknown): Ending {
  const messages = [String(error)]
  if (error instanceof NaiveExit) return { outcome: 'exited', detail: 'exited', exitCode: error.code }
  if (error instanceof WebAssembly.RuntimeError) return { outcome: 'trapped', detail: 'RuntimeError', messages }
  if (error instanceof WebAssembly.CompileError) return { outcome: 'refused', detail: 'CompileError', messages }
  if (error instanceof WebAssembly.LinkError) return { outcome: 'refused', detail: 'LinkError', messages }
  if (error instanceof TypeError && error.message.startsWith('WebAssembly.instantiate()')) {
    // A missing import module is a TypeError in the JS API, not a LinkError.
    return { outcome: 'refused', detail: 'TypeError', messages }
  }
  return { outcome: 'fault', detail: error instanceof Error ? error.name : 'thrown-value', messages }
}

/** The usual watchdog: a timer on the thread that the guest occupies, so it can only fire once the guest has let go. */
function watchdog(milliseconds: number): { expired: Promise<Ending>; stop(): void } {
  let timer: NodeJS.Timeout
  const expired = new Promise<Ending>((resolve) => {
    const ending: Ending = { outcome: 'limit', detail: 'watchdog', messages: [`timed out after ${milliseconds} ms`] }
    timer = startTimer(() => resolve(ending), milliseconds)
  })
  return { expired, stop: () => clearTimeout(timer) }
}

async function run(run: TargetRun): Promise<TargetResult> {
  const guest: NaiveGuest = {
    memory: undefined as unknown as WebAssembly.Memory,
    args: run.args ?? [],
    env: run.env ?? {},
    stdin: run.stdin ?? new Uint8Array(0),
    stdinPosition: 0,
    stdout: [],
    stderr: [],
    random: (bytes) => randomFillSync(bytes),
  }
  const timer = watchdog(run.limits.wallClockMs)
  const ending = await Promise.race([runGuest(run, guest).catch(endingOf), timer.expired])
  timer.stop()
  return {
    outcome: ending.outcome,
    detail: ending.detail,
    messages: ending.messages ?? [],
    stdout: Buffer.concat(guest.stdout),
    stderr: Buffer.concat(guest.stderr),
    exitCode: ending.exitCode ?? null,
    values: ending.values ?? [],
    events: [],
  }
}

const bare: Target = {
  name: 'bare',
  version: `node ${process.versions.node}, v8 ${process.versions.v8}`,
  own: false,
  describe: async () => ({ isolation: 'none: same thread, same process', limits: 'a timer on the guest’s own thread' }),
  run,
}

export default bare

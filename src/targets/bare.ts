// The naive host: bare `WebAssembly` with plain import objects, as tutorials and small projects write it. No defect is planted here; what
// does not hold is what this usual way of writing a host does not hold. The gauntlet runs it to show that its attacks can be noticed.
import { randomFillSync } from 'node:crypto'
import { setTimeout as startTimer } from 'node:timers'
import { NaiveExit, type NaiveGuest, naiveEnv, naiveWasi } from './bare-imports.ts'
import { callExport, type Ending, endingOf, entryOf, resultOf } from './ending.ts'
import type { Target, TargetResult, TargetRun } from './target.ts'

/** Compiles and instantiates; like most loaders it is async and hands back the exports. */
async function load(bytes: Uint8Array, guest: NaiveGuest): Promise<WebAssembly.Exports> {
  const imports = { env: naiveEnv(guest), wasi_snapshot_preview1: naiveWasi(guest) }
  const module = await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>)
  const instance = await WebAssembly.instantiate(module, imports)
  guest.memory = instance.exports['memory'] as WebAssembly.Memory
  return instance.exports
}

async function runGuest(run: TargetRun, guest: NaiveGuest): Promise<Ending> {
  const exports = await load(run.module, guest)
  let values: string[] = []
  for (const { call, args } of run.calls ?? entryOf(exports)) values = callExport(exports, call, args)
  return { outcome: 'completed', detail: 'completed', exitCode: 0, values }
}

const bareEndingOf = (error: unknown): Ending =>
  error instanceof NaiveExit ? { outcome: 'exited', detail: 'exited', exitCode: error.code } : endingOf(error)

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
  const ending = await Promise.race([runGuest(run, guest).catch(bareEndingOf), timer.expired])
  timer.stop()
  return resultOf(ending, Buffer.concat(guest.stdout), Buffer.concat(guest.stderr))
}

const bare: Target = {
  name: 'bare',
  version: `node ${process.versions.node}, v8 ${process.versions.v8}`,
  own: false,
  describe: async () => ({ isolation: 'none: same thread, same process', limits: 'a timer on the guest’s own thread' }),
  run,
}

export default bare

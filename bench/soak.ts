// `npm run soak`: many executions, of good and hostile modules mixed, and what they leave behind in this process and in its jails: nothing.
import { readdirSync, readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { assemble } from '../src/attacks/assemble.ts'
import { createSandbox, type ExecuteOptions, type ExecutionResult, type PolicyInput, type Sandbox } from '../src/sandbox/index.ts'

const WASI = 'wasi_snapshot_preview1'
const start = (code: string, more = '') => `(module ${more} (func (export "_start") ${code}))`
const POLICY: PolicyInput = { quotas: { outputBytes: 10_000, memoryBytes: '64MiB' }, capabilities: { kv: { namespace: 'soak' } } }
/** For those who never end: short, so that the run ends. */
const BRIEF: PolicyInput = { quotas: { wallClockMs: 60 } }

/** What comes how often in a hundred, and how it must end. */
const MIX: readonly { readonly share: number; readonly text: string; readonly ends: ExecutionResult['outcome'] }[] = [
  { share: 60, text: start('(drop (i32.add (i32.const 1) (i32.const 2)))'), ends: 'completed' },
  {
    share: 10,
    text: `(module (import "${WASI}" "fd_write" (func $w (param i32 i32 i32 i32) (result i32))) (memory 1) (data (i32.const 8) "soak")
      (func (export "_start") (i32.store (i32.const 0) (i32.const 8)) (i32.store (i32.const 4) (i32.const 4))
        (drop (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))`,
    ends: 'completed',
  },
  { share: 6, text: start('(drop (memory.grow (i32.const 512)))', '(memory 1)'), ends: 'completed' },
  { share: 6, text: start('(call $e (i32.const 3))', `(import "${WASI}" "proc_exit" (func $e (param i32)))`), ends: 'exited' },
  { share: 6, text: start('(unreachable)'), ends: 'trapped' },
  { share: 4, text: '(module (func $f (export "_start") (call $f)))', ends: 'trapped' },
  { share: 3, text: '(module (import "env" "system" (func)) (func (export "_start")))', ends: 'refused' },
  { share: 2, text: start('(loop (br 0))'), ends: 'wall-clock-limit' },
  {
    share: 1,
    text: start('(loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x2000000)) (br 0))', '(memory 512)'),
    ends: 'wall-clock-limit',
  },
  {
    share: 2,
    text: `(module (import "${WASI}" "fd_write" (func $w (param i32 i32 i32 i32) (result i32))) (memory 1)
      (func (export "_start") (i32.store (i32.const 4) (i32.const 4096))
        (loop (drop (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16))) (br 0))))`,
    ends: 'output-limit',
  },
]

/** What can be left behind. */
export interface Footprint {
  /** Of this process, after garbage collection where that can be asked for. */
  readonly residentBytes: number
  readonly descriptors: number
  readonly threads: number
  /** Child processes. */
  readonly processes: number
  /** Resident memory of all of them. */
  readonly jailBytes: number
}

export interface SoakResult {
  readonly before: Footprint
  readonly after: Footprint
  /** Jails that there might be at once. */
  readonly maxJails: number
  readonly executions: number
  readonly perSecond: number
  /** Executions that did not end as their module must. */
  readonly wrong: readonly string[]
}

/** Linux only: it reads /proc. */
export function footprint(): Footprint {
  globalThis.gc?.()
  const children = childrenOf(process.pid)
  return {
    residentBytes: residentOf(process.pid),
    descriptors: readdirSync('/proc/self/fd').length,
    threads: readdirSync('/proc/self/task').length,
    processes: children.length,
    jailBytes: children.reduce((sum, pid) => sum + residentOf(pid), 0),
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)?.[1] === String(parent))
}

/** Fields behind the name; null of a process that is gone. */
function statOf(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

const residentOf = (pid: number) => Number(statOf(pid)?.[21] ?? 0) * 4096

type Module = (typeof MIX)[number] & { readonly bytes: Uint8Array }

/** The mix, each module as often as its share. */
async function hundred(): Promise<readonly Module[]> {
  const parts = await Promise.all(MIX.map(async (part) => ({ ...part, bytes: await assemble(part.text) })))
  return parts.flatMap((part) => Array.from({ length: part.share }, () => part))
}

/** One after the other without end, in the same order in every run. */
function* inTurn(all: readonly Module[]): Generator<Module, never> {
  // A step that has no factor in common with a hundred goes through all of them, mixed.
  for (let at = 0; ; at = (at + 37) % all.length) yield all[at]!
}

const PROGRESS_EVERY = 500

export interface SoakOptions {
  /** Executions before the first look, so that caches are full and pools are up. */
  readonly warmUp?: number
  readonly concurrency?: number
  /** Is told now and then how many are done. */
  readonly progress?: (done: number) => void
}

export async function soak(executions: number, options: SoakOptions = {}): Promise<SoakResult> {
  const { warmUp = executions / 10, concurrency = 4, progress = () => {} } = options
  await using sandbox = createSandbox(POLICY, { pool: { maxJails: concurrency } })
  const next = inTurn(await hundred())
  const wrong: string[] = []
  const run = async (count: number) => {
    let left = count
    let done = 0
    const worker = async () => {
      while (left-- > 0) {
        await one(sandbox, next.next().value, wrong)
        if (++done % PROGRESS_EVERY === 0) progress(done)
      }
    }
    await Promise.all(Array.from({ length: concurrency }, worker))
  }
  await run(warmUp)
  await quiet(sandbox)
  const before = footprint()
  const startedAt = performance.now()
  await run(executions)
  const seconds = (performance.now() - startedAt) / 1000
  await quiet(sandbox)
  return { before, after: footprint(), maxJails: concurrency, executions, perSecond: executions / seconds, wrong }
}

async function one(sandbox: Sandbox, { bytes, ends }: { bytes: Uint8Array; ends: string }, wrong: string[]): Promise<void> {
  const options: ExecuteOptions = { principal: 'soak' }
  const policy = ends === 'wall-clock-limit' ? BRIEF : undefined
  const { outcome, message } = await sandbox.execute(bytes, policy, options)
  if (outcome !== ends) wrong.push(`${outcome} instead of ${ends}: ${message}`)
}

/** Nothing is being started or ended any more. */
async function quiet(sandbox: Sandbox): Promise<void> {
  do await new Promise((resolve) => setTimeout(resolve, 200))
  while (sandbox.pool.coming > 0 || sandbox.pool.idle !== sandbox.pool.jails)
}

/** What a garbage collector may not have given back yet: a leak of 10 KiB an execution would be three times that. */
const SLACK_BYTES = 32 * 2 ** 20
/** Of one jail that waits for its next guest. */
const DESCRIPTORS_OF_A_JAIL = 8

/** What there is more of than before. Jails that wait for the next guest come and go with the load, up to as many as there may be. */
export function grew({ before, after, maxJails }: SoakResult): string[] {
  const moreJails = Math.max(0, after.processes - before.processes)
  const limits = {
    descriptors: before.descriptors + DESCRIPTORS_OF_A_JAIL * moreJails,
    threads: before.threads,
    processes: maxJails,
    residentBytes: before.residentBytes + SLACK_BYTES,
  }
  return (Object.keys(limits) as (keyof typeof limits)[]).filter((what) => after[what] > limits[what])
}

function print({ before, after, executions, perSecond, wrong }: SoakResult): void {
  console.log(`${executions} executions, ${perSecond.toFixed(0)} per second, ${wrong.length} with another end than theirs`)
  const mebi = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`
  const rows: readonly [string, (of: Footprint) => string][] = [
    ['resident memory', ({ residentBytes }) => mebi(residentBytes)],
    ['descriptors', ({ descriptors }) => String(descriptors)],
    ['threads', ({ threads }) => String(threads)],
    ['processes', ({ processes }) => String(processes)],
    ['memory of the jails', ({ jailBytes }) => mebi(jailBytes)],
  ]
  for (const [what, of] of rows)
    console.log(`${what.padEnd(20)} ${of(before).padStart(10)} before ${of(after).padStart(10)} after`)
  for (const problem of wrong.slice(0, 10)) console.log(problem)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const executions = Number(process.argv[2] ?? 10_000)
  const result = await soak(executions, { progress: (done) => console.error(`${done} of ${executions} executions`) })
  print(result)
  const grown = grew(result)
  for (const what of grown) console.log(`more ${what} than before`)
  if (result.wrong.length > 0 || grown.length > 0) process.exitCode = 1
}

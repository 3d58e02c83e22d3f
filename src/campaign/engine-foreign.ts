// The corpus on engines that are not Node: Bun, which has JavaScriptCore, and Deno. A jail needs what only Node has (its permissions, its flags), so that
// what can be tried there is the sandbox without one; and, beside it, the same on this Node.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Attack, Trial } from '../attacks/attack.ts'
import { deadlineOf } from '../oracles/limits.ts'
import type { Observation } from '../oracles/observation.ts'
import { UNENFORCED } from '../targets/target.ts'
import { applies } from './applies.ts'
import { monotonicMs } from './clock.ts'
import { familyOf } from './processes.ts'
import { lineOf } from './text-line.ts'
import { formatTrial } from './trial-file.ts'
import { judged, type Pair, trialOf, weigh } from './trials.ts'

export const RUNTIMES = ['node', 'bun', 'deno'] as const
export type Runtime = (typeof RUNTIMES)[number]

/** Which of them a program is, by what it says of its version. @throws {Error} if it is none of them */
export function runtimeOf(program: string): { readonly runtime: Runtime; readonly version: string } {
  const text = execFileSync(program, ['--version'], { encoding: 'utf8', timeout: 60_000 }).trim()
  const deno = /^deno (\S+)/.exec(text)
  if (deno) return { runtime: 'deno', version: deno[1]! }
  if (/^v\d/.test(text)) return { runtime: 'node', version: text }
  if (/^\d+\.\d+\.\d+$/.test(text)) return { runtime: 'bun', version: text }
  throw new Error(`${program} is neither Node, Bun nor Deno: its version is ${JSON.stringify(text.slice(0, 80))}`)
}

/** Deno asks for permissions that Node does not know, and would fetch packages by itself. */
const ARGUMENTS: Readonly<Record<Runtime, readonly string[]>> = {
  node: ['--disable-warning=ExperimentalWarning'],
  bun: ['run'],
  deno: ['run', '--quiet', '--allow-all', '--no-prompt', '--node-modules-dir=manual'],
}

const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
const ENTRY = new URL(`./engine-trials${EXTENSION}`, import.meta.url).pathname
/** Time after a trial's deadline at which the process is ended, and time for it to load, milliseconds. */
const KILL_AFTER_MS = 1_000
const LOAD_WITHIN_MS = 60_000

/** Whether an attack can be tried without a jail, and with nothing but text between it and whoever watches. */
export const canBeTriedInline = (attack: Attack): boolean =>
  applies(attack, UNENFORCED) &&
  [attack, attack.twin].every(
    // A policy that comes as a text says by itself where its guest runs: in a jail.
    ({ conditions, run }) => !conditions?.includes('benign-neighbour') && run.supply?.policyText === undefined,
  )

interface Answer {
  readonly result: (Omit<NonNullable<Observation['result']>, 'stdout' | 'stderr'> & { stdout: string; stderr: string }) | null
  readonly threw: string | null
  readonly canaries: Observation['canaries']
  readonly unhandled: readonly string[]
}

/** One engine with the sandbox in it, started again when a guest took it along. */
export class ForeignEngine {
  readonly #program: string
  readonly #runtime: Runtime
  #child: ChildProcess | null = null
  #lines: AsyncIterator<string> | null = null
  #tail = ''

  constructor(program: string, runtime: Runtime) {
    this.#program = program
    this.#runtime = runtime
  }

  async #open(): Promise<void> {
    const child = spawn(this.#program, [...ARGUMENTS[this.#runtime], ENTRY, 'inline'], {
      stdio: 'pipe',
      env: { PATH: process.env['PATH'] ?? '' },
    })
    this.#child = child
    child.on('error', () => {})
    child.stdin.on('error', () => {})
    child.stderr.setEncoding('latin1').on('data', (text: string) => {
      this.#tail = (this.#tail + text).slice(-2_000)
    })
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    if ((await this.#read(LOAD_WITHIN_MS)) === null)
      throw new Error(`${this.#program} does not run the sandbox: ${this.#tail.trim().slice(-300)}`)
  }

  /** The next line; null if the process ended, or did not answer in time and was ended. */
  async #read(withinMs: number): Promise<string | null> {
    const child = this.#child!
    const timer = setTimeout(() => child.kill('SIGKILL'), withinMs)
    const next = await this.#lines!.next()
    clearTimeout(timer)
    return next.done ? null : next.value
  }

  async #ask(request: object, withinMs: number): Promise<string | null> {
    if (this.#child === null) await this.#open()
    this.#child!.stdin!.write(lineOf(request))
    return await this.#read(withinMs)
  }

  async takes(bytes: Uint8Array): Promise<boolean> {
    const line = await this.#ask({ bytes: Buffer.from(bytes).toString('base64'), trial: null }, LOAD_WITHIN_MS)
    if (line === null) await this.close()
    return line !== null && (JSON.parse(line) as { valid: boolean }).valid
  }

  async runPair(attack: Attack): Promise<Pair> {
    const one = async (role: 'attack' | 'twin') =>
      judged(attack, role, await this.#observe(attack.id, trialOf(attack, role)), true)
    return weigh(await one('attack'), await one('twin'))
  }

  async #observe(attack: string, trial: Trial): Promise<Observation> {
    if (this.#child === null) await this.#open()
    const startedMs = monotonicMs()
    const deadlineMs = deadlineOf(trial)
    const text = formatTrial({ attack, target: 'inline', threats: [], trial })
    const line = await this.#ask({ bytes: Buffer.from(trial.bytes).toString('base64'), trial: text }, deadlineMs + KILL_AFTER_MS)
    const elapsedMs = monotonicMs() - startedMs
    const answer = line === null ? null : (JSON.parse(line) as Answer)
    const family = answer && (await familyOf(this.#child?.pid ?? -1))
    const ended = answer === null ? await this.#ending() : { exitCode: null, signal: null }
    const hung = answer === null && elapsedMs > deadlineMs
    return {
      attack,
      target: 'sandbox-inline',
      result: answer?.result
        ? { ...answer.result, stdout: fromBase64(answer.result.stdout), stderr: fromBase64(answer.result.stderr) }
        : null,
      threw: answer?.threw ?? null,
      chamber: {
        ...ended,
        hung,
        unhandled: answer?.unhandled ?? [],
        stderrTail: this.#tail,
        orphans: 0,
        peakResidentBytes: family?.root?.residentBytes ?? 0,
        longestBlockMs: 0,
      },
      canaries: answer?.canaries ?? [],
      effects: null,
      elapsedMs,
    }
  }

  async #ending(): Promise<{ exitCode: number | null; signal: string | null }> {
    const child = this.#child!
    await this.close()
    return { exitCode: child.exitCode, signal: child.signalCode }
  }

  async close(): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.stdin?.end()
    const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
    await gone
    clearTimeout(timer)
  }
}

const fromBase64 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'))

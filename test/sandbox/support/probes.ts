// For tests of probes: a clock that is turned by hand, a sandbox that does as it is told, and modules that differ in what they say of themselves.
import { createHash } from 'node:crypto'
import { MANIFEST_SECTION } from '../../../src/sandbox/policy/manifest.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import type { Policy } from '../../../src/sandbox/policy/schema.ts'
import type { ProbeStatus } from '../../../src/sandbox/probe-record.ts'
import type { ProbeClock } from '../../../src/sandbox/probes/clock.ts'
import type { ProbeSandbox } from '../../../src/sandbox/probes/probe.ts'
import type { ExecutionResult } from '../../../src/sandbox/result.ts'
import { writer } from '../../../src/wasm/index.ts'
import { kept } from './results.ts'
import { wat } from './wat.ts'

export class HandClock implements ProbeClock {
  #now = 0
  #timers: { readonly at: number; readonly callback: () => void }[] = []

  now(): number {
    return this.#now
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.#now + milliseconds, callback }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** Timers fire at their times. @param inOneGo the time is over before any of them fires, as after the machine slept */
  turn(milliseconds: number, inOneGo = false): void {
    const end = this.#now + milliseconds
    if (inOneGo) this.#now = end
    for (;;) {
      const [first] = this.#timers.toSorted((a, b) => a.at - b.at)
      if (!first || first.at > end) break
      this.#timers = this.#timers.filter((other) => other !== first)
      this.#now = Math.max(this.#now, first.at)
      first.callback()
    }
    this.#now = end
  }

  get timers(): number {
    return this.#timers.length
  }
}

export interface FakeCall {
  readonly sha256: string
  readonly policy: Policy
  readonly signal: AbortSignal
  end(result: ExecutionResult | Error): void
}

/** @param answer what a run comes to at once; null: the test ends it */
export class FakeSandbox implements ProbeSandbox {
  readonly policy: Policy
  readonly calls: FakeCall[] = []
  answer: ((sha256: string) => ExecutionResult | Error | null) | null = () => outcome()

  constructor(policy: Policy = resolvePolicy('default')) {
    this.policy = policy
  }

  execute: ProbeSandbox['execute'] = async (module, policy, options) => {
    const sha256 = hashOf(module as Uint8Array)
    const { promise, resolve, reject } = Promise.withResolvers<ExecutionResult>()
    const end = (result: ExecutionResult | Error) => (result instanceof Error ? reject(result) : resolve(result))
    options!.signal!.addEventListener('abort', () => end(outcome({ outcome: 'terminated', success: false })))
    this.calls.push({ sha256, policy: policy as Policy, signal: options!.signal!, end })
    const now = this.answer?.(sha256) ?? null
    if (now) end(now)
    return promise
  }

  get ran(): readonly string[] {
    return this.calls.map(({ sha256 }) => sha256)
  }
}

export function outcome(changes: Partial<ExecutionResult> = {}, status: ProbeStatus | null = 'ok'): ExecutionResult {
  return {
    ...kept(),
    stdout: new Uint8Array(0),
    stderr: new Uint8Array(0),
    values: [],
    changes: [],
    probe: status && { status, value: null, unit: '', message: '', timings: [] },
    ...changes,
  }
}

export const failing = (): ExecutionResult =>
  outcome({ outcome: 'trapped', success: false, exitCode: null, trap: 'unreachable' }, null)

const LOG = { capability: 'log', reason: 'To tell.' }
export const CAPABILITIES = {
  log: LOG,
  result: { capability: 'result', reason: 'To report.' },
  clock: { capability: 'clock', granularityNs: 1_000_000, reason: 'To measure.' },
  metric: { capability: 'metric', reason: 'To count.' },
} as const

export interface ModuleShape {
  readonly name?: string
  readonly version?: string
  readonly wants?: readonly (keyof typeof CAPABILITIES)[]
  /** Makes the bytes others. */
  readonly mark?: number
  readonly text?: string
}

/** A module with a manifest. */
export function probeModule({ name = 'probe', version = '1.0.0', wants = [], mark = 0, text }: ModuleShape = {}): Uint8Array {
  const manifest = { manifest: 1, name, version, capabilities: wants.map((one) => CAPABILITIES[one]) }
  const section = writer.customSection(MANIFEST_SECTION, new TextEncoder().encode(JSON.stringify(manifest)))
  return Uint8Array.from(Buffer.concat([plainModule(mark, text), Uint8Array.from(section)]))
}

export const plainModule = (mark = 0, text = `(module (func (export "_start")) (global i32 (i32.const ${mark})))`): Uint8Array =>
  wat(text)

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Lets everything that is ready go on. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

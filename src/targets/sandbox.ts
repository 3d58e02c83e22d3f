// Our own sandbox as a target, at either isolation level.
import { readFileSync } from 'node:fs'
import {
  createSandbox,
  type ExecutionResult,
  GuestNotReady,
  type Instance,
  type PolicyInput,
  UsageError,
} from '../sandbox/index.ts'
import type { CallStep, Target, TargetOutcome, TargetResult, TargetRun } from './target.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

const OUTCOMES: Readonly<Record<ExecutionResult['outcome'], TargetOutcome>> = {
  completed: 'completed',
  exited: 'exited',
  trapped: 'trapped',
  'uncaught-exception': 'trapped',
  refused: 'refused',
  'wall-clock-limit': 'limit',
  'cpu-limit': 'limit',
  'memory-limit': 'limit',
  'output-limit': 'limit',
  terminated: 'terminated',
  // A guest that takes its jail with it, or makes the sandbox fail, has done something that it must not be able to do.
  'jail-lost': 'fault',
  'sandbox-fault': 'fault',
}

/** @param level isolation level that is attacked */
export default function makeSandboxTarget(level: 'jail' | 'inline'): Target {
  const unlimited = { wallClockMs: null, cpuMs: null, residentBytes: null }
  const base: PolicyInput = level === 'jail' ? {} : { isolation: { level, exclusiveJail: false }, quotas: unlimited }
  const sandbox = createSandbox(base)
  return {
    name: `sandbox-${level}`,
    version: `wasm-gauntlet ${version}`,
    own: true,
    unenforced: level === 'inline' ? ['time', 'resident-memory'] : [],
    describe: () =>
      level === 'jail' ? sandbox.describe() : Promise.resolve({ isolation: 'the thread of the caller; for measuring only' }),
    close: () => sandbox[Symbol.asyncDispose](),
    run: async (run) => {
      try {
        return await runOn(sandbox, level, run)
      } catch (error) {
        // A start that did not complete and a call that the state does not allow are answers; anything else is a fault, and the chamber sees it.
        if (error instanceof GuestNotReady) return answer([error.result])
        throw error
      }
    },
  }
}

async function runOn(sandbox: ReturnType<typeof createSandbox>, level: 'jail' | 'inline', run: TargetRun): Promise<TargetResult> {
  const { args, env, stdin } = run
  const options = { ...(args && { args }), ...(env && { env }), ...(stdin && { stdin }) }
  await using instance = await sandbox.create(run.module, policyOf(level, run), options)
  const results: ExecutionResult[] = [instance.startup]
  const calls = run.calls ?? defaultCalls(instance)
  for (const { call, args: values = [] } of calls) {
    try {
      results.push(await instance.call(call, ...values))
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      return answer(results, error.message)
    }
  }
  return answer(results)
}

function defaultCalls(instance: Instance): CallStep[] {
  const entry = ['_start', 'run', 'main'].find((name) => instance.functions.has(name))
  return entry === undefined ? [] : [{ call: entry }]
}

function policyOf(level: 'jail' | 'inline', { policy, limits }: TargetRun): PolicyInput {
  const own = (policy ?? {}) as PolicyInput
  const { wallClockMs, cpuMs, ...sizes } = limits
  const time = level === 'jail' ? { wallClockMs, cpuMs } : { wallClockMs: null, cpuMs: null, residentBytes: null }
  const isolation = level === 'jail' ? own.isolation : { level, exclusiveJail: false }
  return { ...own, ...(isolation && { isolation }), quotas: { ...sizes, ...own.quotas, ...time } }
}

/** @param refusedCall message of a call that the instance's state or its functions did not allow */
function answer(results: readonly ExecutionResult[], refusedCall?: string): TargetResult {
  const last = results.at(-1)
  const events = results.flatMap((result) => result.securityEvents)
  return {
    outcome: refusedCall === undefined ? (last ? OUTCOMES[last.outcome] : 'completed') : 'refused',
    detail: refusedCall === undefined ? (last?.outcome ?? 'completed') : 'call-refused',
    messages: [
      ...results.map((result) => result.message),
      ...events.map((event) => event.message),
      ...(refusedCall === undefined ? [] : [refusedCall]),
    ],
    stdout: Buffer.concat(results.map((result) => result.stdout)),
    stderr: Buffer.concat(results.map((result) => result.stderr)),
    exitCode: last?.exitCode ?? null,
    values: last?.values.map(String) ?? [],
    events: events.map((event) => event.type),
  }
}

// Our own sandbox as a target, at either isolation level.
import { readFileSync } from 'node:fs'
import {
  type AuditRecord,
  type AuditSink,
  checkOutDirectory,
  createSandbox,
  type ExecutionResult,
  GuestNotReady,
  type Instance,
  type PolicyInput,
  resolvePolicy,
  UsageError,
} from '../sandbox/index.ts'
import { Sandbox } from '../sandbox/sandbox.ts'
import { runBare, startBreached } from './breach.ts'
import { showInEditor } from './editor.ts'
import { arrive, leave, policyFromText, refusedBy } from './supply.ts'
import {
  type CallStep,
  type Supply,
  type Target,
  type TargetOutcome,
  type TargetResult,
  type TargetRun,
  UNENFORCED,
} from './target.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

const OUTCOMES: Readonly<Record<ExecutionResult['outcome'], TargetOutcome>> = {
  completed: 'completed',
  exited: 'exited',
  trapped: 'trapped',
  'uncaught-exception': 'trapped',
  refused: 'refused',
  'wall-clock-limit': 'limit',
  'cpu-limit': 'limit',
  'fuel-limit': 'limit',
  'memory-limit': 'limit',
  'output-limit': 'limit',
  'host-call-limit': 'limit',
  terminated: 'terminated',
  // A guest that takes its jail with it, or makes the sandbox fail, has done something that it must not be able to do.
  'jail-lost': 'fault',
  'sandbox-fault': 'fault',
}

/** One jail is kept for the next run: what cases say of resident memory counts all that is there, and has no room for jails that wait. */
const POOL = { idleJails: 1 }

/** What an embedder provides that a test may want to stand in for. */
export interface SandboxTargetOptions {
  /** What stands where decisions are recorded; it hands them on to the given sink, from which the audit oracle reads. */
  readonly audit?: (sink: AuditSink) => AuditSink
}

/** @param level isolation level that is attacked */
export default function makeSandboxTarget(level: 'jail' | 'inline', options: SandboxTargetOptions = {}): Target {
  const { audit: around = (sink) => sink } = options
  const unlimited = { wallClockMs: null, cpuMs: null, residentBytes: null }
  const base: PolicyInput = level === 'jail' ? {} : { isolation: { level, exclusiveJail: false }, quotas: unlimited }
  // Of the run that is going on. A second one beside it (`benign-neighbour`) has no policy of its own, and nothing to record.
  let audit: string[] = []
  const sandbox = createSandbox(base, { audit: around({ write: (record) => void audit.push(decisionOf(record)) }), pool: POOL })
  return {
    name: `sandbox-${level}`,
    version: `wasm-gauntlet ${version}`,
    own: true,
    unenforced: level === 'inline' ? UNENFORCED : [],
    describe: () =>
      level === 'jail' ? sandbox.describe() : Promise.resolve({ isolation: 'the thread of the caller; for measuring only' }),
    close: () => sandbox[Symbol.asyncDispose](),
    run: (run) => {
      if (run.breach?.layer === 'bare') return runBare(run.breach)
      if (run.dnsServer !== undefined || run.breach || run.supply || keepsState(run)) return runAlone(base, level, run, around)
      if (run.policy !== undefined) audit = []
      return runOn(sandbox, level, run, audit)
    },
  }
}

const decisionOf = ({ operation, decision }: AuditRecord) => `${operation} ${decision}`

/** Whether something of the run would still be there for the next one: the key-value store lives as long as its sandbox. */
const keepsState = ({ policy }: TargetRun): boolean => Boolean((policy as PolicyInput | undefined)?.capabilities?.kv)

/** In a sandbox of its own, with the name server and the key-value store of this run. */
async function runAlone(
  base: PolicyInput,
  level: 'jail' | 'inline',
  run: TargetRun,
  around: (sink: AuditSink) => AuditSink,
): Promise<TargetResult> {
  const audit: string[] = []
  const dnsServers = run.dnsServer === undefined ? {} : { dnsServers: [run.dnsServer] }
  const sink = around({ write: (record) => void audit.push(decisionOf(record)) })
  const options = { audit: sink, pool: POOL, ...dnsServers }
  await using sandbox = new Sandbox(resolvePolicy(base), options, run.breach && startBreached(run.breach))
  const result = await runOn(sandbox, level, run, audit)
  // An attacker in the jail may well break it; for the host to end it then is the right answer.
  return run.breach && result.outcome === 'fault' ? { ...result, outcome: 'terminated' } : result
}

/**
 * A start that did not complete and a call that the state does not allow are answers; anything else is a fault, and the chamber sees it.
 *
 * @param audit filled while the run goes on
 */
async function runOn(
  sandbox: Sandbox,
  level: 'jail' | 'inline',
  run: TargetRun,
  audit: readonly string[],
): Promise<TargetResult> {
  const { args, env, stdin, supply } = run
  const principal = supply?.principal
  const options = { ...(args && { args }), ...(env && { env }), ...(stdin && { stdin }), ...(principal && { principal }) }
  const results: ExecutionResult[] = []
  try {
    // Without a pause where there is no need of one: the sandbox is to have the bytes as they were when the target was asked (MOD-17).
    const policy = supply ? await policyFor(sandbox, level, run, supply) : policyOf(level, run)
    if (supply?.out !== undefined) await checkOutDirectory(supply.out)
    await using instance = await sandbox.create(run.module, policy, options)
    results.push(instance.startup)
    const steps = run.calls ?? defaultCalls(instance)
    let before: Promise<unknown> = Promise.resolve()
    for (const [index, { call, args: values = [] }] of steps.entries()) {
      const own = instance.call(call, ...values).then(
        (result) => void results.push(result),
        (error: unknown) => error,
      )
      const both = Promise.all([before, own]).then(([first, second]) => first ?? second)
      before = steps[index + 1]?.together ? both : Promise.resolve()
      if (steps[index + 1]?.together) continue
      const refused = await both
      if (refused instanceof UsageError) return { ...answer(results, refused.message), audit }
      if (refused !== undefined) throw refused
    }
    const unwritten = supply?.out === undefined ? [] : await leave(supply.out, results)
    const shown = supply?.editor === undefined ? [] : await showInEditor(supply.editor, results)
    const ended = answer(results)
    return { ...ended, messages: [...ended.messages, ...unwritten, ...shown], audit }
  } catch (error) {
    if (error instanceof GuestNotReady) return { ...answer([error.result]), audit }
    const refused = refusedBy(error)
    if (refused) return { ...answer(results, refused.message), detail: refused.detail, audit }
    throw error
  }
}

/** The run's own, or what is left of it on the module's way here. */
function policyFor(sandbox: Sandbox, level: 'jail' | 'inline', run: TargetRun, supply: Supply): Promise<PolicyInput> {
  const given = supply.policyText === undefined ? policyOf(level, run) : policyFromText(supply.policyText)
  return arrive(sandbox, run.module, given, supply, (policy) => policyOf(level, { ...run, policy }))
}

function defaultCalls(instance: Instance): CallStep[] {
  const entry = ['_start', 'run', 'main'].find((name) => instance.functions.has(name))
  return entry === undefined ? [] : [{ call: entry }]
}

function policyOf(level: 'jail' | 'inline', { policy, limits }: TargetRun): PolicyInput {
  const own = (policy ?? {}) as PolicyInput
  const { wallClockMs, cpuMs, ...sizes } = limits
  const thread = { residentBytes: null, heapBytes: null, stackBytes: null }
  const time = level === 'jail' ? { wallClockMs, cpuMs } : { wallClockMs: null, cpuMs: null, ...thread }
  const isolation = level === 'jail' ? own.isolation : { level, exclusiveJail: false }
  return { ...own, ...(isolation && { isolation }), quotas: { ...sizes, ...own.quotas, ...time } }
}

/** @param refusedCall message of a call that the instance's state or its functions did not allow */
function answer(results: readonly ExecutionResult[], refusedCall?: string): TargetResult {
  const last = results.at(-1)
  const events = results.flatMap((result) => result.securityEvents)
  const kills = events.flatMap((event) => (event.type === 'guest-killed' ? [event.elapsedMs] : []))
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
    ...(kills.length > 0 && { killMs: Math.max(...kills) }),
  }
}

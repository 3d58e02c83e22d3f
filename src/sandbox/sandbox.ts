// The sandbox: takes modules, gives instances and results, and ends everything that it started.
import { createHash, randomUUID } from 'node:crypto'
import type { Admitted } from './admission/admit.ts'
import type { RefusalCode } from './admission/refusal.ts'
import { GuestNotes } from './audit/guest-notes.ts'
import { type AuditSink, NO_AUDIT } from './audit.ts'
import { MemoryKvStore } from './broker/kv-memory.ts'
import { prepareMounts } from './broker/mounts.ts'
import type { HostServices } from './broker/services.ts'
import { Admissions, type AdmittedModule } from './cache/admissions.ts'
import { type CacheBounds, type CacheStatistics, readCacheOptions } from './cache/lru.ts'
import { judgeEngine } from './engine/gate.ts'
import { GuestNotReady, PoolFull, UsageError } from './errors.ts'
import type { Grants } from './host/context.ts'
import { house } from './house.ts'
import { checkArguments, Instance, type InstanceEnd } from './instance.ts'
import type { FirstCalls, GuestSpec } from './isolation/guest.ts'
import { systemHardening } from './isolation/hardening.ts'
import type { Housing } from './isolation/housing.ts'
import type { JailProcess } from './isolation/jail-process.ts'
import { Jails, type PoolState } from './isolation/jails.ts'
import { type PoolOptions, readPoolOptions } from './isolation/pool-options.ts'
import { type MonitorOptions, ResourceMonitor, readPrincipal } from './monitor/resource-monitor.ts'
import type { UsageSink } from './monitor/usage-sink.ts'
import { resultWithoutRun } from './outcome.ts'
import { ownData } from './own-data.ts'
import { resolvePolicy } from './policy/resolve.ts'
import type { Policy, PolicyInput } from './policy/schema.ts'
import { type PrincipalQuotas, Principals, type Share } from './principal-quotas.ts'
import type { ExecutionResult, GuestValue } from './result.ts'
import { grantsOf, type RunInput } from './run-input.ts'
import { signatureRefusal } from './signing/refusal.ts'
import { capturableOf, stateOf } from './snapshot/prepare.ts'
import type { Snapshot } from './snapshot/snapshot.ts'
import { quoteGuestText } from './text.ts'

/** The bytes of a module. They are copied before anything else happens to them, so later changes have no effect. */
export type ModuleBytes = Uint8Array | ArrayBuffer | SharedArrayBuffer

export interface RunOptions extends RunInput {
  /** Prepares the module so that the guest's state can be captured and restored; see docs/snapshots.md. */
  readonly snapshots?: boolean
  /** State that the guest begins with, of the same module and policy. Its start function and `_initialize` are not run, and `snapshots` is implied. */
  readonly from?: Snapshot
  /** Ends the guest when it is aborted; the outcome is `terminated`. */
  readonly signal?: AbortSignal
  /** On whose behalf the guest runs: a name of the embedder's, under which the monitor adds up. */
  readonly principal?: string
}
export interface ExecuteOptions extends RunOptions {
  /** Exported function to call; the default is `_start`. */
  readonly entry?: string
  /** Its arguments. */
  readonly callArguments?: readonly GuestValue[]
}

export interface PreinitialiseOptions extends RunOptions {
  /** Exported function to call after `_initialize`; none by default. */
  readonly entry?: string
  /** Its arguments. */
  readonly callArguments?: readonly GuestValue[]
}

/** What the embedder provides to guests beside the policy. */
export interface SandboxOptions extends HostServices {
  /** Where the broker's decisions are recorded, each before its effect. */
  readonly audit?: AuditSink
  /** How many jails there may be, and what becomes of guests for which there is none. */
  readonly pool?: PoolOptions
  /** How much of what admission found out is kept; `entries: 0` for none. The default is 256 modules and 64 MiB. */
  readonly cache?: Partial<CacheBounds>
  /** When and of what the monitor's listeners are told, and how much it keeps. */
  readonly monitor?: MonitorOptions
  /** What all guests of one principal may have together. */
  readonly perPrincipal?: PrincipalQuotas
}

/** What a guest is started with. */
interface Plan {
  readonly admission: AdmittedModule
  readonly policy: Policy
  readonly grants: Grants
}

/** A guest that nothing stands against, before there is anything of it. */
interface Newcomer {
  readonly admitted: Admitted
  readonly policy: Policy
  /** Its mounts are still to be prepared. */
  readonly spec: GuestSpec
  readonly options: RunOptions
  /** By `performance.now()`. */
  readonly startedAt: number
  readonly entry: EntryCall | null
}

/** What came of an attempt to start a guest. */
interface Started {
  /** Null if there is nothing that could be called. */
  readonly instance: Instance | null
  readonly result: ExecutionResult
}

/**
 * Makes a sandbox. Modules run under `policy` unless a call brings its own.
 *
 * @param policy a profile's name, or an object; the default is the profile `default`
 * @param options services of the embedder's: audit log, key-value store, keys, resolver
 * @throws {PolicyError} if it is not valid or cannot be enforced on this platform
 */
export function createSandbox(policy?: string | PolicyInput, options: SandboxOptions = {}): Sandbox {
  return new Sandbox(resolvePolicy(policy), options)
}

export class Sandbox implements AsyncDisposable {
  readonly policy: Policy
  /** What guests use up: figures at any time, and news for those who subscribe. */
  readonly monitor: ResourceMonitor
  readonly #options: SandboxOptions
  readonly #jails: Jails
  readonly #admissions: Admissions
  readonly #instances = new Set<Instance>()
  readonly #notes: GuestNotes
  readonly #principals: Principals
  #closed = false
  /** Guests on their way, which have no instance yet: aborted, none of them begins. */
  readonly #starting = new Set<AbortController>()

  /**
   * @param policy complete and checked; see {@link createSandbox}
   * @param startJail other jails than those of the sandbox, for attacks from within one; embedders have no use for it, and no way to it
   */
  constructor(policy: Policy, options: SandboxOptions = {}, startJail?: (background: boolean) => Promise<JailProcess>) {
    this.policy = policy
    this.monitor = new ResourceMonitor(options.monitor)
    this.monitor.check(policy)
    // One store for all guests of the sandbox, if the embedder brings none.
    this.#options = { kv: new MemoryKvStore(), ...options }
    const { cache, pool, perPrincipal } = ownData(options) as SandboxOptions
    this.#principals = new Principals(perPrincipal)
    this.#admissions = new Admissions(readCacheOptions(cache))
    this.#jails = new Jails(startJail, readPoolOptions(pool))
    this.#notes = new GuestNotes(options.audit ?? NO_AUDIT)
  }

  /**
   * Has a module admitted, and runs nothing of it; what was found out is kept for its first guest.
   *
   * @returns null, or for a module that is refused the result that a run would have
   * @throws {PolicyError} {@link UsageError} on bad arguments
   */
  async admit(module: ModuleBytes, policy?: string | PolicyInput, options: RunOptions = {}): Promise<ExecutionResult | null> {
    const plan = this.#admit(module, policy, ownData(options) as RunOptions, performance.now(), null)
    return 'refused' in plan ? plan.refused : null
  }

  /**
   * Admits a module, instantiates it, and runs its start function and `_initialize` if it has them.
   *
   * @throws {GuestNotReady} with the result, if the module is refused or does not get that far
   * @throws {PolicyError} {@link UsageError} on bad arguments
   */
  async create(module: ModuleBytes, policy?: string | PolicyInput, options: RunOptions = {}): Promise<Instance> {
    const { instance, result } = await this.#start(module, policy, ownData(options) as RunOptions)
    if (!instance) throw new GuestNotReady(result)
    return instance
  }

  /**
   * Runs a module to its end: instantiation, one call, disposal. Whatever the guest does is in the result.
   *
   * @throws {PolicyError} {@link UsageError} on bad arguments
   */
  async execute(module: ModuleBytes, policy?: string | PolicyInput, options: ExecuteOptions = {}): Promise<ExecutionResult> {
    const own = ownData(options) as ExecuteOptions
    const { entry = '_start', callArguments = [] } = own
    const { instance, result } = await this.#start(module, policy, own, { name: entry, values: [...callArguments] })
    await instance?.terminate()
    return instance?.accounted(result) ?? result
  }

  /**
   * A new guest in the state of a snapshot: `create` with `from`.
   *
   * @throws {SnapshotError} if the snapshot is of another module or policy
   * @throws {GuestNotReady} {@link PolicyError} {@link UsageError} as `create` does
   */
  restore(snapshot: Snapshot, module: ModuleBytes, policy?: string | PolicyInput, options: RunOptions = {}): Promise<Instance> {
    return this.create(module, policy, { ...options, from: snapshot })
  }

  /**
   * Runs a module's start function and `_initialize`, and a function of its own if one is named, and takes the state: many guests can begin there
   * (`from`) without running any of it again. What it read on the way (arguments, environment, clock, random numbers) stays in its state.
   *
   * @throws {SnapshotError} if the state cannot be captured
   * @throws {GuestNotReady} if the guest did not get that far; {@link PolicyError} {@link UsageError} as `create` does
   */
  async preinitialise(module: ModuleBytes, policy?: string | PolicyInput, options: PreinitialiseOptions = {}): Promise<Snapshot> {
    const own = ownData(options) as PreinitialiseOptions
    const instance = await this.create(module, policy, { ...own, snapshots: true })
    try {
      if (own.entry !== undefined) {
        const result = await instance.call(own.entry, ...(own.callArguments ?? []))
        if (result.outcome !== 'completed') throw new GuestNotReady(result)
      }
      return await instance.snapshot()
    } finally {
      await instance.terminate()
    }
  }

  /** Ends every guest of this sandbox, in the middle of a call if need be, and resolves when all are verifiably gone. */
  async terminateAll(): Promise<void> {
    for (const start of this.#starting) start.abort()
    await Promise.all([...this.#instances].map((instance) => instance.terminate()))
  }

  /** How many jails there are, and who waits for one. */
  get pool(): PoolState {
    return this.#jails.state
  }

  /** What did not have to be done again: admissions in this process, compiled modules in the jails. Both are kept in memory only. */
  get cache(): { readonly admissions: CacheStatistics; readonly modules: CacheStatistics } {
    return { admissions: this.#admissions.statistics, modules: this.#jails.modules }
  }

  /** What is in force where guests run, as the jail itself found out by trying. Starts a jail if none is there. */
  async describe(): Promise<Readonly<Record<string, string>>> {
    const jail = await this.#jails.take({ fresh: false, key: null })
    await this.#jails.give(jail)
    const { problems, list } = judgeEngine()
    const engine = { 'engine advisories': problems.length === 0 ? 'none known' : problems.join('; '), 'engine list': list }
    return { ...jail.probe, 'system hardening': systemHardening(), ...engine }
  }

  /** Ends everything; the sandbox takes no more modules. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await this.terminateAll()
    await this.#jails.close()
    await this.#notes.settled()
  }

  async #start(
    module: ModuleBytes,
    policyInput: string | PolicyInput | undefined,
    options: RunOptions,
    entry: EntryCall | null = null,
  ): Promise<Started> {
    const startedAt = performance.now()
    const plan = this.#admit(module, policyInput, options, startedAt, entry)
    if ('refused' in plan) return { instance: null, result: plan.refused }
    const { admission, policy, grants } = plan
    if (entry !== null) checkEntry(entry, admission)
    if (options.signal?.aborted) return notStarted(startedAt)
    const spec: GuestSpec = {
      imports: admission.imports,
      memoryExport: admission.memoryExport,
      startExport: admission.startExport,
      ...(admission.meter && { meter: admission.meter }),
      functions: [...admission.functions.keys()],
      grants,
      moduleId: admission.moduleId,
      ...stateOf(admission, policy, options.from),
    }
    return this.#run({ admitted: admission, policy, spec, options, startedAt, entry })
  }

  /** Everything that happens before a jail is needed. At once, so that whatever the embedder does next finds the guest begun. */
  #admit(
    module: ModuleBytes,
    policyInput: string | PolicyInput | undefined,
    options: RunOptions,
    startedAt: number,
    entry: EntryCall | null,
  ): Plan | { readonly refused: ExecutionResult } {
    if (this.#closed) throw new UsageError('The sandbox has been disposed of; create a new one.')
    const policy = policyInput === undefined ? this.policy : resolvePolicy(policyInput, this.policy)
    this.monitor.check(policy)
    readPrincipal(options.principal)
    // Before anything is awaited, and before the module is looked at: the embedder's mistakes come first.
    const grants = grantsOf(options, policy, [])
    const refuse = (module: string | null, code: RefusalCode, message: string) => {
      void this.#notes.refused(module, policy, code, message)
      const events = [{ type: 'module-refused', severity: 'warning', message, code, offset: null }] as const
      return { refused: resultWithoutRun('refused', message, events, startedAt) }
    }
    const view = viewOf(module)
    if (view.byteLength > policy.quotas.moduleBytes) {
      return refuse(
        null,
        'limit',
        `The module has ${view.byteLength} bytes; the policy "${policy.name}" allows ${policy.quotas.moduleBytes} (quotas.moduleBytes).`,
      )
    }
    // Copied once, before the first await: hash, admission and the engine see these bytes and no others (MOD-17).
    const bytes = new Uint8Array(view)
    // For each guest anew, and before anything else looks at the bytes: signatures stop to count without any change in the module (SUP-05).
    const unsigned = signatureRefusal(bytes, policy)
    if (unsigned) {
      const { message, events, code } = unsigned
      void this.#notes.refused(createHash('sha256').update(bytes).digest('hex'), policy, code, message)
      return { refused: resultWithoutRun('refused', message, events, startedAt) }
    }
    const admission = this.#admissions.admit(bytes, policy, options.snapshots === true || options.from !== undefined)
    if (admission.verdict === 'refused') {
      const { message, events, code } = admission.refusal
      void this.#notes.refused(admission.sha256, policy, code, message)
      return { refused: resultWithoutRun('refused', message, events, startedAt) }
    }
    if (entry !== null && !admission.functions.has(entry.name)) {
      return refuse(
        admission.sha256,
        'entry-missing',
        `The module exports no function ${quoteGuestText(entry.name)} that can be called; name another with "entry".`,
      )
    }
    return { admission, policy, grants }
  }

  async #run(newcomer: Newcomer): Promise<Started> {
    const { policy, options } = newcomer
    // Before anything is allocated for the guest, and given back as soon as there is none (RES-11).
    const share = this.#principals.enter(readPrincipal(options.principal), policy)
    const start = new AbortController()
    const stop = () => start.abort()
    this.#starting.add(start)
    options.signal?.addEventListener('abort', stop)
    try {
      const started = await this.#runUnless(start.signal, share, newcomer)
      if (!started.instance) share.release()
      return started
    } catch (error) {
      share.release()
      throw error
    } finally {
      this.#starting.delete(start)
      options.signal?.removeEventListener('abort', stop)
    }
  }

  /** @param stopped the guest does not begin any more; once it has begun, its instance ends it */
  async #runUnless(stopped: AbortSignal, share: Share, newcomer: Newcomer): Promise<Started> {
    const { admitted, policy, options, startedAt, entry } = newcomer
    const { signal } = options
    const principal = readPrincipal(options.principal)
    const id = randomUUID()
    let spec: GuestSpec
    try {
      const grants = await this.#mounted(newcomer.spec.grants, policy, { ...options, signal: stopped })
      spec = { ...newcomer.spec, grants }
    } catch (error) {
      // The signal ends the reading of a snapshot with its own reason, which is news to nobody.
      if (stopped.aborted) return notStarted(startedAt)
      throw error
    }
    const { monitor, left } = this.monitor.enter({
      instance: id,
      principal,
      module: admitted.sha256,
      policy,
    })
    let housing: Housing
    try {
      const usage = withShare(monitor, share)
      const tenant = { policy, instance: id, module: admitted.sha256, principal, usage, signal: stopped }
      housing = await house(tenant, this.#jails, this.#options)
    } catch (error) {
      left()
      if (stopped.aborted) return notStarted(startedAt)
      if (error instanceof UsageError || error instanceof PoolFull) throw error
      const message = `No jail could be started: ${quoteGuestText((error as Error).message, 300)}.`
      return { instance: null, result: resultWithoutRun('sandbox-fault', message, [], startedAt) }
    }
    // Before any code of the guest's runs.
    const recorded = await Promise.race([this.#notes.started(id, admitted.sha256, policy), whenAborted(stopped)])
    const unrecorded = !recorded && policy.audit.whenUnwritable === 'end-guest'
    // Preparing a jail takes a while, and nobody listened to the signal meanwhile.
    if (stopped.aborted || unrecorded) {
      await housing.end()
      left()
      const { result } = stopped.aborted ? notStarted(startedAt) : notRecorded(startedAt)
      const noted = this.#notes.ended(id, admitted.sha256, { last: result, reason: result.message })
      if (!stopped.aborted) await noted
      return { instance: null, result }
    }
    const abort = () => void instance.terminate()
    const whenEnded = (end: InstanceEnd) => {
      if (this.#instances.delete(instance)) void this.#notes.ended(id, admitted.sha256, end)
      signal?.removeEventListener('abort', abort)
      left()
      share.release()
    }
    const instance = new Instance(
      id,
      policy,
      admitted.sha256,
      admitted.functions,
      housing,
      whenEnded,
      monitor,
      share.mustHaveTime,
    )
    this.#instances.add(instance)
    signal?.addEventListener('abort', abort)
    const load = (where: Housing, first: FirstCalls) => where.load(spec, admitted.bytes, first)
    const result = await instance.start(load, capturableOf(admitted, policy), spec.image !== undefined, entry)
    return { instance: instance.state === 'ready' ? instance : null, result: instance.accounted(result) }
  }

  /** Snapshots are taken, and the embedder's files laid into the mounts, when the guest is created. */
  async #mounted(grants: Grants, policy: Policy, { files = {}, signal }: RunOptions): Promise<Grants> {
    const mounts = await prepareMounts(policy, files, signal)
    return grants.fs ? { ...grants, fs: { ...grants.fs, mounts } } : grants
  }
}

/** False when the signal is aborted: a log that never answers must not hold a jail against the will of who ends the guest. */
const whenAborted = (signal: AbortSignal): Promise<false> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(false)
    else signal.addEventListener('abort', () => resolve(false), { once: true })
  })

const notRecorded = (startedAt: number): Started => {
  const message = 'The audit log could not be written, so the guest was not started.'
  const events = [{ type: 'audit-failed', severity: 'high', message }] as const
  return { instance: null, result: resultWithoutRun('sandbox-fault', message, events, startedAt) }
}

const notStarted = (startedAt: number): Started => ({
  instance: null,
  result: resultWithoutRun('terminated', 'The guest was ended by its host before it started.', [], startedAt),
})

/** What is told to the monitor, told to the principal's sums too. */
const withShare = (monitor: UsageSink, share: Share): UsageSink => ({
  sampled: (cpuMs, residentBytes) => {
    share.sampled(cpuMs)
    monitor.sampled(cpuMs, residentBytes)
  },
  wrote: (bytes) => monitor.wrote(bytes),
  brokered: (call) => monitor.brokered(call),
})

type EntryCall = NonNullable<FirstCalls['call']>

/** @throws {UsageError} before anything is started for it */
function checkEntry({ name, values }: EntryCall, { functions }: Admitted): void {
  if (name === '_initialize')
    throw new UsageError('_initialize is called when the guest is created, once; name another function.')
  checkArguments(name, functions.get(name)!, values)
}

function viewOf(module: ModuleBytes): Uint8Array {
  if (module instanceof ArrayBuffer || module instanceof SharedArrayBuffer) return new Uint8Array(module)
  if (module instanceof Uint8Array) return module
  throw new UsageError('A module must be given as Uint8Array, ArrayBuffer or SharedArrayBuffer.')
}

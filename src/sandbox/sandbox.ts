// The sandbox: takes modules, gives instances and results, and ends everything that it started.
import { randomUUID } from 'node:crypto'
import { type Admitted, admit } from './admission/admit.ts'
import type { RefusalCode } from './admission/refusal.ts'
import { type AuditSink, NO_AUDIT } from './audit.ts'
import { Broker } from './broker/broker.ts'
import { deniedOperations } from './broker/filter.ts'
import { MemoryKvStore } from './broker/kv-memory.ts'
import { prepareMounts } from './broker/mounts.ts'
import { type HostServices, servicesFor } from './broker/services.ts'
import { GuestNotReady, UsageError } from './errors.ts'
import type { Grants, LocalEvent } from './host/context.ts'
import { Instance } from './instance.ts'
import type { GuestSpec } from './isolation/guest.ts'
import { systemHardening } from './isolation/hardening.ts'
import type { Housing } from './isolation/housing.ts'
import { Inline } from './isolation/inline.ts'
import { Jailed } from './isolation/jailed.ts'
import { Jails } from './isolation/jails.ts'
import { joinResults, resultWithoutRun } from './outcome.ts'
import { ownData } from './own-data.ts'
import { resolvePolicy } from './policy/resolve.ts'
import type { Policy, PolicyInput } from './policy/schema.ts'
import type { ExecutionResult, GuestValue } from './result.ts'
import { grantsOf, type RunInput } from './run-input.ts'
import { quoteGuestText } from './text.ts'

/** The bytes of a module. They are copied before anything else happens to them, so later changes have no effect. */
export type ModuleBytes = Uint8Array | ArrayBuffer | SharedArrayBuffer

export interface RunOptions extends RunInput {
  /** Ends the guest when it is aborted; the outcome is `terminated`. */
  readonly signal?: AbortSignal
}
export interface ExecuteOptions extends RunOptions {
  /** Exported function to call; the default is `_start`. */
  readonly entry?: string
  /** Its arguments. */
  readonly callArguments?: readonly GuestValue[]
}

/** What the embedder provides to guests beside the policy. */
export interface SandboxOptions extends HostServices {
  /** Where the broker's decisions are recorded, each before its effect. */
  readonly audit?: AuditSink
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
  readonly #options: SandboxOptions
  readonly #jails = new Jails()
  readonly #instances = new Set<Instance>()
  #closed = false
  /** Calls of `terminateAll`: a guest whose jail was still being prepared during one must not start afterwards. */
  #sweeps = 0

  /** @param policy complete and checked; see {@link createSandbox} */
  constructor(policy: Policy, options: SandboxOptions = {}) {
    this.policy = policy
    // One store for all guests of the sandbox, if the embedder brings none.
    this.#options = { kv: new MemoryKvStore(), ...options }
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
    const { instance, result: loaded } = await this.#start(module, policy, own, entry)
    if (!instance) return loaded
    try {
      return joinResults(loaded, await instance.call(entry, ...callArguments))
    } finally {
      await instance.terminate()
    }
  }

  /** Ends every guest of this sandbox, in the middle of a call if need be, and resolves when all are verifiably gone. */
  async terminateAll(): Promise<void> {
    this.#sweeps++
    await Promise.all([...this.#instances].map((instance) => instance.terminate()))
  }

  /** What is in force where guests run, as the jail itself found out by trying. Starts a jail if none is there. */
  async describe(): Promise<Readonly<Record<string, string>>> {
    const jail = await this.#jails.take(false)
    await this.#jails.give(jail)
    return { ...jail.probe, 'system hardening': systemHardening() }
  }

  /** Ends everything; the sandbox takes no more modules. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await this.terminateAll()
    await this.#jails.close()
  }

  async #start(
    module: ModuleBytes,
    policyInput: string | PolicyInput | undefined,
    options: RunOptions,
    entry?: string,
  ): Promise<Started> {
    const startedAt = performance.now()
    if (this.#closed) throw new UsageError('The sandbox has been disposed of; create a new one.')
    const policy = policyInput === undefined ? this.policy : resolvePolicy(policyInput, this.policy)
    // Before anything is awaited, and before the module is looked at: the embedder's mistakes come first.
    const grants = grantsOf(options, policy, [])
    const refuse = (code: RefusalCode, message: string): Started => ({
      instance: null,
      result: resultWithoutRun(
        'refused',
        message,
        [{ type: 'module-refused', severity: 'warning', message, code, offset: null }],
        startedAt,
      ),
    })
    const view = viewOf(module)
    if (view.byteLength > policy.quotas.moduleBytes) {
      return refuse(
        'limit',
        `The module has ${view.byteLength} bytes; the policy "${policy.name}" allows ${policy.quotas.moduleBytes} (quotas.moduleBytes).`,
      )
    }
    // Copied once, before the first await: hash, admission and the engine see these bytes and no others (MOD-17).
    const bytes = new Uint8Array(view)
    const admission = admit(bytes, policy)
    if (admission.verdict === 'refused') {
      const { message, events } = admission.refusal
      return { instance: null, result: resultWithoutRun('refused', message, events, startedAt) }
    }
    if (entry !== undefined && !admission.functions.has(entry)) {
      return refuse(
        'entry-missing',
        `The module exports no function ${quoteGuestText(entry)} that can be called; name another with "entry".`,
      )
    }
    if (options.signal?.aborted) return notStarted(startedAt)
    return this.#run(
      admission,
      policy,
      {
        imports: admission.imports,
        memoryExport: admission.memoryExport,
        startExport: admission.startExport,
        functions: [...admission.functions.keys()],
        grants,
      },
      options,
      startedAt,
    )
  }

  async #run(admitted: Admitted, policy: Policy, plan: GuestSpec, options: RunOptions, startedAt: number): Promise<Started> {
    const sweeps = this.#sweeps
    const { signal } = options
    const id = randomUUID()
    let spec: GuestSpec
    try {
      spec = { ...plan, grants: await this.#mounted(plan.grants, policy, options) }
    } catch (error) {
      // The signal ends the reading of a snapshot with its own reason, which is news to nobody.
      if (signal?.aborted) return notStarted(startedAt)
      throw error
    }
    let housing: Housing
    try {
      housing = await this.#house(policy, id, admitted.sha256)
    } catch (error) {
      if (error instanceof UsageError) throw error
      const message = `No jail could be started: ${quoteGuestText((error as Error).message, 300)}.`
      return { instance: null, result: resultWithoutRun('sandbox-fault', message, [], startedAt) }
    }
    // Preparing a jail takes a while, and nobody listened to the signal meanwhile.
    if (signal?.aborted || sweeps !== this.#sweeps) {
      await housing.end()
      return notStarted(startedAt)
    }
    const abort = () => void instance.terminate()
    const instance = new Instance(id, policy, admitted.sha256, admitted.functions, housing, () => {
      this.#instances.delete(instance)
      signal?.removeEventListener('abort', abort)
    })
    this.#instances.add(instance)
    signal?.addEventListener('abort', abort)
    const result = await instance.start((where) => where.load(spec, admitted.bytes))
    return { instance: instance.state === 'ready' ? instance : null, result }
  }

  /** Snapshots are taken, and the embedder's files laid into the mounts, when the guest is created. */
  async #mounted(grants: Grants, policy: Policy, { files = {}, signal }: RunOptions): Promise<Grants> {
    const mounts = await prepareMounts(policy, files, signal)
    return grants.fs ? { ...grants, fs: { ...grants.fs, mounts } } : grants
  }

  async #house(policy: Policy, instance: string, module: string): Promise<Housing> {
    const { isolation, quotas } = policy
    const services = await servicesFor(policy, this.#options)
    const { audit = NO_AUDIT } = this.#options
    const denied = deniedOperations(policy.hostCalls.deny)
    const broker = (event: (event: LocalEvent) => void) =>
      new Broker({ services: services(event), denied, deadlineMs: quotas.hostCallMs, audit, event, instance, module })
    if (isolation.level === 'inline') return new Inline(quotas.outputBytes, broker)
    const jail = await this.#jails.take(isolation.exclusiveJail).catch(async (error: unknown) => {
      // What the services have open already would stay so.
      await broker(() => {}).close()
      throw error
    })
    const { wallClockMs, cpuMs, residentBytes } = quotas
    // Null would be "no limit"; the policy was refused if a jail's limit is null.
    const limits = { wallClockMs: wallClockMs!, cpuMs: cpuMs!, residentBytes: residentBytes! }
    const { outputBytes, reports, reportBytes, inodes, fileBytes } = quotas
    const received = { reports, reportBytes, inodes, fileBytes }
    return new Jailed(jail, this.#jails, { limits, outputBytes, received, exclusive: isolation.exclusiveJail }, broker)
  }
}

const notStarted = (startedAt: number): Started => ({
  instance: null,
  result: resultWithoutRun('terminated', 'The guest was ended by its host before it started.', [], startedAt),
})

function viewOf(module: ModuleBytes): Uint8Array {
  if (module instanceof ArrayBuffer || module instanceof SharedArrayBuffer) return new Uint8Array(module)
  if (module instanceof Uint8Array) return module
  throw new UsageError('A module must be given as Uint8Array, ArrayBuffer or SharedArrayBuffer.')
}

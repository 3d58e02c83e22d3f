// Probes on schedules, and their modules replaced while they run: the embedder's way to everything in this folder.
import { UsageError } from '../errors.ts'
import { readPrincipal } from '../monitor/resource-monitor.ts'
import { ownData } from '../own-data.ts'
import { resolvePolicy } from '../policy/resolve.ts'
import type { PolicyInput } from '../policy/schema.ts'
import type { ModuleBytes } from '../sandbox.ts'
import type { ResultStore } from '../store/result-store.ts'
import type { RunSettings } from './candidate.ts'
import { type ProbeClock, SYSTEM_CLOCK } from './clock.ts'
import { type Consents, MemoryConsents } from './consents.ts'
import { Deployment, type SwapResult } from './deployment.ts'
import { overviewOf, type ProbeOverview } from './overview.ts'
import { Probe, type ProbeSandbox } from './probe.ts'
import type { ProbeEvent } from './probe-events.ts'
import { type ProbeSettingsInput, probeSettings, type SwapSettingsInput, swapSettings } from './settings.ts'

export interface ProbeRunnerOptions {
  /**
   * Where consents are kept; the default is in memory, for as long as the runner lives. `not-needed`: the policy is all the agreement that is
   * wanted, and no module is asked about.
   */
  readonly consents?: Consents | 'not-needed'
  /** Refuse modules without a manifest. Otherwise the policy alone decides about them. */
  readonly requireManifest?: boolean
  /** Every result is kept here, under the hash of the version that it came from and the probe's id. */
  readonly results?: Pick<ResultStore, 'put'>
  readonly clock?: ProbeClock
  /** For the jitter, from 0 to below 1; the default is `Math.random`. */
  readonly random?: () => number
}

export interface ProbeDefinition extends ProbeSettingsInput {
  readonly module: ModuleBytes
  /** From beside the module, as it was parsed. */
  readonly manifest?: unknown
  /** The default is the sandbox's. A module gets what its manifest asks for of it, and no more. */
  readonly policy?: string | PolicyInput
  /** Entry, arguments, environment, files, and on whose behalf it runs (`run.principal`, which may be somebody else): the same for every run. */
  readonly run?: RunSettings
}

export interface SwapOptions extends SwapSettingsInput {
  /** From beside the module, as it was parsed. */
  readonly manifest?: unknown
}

export class ProbeRunner implements AsyncDisposable {
  readonly #sandbox: ProbeSandbox
  readonly #options: ProbeRunnerOptions
  readonly #consents: Consents | null
  readonly #probes = new Map<string, Probe>()
  readonly #listeners = new Set<(event: ProbeEvent) => void>()
  readonly #events: ProbeEvent[] = []
  #telling = false
  #closed = false

  constructor(sandbox: ProbeSandbox, options: ProbeRunnerOptions = {}) {
    this.#sandbox = sandbox
    this.#options = ownOptions(options)
    const { consents = new MemoryConsents() } = this.#options
    this.#consents = consents === 'not-needed' ? null : consents
  }

  /**
   * Takes on a probe; `start` puts it on its schedule. A module that is refused leaves no probe behind.
   *
   * @throws {UsageError} {@link PolicyError} {@link ConsentStoreError}
   */
  async add(definition: ProbeDefinition): Promise<SwapResult> {
    this.#checkOpen()
    const { module, manifest = null, policy, run = {}, ...rest } = ownOptions(definition)
    const settings = probeSettings(rest)
    const { id, principal } = settings
    if (this.#probes.has(id)) throw new UsageError(`There is a probe "${id}" already; swap its module, or remove it.`)
    const view = viewOf(module)
    const place = {
      policy: policy === undefined ? this.#sandbox.policy : resolvePolicy(policy, this.#sandbox.policy),
      run: privateSettings(run),
      requireManifest: this.#options.requireManifest ?? false,
    }
    const { clock = SYSTEM_CLOCK, random = Math.random, results = null } = this.#options
    const emit = (event: ProbeEvent) => this.#emit(event)
    const probe = new Probe(
      { settings, run: place.run, sandbox: this.#sandbox, results, clock, random, emit },
      (nextRun) => new Deployment({ probe: id, place, consents: this.#consents, principal, nextRun, emit }),
    )
    this.#probes.set(id, probe)
    try {
      const result = await probe.deployment.swap(view, manifest, swapSettings({}))
      if (result.state === 'refused') this.#probes.delete(id)
      return result
    } catch (error) {
      this.#probes.delete(id)
      throw error
    }
  }

  /** From now on its runs become due; the first one at once, or after its jitter. @throws {UsageError} */
  start(id: string): void {
    this.#checkOpen()
    this.#probe(id).start()
  }

  /**
   * From now on no run becomes due.
   *
   * @param abort ends the run that is going on; otherwise it goes on to its end
   * @returns when no run is going on any more
   * @throws {UsageError}
   */
  async stop(id: string, { abort = false }: { readonly abort?: boolean } = {}): Promise<void> {
    await this.#probe(id).stop(abort)
  }

  /**
   * Replaces the probe's module. What is running goes on to its end with the version that it began with; whatever is refused, or not agreed to,
   * changes nothing.
   *
   * @throws {UsageError} {@link ConsentStoreError}
   */
  async swap(id: string, module: ModuleBytes, options: SwapOptions = {}): Promise<SwapResult> {
    this.#checkOpen()
    const { manifest = null, ...rest } = ownOptions(options)
    const settings = swapSettings(rest)
    return this.#probe(id).deployment.swap(viewOf(module), manifest, settings)
  }

  /**
   * Answers the question that a replacement waits for.
   *
   * @param sha256 of the module that the answer is about
   * @throws {UsageError} {@link ConsentStoreError}
   */
  async answer(id: string, sha256: string, answer: 'granted' | 'denied'): Promise<SwapResult> {
    if (answer !== 'granted' && answer !== 'denied') throw new UsageError('An answer is "granted" or "denied".')
    return this.#probe(id).deployment.answer(sha256, answer)
  }

  /** Makes the canary the active version, whatever the rule would say. @throws {UsageError} */
  promote(id: string, because = 'The embedder promoted it.'): void {
    this.#probe(id).deployment.promote(because)
  }

  /** Ends the replacement; if there is none, the version before the active one is active again, with the same bytes. @throws {UsageError} */
  rollBack(id: string, because = 'The embedder rolled back.'): void {
    this.#probe(id).deployment.rollBack(because)
  }

  /** @throws {UsageError} */
  status(id: string): ProbeOverview {
    return overviewOf(this.#probe(id))
  }

  get ids(): readonly string[] {
    return [...this.#probes.keys()]
  }

  /** Stops a probe and forgets it. @throws {UsageError} */
  async remove(id: string, options: { readonly abort?: boolean } = {}): Promise<void> {
    const probe = this.#probe(id)
    this.#probes.delete(id)
    if (probe.deployment.state !== 'none') probe.deployment.rollBack('The probe was removed.')
    await probe.stop(options.abort ?? false)
  }

  /** A listener that throws is a warning of the process, and keeps nobody else from listening. @returns how to end it */
  subscribe(listener: (event: ProbeEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Ends everything, the runs that are going on too; the sandbox stays. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    await Promise.all(this.ids.map((id) => this.remove(id, { abort: true })))
  }

  #probe(id: string): Probe {
    const probe = this.#probes.get(id)
    if (!probe) throw new UsageError(`There is no probe "${String(id).slice(0, 100)}".`)
    return probe
  }

  #checkOpen(): void {
    if (this.#closed) throw new UsageError('The probe runner has been disposed of; create a new one.')
  }

  /** In order, also if a listener causes further events. */
  #emit(event: ProbeEvent): void {
    this.#events.push(event)
    if (this.#telling) return
    this.#telling = true
    for (let next = this.#events.shift(); next; next = this.#events.shift()) {
      for (const listener of [...this.#listeners]) {
        try {
          listener(next)
        } catch (error) {
          process.emitWarning(error instanceof Error ? error : String(error))
        }
      }
    }
    this.#telling = false
  }
}

/** Own properties only: what is on a polluted `Object.prototype` is no option of anybody's. */
const ownOptions = <T extends object>(options: T): T => Object.assign(Object.create(null) as T, options)

function viewOf(module: ModuleBytes): Uint8Array {
  if (module instanceof ArrayBuffer || module instanceof SharedArrayBuffer) return new Uint8Array(module)
  if (module instanceof Uint8Array) return module
  throw new UsageError('A module must be given as Uint8Array, ArrayBuffer or SharedArrayBuffer.')
}

const RUN_SETTINGS = [
  'entry',
  'callArguments',
  'args',
  'env',
  'stdin',
  'files',
  'principal',
] as const satisfies readonly (keyof RunSettings)[]

/** A signal is not among them: it belongs to one run, see `stop`. */
function privateSettings(run: RunSettings): RunSettings {
  const unknown = Object.keys(run).find((key) => !(RUN_SETTINGS as readonly string[]).includes(key))
  if (unknown !== undefined)
    throw new UsageError(`The runs of a probe have no setting ${JSON.stringify(unknown)}; there are ${RUN_SETTINGS.join(', ')}.`)
  readPrincipal(run.principal)
  try {
    return ownData(structuredClone({ ...run })) as RunSettings
  } catch {
    throw new UsageError('The settings of the runs must be plain data.')
  }
}

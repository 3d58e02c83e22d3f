// One guest in the thread that called this: compile, link, instantiate, start, call. The same code runs in a cell and under `inline`.

import type { GuestCounts } from '../host/call-counts.ts'
import type { Grants, HostContext } from '../host/context.ts'
import type { TreeChange } from '../host/fs/file-system.ts'
import type { Mounts } from '../host/fs/mounts.ts'
import { GuestMemory } from '../host/guest-memory.ts'
import { makeTrap, trapIsUncatchable } from '../host/kill.ts'
import { linkImports, type MatchedImport } from '../host/link.ts'
import type { SeededSource } from '../host/random-source.ts'
import { releaseHandles } from '../host/release.ts'
import { GuestMeter, type MeterSpec } from '../metering/guest-meter.ts'
import type { Trap } from '../result.ts'
import { GuestState } from '../snapshot/guest-state.ts'
import { HostState } from '../snapshot/host-state.ts'
import { decodeImage, encodeImage } from '../snapshot/image.ts'
import type { SnapshotPlan } from '../snapshot/plan.ts'
import type { Uncapturable } from '../snapshot/problem.ts'
import { quoteGuestText } from '../text.ts'
import { beginActivation, type GuestSurroundings, openContext } from './guest-context.ts'
import { trapOf } from './traps.ts'

export type { GuestSurroundings } from './guest-context.ts'

/** What admission found out about the module, and what the policy grants: plain data. */
export interface GuestSpec {
  readonly imports: readonly MatchedImport[]
  /** Name under which the rewritten module exports the memory that host calls use; null if it has none. */
  readonly memoryExport: string | null
  /** Name under which it exports what was its start function; null if it had none. */
  readonly startExport: string | null
  /** Exported functions that may be called: those with numeric parameters and results. */
  readonly functions: readonly string[]
  readonly grants: Grants
  /** What the module counts; absent for one that is not metered. */
  readonly meter?: MeterSpec
  /** Names the compiled form of the module where it may be kept for the next guest; absent: it is not kept. */
  readonly moduleId?: string
  /** What is captured of it; absent for a guest whose module was not prepared for that. */
  readonly snapshots?: SnapshotPlan
  /** State that it has instead of the one after its start function, as `capture` gave it. */
  readonly image?: Uint8Array
}

/** What is done in the first activation, after instantiation and the start function. One activation: its limits hold for all of it together. */
export interface FirstCalls {
  /** Whether `_initialize` is called. */
  readonly initialize: boolean
  /** What is called then; its values are the activation's. */
  readonly call: { readonly name: string; readonly values: readonly (number | bigint)[] } | null
}
const NO_CALLS: FirstCalls = { initialize: false, call: null }

/** The guest's state, or why there is none. */
export type Captured = { readonly image: Uint8Array<ArrayBuffer> } | Uncapturable

/** How one activation ended, as the thread that ran it sees it: enumerated data, no text of the guest's but in `detail`, neutralised. */
export type Ending =
  | { readonly kind: 'returned'; readonly values: readonly (number | bigint)[] }
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'trapped'; readonly trap: Trap }
  | { readonly kind: 'uncaught-exception' }
  | { readonly kind: 'fuel-limit' }
  | { readonly kind: 'host-call-limit' }
  | { readonly kind: 'output-limit' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'out-of-memory' }
  | { readonly kind: 'engine-refused'; readonly detail: string }
  | { readonly kind: 'fault'; readonly detail: string }

type GuestFunction = (...values: (number | bigint)[]) => unknown

export class Guest {
  readonly #spec: GuestSpec
  readonly #surroundings: GuestSurroundings
  readonly #context: HostContext
  readonly #trap = makeTrap()
  // A Map, because the names are the guest's: `then`, `__proto__` and `constructor` are names like any other here (LNK-07, LNK-08).
  readonly #functions = new Map<string, GuestFunction>()
  readonly #mounts: Mounts
  readonly #random: SeededSource | null
  readonly #hostState: HostState
  #state: GuestState | null = null
  #memory: WebAssembly.Memory | null = null
  #module: WebAssembly.Module | null = null
  #meter: GuestMeter | null = null

  constructor(spec: GuestSpec, surroundings: GuestSurroundings) {
    this.#spec = spec
    this.#surroundings = surroundings
    const { context, mounts, random } = openContext(spec.grants, surroundings)
    this.#context = context
    this.#mounts = mounts
    this.#random = random
    this.#hostState = new HostState(this.#context, this.#mounts)
  }

  /**
   * The guest that takes the place of this one, not loaded yet: it begins with this state. What this one has open is closed, and what counts over the
   * life of the instance goes on.
   *
   * @param image from the host, which has checked it; null for the one that this guest began with
   */
  successor(image: Uint8Array | null): Guest {
    const begun = image ?? this.#spec.image
    if (!begun) throw new Error('a guest was restored to a state that it never had')
    const next = new Guest({ ...this.#spec, image: begun }, this.#surroundings)
    releaseHandles(this.#context)
    next.#context.outputBytes = this.#context.outputBytes
    next.#context.hostCalls = this.#context.hostCalls
    return next
  }

  /** What the guest changed in its memory and snapshot mounts since this was last asked. */
  changes(): readonly TreeChange[] {
    return this.#mounts.changes()
  }

  /** Host calls, handles, fuel and refused growth of the activation that has ended. */
  get counts(): GuestCounts {
    return {
      calls: this.#context.calls.rows(),
      handles: this.#context.handles.use,
      fuel: this.#meter?.fuelUsed ?? null,
      refusedGrows: this.#meter?.refusedGrows ?? 0,
    }
  }

  get hostCalls(): number {
    return this.#context.hostCalls
  }

  /** Size of the linear memory in bytes, now. */
  get memoryBytes(): number {
    return this.#memory?.buffer.byteLength ?? 0
  }

  /** The guest's memory itself, for harnesses that run a guest in their own thread and compare its memory before and after a call. */
  get memory(): WebAssembly.Memory | null {
    return this.#memory
  }

  /** The compiled module, for the next guest of the same; null until the engine has accepted it. */
  get module(): WebAssembly.Module | null {
    return this.#module
  }

  /**
   * Compiles, links, instantiates, runs the start function, and makes the first calls.
   *
   * @param admitted the module's bytes, or what was compiled from these very bytes before
   */
  load(admitted: Uint8Array<ArrayBuffer> | WebAssembly.Module, first: FirstCalls = NO_CALLS): Ending {
    if (!trapIsUncatchable())
      return { kind: 'fault', detail: 'this engine lets guests catch traps, so a guest could survive being ended' }
    return this.#settle(() => {
      // Compile options are never given: with them the engine would resolve `wasm:js-string` by itself (LNK-05).
      const module = admitted instanceof WebAssembly.Module ? admitted : new WebAssembly.Module(admitted)
      this.#module = module
      const instance = new WebAssembly.Instance(module, linkImports(this.#spec.imports, this.#context, this.#trap))
      this.#bind(instance.exports)
      const { startExport, image } = this.#spec
      if (image) this.#restore(image)
      else if (startExport !== null) (instance.exports[startExport] as GuestFunction)()
      if (first.initialize) this.#function('_initialize')()
      return first.call ? this.#function(first.call.name)(...first.call.values) : undefined
    })
  }

  /** Calls an exported function. @param name one of `spec.functions` */
  call(name: string, values: readonly (number | bigint)[]): Ending {
    const target = this.#functions.get(name)
    if (!target) return { kind: 'fault', detail: 'a function was called that admission did not list' }
    return this.#settle(() => target(...values))
  }

  /** @throws {TypeError} for a name that admission did not list */
  #function(name: string): GuestFunction {
    const target = this.#functions.get(name)
    if (!target) throw new TypeError('a function was called that admission did not list')
    return target
  }

  /** The state between two calls. @returns null as `captured` where the ending says why there is none */
  capture(): { readonly ending: Ending; readonly captured: Captured | null } {
    const state = this.#state
    if (!state) return { ending: { kind: 'fault', detail: 'a guest was captured that was not prepared for it' }, captured: null }
    let captured: Captured | null = null
    const ending = this.#settle(() => {
      const handles = this.#hostState.capture()
      const module = state.capture()
      if ('problem' in handles) captured = handles
      else if ('problem' in module) captured = module
      else captured = { image: encodeImage({ ...module, handles, random: this.#random?.state ?? null }) }
    })
    return { ending, captured }
  }

  /** @param image from the host, which has checked it */
  #restore(image: Uint8Array): void {
    const { snapshots } = this.#spec
    if (!snapshots || !this.#state) throw new TypeError('a guest that was not prepared for it cannot be restored')
    const { handles } = this.#hostState
    const decoded = decodeImage(image, snapshots, { handles, seeded: this.#random !== null })
    this.#state.restore(decoded)
    this.#hostState.restore(decoded.handles)
    if (this.#random && decoded.random !== null) this.#random.state = decoded.random
  }

  /** Takes what the specification lists out of the exports object, checking kinds (LNK-10); the object itself goes nowhere. */
  #bind(exports: WebAssembly.Exports): void {
    for (const name of this.#spec.functions) {
      const value = exports[name]
      if (typeof value !== 'function') throw new TypeError('an exported function is not a function')
      this.#functions.set(name, value as GuestFunction)
    }
    if (this.#spec.meter) {
      const meter = new GuestMeter(this.#spec.meter, exports)
      meter.beginActivation()
      this.#meter = meter
      this.#context.chargeCopied = (bytes) => meter.chargeCopied(bytes)
    }
    if (this.#spec.snapshots) this.#state = new GuestState(this.#spec.snapshots, exports)
    if (this.#spec.memoryExport === null) return
    const memory = exports[this.#spec.memoryExport]
    if (!(memory instanceof WebAssembly.Memory)) throw new TypeError('the exported memory is not a memory')
    this.#memory = memory
    this.#context.memory = new GuestMemory(memory)
  }

  #settle(activation: () => unknown): Ending {
    beginActivation(this.#context)
    this.#mounts.beginActivation()
    this.#meter?.beginActivation()
    let value: unknown
    try {
      value = activation()
    } catch (error) {
      return this.#metered(endingByHost(this.#context) ?? endingOf(error))
    }
    return this.#metered(endingByHost(this.#context) ?? { kind: 'returned', values: valuesOf(value) })
  }

  #metered(ending: Ending): Ending {
    return this.#meter?.endingOf(ending) ?? ending
  }
}

/** How a guest ended that a host call ended, which wins over whatever the engine threw to get there; null if none did. */
export function endingByHost({ death }: HostContext): Ending | null {
  if (death === null) return null
  if (death.kind !== 'host-threw') return death
  if (isStackOverflow(death.error)) return { kind: 'trapped', trap: 'stack-overflow' }
  return { kind: 'fault', detail: `${death.call}: ${nameOf(death.error)}` }
}

/** No result, one, or an array of several: the JS API's three cases. References never cross: admission lists numeric functions only. */
function valuesOf(value: unknown): (number | bigint)[] {
  const list = value === undefined ? [] : Array.isArray(value) ? value : [value]
  return list.filter((v): v is number | bigint => typeof v === 'number' || typeof v === 'bigint')
}

/** How a guest ended out of which this was thrown. */
export function endingOf(error: unknown): Ending {
  if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) {
    // V8's text may quote names of the module.
    return { kind: 'engine-refused', detail: quoteGuestText(error.message, 300) }
  }
  if (error instanceof WebAssembly.RuntimeError) return { kind: 'trapped', trap: trapOf(error) }
  if (error instanceof WebAssembly.Exception) return { kind: 'uncaught-exception' }
  if (isStackOverflow(error)) return { kind: 'trapped', trap: 'stack-overflow' }
  if (error instanceof RangeError) return { kind: 'out-of-memory' }
  return { kind: 'fault', detail: nameOf(error) }
}

/** Never the message, which may hold anything. */
const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error)

/** V8 has no class of its own for it (`RangeError: Maximum call stack size exceeded`). */
const isStackOverflow = (error: unknown) => error instanceof RangeError && /call stack/.test(error.message)

// One guest in the thread that called this: compile, link, instantiate, start, call. The same code runs in a cell and under `inline`.

import type { Channel } from '../host/channel.ts'
import type { Grants, HostContext, LocalEvent } from '../host/context.ts'
import type { TreeChange } from '../host/fs/file-system.ts'
import { type Mounts, openMounts } from '../host/fs/mounts.ts'
import { GuestMemory } from '../host/guest-memory.ts'
import { HandleTable } from '../host/handles.ts'
import { makeTrap, trapIsUncatchable } from '../host/kill.ts'
import { linkImports, type MatchedImport } from '../host/link.ts'
import { randomSource } from '../host/random-source.ts'
import type { Report } from '../host/reports.ts'
import { STREAMS, streamHandle } from '../host/streams.ts'
import type { Trap } from '../result.ts'
import { quoteGuestText } from '../text.ts'
import { trapOf } from './traps.ts'

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
}

/** How one activation ended, as the thread that ran it sees it: enumerated data, no text of the guest's but in `detail`, neutralised. */
export type Ending =
  | { readonly kind: 'returned'; readonly values: readonly (number | bigint)[] }
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'trapped'; readonly trap: Trap }
  | { readonly kind: 'uncaught-exception' }
  | { readonly kind: 'output-limit' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'out-of-memory' }
  | { readonly kind: 'engine-refused'; readonly detail: string }
  | { readonly kind: 'fault'; readonly detail: string }

/** What the surroundings of a guest provide. */
export interface GuestSurroundings {
  readonly output: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void
  readonly event: (event: LocalEvent) => void
  readonly report: (report: Report) => void
  readonly channel: Channel
  readonly stopRequested: () => boolean
  readonly sleep: (milliseconds: number) => void
}

type GuestFunction = (...values: (number | bigint)[]) => unknown

export class Guest {
  readonly #spec: GuestSpec
  readonly #context: HostContext
  readonly #trap = makeTrap()
  // A Map, because the names are the guest's: `then`, `__proto__` and `constructor` are names like any other here (LNK-07, LNK-08).
  readonly #functions = new Map<string, GuestFunction>()
  readonly #mounts: Mounts
  #memory: WebAssembly.Memory | null = null

  constructor(spec: GuestSpec, surroundings: GuestSurroundings) {
    this.#spec = spec
    const { grants } = spec
    const handles = new HandleTable(grants.handles)
    this.#context = {
      ...surroundings,
      grants,
      handles,
      memory: null,
      death: null,
      hostCalls: 0,
      logged: 0,
      blocked: 0,
      reported: { count: 0, bytes: 0, told: new Set() },
      outputBytes: 0,
      stdinPosition: 0,
      fillRandom: randomSource(grants.random ?? 'system'),
    }
    // Opened in order and the unwanted ones closed again, so that 0, 1 and 2 mean what they always mean, and mounts begin at 3.
    for (const stream of STREAMS) handles.open(streamHandle(stream))
    this.#mounts = openMounts(this.#context)
    for (const [fd, stream] of STREAMS.entries()) if (!grants.stdio?.[stream]) handles.close(fd)
  }

  /** What the guest changed in its memory and snapshot mounts since this was last asked. */
  changes(): readonly TreeChange[] {
    return this.#mounts.changes()
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

  /** Compiles, links, instantiates, and runs the start function. @param bytes the admitted module */
  load(bytes: Uint8Array<ArrayBuffer>): Ending {
    if (!trapIsUncatchable())
      return { kind: 'fault', detail: 'this engine lets guests catch traps, so a guest could survive being ended' }
    return this.#settle(() => {
      // Compile options are never given: with them the engine would resolve `wasm:js-string` by itself (LNK-05).
      const module = new WebAssembly.Module(bytes)
      const instance = new WebAssembly.Instance(module, linkImports(this.#spec.imports, this.#context, this.#trap))
      this.#bind(instance.exports)
      const { startExport } = this.#spec
      if (startExport !== null) (instance.exports[startExport] as GuestFunction)()
    })
  }

  /** Calls an exported function. @param name one of `spec.functions` */
  call(name: string, values: readonly (number | bigint)[]): Ending {
    const target = this.#functions.get(name)
    if (!target) return { kind: 'fault', detail: 'a function was called that admission did not list' }
    return this.#settle(() => target(...values))
  }

  /** Takes what the specification lists out of the exports object, checking kinds (LNK-10); the object itself goes nowhere. */
  #bind(exports: WebAssembly.Exports): void {
    for (const name of this.#spec.functions) {
      const value = exports[name]
      if (typeof value !== 'function') throw new TypeError('an exported function is not a function')
      this.#functions.set(name, value as GuestFunction)
    }
    if (this.#spec.memoryExport === null) return
    const memory = exports[this.#spec.memoryExport]
    if (!(memory instanceof WebAssembly.Memory)) throw new TypeError('the exported memory is not a memory')
    this.#memory = memory
    this.#context.memory = new GuestMemory(memory)
  }

  #settle(activation: () => unknown): Ending {
    beginActivation(this.#context)
    this.#mounts.beginActivation()
    let value: unknown
    try {
      value = activation()
    } catch (error) {
      return this.#death() ?? endingOf(error)
    }
    return this.#death() ?? { kind: 'returned', values: valuesOf(value) }
  }

  /** What a host call decided wins over whatever the engine threw to get there. */
  #death(): Ending | null {
    const death = this.#context.death
    if (death === null) return null
    if (death.kind !== 'host-threw') return death
    if (isStackOverflow(death.error)) return { kind: 'trapped', trap: 'stack-overflow' }
    return { kind: 'fault', detail: `${death.call}: ${nameOf(death.error)}` }
  }
}

/** What is counted for each activation starts at zero. */
function beginActivation(context: HostContext): void {
  context.logged = 0
  context.blocked = 0
  context.reported.count = 0
  context.reported.bytes = 0
  context.reported.told.clear()
}

/** No result, one, or an array of several: the JS API's three cases. References never cross: admission lists numeric functions only. */
function valuesOf(value: unknown): (number | bigint)[] {
  const list = value === undefined ? [] : Array.isArray(value) ? value : [value]
  return list.filter((v): v is number | bigint => typeof v === 'number' || typeof v === 'bigint')
}

function endingOf(error: unknown): Ending {
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

// Two ways to have an executor guest: one of its own for a program, as a cell would make it, and one that is used again, at a fraction of the price.
import { executorModule } from '../src/attacks/executor/module.ts'
import { admit } from '../src/sandbox/admission/admit.ts'
import { ABI, findAbiFunction } from '../src/sandbox/host/abi/index.ts'
import type { HostContext } from '../src/sandbox/host/context.ts'
import type { TreeChange } from '../src/sandbox/host/fs/file-system.ts'
import type { Mounts } from '../src/sandbox/host/fs/mounts.ts'
import { type GuestImport, gate } from '../src/sandbox/host/gate.ts'
import { GuestMemory } from '../src/sandbox/host/guest-memory.ts'
import { HANDLERS } from '../src/sandbox/host/handlers.ts'
import { makeTrap } from '../src/sandbox/host/kill.ts'
import { type Ending, endingByHost, endingOf, Guest } from '../src/sandbox/isolation/guest.ts'
import { beginActivation, openContext } from '../src/sandbox/isolation/guest-context.ts'
import { executorPolicy, GRANTS, type Surroundings } from './surroundings.ts'

const admitted = admit(executorModule(), executorPolicy)
if (admitted.verdict === 'refused') throw new Error(`the executor guest was refused: ${admitted.refusal.message}`)
const { bytes, memoryExport, startExport, imports, functions } = admitted
const spec = { imports, memoryExport, startExport, functions: [...functions.keys()], grants: GRANTS }
const module = new WebAssembly.Module(bytes)

export interface ExecutorGuest {
  readonly memory: WebAssembly.Memory
  readonly hostCalls: number
  /** One activation: the records from `start` to `end`. */
  run(start: number, end: number): Ending
  /** What it changed in its tree. */
  changes(): readonly TreeChange[]
}

/** @throws {Error} if the executor guest does not load, which no program can change */
export function ownGuest(surroundings: Surroundings): ExecutorGuest {
  const guest = new Guest(spec, surroundings)
  const loaded = guest.load(module)
  if (loaded.kind !== 'returned') throw new Error(`the executor guest did not load: ${JSON.stringify(loaded)}`)
  return {
    memory: guest.memory!,
    get hostCalls() {
      return guest.hostCalls
    },
    run: (start, end) => guest.call('run', [start, end]),
    changes: () => guest.changes(),
  }
}

type RunExport = (start: number, end: number) => void
const RETURNED: Ending = { kind: 'returned', values: [] }

/**
 * One instance for program after program. All that a program can change is made anew for the next one: the guest's memory is zero, and the host's side,
 * from handles to mounts and counters, is another one. Only the instance stays, and what is bound to it: making those takes 20 times as long as all
 * the rest. A memory that has grown does not shrink, so then the instance is a new one too.
 */
export class ReusedGuest implements ExecutorGuest {
  readonly #trap = makeTrap()
  /** The calls that the program has made so far, bound to its context; the others are bound when they are first made. */
  readonly #bound: (GuestImport | null)[] = ABI.map(() => null)
  #enter!: RunExport
  #context!: HostContext
  #mounts!: Mounts
  memory!: WebAssembly.Memory
  #size = 0

  /** The next program begins. */
  begin(surroundings: Surroundings): void {
    if (this.#size === 0 || this.memory.buffer.byteLength !== this.#size) this.#instantiate()
    else new Uint8Array(this.memory.buffer).fill(0)
    const { context, mounts } = openContext(GRANTS, surroundings)
    context.memory = new GuestMemory(this.memory)
    this.#context = context
    this.#mounts = mounts
    this.#bound.fill(null)
  }

  #instantiate(): void {
    const tables: Record<string, Record<string, GuestImport>> = Object.create(null)
    for (const { module: from, name } of imports) {
      const index = ABI.indexOf(findAbiFunction(from, name)!)
      tables[from] ??= Object.create(null) as Record<string, GuestImport>
      // Nothing stands around the call: a trap that is caught and thrown again could be caught by the guest (CTL-02).
      tables[from][name] = (...values) => (this.#bound[index] ?? this.#bind(index))(...values)
    }
    const { exports } = new WebAssembly.Instance(module, tables as WebAssembly.Imports)
    this.#enter = exports['run'] as RunExport
    this.memory = exports[memoryExport!] as WebAssembly.Memory
    this.#size = this.memory.buffer.byteLength
  }

  #bind(index: number): GuestImport {
    const entry = ABI[index]!
    const bound = gate(entry, HANDLERS.get(entry.name)!, this.#context, this.#trap)
    this.#bound[index] = bound
    return bound
  }

  get hostCalls(): number {
    return this.#context.hostCalls
  }

  run(start: number, end: number): Ending {
    beginActivation(this.#context)
    this.#mounts.beginActivation()
    try {
      this.#enter(start, end)
    } catch (error) {
      return endingByHost(this.#context) ?? endingOf(error)
    }
    return endingByHost(this.#context) ?? RETURNED
  }

  changes(): readonly TreeChange[] {
    return this.#mounts.changes()
  }
}

// Host calls without a guest: one context, a real memory, and the gate in front of every handler as in a cell.
import { findAbiFunction, WASI_MODULE } from '../../../src/sandbox/host/abi.ts'
import type { Grants, HostContext, LocalEvent } from '../../../src/sandbox/host/context.ts'
import { gate } from '../../../src/sandbox/host/gate.ts'
import { GuestMemory } from '../../../src/sandbox/host/guest-memory.ts'
import type { Handler } from '../../../src/sandbox/host/handler.ts'
import { HANDLERS } from '../../../src/sandbox/host/handlers.ts'
import { HandleTable } from '../../../src/sandbox/host/handles.ts'
import { randomSource } from '../../../src/sandbox/host/random-source.ts'

export const PAGE = 65_536

export const GRANTS: Grants = {
  stdio: { stdin: true, stdout: true, stderr: true },
  args: ['guest', 'é'],
  env: ['A=1', 'LONG=value'],
  clock: { granularityNs: 1_000_000 },
  random: { seed: 7 },
  stdin: new TextEncoder().encode('0123456789'),
  outputBytes: 1000,
  handles: 10,
}

/** What the trap of these tests throws: distinguishable from everything that a handler could throw. */
export class TestTrap extends Error {}

export interface CallHarness {
  readonly context: HostContext
  readonly memory: WebAssembly.Memory
  /** All of the guest's memory, now. */
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly output: { readonly stream: string; readonly bytes: Uint8Array }[]
  readonly events: LocalEvent[]
  stop: boolean
  /** Calls through the gate; i64 parameters are given as bigint. */
  call(name: string, ...values: (number | bigint)[]): number
  text(stream: string): string
}

export function harness(grants: Partial<Grants> = {}, { pages = 1, withMemory = true } = {}): CallHarness {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages + 10 })
  const output: { stream: string; bytes: Uint8Array }[] = []
  const events: LocalEvent[] = []
  const all: Grants = { ...GRANTS, ...grants }
  const handles = new HandleTable(all.handles)
  for (const kind of ['stdin', 'stdout', 'stderr'] as const) handles.open({ kind })
  const context: HostContext = {
    grants: all,
    handles,
    memory: withMemory ? new GuestMemory(memory) : null,
    death: null,
    hostCalls: 0,
    outputBytes: 0,
    stdinPosition: 0,
    output: (stream, bytes) => void output.push({ stream, bytes }),
    event: (event) => void events.push(event),
    stopRequested: () => made.stop,
    fillRandom: randomSource(all.random ?? 'system'),
  }
  const made: CallHarness = {
    context,
    memory,
    get bytes() {
      return new Uint8Array(memory.buffer)
    },
    get view() {
      return new DataView(memory.buffer)
    },
    output,
    events,
    stop: false,
    call: (name, ...values) => link(context, name)(...values),
    text: (stream) => Buffer.concat(output.filter((o) => o.stream === stream).map((o) => o.bytes)).toString(),
  }
  return made
}

/** The gated function of one host call. @param handler instead of the call's own */
export function link(context: HostContext, name: string, handler: Handler = HANDLERS.get(name)!) {
  return gate(findAbiFunction(WASI_MODULE, name)!, handler, context, () => {
    throw new TestTrap('trap')
  })
}

// Host calls without a guest: one context, a real memory, and the gate in front of every handler as in a cell.
import { ABI } from '../../../src/sandbox/host/abi/index.ts'
import { CallCounts } from '../../../src/sandbox/host/call-counts.ts'
import type { BrokerReply, BrokerRequest } from '../../../src/sandbox/host/channel.ts'
import type { Grants, HostContext, LocalEvent } from '../../../src/sandbox/host/context.ts'
import { type Mounts, openMounts } from '../../../src/sandbox/host/fs/mounts.ts'
import { gate } from '../../../src/sandbox/host/gate.ts'
import { GuestMemory } from '../../../src/sandbox/host/guest-memory.ts'
import type { Handler } from '../../../src/sandbox/host/handler.ts'
import { HANDLERS } from '../../../src/sandbox/host/handlers.ts'
import { HandleTable } from '../../../src/sandbox/host/handles.ts'
import { randomSource } from '../../../src/sandbox/host/random-source.ts'
import type { Report } from '../../../src/sandbox/host/reports.ts'
import { STREAMS, streamHandle } from '../../../src/sandbox/host/streams.ts'

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
  fs: { mounts: [], quotas: { bytes: 100_000, inodes: 100, nameBytes: 255, pathBytes: 4096 } },
  net: true,
  kv: true,
  log: true,
  metric: true,
  result: true,
  crypto: true,
  reports: { count: 5, bytes: 1000 },
  hostCalls: { deny: [], log: [] },
  callLimit: null,
}

/** What the trap of these tests throws: distinguishable from everything that a handler could throw. */
export class TestTrap extends Error {}

export interface CallHarness {
  readonly context: HostContext
  readonly mounts: Mounts
  readonly memory: WebAssembly.Memory
  /** All of the guest's memory, now. */
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly output: { readonly stream: string; readonly bytes: Uint8Array }[]
  readonly events: LocalEvent[]
  readonly reports: Report[]
  /** What was asked of the broker. */
  readonly requests: BrokerRequest[]
  /** How the broker answers; the harness has none unless a test gives one. */
  broker: (request: BrokerRequest) => Partial<BrokerReply>
  /** Milliseconds of each sleep. */
  readonly sleeps: number[]
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
  for (const stream of STREAMS) handles.open(streamHandle(stream))
  const reports: Report[] = []
  const requests: BrokerRequest[] = []
  const sleeps: number[] = []
  const context: HostContext = {
    grants: all,
    handles,
    memory: withMemory ? new GuestMemory(memory) : null,
    death: null,
    hostCalls: 0,
    callsLeft: all.callLimit ?? Number.POSITIVE_INFINITY,
    calls: new CallCounts(),
    logged: 0,
    blocked: 0,
    reported: { count: 0, bytes: 0, told: new Set() },
    outputBytes: 0,
    stdinPosition: 0,
    output: (stream, bytes) => void output.push({ stream, bytes }),
    event: (event) => void events.push(event),
    stopRequested: () => made.stop,
    report: (report) => void reports.push(report),
    channel: {
      call: (request) => {
        requests.push(request)
        return { errno: 0, fields: {}, body: new Uint8Array(0), ...made.broker(request) }
      },
    },
    sleep: (milliseconds) => void sleeps.push(milliseconds),
    fillRandom: randomSource(all.random ?? 'system'),
  }
  const made: CallHarness = {
    context,
    mounts: openMounts(context),
    memory,
    get bytes() {
      return new Uint8Array(memory.buffer)
    },
    get view() {
      return new DataView(memory.buffer)
    },
    output,
    events,
    reports,
    requests,
    broker: ({ operation }) => {
      throw new Error(`nobody answers ${operation}`)
    },
    sleeps,
    stop: false,
    call: (name, ...values) => link(context, name)(...values),
    text: (stream) => Buffer.concat(output.filter((o) => o.stream === stream).map((o) => o.bytes)).toString(),
  }
  return made
}

/** The gated function of one host call. @param handler instead of the call's own */
export function link(context: HostContext, name: string, handler: Handler = HANDLERS.get(name)!) {
  return gate(ABI.find((entry) => entry.name === name)!, handler, context, () => {
    throw new TestTrap('trap')
  })
}

// What the host calls of a new guest begin with: its handles, its mounts, and counters at zero.
import { CallCounts } from '../host/call-counts.ts'
import type { Channel } from '../host/channel.ts'
import type { Grants, HostContext, LocalEvent } from '../host/context.ts'
import { type Mounts, openMounts } from '../host/fs/mounts.ts'
import { HandleTable } from '../host/handles.ts'
import { randomSource, SeededSource } from '../host/random-source.ts'
import type { Report } from '../host/reports.ts'
import { STREAMS, streamHandle } from '../host/streams.ts'

/** What the surroundings of a guest provide. */
export interface GuestSurroundings {
  readonly output: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void
  readonly event: (event: LocalEvent) => void
  readonly report: (report: Report) => void
  readonly channel: Channel
  readonly stopRequested: () => boolean
  readonly sleep: (milliseconds: number) => void
}

export interface OpenedContext {
  readonly context: HostContext
  readonly mounts: Mounts
  /** Null unless the guest's random bytes come from a seed. */
  readonly random: SeededSource | null
}

export function openContext(grants: Grants, surroundings: GuestSurroundings): OpenedContext {
  const handles = new HandleTable(grants.handles)
  const random = typeof grants.random === 'object' && grants.random ? new SeededSource(grants.random.seed) : null
  const context: HostContext = {
    ...surroundings,
    grants,
    handles,
    memory: null,
    death: null,
    hostCalls: 0,
    callsLeft: callsOf(grants),
    calls: new CallCounts(),
    logged: 0,
    blocked: 0,
    reported: { count: 0, bytes: 0, told: new Set() },
    outputBytes: 0,
    stdinPosition: 0,
    fillRandom: random ? (bytes) => random.fill(bytes) : randomSource('system'),
  }
  // Opened in order and the unwanted ones closed again, so that 0, 1 and 2 mean what they always mean, and mounts begin at 3.
  for (const stream of STREAMS) handles.open(streamHandle(stream))
  const mounts = openMounts(context)
  for (const [fd, stream] of STREAMS.entries()) if (!grants.stdio?.[stream]) handles.close(fd)
  return { context, mounts, random }
}

/** What is counted for each activation starts at zero. */
export function beginActivation(context: HostContext): void {
  context.calls.beginActivation()
  context.handles.beginActivation()
  context.callsLeft = callsOf(context.grants)
  context.logged = 0
  context.blocked = 0
  context.reported.count = 0
  context.reported.bytes = 0
  context.reported.told.clear()
}

const callsOf = ({ callLimit }: Grants): number => callLimit ?? Number.POSITIVE_INFINITY

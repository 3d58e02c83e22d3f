// poll_oneoff: waits for times and for handles. Every wait can be ended from outside, because it is made of short ones (WSI-09).
import { exactTime, roundedDown } from '../clocks.ts'
import type { HostContext } from '../context.ts'
import { ERRNO, type Errno, GuestFault } from '../errno.ts'
import { type Arguments, type Handler, memoryOf } from '../handler.ts'
import { RIGHTS } from '../rights.ts'
import { descriptorOf, need } from './handle-access.ts'
import { pollSockets, type SocketInterest } from './sockets.ts'
import { stdinLeft } from './streams.ts'

const SUBSCRIPTION_BYTES = 48
const EVENT_BYTES = 32
const TYPE = { clock: 0, read: 1, write: 2 } as const
/** Longest single wait, milliseconds: after it, it is asked whether the guest is to stop. */
const LONGEST = 1000
const NS_PER_MS = 1_000_000n

interface Event {
  readonly errno: Errno
  readonly bytes: bigint
}
const READY: Event = { errno: ERRNO.success, bytes: 0n }

/** What a subscription waits for. One that is faulty, or ready from the start, is an event at once, and the others are still looked at (WSI-08). */
type Waiting =
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'clock'; readonly clock: number; readonly until: bigint }
  | { readonly kind: 'socket'; readonly interest: SocketInterest }

interface Subscription {
  readonly userdata: bigint
  readonly type: number
  readonly waiting: Waiting
}

const eventOf = (errno: Errno, bytes = 0): Waiting => ({ kind: 'event', event: { errno, bytes: BigInt(bytes) } })

/** The subscriptions, copied once; then nothing that the guest does to the array matters (MEM-07). */
function readSubscriptions(context: HostContext, args: Arguments): Subscription[] {
  const count = args.i32('nsubscriptions')
  if (count === 0) throw new GuestFault(ERRNO.inval)
  const view = new DataView(memoryOf(context).read(args.i32('in'), count * SUBSCRIPTION_BYTES).buffer)
  const list: Subscription[] = []
  for (let at = 0; at < count * SUBSCRIPTION_BYTES; at += SUBSCRIPTION_BYTES) {
    const type = view.getUint8(at + 8)
    list.push({ userdata: view.getBigUint64(at, true), type, waiting: waitingFor(context, view, at + 16, type) })
  }
  return list
}

function waitingFor(context: HostContext, view: DataView, at: number, type: number): Waiting {
  try {
    if (type === TYPE.clock) return readClock(context, view, at)
    if (type === TYPE.read || type === TYPE.write) return readDescriptor(context, view.getUint32(at, true), type)
  } catch (error) {
    if (error instanceof GuestFault) return eventOf(error.errno)
    throw error
  }
  return eventOf(ERRNO.inval)
}

function readClock(context: HostContext, view: DataView, at: number): Waiting {
  const { clock } = context.grants
  if (!clock) return eventOf(ERRNO.notcapable)
  const [id, timeout, flags] = [view.getUint32(at, true), view.getBigUint64(at + 8, true), view.getUint16(at + 24, true)]
  if (flags > 1) return eventOf(ERRNO.inval)
  const granularity = BigInt(clock.granularityNs)
  const now = roundedDown(exactTime(id), granularity)
  // On the next tick of the clock that the guest sees: a finer sleep would be a finer clock (ENG-06). A bigint does not overflow.
  const deadline = flags === 1 ? timeout : now + timeout
  return { kind: 'clock', clock: id, until: roundedDown(deadline + granularity - 1n, granularity) }
}

function readDescriptor(context: HostContext, fd: number, type: number): Waiting {
  const handle = descriptorOf(context, fd)
  const reads = type === TYPE.read
  if (handle.kind === 'directory' || (handle.kind === 'stream' && reads !== (handle.stream === 'stdin')))
    return eventOf(ERRNO.badf)
  need(handle, RIGHTS.poll_fd_readwrite | (reads ? RIGHTS.fd_read : RIGHTS.fd_write))
  if (handle.kind === 'socket') return { kind: 'socket', interest: { socket: handle, direction: reads ? 'read' : 'write' } }
  if (handle.kind === 'stream')
    return eventOf(ERRNO.success, reads ? stdinLeft(context) : context.grants.outputBytes - context.outputBytes)
  const left = reads ? handle.file.stat().size - handle.position : 0n
  return { kind: 'event', event: { errno: ERRNO.success, bytes: left > 0n ? left : 0n } }
}

/** The event of each subscription that has one now, else null. @param ready of the sockets, in their order */
function look(subscriptions: readonly Subscription[], ready: readonly boolean[]): (Event | null)[] {
  let sockets = 0
  return subscriptions.map(({ waiting }) => {
    if (waiting.kind === 'event') return waiting.event
    if (waiting.kind === 'clock') return exactTime(waiting.clock) >= waiting.until ? READY : null
    return ready[sockets++] ? READY : null
  })
}

/** Milliseconds until the first clock, at most {@link LONGEST}. */
function shortestWait(subscriptions: readonly Subscription[]): number {
  let wait = BigInt(LONGEST) * NS_PER_MS
  for (const { waiting } of subscriptions) {
    if (waiting.kind !== 'clock') continue
    const left = waiting.until - exactTime(waiting.clock)
    if (left < wait) wait = left
  }
  return wait > 0n ? Number(wait) / Number(NS_PER_MS) : 0
}

/** Which sockets are ready; waits for one at the broker. A broker whose deadline comes first says so, and is asked again. */
function askSockets(context: HostContext, interests: readonly SocketInterest[], timeoutMs: number): readonly boolean[] {
  try {
    return pollSockets(context, interests, Math.ceil(timeoutMs))
  } catch (error) {
    if (error instanceof GuestFault && error.errno === ERRNO.timedout) return []
    throw error
  }
}

/** Waits until there is at least one event. @throws {GuestFault} `canceled` when the guest is to stop */
function wait(context: HostContext, subscriptions: readonly Subscription[]): (Event | null)[] {
  const sockets = subscriptions.flatMap(({ waiting }) => (waiting.kind === 'socket' ? [waiting.interest] : []))
  let events = look(subscriptions, [])
  // Sockets are asked in any case, so that one that is always ready cannot keep the others from being heard.
  if (sockets.length > 0)
    events = look(subscriptions, askSockets(context, sockets, events.some(Boolean) ? 0 : shortestWait(subscriptions)))
  while (!events.some(Boolean)) {
    if (context.stopRequested()) {
      context.death = { kind: 'stopped' }
      throw new GuestFault(ERRNO.canceled)
    }
    const time = shortestWait(subscriptions)
    if (sockets.length > 0) events = look(subscriptions, askSockets(context, sockets, time))
    else {
      context.sleep(time)
      events = look(subscriptions, [])
    }
  }
  return events
}

export const pollCalls: Readonly<Record<string, Handler>> = {
  poll_oneoff: (context, args) => {
    const subscriptions = readSubscriptions(context, args)
    const events = wait(context, subscriptions)
    const memory = memoryOf(context)
    let count = 0
    for (const [i, event] of events.entries()) {
      if (event) memory.write(args.i32('out') + EVENT_BYTES * count++, encodeEvent(subscriptions[i]!, event))
    }
    memory.writeU32(args.i32('nevents'), count)
    return ERRNO.success
  },
}

function encodeEvent({ userdata, type }: Subscription, { errno, bytes }: Event): Uint8Array {
  const out = new Uint8Array(EVENT_BYTES)
  const view = new DataView(out.buffer)
  view.setBigUint64(0, userdata, true)
  view.setUint16(8, errno, true)
  view.setUint8(10, type)
  view.setBigUint64(16, bytes, true)
  return out
}

// sock_* and what fd_read, fd_write and poll_oneoff do with sockets. There is no way to make one here: tcp_connect does (NET-15).
import type { HostContext } from '../context.ts'
import { ERRNO, GuestFault } from '../errno.ts'
import { type Handler, memoryOf } from '../handler.ts'
import type { SocketHandle } from '../handles.ts'
import { askBroker } from '../native/parameters.ts'
import { RIGHTS } from '../rights.ts'
import { descriptorOf, need } from './handle-access.ts'
import { FDFLAG } from './layout.ts'
import { drainVectors, fillVectors, readVectors, type Vector } from './vectors.ts'

/** `riflags` and `sdflags` of preview 1. */
const RECEIVE = { peek: 1, waitall: 2 } as const
const SHUTDOWN = { receive: 1, send: 2 } as const

/** Bytes that one request to the broker brings. */
const PIECE = 2 ** 20

/** @throws {GuestFault} `badf`, `notsock`, `notcapable` */
function socketOf(context: HostContext, fd: number, right: bigint): SocketHandle {
  const handle = descriptorOf(context, fd)
  if (handle.kind !== 'socket') throw new GuestFault(ERRNO.notsock)
  need(handle, right)
  return handle
}

/** What there is, at least one byte if it waits; none is the end of what the other side sends. */
function receive(context: HostContext, { id, flags }: SocketHandle, length: number, peek: boolean, waits: boolean): Uint8Array {
  const nonblocking = !waits || (flags & FDFLAG.nonblock) !== 0
  return askBroker(context, { operation: 'net.receive', fields: { socket: id, max: length, peek, nonblocking } }).body
}

/** The same memory in vectors that a request can fill. */
const inPieces = (vectors: readonly Vector[]): Vector[] =>
  vectors.flatMap(({ pointer, length }) =>
    Array.from({ length: Math.ceil(length / PIECE) }, (_, i) => ({
      pointer: pointer + i * PIECE,
      length: Math.min(PIECE, length - i * PIECE),
    })),
  )

/** Receives into vectors, for sock_recv and fd_read: waits for the first bytes only, or for all of them. Returns their number. */
export function receiveVectors(context: HostContext, socket: SocketHandle, vectors: readonly Vector[], flags = 0): number {
  const pieces = inPieces(vectors)
  if (flags & RECEIVE.peek) {
    const wanted = pieces.reduce((sum, { length }) => sum + length, 0)
    const seen = wanted === 0 ? new Uint8Array(0) : receive(context, socket, Math.min(wanted, PIECE), true, true)
    return fillVectors(context, pieces, (done, length) => seen.subarray(done, done + length))
  }
  if (flags & RECEIVE.waitall) return fillVectors(context, pieces, (_, length) => receiveAll(context, socket, length))
  // What would have to be waited for after the first bytes is left for the next call.
  return fillVectors(context, pieces, (done, length) => receive(context, socket, length, false, done === 0))
}

/** So many bytes, or fewer at the end. What came before a failure is given, and the failure comes again at the next call. */
function receiveAll(context: HostContext, socket: SocketHandle, length: number): Uint8Array {
  const all = new Uint8Array(length)
  let done = 0
  while (done < length) {
    let part: Uint8Array
    try {
      part = receive(context, socket, length - done, false, true)
    } catch (error) {
      if (error instanceof GuestFault && done > 0) break
      throw error
    }
    if (part.length === 0) break
    all.set(part, done)
    done += part.length
  }
  return all.subarray(0, done)
}

/** Sends what is in vectors, for sock_send and fd_write. */
export function sendVectors(context: HostContext, { id, flags }: SocketHandle, vectors: readonly Vector[]): number {
  const nonblocking = (flags & FDFLAG.nonblock) !== 0
  return drainVectors(context, vectors, (_, body) =>
    Number(askBroker(context, { operation: 'net.send', fields: { socket: id, nonblocking }, body }).fields['written']),
  )
}

/** Ends a socket whose handle is out of the table. */
export function closeSocket(context: HostContext, { id }: SocketHandle): void {
  askBroker(context, { operation: 'net.close', fields: { socket: id } })
}

/** What poll_oneoff waits for on a socket. */
export interface SocketInterest {
  readonly socket: SocketHandle
  readonly direction: 'read' | 'write'
}

/** Waits until one of the sockets is ready, or for so long; tells for each of them whether it is. */
export function pollSockets(context: HostContext, interests: readonly SocketInterest[], timeoutMs: number): boolean[] {
  if (interests.length === 0) return []
  const names = interests.map(({ socket, direction }) => `${socket.id}${direction === 'write' ? 'w' : 'r'}`)
  const { fields } = askBroker(context, { operation: 'net.poll', fields: { sockets: names.join(','), timeoutMs } })
  const ready = new Set(String(fields['ready']).split(','))
  return names.map((name) => ready.has(name))
}

export const socketCalls: Readonly<Record<string, Handler>> = {
  sock_recv: (context, args) => {
    const socket = socketOf(context, args.i32('fd'), RIGHTS.fd_read)
    const flags = args.i32('ri_flags')
    if (flags & ~(RECEIVE.peek | RECEIVE.waitall)) throw new GuestFault(ERRNO.inval)
    const memory = memoryOf(context)
    const received = receiveVectors(context, socket, readVectors(context, args, 'ri_data'), flags)
    memory.writeU32(args.i32('ro_datalen'), received)
    // `roflags` has 16 bits, and on a stream nothing is ever truncated.
    memory.write(args.i32('ro_flags'), new Uint8Array(2))
    return ERRNO.success
  },
  sock_send: (context, args) => {
    const socket = socketOf(context, args.i32('fd'), RIGHTS.fd_write)
    // Preview 1 defines no flag for sending.
    if (args.i32('si_flags') !== 0) throw new GuestFault(ERRNO.inval)
    const sent = sendVectors(context, socket, readVectors(context, args, 'si_data'))
    memoryOf(context).writeU32(args.i32('so_datalen'), sent)
    return ERRNO.success
  },
  sock_shutdown: (context, args) => {
    const socket = socketOf(context, args.i32('fd'), RIGHTS.sock_shutdown)
    const how = args.i32('how')
    if (how === 0 || how & ~(SHUTDOWN.receive | SHUTDOWN.send)) throw new GuestFault(ERRNO.inval)
    const fields = { socket: socket.id, receive: (how & SHUTDOWN.receive) !== 0, send: (how & SHUTDOWN.send) !== 0 }
    askBroker(context, { operation: 'net.shutdown', fields })
    return ERRNO.success
  },
}

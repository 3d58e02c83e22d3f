// The operations on TCP sockets: net.connect, net.send, net.receive, net.shutdown, net.close, net.poll.

import type { Socket } from 'node:net'
import { allowsEndpoint, type Endpoint, type NetRules } from '../../policy/net-patterns.ts'
import { bodiless } from '../bodiless.ts'
import { BadRequest, type Fields } from '../fields.ts'
import { type Answer, type Intent, type Operation, type Prepared, Refused } from '../operation.ts'
import { orAborted, within } from './deadline.ts'
import { type Decisions, intent, type NetCall, notDone } from './decisions.ts'
import { type Dialler, dial } from './dial.ts'
import { asRefused, asSocketRefused } from './errors.ts'
import { canonicalHost, inAuthority } from './host-names.ts'
import { StreamReader } from './stream-reader.ts'
import type { NetUsage } from './usage.ts'

const MAX_PIECE = 2 ** 20
/** Subscriptions of one poll, as the ABI has it. */
const MAX_POLLED = 4096
const NOTHING = new Uint8Array(0)
/** How long a closed socket has for what is left to send. */
const LINGER_MS = 2000

export interface EndpointParts {
  readonly rules: NetRules
  readonly dialler: Dialler
  readonly decisions: Decisions
  readonly usage: NetUsage
  readonly openHandles: () => number
}

interface OpenSocket {
  readonly socket: Socket
  readonly reader: StreamReader
  /** The guest ended this direction. */
  receives: boolean
  sends: boolean
}

export class Sockets {
  readonly #parts: EndpointParts
  readonly #open = new Map<number, OpenSocket>()
  /** Closed by the guest, with something still to send. */
  readonly #closing = new Set<Socket>()
  /** What was open at the end. */
  #closed: readonly Socket[] = []
  #last = 0

  constructor(parts: EndpointParts) {
    this.#parts = parts
  }

  get open(): number {
    return this.#open.size + this.#closing.size
  }

  readonly operations: Readonly<Record<string, Operation>> = {
    'net.connect': bodiless((fields) => this.#connect(fields)),
    'net.send': (fields, body) => this.#send(fields, body),
    'net.receive': bodiless((fields) => this.#receive(fields)),
    'net.shutdown': bodiless((fields) => this.#shutdown(fields)),
    'net.close': bodiless((fields) => this.#close(fields)),
    'net.poll': bodiless((fields) => this.#poll(fields)),
  }

  /** Sockets that are open after `close`, and whatever was connected behind its back. */
  get left(): number {
    return this.#closed.filter((socket) => !socket.destroyed).length + this.#open.size
  }

  close(): void {
    this.#closed = [...[...this.#open.values()].map(({ socket }) => socket), ...this.#closing]
    for (const socket of this.#closed) socket.destroy()
    this.#open.clear()
  }

  #connect(fields: Fields): Prepared {
    return endpointOperation(this.#parts, 'tcp_connect', fields, async (endpoint, object, signal, decide) => {
      const full = this.#parts.usage.handle(this.#parts.openHandles())
      if (full) throw full
      const { socket, elapsedNs } = await dial(
        this.#parts.dialler,
        { hostCall: 'tcp_connect', object, ...endpoint },
        signal,
        decide,
      )
      const id = ++this.#last
      this.#open.set(id, { socket, reader: new StreamReader(socket), receives: true, sends: true })
      return { errno: 'success', fields: { socket: id, elapsedNs: String(elapsedNs) } }
    })
  }

  #send(fields: Fields, body: Uint8Array): Prepared {
    const open = this.#get(fields)
    const waits = !fields.flag('nonblocking')
    return onSocket(async (signal) => {
      const { socket } = open
      if (!open.sends || socket.writableEnded) throw new Refused('pipe')
      // What the system has not taken yet lies in the host's memory, so there is never more than one piece of it.
      if (!waits && socket.writableNeedDrain) throw new Refused('again')
      while (socket.writableNeedDrain && !socket.destroyed) await changeOf([open], null, signal)
      if (socket.destroyed) throw new Refused('connreset')
      this.#count(body.length)
      const written = new Promise<void>((resolve, reject) => {
        socket.write(body, (error) => (error ? reject(error) : resolve()))
      })
      // Whoever does not wait hears of a failure at the next call.
      written.catch(() => {})
      if (waits) await orAborted(written, signal)
      return { errno: 'success', fields: { written: body.length } }
    })
  }

  #receive(fields: Fields): Prepared {
    const open = this.#get(fields)
    const max = fields.integer('max', 1, MAX_PIECE)
    const peek = fields.flag('peek')
    const waits = !fields.flag('nonblocking')
    return onSocket(async (signal) => {
      if (!open.receives) return { errno: 'success', body: NOTHING }
      if (!waits && !open.reader.ready) throw new Refused('again')
      await open.reader.wait(signal)
      const body = (peek ? open.reader.peek(max) : open.reader.take(max)) ?? NOTHING
      if (!peek) this.#count(body.length)
      return { errno: 'success', body }
    })
  }

  #count(bytes: number): void {
    this.#parts.usage.wire(bytes)
    this.#parts.usage.content(bytes)
  }

  #shutdown(fields: Fields): Prepared {
    const open = this.#get(fields)
    const receive = fields.flag('receive')
    const send = fields.flag('send')
    return onSocket(async () => {
      if (open.socket.destroyed) throw new Refused('notconn')
      // What comes all the same is not read any more, so that the other side is held up and nothing gathers here.
      if (receive) open.receives = false
      if (send && open.sends) {
        open.sends = false
        open.socket.end()
      }
      return { errno: 'success' }
    })
  }

  #close(fields: Fields): Prepared {
    const id = fields.integer('socket', 1, Number.MAX_SAFE_INTEGER)
    const { socket } = this.#find(id)
    return onSocket(async () => {
      this.#open.delete(id)
      this.#linger(socket)
      return { errno: 'success' }
    })
  }

  /** What was sent still goes out, if the other side takes it soon; until then the socket counts as open, and it ends with the guest. */
  #linger(socket: Socket): void {
    if (socket.destroyed || socket.writableLength === 0) return void socket.destroy()
    this.#closing.add(socket)
    const timer = setTimeout(() => socket.destroy(), LINGER_MS)
    socket.once('close', () => {
      clearTimeout(timer)
      this.#closing.delete(socket)
    })
    socket.destroySoon()
  }

  /** `sockets` names them as `1r,2w`; the answer names those that are ready, in the same way. */
  #poll(fields: Fields): Prepared {
    const text = fields.text('sockets', 32 * MAX_POLLED)
    const timeoutMs = fields.integer('timeoutMs', 0, 0xffff_ffff)
    const names = text.split(',')
    if (names.length > MAX_POLLED || !names.every((name) => /^[1-9]\d{0,14}[rw]$/.test(name)))
      throw new BadRequest('a poll names no sockets')
    const polled = names.map((name) => ({ name, write: name.endsWith('w'), open: this.#find(Number(name.slice(0, -1))) }))
    const ready = () =>
      polled.filter(({ open, write }) => (write ? isWritable(open) : !open.receives || open.reader.ready)).map(({ name }) => name)
    return onSocket(async (signal) => {
      const until = performance.now() + timeoutMs
      for (;;) {
        const found = ready()
        const left = until - performance.now()
        if (found.length > 0 || left <= 0) return { errno: 'success', fields: { ready: found.join(',') } }
        await changeOf(
          polled.map(({ open }) => open),
          left,
          signal,
        )
      }
    })
  }

  #get(fields: Fields): OpenSocket {
    return this.#find(fields.integer('socket', 1, Number.MAX_SAFE_INTEGER))
  }

  /** @throws {BadRequest} for a number that the cell's handle table cannot have held */
  #find(id: number): OpenSocket {
    const open = this.#open.get(id)
    if (!open) throw new BadRequest('there is no such socket')
    return open
  }
}

/** Ready also when the call would fail at once. */
const isWritable = ({ socket, sends }: OpenSocket): boolean => !sends || socket.destroyed || !socket.writableNeedDrain

/** Waits until something changes on one of the sockets, or for so long if there is a limit. */
async function changeOf(sockets: readonly OpenSocket[], milliseconds: number | null, signal: AbortSignal): Promise<void> {
  let changed = () => {}
  const change = new Promise<void>((resolve) => {
    changed = resolve
  })
  const distinct = [...new Set(sockets)]
  const unwatch = distinct.map(({ reader }) => reader.watch(changed))
  for (const { socket } of distinct) socket.once('drain', changed)
  const timer = milliseconds === null ? null : setTimeout(changed, Math.min(milliseconds, 2 ** 31 - 1))
  try {
    await orAborted(change, signal)
  } finally {
    if (timer) clearTimeout(timer)
    for (const stop of unwatch) stop()
    for (const { socket } of distinct) socket.off('drain', changed)
  }
}

/** An operation on what has been decided about already: it acts within the grant of the connection. */
const onSocket = (work: (signal: AbortSignal) => Promise<Answer>): Prepared => ({
  intent: null,
  run: async (signal) => {
    try {
      return await within(signal, 0, work)
    } catch (error) {
      throw signal.aborted ? error : asSocketRefused(error)
    }
  },
})

/** An operation that begins with host and port: what `tcp` grants. */
export function endpointOperation(
  { rules, decisions, usage, dialler }: EndpointParts,
  hostCall: NetCall,
  fields: Fields,
  work: (endpoint: Endpoint, object: string, signal: AbortSignal, decide: (intent: Intent) => Promise<void>) => Promise<Answer>,
): Prepared {
  const text = fields.text('host', 253)
  const port = fields.integer('port', 0, 0xffff_ffff)
  const timeoutMs = fields.integer('timeoutMs', 0, 0xffff_ffff)
  const host = canonicalHost(text)
  if (!host || port < 1 || port > 65_535) {
    const object = `${text}:${port}`
    return notDone(object, decisions.refuse('inval', hostCall, object, host ? 'there is no such port' : 'the host is malformed'))
  }
  const object = `${inAuthority(host)}:${port}`
  const refuse = (errno: 'notcapable' | 'acces', reason: string) =>
    notDone(object, decisions.refuse(errno, hostCall, object, reason))
  if (!rules.tcp) return refuse('notcapable', 'the policy grants no TCP')
  if (!allowsEndpoint(rules.tcp, { host, port })) return refuse('acces', 'the policy does not allow the host and port')
  const reason = host.kind === 'address' ? dialler.addresses.refusal(host.text) : null
  if (reason !== null) return refuse('acces', `its address ${reason}`)
  return {
    intent: intent(object, usage.request()),
    run: async (signal, decide) => {
      try {
        return await within(signal, timeoutMs, (end) => work({ host, port }, object, end, decide))
      } catch (error) {
        throw signal.aborted && error === signal.reason ? error : asRefused(error)
      }
    },
  }
}

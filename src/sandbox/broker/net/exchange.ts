// One HTTP request and its response on a connection of its own, which nothing else ever uses (NET-16).
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { Client } from 'undici'
import type { Intent } from '../operation.ts'
import { Refused } from '../operation.ts'
import { orAborted } from './deadline.ts'
import { type Dialler, dial, handshake, own } from './dial.ts'
import { type Header, type HttpRequest, sentHeaders } from './http-rules.ts'
import type { NetUsage } from './usage.ts'

/** Most bytes of the head of a response. */
const MAX_HEAD = 65_536
/** How often bytes on the wire are counted while the guest waits: chunk extensions and interim responses never show up as a body. */
const COUNT_EVERY_MS = 50

export interface Exchange {
  readonly status: number
  readonly headers: readonly Header[]
  /** As it came, codings and all. */
  readonly body: Readable
  /** Waits for `work`, and ends the exchange when more bytes come meanwhile than the quota has. */
  counted<T>(work: Promise<T>): Promise<T>
  /** Ends the connection. */
  end(): void
}

/** Sends a request whose origin has been allowed; its addresses are judged here. */
export async function exchange(
  dialler: Dialler,
  usage: NetUsage,
  request: HttpRequest,
  signal: AbortSignal,
  decide: (intent: Intent) => Promise<void>,
): Promise<Exchange> {
  const { origin, originText, path } = request.target
  const { socket } = await dial(dialler, { hostCall: 'http_request', object: originText, ...origin }, signal, decide)
  const secured = origin.scheme === 'https' ? await handshake(socket, origin.host, dialler, true, signal) : socket
  const client = clientOn(secured, originText)
  const end = () => {
    // Rejects what is still under way, whose own promise tells.
    client.destroy().catch(() => {})
    secured.destroy()
    socket.destroy()
  }
  const counted = counter(socket, usage, end)
  try {
    const responded = client.request(
      own({
        method: request.method,
        path,
        headers: sentHeaders(request.headers).flat(),
        body: request.body.length > 0 ? request.body : null,
        reset: true,
        responseHeaders: 'raw' as const,
      }),
    )
    const response = await counted(orAborted(responded, signal, ({ body }) => void body.on('error', () => {}).destroy()))
    // Asked for as a flat list of names and values, for which the library has no type.
    const raw = response.headers as unknown as string[]
    const body: Readable = response.body
    body.on('error', () => {})
    return { status: response.statusCode, headers: pairs(raw), body, counted, end }
  } catch (error) {
    end()
    throw error
  }
}

/** A client that has this one connection and cannot get another. */
function clientOn(socket: Socket, origin: string): Client {
  let used = false
  return new Client(
    origin,
    own({
      connect: (_, done) => {
        if (used) return done(Object.assign(new Error('there is one connection'), { code: 'ECONNRESET' }), null)
        used = true
        // Not at once: the client would not notice before it has returned from here.
        queueMicrotask(() => done(null, socket))
      },
      pipelining: 1,
      allowH2: false,
      maxHeaderSize: MAX_HEAD,
      // Time is the broker's business.
      headersTimeout: 0,
      bodyTimeout: 0,
    }),
  )
}

function pairs(raw: readonly string[]): Header[] {
  const headers: Header[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    // The parser is strict; but a line break that came through would be a header that the server did not send.
    if (/[\0\r\n]/.test(raw[i]! + raw[i + 1]!)) throw new Refused('proto')
    headers.push([raw[i]!, raw[i + 1]!])
  }
  return headers
}

/** Counts what moves on a connection, at the beginning and end of each wait and in between. */
function counter(socket: Socket, usage: NetUsage, end: () => void): Exchange['counted'] {
  let known = 0
  const count = () => {
    const moved = socket.bytesRead + socket.bytesWritten
    const more = moved - known
    known = moved
    if (more > 0) usage.wire(more)
  }
  return async (work) => {
    let timer: NodeJS.Timeout | undefined
    const exceeded = new Promise<never>((_, reject) => {
      timer = setInterval(() => {
        try {
          count()
        } catch (error) {
          reject(error)
        }
      }, COUNT_EVERY_MS)
    })
    try {
      const value = await Promise.race([work, exceeded])
      count()
      return value
    } catch (error) {
      end()
      throw error
    } finally {
      clearInterval(timer)
      work.catch(() => {})
    }
  }
}

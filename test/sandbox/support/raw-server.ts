// TCP servers on loopback for tests, which keep every byte that arrives: what was really sent is the only witness.
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

export interface RawServer extends AsyncDisposable {
  readonly port: number
  /** What came on each connection, in the order in which they were accepted. */
  readonly received: string[]
  /** Connections as they are. */
  readonly sockets: Socket[]
}

/** Answers once the head of a request is there; gets it, and the socket to write to. */
export type Responder = (head: string, socket: Socket) => void

const PEM = (name: string) => readFileSync(new URL(`certificates/${name}`, import.meta.url))
export const TEST_AUTHORITY = PEM('ca.pem').toString()

/** @param certificate for TLS: one of the test certificates */
export async function rawServer(
  respond: Responder = () => {},
  { host = '127.0.0.1', certificate = null }: { host?: string; certificate?: 'valid' | 'expired' | null } = {},
): Promise<RawServer> {
  const received: string[] = []
  const sockets: Socket[] = []
  const accept = (socket: Socket) => {
    const index = received.push('') - 1
    sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      const answered = received[index]!.includes('\r\n\r\n')
      received[index] += bytes.toString('latin1')
      if (!answered && received[index]!.includes('\r\n\r\n')) respond(received[index]!, socket)
    })
  }
  const server: Server = certificate
    ? createTlsServer({ key: PEM('server.key'), cert: PEM(`${certificate}.pem`) }, accept)
    : createServer({ allowHalfOpen: true }, accept)
  server.on('tlsClientError', () => {})
  await new Promise<void>((listening) => void server.listen(0, host, listening))
  return {
    port: (server.address() as AddressInfo).port,
    received,
    sockets,
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => closed())
      }),
  }
}

/** A response that ends with the connection. */
export const respondWith =
  (status: string, headers: readonly string[] = [], body: string | Uint8Array = ''): Responder =>
  (_, socket) => {
    socket.write(`HTTP/1.1 ${status}\r\n${headers.map((line) => `${line}\r\n`).join('')}connection: close\r\n\r\n`)
    socket.end(body)
  }

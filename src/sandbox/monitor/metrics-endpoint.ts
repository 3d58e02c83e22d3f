// A small HTTP server with one resource, `/metrics`. On loopback by default: the figures are nobody else's business.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface MetricsEndpointOptions {
  /** Default: 127.0.0.1. */
  readonly host?: string
  /** Default: 0, one that is free. */
  readonly port?: number
}

export interface MetricsEndpoint extends AsyncDisposable {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

interface Page {
  readonly type: string
  readonly text: string
}

/** A scraper needs one connection, and a second while the first is given up. */
const MAX_CONNECTIONS = 16
const TIMEOUT_MS = 10_000
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i
const ANY = /^/

/** @param page what is served, made for each request */
export async function serveText(page: () => Promise<Page>, options: MetricsEndpointOptions): Promise<MetricsEndpoint> {
  const { host = '127.0.0.1', port = 0 } = options
  let names: RegExp = LOOPBACK
  const server = createServer((request, response) => void answer(request, response, page, names))
  server.maxConnections = MAX_CONNECTIONS
  server.headersTimeout = TIMEOUT_MS
  server.requestTimeout = TIMEOUT_MS
  await listening(server, host, port)
  const bound = server.address() as AddressInfo
  if (!isLoopback(bound.address)) names = ANY
  const name = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address
  const close = () => closed(server)
  return { url: `http://${name}:${bound.port}/metrics`, port: bound.port, close, [Symbol.asyncDispose]: close }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  page: () => Promise<Page>,
  names: RegExp,
): Promise<void> {
  const end = (status: number, { type, text }: Page, headers: Readonly<Record<string, string>> = {}) => {
    response.writeHead(status, {
      'content-type': type,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    })
    response.end(request.method === 'HEAD' ? undefined : text)
  }
  const plain = (text: string): Page => ({ type: 'text/plain; charset=utf-8', text: `${text}\n` })
  // A web page whose host name was pointed at this machine would reach a loopback port in its visitor's browser (DNS rebinding, CWE-350).
  if (!names.test(request.headers.host ?? '')) return end(421, plain('This host is not served here.'))
  if (request.url?.split('?', 1)[0] !== '/metrics') return end(404, plain('There is only /metrics.'))
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(405, plain('Only GET.'), { allow: 'GET, HEAD' })
  try {
    end(200, await page())
  } catch {
    end(500, plain('The metrics could not be collected.'))
  }
}

const isLoopback = (address: string) => address === '::1' || /^(?:::ffff:)?127\./.test(address)

const listening = (server: Server, host: string, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })

const closed = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

// A server of a setting: takes connections on loopback, keeps every byte that it is sent, and answers as it was told.
import { createServer, type Server, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { SettingResponse } from '../../attacks/setting.ts'

/** Most bytes that are kept of one connection. */
const MAX_KEPT = 1_000_000

export class SettingServer {
  readonly name: string
  readonly #server: Server
  /** Set once the other servers of the setting listen too: one may send the guest to another. */
  responses: readonly SettingResponse[] = []
  readonly #received: string[] = []
  readonly #sockets = new Set<Socket>()

  private constructor(name: string) {
    this.name = name
    // A client that has said all it has to say still gets its answer.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket))
    this.#server.unref()
  }

  static async listen(name: string): Promise<SettingServer> {
    const made = new SettingServer(name)
    await new Promise<void>((resolve, reject) => {
      made.#server.once('error', reject)
      made.#server.listen(0, '127.0.0.1', resolve)
    })
    return made
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  /** What each connection sent, byte for byte as latin1. */
  get received(): readonly string[] {
    return this.#received
  }

  /** One line for each connection: its first line, or that it sent none. */
  get effects(): string[] {
    return this.#received.map((text) => `${this.name}: ${/^[^\r\n]+(?=\r?\n)/.exec(text)?.[0] ?? 'connection'}`)
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    const index = this.#received.push('') - 1
    let answered = false
    /** Where the request begins that is answered next. */
    let from = 0
    const respond = async (): Promise<void> => {
      const request = this.#received[index]!.slice(from)
      if (answered || !request.includes('\r\n\r\n')) return
      answered = true
      const open = await this.#answer(socket, request)
      if (!open) return
      from += request.indexOf('\r\n\r\n') + 4
      answered = false
      await respond()
    }
    socket.on('end', () => {
      if (!answered) socket.end()
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('data', (chunk: Buffer) => {
      this.#received[index] = (this.#received[index]! + chunk.toString('latin1')).slice(0, MAX_KEPT)
      void respond()
    })
  }

  /** Returns whether the connection stays open. */
  async #answer(socket: Socket, request: string): Promise<boolean> {
    const path = request.split(' ')[1]
    const response = this.responses.find((one) => one.path === undefined || one.path === path)
    await pause(response?.delayMs ?? 0)
    if (response?.keepOpen) {
      socket.write(answerTo(request, response))
      return true
    }
    if (response?.dripMs === undefined) {
      socket.end(response ? answerTo(request, response) : NOT_FOUND)
      return false
    }
    const bytes = answerTo(request, response)
    const body = bytes.indexOf('\r\n\r\n') + 4
    socket.write(bytes.subarray(0, body))
    for (let at = body; at < bytes.length && !socket.destroyed; at++) {
      socket.write(bytes.subarray(at, at + 1))
      await pause(response.dripMs)
    }
    socket.end()
    return false
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}

const NOT_FOUND = 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'

function answerTo(request: string, { raw, status, headers, ...rest }: SettingResponse): Buffer {
  if (raw !== undefined) return Buffer.from(raw, 'latin1')
  const body = bodyOf(request, rest)
  const connection = rest.keepOpen ? 'keep-alive' : 'close'
  const all = { 'Content-Length': String(body.length), Connection: connection, ...headers }
  const lines = Object.entries(all).map(([key, value]) => `${key}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Answer\r\n${lines.join('')}\r\n`), body])
}

function bodyOf(request: string, { gzipOfZeros, echo, body }: Pick<SettingResponse, 'gzipOfZeros' | 'echo' | 'body'>): Buffer {
  if (gzipOfZeros) return gzipSync(Buffer.alloc(gzipOfZeros))
  return echo ? Buffer.from(request, 'latin1') : Buffer.from(body)
}

const pause = (ms: number) => (ms === 0 ? Promise.resolve() : new Promise<void>((resolve) => setTimeout(resolve, ms)))

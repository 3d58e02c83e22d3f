// What the probes look at: servers on loopback, on ports that the system chooses, and a name server that knows the names of the tests.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

export interface Running {
  readonly port: number
  readonly close: () => Promise<void>
}

async function listening(server: Server): Promise<Running> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close()
      await once(server, 'close')
    },
  }
}

export const httpServer = (listener: RequestListener): Promise<Running> => listening(createHttpServer(listener))

/** Counts its connections. */
export async function tcpServer(): Promise<Running & { readonly connections: () => number }> {
  let connections = 0
  const server = createTcpServer((socket) => {
    connections++
    socket.on('error', () => {}).resume()
  })
  return { ...(await listening(server)), connections: () => connections }
}

const pem = (name: string) => readFileSync(new URL(`certificates/${name}.pem`, import.meta.url), 'utf8')

/** For `probe.test`, signed by itself: `valid` until 2120, `expired` since 2021. */
export const certificate = (name: 'valid' | 'expired'): string => pem(name)

export const tlsServer = (name: 'valid' | 'expired'): Promise<Running> =>
  listening(createTlsServer({ cert: certificate(name), key: pem('key') }, (socket) => socket.on('error', () => {}).resume()))

const HEADER = 12
const TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'A'],
  [15, 'MX'],
])

/** Answers for `probe.test`: its address is loopback's, its mail goes to `mail.probe.test`. No other name exists. */
export async function nameServer(): Promise<Running & { readonly asked: readonly string[] }> {
  const asked: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (query, { port, address }) => socket.send(answer(query, asked), port, address))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    asked,
    async close() {
      socket.close()
      await once(socket, 'close')
    },
  }
}

function answer(query: Buffer, asked: string[]): Buffer {
  const labels: string[] = []
  let at = HEADER
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  const name = labels.join('.').toLowerCase()
  const type = TYPES.get(query.readUInt16BE(at + 1)) ?? 'another type'
  asked.push(`${name} ${type}`)
  const question = query.subarray(HEADER, at + 5)
  const data = name === 'probe.test' ? record(type) : null
  const header = Buffer.alloc(HEADER)
  query.copy(header, 0, 0, 2)
  // A response, recursion desired and available; 3 is "no such name".
  header.writeUInt16BE(0x8180 | (name === 'probe.test' ? 0 : 3), 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(data ? 1 : 0, 6)
  if (!data) return Buffer.concat([header, question])
  const fixed = Buffer.alloc(12)
  // The name is the question's; class IN, a minute to live.
  fixed.writeUInt16BE(0xc000 | HEADER, 0)
  question.copy(fixed, 2, question.length - 4)
  fixed.writeUInt32BE(60, 6)
  fixed.writeUInt16BE(data.length, 10)
  return Buffer.concat([header, question, fixed, data])
}

function record(type: string): Buffer | null {
  if (type === 'A') return Buffer.from([127, 0, 0, 1])
  // Preference 10, the label "mail", and then the name of the question.
  if (type === 'MX') return Buffer.from([0, 10, 4, ...Buffer.from('mail'), 0xc0, HEADER])
  return null
}

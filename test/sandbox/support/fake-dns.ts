// A name server on loopback for tests: answers what a test wants, and remembers every question.
import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'

const TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'A'],
  [2, 'NS'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [12, 'PTR'],
  [15, 'MX'],
  [16, 'TXT'],
  [28, 'AAAA'],
  [33, 'SRV'],
  [257, 'CAA'],
])

/** Raw record data of an answer; null for "no such name". An empty list is "nothing of this type". */
export type Zone = (name: string, type: string) => readonly Uint8Array[] | null | 'silence'

export interface FakeDns extends AsyncDisposable {
  /** `address:port`, as resolvers take it. */
  readonly server: string
  /** Each question as `TYPE name`. */
  readonly questions: string[]
}

export async function fakeDns(zone: Zone): Promise<FakeDns> {
  const socket = createSocket('udp4')
  const questions: string[] = []
  socket.on('message', (query, from) => {
    const { name, type, end } = question(query)
    const typeName = TYPES.get(type) ?? String(type)
    questions.push(`${typeName} ${name}`)
    const answers = zone(name, typeName)
    if (answers === 'silence') return
    const head = Buffer.alloc(12)
    head.writeUInt16BE(query.readUInt16BE(0), 0)
    // Response, recursion available; NXDOMAIN where there is no such name.
    head.writeUInt16BE(answers === null ? 0x8183 : 0x8180, 2)
    head.writeUInt16BE(1, 4)
    head.writeUInt16BE(answers?.length ?? 0, 6)
    const records = (answers ?? []).map((data) => {
      const record = Buffer.alloc(12)
      record.writeUInt16BE(0xc00c, 0)
      record.writeUInt16BE(type, 2)
      record.writeUInt16BE(1, 4)
      record.writeUInt16BE(data.length, 10)
      return Buffer.concat([record, data])
    })
    socket.send(Buffer.concat([head, query.subarray(12, end), ...records]), from.port, from.address)
  })
  await new Promise<void>((listening) => void socket.bind(0, '127.0.0.1', listening))
  const { port } = socket.address() as AddressInfo
  return {
    server: `127.0.0.1:${port}`,
    questions,
    [Symbol.asyncDispose]: () => new Promise((closed) => void socket.close(() => closed())),
  }
}

function question(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  while (query[at] !== 0) {
    const length = query[at]!
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

export const a = (address: string) => Uint8Array.from(address.split('.').map(Number))
/** @param groups all eight, without `::` */
export const aaaa = (groups: string) =>
  Uint8Array.from(groups.split(':').flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]))
export const domainName = (name: string) =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')])),
    Buffer.from([0]),
  ])
export const u16 = (...values: number[]) => Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]))
export const u32 = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, i * 4)
  return bytes
}

/** A zone with one list of addresses for each name, IPv4. */
export const addresses =
  (names: Readonly<Record<string, readonly string[]>>): Zone =>
  (name, type) => {
    const found = Object.hasOwn(names, name) ? names[name]! : null
    if (!found) return null
    return type === 'A' ? found.map(a) : []
  }

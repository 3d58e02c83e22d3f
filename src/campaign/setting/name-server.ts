// The name server of a setting: answers A and AAAA questions over UDP, by turns if it was told so (NET-02), and keeps the names it was asked for.
import { createSocket, type Socket } from 'node:dgram'
import { isIPv4, isIPv6 } from 'node:net'

const TYPES: ReadonlyMap<number, 'A' | 'AAAA'> = new Map([
  [1, 'A'],
  [28, 'AAAA'],
])
const NXDOMAIN = 3

export class NameServer {
  readonly #socket: Socket
  readonly #names: ReadonlyMap<string, readonly (readonly string[])[]>
  /** How often each question was asked. */
  readonly #turns = new Map<string, number>()

  private constructor(names: Readonly<Record<string, readonly (readonly string[])[]>>) {
    this.#names = new Map(Object.entries(names))
    this.#socket = createSocket('udp4')
    this.#socket.unref()
    this.#socket.on('message', (message, from) => {
      const answer = this.#answer(message)
      if (answer) this.#socket.send(answer, from.port, from.address)
    })
  }

  static async listen(names: Readonly<Record<string, readonly (readonly string[])[]>>): Promise<NameServer> {
    const made = new NameServer(names)
    await new Promise<void>((resolve, reject) => {
      made.#socket.once('error', reject)
      made.#socket.bind(0, '127.0.0.1', resolve)
    })
    return made
  }

  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`
  }

  /** Each name that was asked for, once: how often depends on the resolver. */
  get effects(): string[] {
    return [...new Set([...this.#turns.keys()].map((question) => `dns: ${question.split(' ')[1]}`))]
  }

  /** RFC 1035, section 4.1: the question as it came, and an answer for each address of its type. */
  #answer(message: Buffer): Buffer | null {
    const question = readQuestion(message)
    if (!question) return null
    const { name, type, end } = question
    const key = `${type} ${name}`
    const turn = this.#turns.get(key) ?? 0
    this.#turns.set(key, turn + 1)
    const lists = this.#names.get(name)
    const addresses = lists?.[Math.min(turn, lists.length - 1)] ?? []
    const records = addresses
      .filter((address) => (TYPES.get(type) === 'A' ? isIPv4(address) : TYPES.get(type) === 'AAAA' && isIPv6(address)))
      .map((address) => record(type, packed(address)))
    const header = Buffer.alloc(12)
    message.copy(header, 0, 0, 2)
    header.writeUInt16BE(0x8180 | (lists ? 0 : NXDOMAIN), 2)
    header.writeUInt16BE(1, 4)
    header.writeUInt16BE(records.length, 6)
    return Buffer.concat([header, message.subarray(12, end), ...records])
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()))
  }
}

function readQuestion(message: Buffer): { name: string; type: number; end: number } | null {
  const labels: string[] = []
  let at = 12
  while (at < message.length && message[at] !== 0) {
    const length = message[at]!
    labels.push(message.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  if (at + 5 > message.length) return null
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 }
}

/** The name is a pointer to the question's; class IN, no time to live. */
function record(type: number, data: Buffer): Buffer {
  const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length])
  return Buffer.concat([head, data])
}

function packed(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail] = address.split('::')
  const groups = (part: string | undefined) => (part ? part.split(':').flatMap(group) : [])
  const [before, after] = [groups(head), groups(tail)]
  return Buffer.from([...before, ...new Array<number>(16 - before.length - after.length).fill(0), ...after])
}

/** Two bytes of a group, or four of an IPv4 address at the end. */
const group = (text: string): number[] =>
  text.includes('.') ? text.split('.').map(Number) : [Number.parseInt(text, 16) >> 8, Number.parseInt(text, 16) & 255]

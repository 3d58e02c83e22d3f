// A network that is not there: a service with the operations of the real one, whose answers come from a seed, at once.
import { Random } from '../src/attacks/random.ts'
import { BadRequest, type Fields } from '../src/sandbox/broker/fields.ts'
import { type Answer, type Operation, type Prepared, Refused, type Service } from '../src/sandbox/broker/operation.ts'
import { RECORD_TYPES } from '../src/sandbox/host/abi/native.ts'
import type { ErrnoName } from '../src/sandbox/host/errno.ts'

const MAX_PIECE = 2 ** 20

/** What can come of asking for something. Three in nine succeed, or no program would ever have a connection. */
const ENDINGS: readonly ErrnoName[] = [
  'success',
  'success',
  'success',
  'acces',
  'dquot',
  'timedout',
  'connrefused',
  'notcapable',
  'io',
]
/** What can come of using a connection, and of ending a direction of it. */
const COURSES: readonly ErrnoName[] = ['success', 'success', 'success', 'success', 'timedout', 'connreset', 'io']
const SHUTDOWNS: readonly ErrnoName[] = ['success', 'success', 'notconn']
const BODIES = [0, 1, 7, 64, 4096, 70_000]
const HEADERS = ['', 'content-type: text/plain\n', `x: ${'y'.repeat(8000)}\n`]
const RECORDS = ['', '192.0.2.1\n', '192.0.2.1\n2001:db8::1\n', `"${'t'.repeat(255)}"\n`]

export class FakeNetwork implements Service {
  readonly #random: Random
  readonly #open = new Set<number>()
  #last = 0

  constructor(seed: number) {
    this.#random = new Random(seed)
  }

  readonly operations: Readonly<Record<string, Operation>> = {
    'net.http': (fields) => {
      const object = `${fields.text('method', 16)} ${fields.text('url', 8192)}`
      fields.text('headers', 65_536)
      return this.#asked(fields, object, () => ({
        errno: 'success',
        fields: { response: this.#opened(), status: this.#random.pick([200, 204, 404, 599]) },
        body: Buffer.from(this.#random.pick(HEADERS)),
      }))
    },
    'net.httpBody': (fields) => this.#used(fields, 'response', this.#received(fields)),
    'net.httpClose': (fields) => this.#closed(fields, 'response'),
    'net.dns': (fields) => {
      const object = fields.text('name', 253)
      fields.choice('type', RECORD_TYPES)
      return this.#asked(null, object, () => ({ errno: 'success', body: Buffer.from(this.#random.pick(RECORDS)) }))
    },
    'net.connect': (fields) =>
      this.#endpoint(fields, () => ({ errno: 'success', fields: { socket: this.#opened(), elapsedNs: '1234567' } })),
    'net.certificate': (fields) =>
      this.#endpoint(fields, () => ({
        errno: 'success',
        fields: { notBefore: '1', notAfter: '18446744073709551615', authorized: this.#random.below(2) === 0 },
      })),
    'net.send': (fields, body) => {
      fields.flag('nonblocking')
      return this.#used(fields, 'socket', () => ({ errno: 'success', fields: { written: this.#random.below(body.length + 1) } }))
    },
    'net.receive': (fields) => {
      fields.flag('peek')
      fields.flag('nonblocking')
      return this.#used(fields, 'socket', this.#received(fields))
    },
    'net.shutdown': (fields) => {
      fields.flag('receive')
      fields.flag('send')
      return this.#used(fields, 'socket', () => ({ errno: 'success' }), SHUTDOWNS)
    },
    'net.close': (fields) => this.#closed(fields, 'socket'),
    'net.poll': (fields) => {
      const sockets = fields.text('sockets', 4096 * 32)
      fields.integer('timeoutMs', 0, 2 ** 32 - 1)
      for (const name of sockets.split(',')) {
        if (!/^[1-9]\d{0,8}[rw]$/.test(name)) throw new BadRequest('a poll names no sockets')
        this.#mustBeOpen(Number(name.slice(0, -1)))
      }
      return { intent: null, run: () => ({ errno: 'success', fields: { ready: this.#random.pick(sockets.split(',')) } }) }
    },
  }

  close(): void {
    this.#open.clear()
  }

  #opened(): number {
    this.#open.add(++this.#last)
    return this.#last
  }

  /** A cell that asks for what is not open has lost track of its handles. */
  #mustBeOpen(id: number): void {
    if (!this.#open.has(id)) throw new BadRequest('that is not open')
  }

  #endpoint(fields: Fields, answer: () => Answer): Prepared {
    return this.#asked(fields, `${fields.text('host', 253)}:${fields.integer('port', 0, 2 ** 32 - 1)}`, answer)
  }

  #asked(timed: Fields | null, object: string, answer: () => Answer): Prepared {
    timed?.integer('timeoutMs', 0, 2 ** 32 - 1)
    const errno = this.#random.pick(ENDINGS)
    const refusal = errno === 'success' ? null : new Refused(errno)
    return { intent: { capability: 'net', object, refusal }, run: answer }
  }

  #used(fields: Fields, name: string, answer: () => Answer, courses = COURSES): Prepared {
    this.#mustBeOpen(fields.integer(name, 1, Number.MAX_SAFE_INTEGER))
    return {
      intent: null,
      run: () => {
        const errno = this.#random.pick(courses)
        if (errno !== 'success') throw new Refused(errno)
        return answer()
      },
    }
  }

  #received(fields: Fields): () => Answer {
    const max = fields.integer('max', 1, MAX_PIECE)
    return () => ({ errno: 'success', body: new Uint8Array(Math.min(max, this.#random.pick(BODIES))).fill(0x62) })
  }

  #closed(fields: Fields, name: string): Prepared {
    const id = fields.integer(name, 1, Number.MAX_SAFE_INTEGER)
    this.#mustBeOpen(id)
    return {
      intent: null,
      run: () => {
        this.#open.delete(id)
        return { errno: 'success' }
      },
    }
  }
}

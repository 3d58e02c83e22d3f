// Requests to the broker out of bytes: valid ones of every operation, the same with one thing wrong, and what is no request at all.
import { Source } from '../src/attacks/executor/source.ts'
import { encodeRequest, MAX_REQUEST } from '../src/sandbox/broker/message.ts'
import { RECORD_TYPES } from '../src/sandbox/host/abi/native.ts'
import type { BrokerRequest } from '../src/sandbox/host/channel.ts'

type Value = string | number | boolean
type Values = (source: Source) => Value

/** One operation: the host calls that ask for it, how its fields are filled, and whether a decision is recorded. */
export interface Template {
  readonly calls: readonly string[]
  readonly fields: Readonly<Record<string, Values>>
  readonly body?: (source: Source) => Uint8Array
  /** `one`: each request that is dealt with. `none`: it goes on with what was decided before. `hops`: one, and one for each further step. */
  readonly records: 'one' | 'none' | 'hops' | 'one for a mount'
}

const from =
  (...values: readonly Value[]): Values =>
  (source) =>
    source.early(values)
const flag: Values = (source) => source.u8() % 2 === 1
const bytes = (source: Source) => source.take(source.u8() % 64)
const digits = from('0', '5', '1048576', '9007199254740991', '9007199254740993', '18446744073709551615')

// Numbers of handles are given from 1 on, those of live directories from 100 on; the mount has its own, 0.
const small: Values = (source) => 1 + (source.u8() % 6)
const directory: Values = (source) => (source.u8() < 192 ? 0 : 100 + (source.u8() % 8))
const opened: Values = (source) => 100 + (source.u8() % 8)
const path = from(
  'file',
  'dir',
  'dir/inner',
  'new',
  'link',
  'dirlink/inner',
  'dir/new',
  '.',
  '..',
  '../secret',
  '/etc/passwd',
  'out',
  'out/secret',
  'dir/../../secret',
  'fifo',
  'a\0b',
  '',
  'n'.repeat(256),
  'd/'.repeat(3000),
)
const times = { accessed: from('', 'now', '0', '1700000000000000000'), modified: from('now', '', '18446744073709551615') }
const key = from('a', 'b', '__proto__', 'k'.repeat(512), '', '\u202e', 'prefix')
const name = from('key', 'signing', 'verifying', 'unknown', 'constructor', '')
const timeoutMs = from(0, 1, 50, 0xffff_ffff)

/** @param port of a server of ours that the policy allows */
export function templatesFor(port: number): ReadonlyMap<string, Template> {
  const host = from(
    '127.0.0.1',
    '127.0.0.1',
    'allowed.example',
    'localhost',
    '169.254.169.254',
    '0x7f.1',
    '::ffff:127.0.0.1',
    '[',
    '',
  )
  const endpoint = { host, port: from(port, port, 80, 0, 65_536), timeoutMs }
  const base = `http://127.0.0.1:${port}`
  const url = from(
    `${base}/`,
    `${base}/redirect`,
    `${base}/out`,
    `${base}/large`,
    'http://allowed.example/',
    'file:///etc/passwd',
    'http://user@127.0.0.1/',
    '',
  )
  const named = { directory, path }
  return new Map<string, Template>([
    ['kv.get', { calls: ['kv_get'], fields: { key }, records: 'one' }],
    ['kv.set', { calls: ['kv_set'], fields: { key }, body: bytes, records: 'one' }],
    ['kv.delete', { calls: ['kv_delete'], fields: { key }, records: 'one' }],
    ['kv.keys', { calls: ['kv_keys'], fields: { prefix: key }, records: 'one' }],
    ['crypto.key', { calls: ['crypto_key'], fields: { name }, records: 'one' }],
    ['crypto.sign', { calls: ['crypto_sign'], fields: { key: small }, body: bytes, records: 'one' }],
    ['crypto.verify', { calls: ['crypto_verify'], fields: { key: small, data: from(0, 1, 8) }, body: bytes, records: 'one' }],
    ['crypto.close', { calls: ['crypto_close'], fields: { key: small }, records: 'none' }],
    [
      'fs.open',
      {
        calls: ['path_open'],
        fields: {
          ...named,
          create: flag,
          exclusive: flag,
          truncate: flag,
          mustBeDirectory: from(false, false, true),
          follow: flag,
          read: flag,
          write: flag,
        },
        records: 'one',
      },
    ],
    ['fs.statPath', { calls: ['path_filestat_get'], fields: { ...named, follow: flag }, records: 'one' }],
    ['fs.setTimesPath', { calls: ['path_filestat_set_times'], fields: { ...named, follow: flag, ...times }, records: 'one' }],
    ['fs.createDirectory', { calls: ['path_create_directory'], fields: named, records: 'one' }],
    ['fs.removeDirectory', { calls: ['path_remove_directory'], fields: named, records: 'one' }],
    ['fs.unlink', { calls: ['path_unlink_file'], fields: named, records: 'one' }],
    ['fs.readLink', { calls: ['path_readlink'], fields: named, records: 'one' }],
    ['fs.symlink', { calls: ['path_symlink'], fields: { target: path, ...named }, records: 'one' }],
    ['fs.link', { calls: ['path_link'], fields: { ...named, follow: flag, to: directory, toPath: path }, records: 'one' }],
    ['fs.rename', { calls: ['path_rename'], fields: { ...named, to: directory, toPath: path }, records: 'one' }],
    ['fs.stat', { calls: ['fd_filestat_get', 'fd_seek'], fields: { handle: opened }, records: 'one for a mount' }],
    ['fs.setTimes', { calls: ['fd_filestat_set_times'], fields: { handle: opened, ...times }, records: 'one' }],
    ['fs.entries', { calls: ['fd_readdir'], fields: { handle: directory }, records: 'one for a mount' }],
    ['fs.close', { calls: ['fd_close', 'fd_renumber'], fields: { handle: opened }, records: 'none' }],
    [
      'fs.read',
      {
        calls: ['fd_read', 'fd_pread'],
        fields: { handle: opened, offset: digits, length: from(16, 0, 1, 1_048_576, 1_048_577) },
        records: 'none',
      },
    ],
    ['fs.write', { calls: ['fd_write', 'fd_pwrite'], fields: { handle: opened, offset: digits }, body: bytes, records: 'one' }],
    ['fs.append', { calls: ['fd_write', 'fd_pwrite'], fields: { handle: opened }, body: bytes, records: 'one' }],
    ['fs.setSize', { calls: ['fd_filestat_set_size'], fields: { handle: opened, size: digits }, records: 'one' }],
    ['fs.allocate', { calls: ['fd_allocate'], fields: { handle: opened, offset: digits, length: digits }, records: 'one' }],
    ['fs.sync', { calls: ['fd_sync', 'fd_datasync'], fields: { handle: opened }, records: 'one' }],
    [
      'net.http',
      {
        calls: ['http_request'],
        fields: {
          method: from('GET', 'POST', 'CONNECT', 'G\n'),
          url,
          headers: from('', 'accept: */*\n', 'host: x\n', 'a\r\nb: c\n'),
          timeoutMs,
        },
        body: bytes,
        records: 'hops',
      },
    ],
    ['net.httpBody', { calls: ['http_body'], fields: { response: small, max: from(64, 1, 1_048_576, 0) }, records: 'none' }],
    ['net.httpClose', { calls: ['http_close'], fields: { response: small }, records: 'none' }],
    ['net.dns', { calls: ['dns_resolve'], fields: { name: host, type: from(...RECORD_TYPES, 'ANY') }, records: 'hops' }],
    ['net.connect', { calls: ['tcp_connect'], fields: endpoint, records: 'hops' }],
    ['net.certificate', { calls: ['tls_certificate'], fields: endpoint, records: 'hops' }],
    [
      'net.send',
      { calls: ['sock_send', 'fd_write'], fields: { socket: small, nonblocking: flag }, body: bytes, records: 'none' },
    ],
    [
      'net.receive',
      {
        calls: ['sock_recv', 'fd_read'],
        fields: { socket: small, max: from(16, 1, 1_048_576, 0), peek: flag, nonblocking: from(true, true, true, false) },
        records: 'none',
      },
    ],
    ['net.shutdown', { calls: ['sock_shutdown'], fields: { socket: small, receive: flag, send: flag }, records: 'none' }],
    ['net.close', { calls: ['fd_close', 'fd_renumber'], fields: { socket: small }, records: 'none' }],
    // What it answers, the cell puts into words of its own (host/wasi/poll.ts).
    [
      'net.poll',
      {
        calls: [],
        fields: { sockets: from('1r', '1w', '1r,2w', '9r', '1r,1r', 'x', ''), timeoutMs: from(0, 1, 20) },
        records: 'none',
      },
    ],
  ])
}

/** One request on its way: its bytes, and the operation if it was meant to be one. */
export interface Frame {
  readonly operation: string | null
  readonly payload: Uint8Array
}

const MAX_FRAMES = 40

/** The requests that some bytes stand for. Every byte string is some. */
export function decodeFrames(input: Uint8Array, templates: ReadonlyMap<string, Template>): Frame[] {
  const source = new Source(input)
  const frames: Frame[] = []
  // A few operations at a time, so that one follows another on the same thing.
  const names = [...templates.keys()]
  const prefix = source.u8() < 160 ? source.pick(['fs.', 'net.', 'kv.', 'crypto.']) : ''
  const some = names.filter((operation) => operation.startsWith(prefix))
  while (!source.empty && frames.length < MAX_FRAMES) frames.push(frameOf(source, source.pick(some), templates))
  return frames
}

function frameOf(source: Source, operation: string, templates: ReadonlyMap<string, Template>): Frame {
  const selector = source.u8()
  if (selector >= 240) return { operation: null, payload: noRequest(source) }
  const { fields, body } = templates.get(operation)!
  const filled = Object.fromEntries(Object.entries(fields).map(([field, values]) => [field, values(source)]))
  const request: BrokerRequest = { operation, fields: filled, ...(body && { body: body(source) }) }
  return { operation, payload: selector < 192 ? encodeRequest(request) : spoilt(source, request) }
}

const encoder = new TextEncoder()

/** A request by its JSON text, and what the header says of it. */
function message(json: string, body: Uint8Array = new Uint8Array(0), size?: number): Uint8Array {
  const head = encoder.encode(json)
  const payload = new Uint8Array(4 + head.length + body.length)
  new DataView(payload.buffer).setUint32(0, size ?? head.length, true)
  payload.set(head, 4)
  payload.set(body, 4 + head.length)
  return payload
}

const WRONG: readonly string[] = [
  'null',
  '-1',
  '1e308',
  '0.5',
  '9007199254740993',
  '""',
  '"x"',
  'true',
  '[]',
  '{}',
  '{"length":1}',
  '"\\ud800"',
  `"${'x'.repeat(70_000)}"`,
]
const NAMES = ['__proto__', 'constructor', 'toString', 'kv.get ', 'KV.GET', '', 'x'.repeat(41)]

/** The request with one thing wrong. */
function spoilt(source: Source, { operation, fields, body }: BrokerRequest): Uint8Array {
  const entries = Object.entries(fields).map(([field, value]) => `${JSON.stringify(field)}:${JSON.stringify(value)}`)
  const whole = (list: readonly string[], what = operation) =>
    `{"operation":${JSON.stringify(what)},"fields":{${list.join(',')}}}`
  const at = source.u8() % Math.max(1, entries.length)
  const field = JSON.stringify(Object.keys(fields)[at] ?? 'x')
  switch (source.u8() % 9) {
    case 0:
      return message(whole(entries.toSpliced(at, 1)), body)
    case 1:
      return message(whole([...entries, `"more":${source.pick(WRONG)}`]), body)
    case 2:
      return message(whole([...entries, `"__proto__":{"handle":0,"key":"a"}`]), body)
    case 3:
      return message(whole(entries.with(at, `${field}:${source.pick(WRONG)}`)), body)
    // The last of two counts for JSON.parse.
    case 4:
      return message(whole([...entries, `${field}:${source.pick(WRONG)}`]), body)
    case 5:
      return message(whole(entries, source.pick(NAMES)), body)
    case 6:
      return message(whole(entries), source.take(source.u8()))
    case 7:
      return message(whole(entries), body, source.pick([0, 1, 2 ** 20, 2 ** 20 + 1, 2 ** 31, 2 ** 32 - 1]))
    default:
      return message(whole(entries).slice(0, source.u8()), body)
  }
}

const NO_REQUESTS = [
  'null',
  '[]',
  '1',
  '""',
  '{}',
  '{"operation":1,"fields":{}}',
  '{"operation":"kv.get"}',
  '{"operation":"kv.get","fields":null}',
  '['.repeat(60_000),
  `{"operation":"kv.get","fields":${'{"a":'.repeat(20_000)}`,
]

function noRequest(source: Source): Uint8Array {
  if (source.u8() < 128) return source.take(source.u8())
  return message(source.pick(NO_REQUESTS))
}

/** No frame from a jail may be longer than this. */
export const LONGEST = MAX_REQUEST

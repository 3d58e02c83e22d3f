// The native namespace: what WASI preview 1 has no words for. Its version is in its name; a change that breaks guests gets a new one.
//
// Answers of unknown size go into a buffer of the guest's: the call writes the size of the answer to `bufused`, and the answer itself only if
// all of it fits, so that a guest can ask again with more room and nothing is ever cut. `http_body` alone gives what there is, like a read.
import type { ErrnoName } from '../errno.ts'
import { bytes, choice, double, fd, handle, into, long, type Row, room, text, value } from './rows.ts'

export const NATIVE_MODULE = 'gauntlet_v1'

const RESPONSE = ['response'] as const
const KEY = ['key'] as const

/** Longest host name (RFC 1035) and URL that are taken, bytes. */
const NAME = 253
const URL = 8192

const BAD_TEXT: readonly ErrnoName[] = ['inval', 'ilseq']
/** What the network answers: refused by policy, quota used up, no such host, and what connections come to. */
const NETWORK: readonly ErrnoName[] = [
  ...BAD_TEXT,
  'notcapable',
  'acces',
  'dquot',
  'mfile',
  'timedout',
  'canceled',
  'connrefused',
  'connreset',
  'connaborted',
  'hostunreach',
  'netunreach',
  'addrnotavail',
  'proto',
  'msgsize',
  'io',
]
/** What any brokered call can come to: the guest is ended, the deadline is over, the host failed. */
const BROKERED: readonly ErrnoName[] = ['canceled', 'timedout', 'io']

export const LOG_LEVELS = ['debug', 'info', 'warning', 'error'] as const
export const METRIC_KINDS = ['counter', 'gauge', 'histogram'] as const
export const RESULT_STATUSES = ['ok', 'warning', 'critical', 'unknown'] as const
export const HASHES = ['sha-256', 'sha-384', 'sha-512'] as const
export const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT', 'CAA'] as const

export const NATIVE_ROWS: readonly Row[] = [
  {
    name: 'http_request',
    parameters: [
      ...text('method', 16),
      ...text('url', URL),
      ...text('headers', 65_536),
      ...bytes('body', 16 * 2 ** 20),
      value('timeout_ms'),
      handle('response', 'response'),
    ],
    capabilities: ['net'],
    place: 'broker',
    errnos: [...NETWORK, 'noent'],
    summary:
      'Makes an HTTP request and waits for the head of the response. Headers are lines "name: value", each ended by a line feed. A timeout of 0 is the policy’s.',
  },
  {
    name: 'http_status',
    parameters: [fd(RESPONSE), into('status', 'u32')],
    capabilities: ['net'],
    place: 'cell',
    errnos: ['badf'],
    summary: 'Tells the status code of a response.',
  },
  {
    name: 'http_headers',
    parameters: [fd(RESPONSE), ...room()],
    capabilities: ['net'],
    place: 'cell',
    errnos: ['badf'],
    summary: 'Writes the headers of a response as lines "name: value".',
  },
  {
    name: 'http_body',
    parameters: [fd(RESPONSE), ...room()],
    capabilities: ['net'],
    place: 'broker',
    errnos: ['badf', ...NETWORK],
    summary: 'Reads on in the body of a response, decompressed; 0 bytes are its end.',
  },
  {
    name: 'http_close',
    parameters: [fd(RESPONSE)],
    capabilities: ['net'],
    place: 'broker',
    errnos: ['badf'],
    summary: 'Closes a response, read to its end or not.',
  },
  {
    name: 'dns_resolve',
    parameters: [...text('name', NAME), choice('type', RECORD_TYPES), ...room()],
    capabilities: ['net'],
    place: 'broker',
    errnos: [...NETWORK, 'noent'],
    summary: 'Asks the resolver; writes one record a line in the text form of zone files.',
  },
  {
    name: 'tcp_connect',
    parameters: [
      ...text('host', NAME),
      value('port'),
      value('timeout_ms'),
      into('elapsed_ns', 'u64'),
      handle('socket', 'socket'),
    ],
    capabilities: ['net'],
    place: 'broker',
    errnos: [...NETWORK, 'noent'],
    summary:
      'Opens a TCP connection and tells how long the handshake took, name resolution left out. The socket serves sock_send, sock_recv, fd_read, fd_write and poll_oneoff.',
  },
  {
    name: 'tls_certificate',
    parameters: [...text('host', NAME), value('port'), value('timeout_ms'), into('certificate', 'certificate')],
    capabilities: ['net'],
    place: 'broker',
    errnos: [...NETWORK, 'noent'],
    summary:
      'Makes a TLS handshake, sends nothing, and tells validity period and trust of the certificate; one that is expired or not trusted is told, not refused.',
  },
  {
    name: 'kv_get',
    parameters: [...text('key', 512), ...room()],
    capabilities: ['kv'],
    place: 'broker',
    errnos: [...BAD_TEXT, 'noent', 'overflow', ...BROKERED],
    summary: 'Reads a value; `noent` if there is none.',
  },
  {
    name: 'kv_set',
    parameters: [...text('key', 512), ...bytes('value', 16 * 2 ** 20)],
    capabilities: ['kv'],
    place: 'broker',
    errnos: [...BAD_TEXT, 'dquot', ...BROKERED],
    summary: 'Writes a value.',
  },
  {
    name: 'kv_delete',
    parameters: [...text('key', 512)],
    capabilities: ['kv'],
    place: 'broker',
    errnos: [...BAD_TEXT, 'noent', ...BROKERED],
    summary: 'Removes a value; `noent` if there is none.',
  },
  {
    name: 'kv_keys',
    parameters: [...text('prefix', 512), ...room()],
    capabilities: ['kv'],
    place: 'broker',
    errnos: [...BAD_TEXT, 'overflow', ...BROKERED],
    summary: 'Lists the keys with a prefix in code-point order, each ended by a NUL; `overflow` if they are more than 16 MiB.',
  },
  {
    name: 'log_write',
    parameters: [choice('level', LOG_LEVELS), ...text('message', 65_536)],
    capabilities: ['log'],
    place: 'cell',
    errnos: [...BAD_TEXT, 'dquot'],
    summary: 'Writes a line to the log of the embedder.',
  },
  {
    name: 'metric_record',
    parameters: [choice('kind', METRIC_KINDS), ...text('name', 256), double('value'), ...text('unit', 64)],
    capabilities: ['metric'],
    place: 'cell',
    errnos: [...BAD_TEXT, 'dquot'],
    summary: 'Records one value of a metric.',
  },
  {
    name: 'result_report',
    parameters: [choice('status', RESULT_STATUSES), double('value'), ...text('unit', 64), ...text('message', 4096)],
    capabilities: ['result'],
    place: 'cell',
    errnos: [...BAD_TEXT, 'dquot'],
    summary: 'Reports what a probe found out; NaN is no value. The last report of a call counts.',
  },
  {
    name: 'result_timing',
    parameters: [...text('name', 128), long('nanoseconds')],
    capabilities: ['result'],
    place: 'cell',
    errnos: [...BAD_TEXT, 'dquot'],
    summary: 'Adds a named duration to the report.',
  },
  {
    name: 'crypto_hash',
    parameters: [choice('algorithm', HASHES), ...bytes('data', 64 * 2 ** 20), ...room('digest', 'digestused')],
    capabilities: ['crypto'],
    place: 'cell',
    errnos: ['inval'],
    summary: 'Hashes bytes.',
  },
  {
    name: 'crypto_key',
    parameters: [...text('name', 128), handle('key', 'key')],
    capabilities: ['crypto'],
    place: 'broker',
    errnos: [...BAD_TEXT, 'noent', 'mfile', ...BROKERED],
    summary: 'Opens a key of the embedder’s by name. The key itself never enters the guest.',
  },
  {
    name: 'crypto_sign',
    parameters: [fd(KEY), ...bytes('data', 16 * 2 ** 20), ...room('signature', 'signatureused')],
    capabilities: ['crypto'],
    place: 'broker',
    errnos: ['badf', 'inval', 'notcapable', ...BROKERED],
    summary: 'Signs bytes with a key: the algorithm is the key’s.',
  },
  {
    name: 'crypto_verify',
    parameters: [fd(KEY), ...bytes('data', 16 * 2 ** 20), ...bytes('signature', 16_384), into('valid', 'u32')],
    capabilities: ['crypto'],
    place: 'broker',
    errnos: ['badf', 'inval', 'notcapable', ...BROKERED],
    summary: 'Verifies a signature: 1 if it is good, 0 if not.',
  },
  {
    name: 'crypto_close',
    parameters: [fd(KEY)],
    capabilities: ['crypto'],
    place: 'broker',
    errnos: ['badf', ...BROKERED],
    summary: 'Gives a key back.',
  },
]

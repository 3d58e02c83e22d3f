// What failures of the network come to for a guest: an errno and nothing else, because messages quote addresses, paths and credentials (NET-14, HST-08).
import type { ErrnoName } from '../../host/errno.ts'
import { Refused } from '../operation.ts'

const BY_CODE: ReadonlyMap<string, ErrnoName> = new Map(
  Object.entries({
    ECONNREFUSED: 'connrefused',
    ECONNRESET: 'connreset',
    EPIPE: 'connreset',
    UND_ERR_SOCKET: 'connreset',
    ERR_STREAM_PREMATURE_CLOSE: 'connreset',
    ECONNABORTED: 'connaborted',
    // What is read on after it was ended here.
    UND_ERR_ABORTED: 'connaborted',
    UND_ERR_DESTROYED: 'connaborted',
    EHOSTUNREACH: 'hostunreach',
    ENETUNREACH: 'netunreach',
    EADDRNOTAVAIL: 'addrnotavail',
    ETIMEDOUT: 'timedout',
    ETIMEOUT: 'timedout',
    ENOTFOUND: 'noent',
    ENODATA: 'noent',
    ENONAME: 'noent',
    EPROTO: 'proto',
    UND_ERR_HEADERS_OVERFLOW: 'msgsize',
    // Cut short, or with lengths that contradict each other.
    UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'proto',
  } satisfies Record<string, ErrnoName>),
)
// HTTP parser, zlib, TLS, and OpenSSL's verification errors, which have names without a common beginning.
const PROTOCOL =
  /^(?:HPE_|Z_|ERR_(?:TLS|SSL|_ERROR|BROTLI)|ERR__ERROR|UND_ERR_|CERT_|CRL_|DEPTH_|SELF_SIGNED|UNABLE_TO_|INVALID_|HOSTNAME_|PATH_LENGTH|ERROR_IN_)/

/** The errno of a failure; `io` for what nobody expects. */
export function errnoOf(error: unknown): ErrnoName {
  if (error instanceof Refused) return error.errno
  if (!(error instanceof Error)) return 'io'
  // The parser's errors have a code only if they come from the end of the stream.
  if (error.name === 'HTTPParserError') return 'proto'
  const code = 'code' in error ? String(error.code) : ''
  return BY_CODE.get(code) ?? (PROTOCOL.test(code) ? 'proto' : 'io')
}

/** What calls on an open socket can answer, as the ABI has it. */
const OF_SOCKETS: ReadonlySet<ErrnoName> = new Set<ErrnoName>(['again', 'connreset', 'dquot', 'notconn', 'pipe', 'timedout'])

/** A failure of an open socket. */
export function asSocketRefused(error: unknown): Refused {
  const refused = asRefused(error)
  return OF_SOCKETS.has(refused.errno) ? refused : new Refused('io', refused.event)
}

/** A failure as the broker understands it. */
export const asRefused = (error: unknown): Refused => (error instanceof Refused ? error : new Refused(errnoOf(error)))

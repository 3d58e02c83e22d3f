// What a guest may put into an HTTP request. Everything is checked against the grammar of RFC 9110 and refused, never cleaned (NET-10, NET-11).
import { DEFAULT_PORT, type Origin, type Scheme } from '../../policy/net-patterns.ts'
import { hostOfUrl, inAuthority } from './host-names.ts'

/** CONNECT makes a tunnel, TRACE shows what intermediaries added; both are left out, and whatever is not registered. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** Visible ASCII, spaces and tabs: bytes above have no agreed meaning, and controls end lines somewhere. */
const VALUE = /^[\t\x20-\x7e]*$/
const MAX_HEADERS = 100

// Authority, framing, hops, proxies: they are the sandbox's to say.
const FORBIDDEN: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'expect',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Headers that go with a body (Fetch standard, "request-body-header name"). */
const OF_BODY: ReadonlySet<string> = new Set(['content-encoding', 'content-language', 'content-location', 'content-type'])
/** Headers that are for one origin only (NET-14). */
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'cookie2', 'www-authenticate'])

export type Header = readonly [name: string, value: string]

export interface HttpRequest {
  readonly method: string
  readonly target: HttpTarget
  readonly headers: readonly Header[]
  readonly body: Uint8Array
}

export interface HttpTarget {
  readonly origin: Origin
  /** `https://example.org`, or with the port if it is not the scheme's. */
  readonly originText: string
  /** Path and query; a fragment is never sent. */
  readonly path: string
  /** The URL as the parser understood it, for the redirects that are relative to it. */
  readonly url: string
}

/** Something that is refused, with the reason in words. */
export class Malformed {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

/** Reads a URL once, with the platform's parser; policy, lookup and connection all use what comes back (NET-07). */
export function readTarget(text: string, base?: string): HttpTarget | Malformed {
  // The parser drops tabs and line breaks, and cuts controls off the ends: what is shown and what is meant would not be the same.
  if (/[\p{Cc}\s]/u.test(text)) return new Malformed('the URL has a control character or a space in it')
  const url = URL.parse(text, base)
  if (!url) return new Malformed('the URL is malformed')
  const scheme = schemeOf(url)
  if (!scheme) return new Malformed('only http and https are offered')
  if (url.username !== '' || url.password !== '') return new Malformed('the URL has user information in it')
  const host = hostOfUrl(url)
  if (!host) return new Malformed('the URL has no valid host')
  const port = url.port === '' ? DEFAULT_PORT[scheme] : Number(url.port)
  if (port === 0) return new Malformed('the URL has the port 0')
  return {
    origin: { scheme, host, port },
    originText: `${scheme}://${inAuthority(host)}${url.port === '' ? '' : `:${port}`}`,
    path: url.pathname + url.search,
    url: url.href,
  }
}

const schemeOf = ({ protocol }: URL): Scheme | null => {
  if (protocol === 'https:') return 'https'
  return protocol === 'http:' ? 'http' : null
}

/** A URL that was refused, as records may show it: without user information and query, which is where secrets are (NET-14). */
export function shownUrl(text: string): string {
  const url = URL.parse(text)
  if (!url) return text.replace(/\/\/[^/?#]*@/, '//').replace(/[?#].*$/s, '')
  if (url.host !== '') return `${url.protocol}//${url.host}${url.pathname}`
  return url.protocol + url.pathname
}

/** Reads method, headers and body of a request. */
export function readRequest(method: string, target: HttpTarget, headerText: string, body: Uint8Array): HttpRequest | Malformed {
  if (!METHODS.has(method)) return new Malformed(`the method is not one of ${[...METHODS].join(', ')}`)
  const headers = readHeaders(headerText)
  if (headers instanceof Malformed) return headers
  // Servers do not agree on whether such a body belongs to the request or begins the next one.
  if (body.length > 0 && (method === 'GET' || method === 'HEAD')) return new Malformed(`${method} has no body`)
  return { method, target, headers, body }
}

function readHeaders(text: string): readonly Header[] | Malformed {
  if (text === '') return []
  const lines = text.split('\n')
  if (lines.pop() !== '') return new Malformed('the last header is not ended by a line feed')
  if (lines.length > MAX_HEADERS) return new Malformed(`there are more than ${MAX_HEADERS} headers`)
  const headers: Header[] = []
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon))
    const value = line.slice(colon + 1).replace(/^ /, '')
    if (!TOKEN.test(name)) return new Malformed('a header has no valid name')
    if (!VALUE.test(value)) return new Malformed('a header has a control character or something beyond ASCII in its value')
    if (isForbidden(name)) return new Malformed(`the header ${name} is not the guest's to set`)
    headers.push([name, value])
  }
  return headers
}

function isForbidden(name: string): boolean {
  const lower = name.toLowerCase()
  return FORBIDDEN.has(lower) || lower.startsWith('proxy-')
}

/** The headers that are sent: the guest's, and ours where it has none. Nothing tells the host's version or system. */
export function sentHeaders(headers: readonly Header[]): Header[] {
  const has = (name: string) => headers.some(([given]) => given.toLowerCase() === name)
  return [
    ...headers,
    ...(has('user-agent') ? [] : [['user-agent', 'wasm-gauntlet'] as const]),
    ...(has('accept') ? [] : [['accept', '*/*'] as const]),
    ...(has('accept-encoding') ? [] : [['accept-encoding', 'gzip, deflate, br'] as const]),
  ]
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Where a response points, if it is a redirect that says so. */
export function redirectOf(status: number, headers: readonly Header[]): string | Malformed | null {
  if (!REDIRECTS.has(status)) return null
  const locations = headers.filter(([name]) => name.toLowerCase() === 'location')
  if (locations.length > 1) return new Malformed('the response has more than one Location')
  return locations[0]?.[1] ?? null
}

/** The request that follows a redirect (Fetch standard, "HTTP-redirect fetch"); credentials stay with their origin (NET-14). */
export function redirected(request: HttpRequest, status: number, target: HttpTarget): HttpRequest | Malformed {
  const { method } = request
  if (request.target.origin.scheme === 'https' && target.origin.scheme === 'http')
    return new Malformed('a redirect from https to http would show to everybody what was secret')
  const toGet =
    ((status === 301 || status === 302) && method === 'POST') || (status === 303 && method !== 'GET' && method !== 'HEAD')
  const elsewhere = request.target.originText !== target.originText
  const headers = request.headers.filter(([name]) => {
    const lower = name.toLowerCase()
    return !(toGet && OF_BODY.has(lower)) && !(elsewhere && CREDENTIALS.has(lower))
  })
  return { method: toGet ? 'GET' : method, target, headers, body: toGet ? new Uint8Array(0) : request.body }
}

// Whether everything that one network pattern lets through another one lets through too. Patterns are read by the one reader that enforces them.
import { inAuthority } from '../broker/net/host-names.ts'
import { DEFAULT_PORT, type HostPattern, readNetGrant, type Scheme } from './net-patterns.ts'

/** Kinds of pattern, in words. */
export const NET_KINDS = {
  http: 'an origin such as "https://api.example.org" or "https://*.example.org"',
  dns: 'a host name such as "example.org" or "*.example.org"',
  tcp: 'host and port such as "example.org:443"',
} as const
export type NetKind = keyof typeof NET_KINDS

interface Pattern {
  readonly host: HostPattern
  /** Null where the kind has none. */
  readonly scheme: Scheme | null
  readonly port: number | '*' | null
}

/** True if the text is a pattern in its one canonical form: two manifests that ask for the same thing ask for it in the same words (SUP-11). */
export function isPattern(kind: NetKind, text: string): boolean {
  const pattern = read(kind, text)
  return pattern !== null && write(pattern) === text
}

/** @param outer of a policy or a consent */
export function covers(kind: NetKind, outer: string, inner: string): boolean {
  const a = read(kind, outer)
  const b = read(kind, inner)
  if (a === null || b === null || a.scheme !== b.scheme) return false
  return (a.port === '*' || a.port === b.port) && coversHost(a.host, b.host)
}

function coversHost(outer: HostPattern, inner: HostPattern): boolean {
  if (outer.kind === 'exactly')
    return inner.kind === 'exactly' && outer.host.kind === inner.host.kind && outer.host.text === inner.host.text
  // No wildcard reaches an address.
  if (inner.kind === 'exactly' && inner.host.kind === 'address') return false
  if (outer.kind === 'every-name') return true
  if (inner.kind === 'every-name') return false
  const name = inner.kind === 'exactly' ? inner.host.text : inner.name
  return name.endsWith(`.${outer.name}`) || (inner.kind === 'below' && inner.name === outer.name)
}

function read(kind: NetKind, text: string): Pattern | null {
  const none = { http: null, dns: null, tcp: null, addresses: { allow: [], deny: [] }, redirects: 0 }
  const { rules } = readNetGrant({ ...none, [kind]: { allow: [text], deny: [] } })
  const [origin] = rules.http?.allow ?? []
  if (origin) return origin
  const [endpoint] = rules.tcp?.allow ?? []
  if (endpoint) return { ...endpoint, scheme: null }
  const [host] = rules.dns?.allow ?? []
  return host ? { host, scheme: null, port: null } : null
}

function write({ scheme, host, port }: Pattern): string {
  const text = host.kind === 'every-name' ? '*' : host.kind === 'below' ? `*.${host.name}` : inAuthority(host.host)
  const standard = scheme && DEFAULT_PORT[scheme]
  return `${scheme ? `${scheme}://` : ''}${text}${port === null || port === standard ? '' : `:${port}`}`
}

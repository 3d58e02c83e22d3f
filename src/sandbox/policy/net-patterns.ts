// The patterns of a network grant: read once, strictly, and compared label by label on canonical hosts (NET-09).
//
// `*.example.org` stands for every name below example.org, however deep, and not for example.org itself. `*` alone stands for every name; an
// address has to be written down, so that a denied name cannot be reached by its number. `*` as a port is every port.
import { ADDRESS_CLASSES, type AddressPattern, type AddressPatterns, parseNetwork } from '../broker/net/addresses.ts'
import { canonicalHost, type Host } from '../broker/net/host-names.ts'
import type { NetGrant } from './schema.ts'

export type HostPattern =
  | { readonly kind: 'every-name' }
  | { readonly kind: 'below'; readonly name: string }
  | { readonly kind: 'exactly'; readonly host: Host }
type PortPattern = number | '*'

export type Scheme = 'http' | 'https'
export const DEFAULT_PORT: Readonly<Record<Scheme, number>> = { http: 80, https: 443 }

export interface Endpoint {
  readonly host: Host
  readonly port: number
}
export interface Origin extends Endpoint {
  readonly scheme: Scheme
}

interface EndpointPattern {
  readonly host: HostPattern
  readonly port: PortPattern
}
interface OriginPattern extends EndpointPattern {
  readonly scheme: Scheme
}

interface Lists<P> {
  readonly allow: readonly P[]
  readonly deny: readonly P[]
}

/** A network grant, compiled. Null where a part is not granted. */
export interface NetRules {
  readonly http: Lists<OriginPattern> | null
  readonly dns: Lists<HostPattern> | null
  readonly tcp: Lists<EndpointPattern> | null
  readonly addresses: AddressPatterns
}

export const matchesHost = (pattern: HostPattern, host: Host): boolean => {
  if (pattern.kind === 'exactly') return pattern.host.kind === host.kind && pattern.host.text === host.text
  if (host.kind !== 'name') return false
  return pattern.kind === 'every-name' || host.text.endsWith(`.${pattern.name}`)
}
const matchesEndpoint = (pattern: EndpointPattern, endpoint: Endpoint): boolean =>
  (pattern.port === '*' || pattern.port === endpoint.port) && matchesHost(pattern.host, endpoint.host)

/** What is on the deny list is denied whatever the allow list says. */
const passes = <P>({ allow, deny }: Lists<P>, matches: (pattern: P) => boolean): boolean =>
  !deny.some(matches) && allow.some(matches)

export const allowsOrigin = (lists: Lists<OriginPattern>, origin: Origin): boolean =>
  passes(lists, (pattern) => pattern.scheme === origin.scheme && matchesEndpoint(pattern, origin))
export const allowsEndpoint = (lists: Lists<EndpointPattern>, endpoint: Endpoint): boolean =>
  passes(lists, (pattern) => matchesEndpoint(pattern, endpoint))
export const allowsName = (lists: Lists<HostPattern>, host: Host): boolean =>
  passes(lists, (pattern) => matchesHost(pattern, host))

/** Why a pattern is not understood; the text is what follows "the pattern …" in a sentence. */
class Misread {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

function hostPattern(text: string): HostPattern | Misread {
  if (text === '*') return { kind: 'every-name' }
  const below = text.startsWith('*.')
  const host = canonicalHost(below ? text.slice(2) : text)
  if (text.slice(1).includes('*') || (text.startsWith('*') && !below))
    return new Misread('has a "*" that does not stand for whole labels at its beginning')
  if (!host) return new Misread('has no valid host name or address')
  if (!below) return { kind: 'exactly', host }
  return host.kind === 'name' ? { kind: 'below', name: host.text } : new Misread('has a "*" before an address')
}

/** @param standard the port if there is none; null if there must be one */
function endpointPattern(text: string, standard: number | null): EndpointPattern | Misread {
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(text)
  if (!parts) return new Misread('has more than one port, or an IPv6 address without brackets')
  const port = parts[2] === undefined ? standard : portPattern(parts[2])
  if (port === null) return new Misread('needs a port from 1 to 65535, or "*", after a colon')
  const host = hostPattern(parts[1]!)
  return host instanceof Misread ? host : { host, port }
}

const portPattern = (text: string): PortPattern | null => {
  if (text === '*') return text
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535 ? Number(text) : null
}

function originPattern(text: string): OriginPattern | Misread {
  const parts = /^(https?):\/\/([^/]*)\/?$/i.exec(text)
  if (!parts) return new Misread('is no origin such as https://example.org: scheme http or https, host, port, and no path')
  const scheme = parts[1]!.toLowerCase() as Scheme
  const endpoint = endpointPattern(parts[2]!, DEFAULT_PORT[scheme])
  return endpoint instanceof Misread ? endpoint : { scheme, ...endpoint }
}

function namePattern(text: string): HostPattern | Misread {
  const pattern = hostPattern(text)
  if (pattern instanceof Misread || pattern.kind !== 'exactly' || pattern.host.kind === 'name') return pattern
  return new Misread('is an address; names are looked up')
}

function addressPattern(text: string): AddressPattern | Misread {
  const name = ADDRESS_CLASSES.find((known) => known === text)
  if (name) return { class: name }
  return parseNetwork(text) ?? new Misread(`is neither a network such as 10.0.0.0/8 nor one of ${ADDRESS_CLASSES.join(', ')}`)
}

/** An address class that stands for a credential service is never granted as a whole (NET-06). */
function grantedAddress(text: string): AddressPattern | Misread {
  return text === 'metadata'
    ? new Misread('grants every metadata service; name the one address that is meant')
    : addressPattern(text)
}

/** What a policy says that cannot be understood. */
export interface PatternProblem {
  readonly place: string
  readonly reason: string
}

/** Reads every pattern of a grant. Rules are complete only if there are no problems. */
export function readNetGrant(grant: NetGrant): { readonly rules: NetRules; readonly problems: readonly PatternProblem[] } {
  const problems: PatternProblem[] = []
  const read = <P extends object>(place: string, texts: readonly string[], parse: (text: string) => P | Misread): P[] =>
    texts.flatMap((text, index) => {
      const pattern = parse(text)
      if (!(pattern instanceof Misread)) return [pattern]
      problems.push({
        place: `capabilities.net.${place}.${index}`,
        reason: `the pattern ${JSON.stringify(text)} ${pattern.reason}`,
      })
      return []
    })
  const lists = <P extends object>(part: 'http' | 'dns' | 'tcp', parse: (text: string) => P | Misread): Lists<P> | null => {
    const given = grant[part]
    return given && { allow: read(`${part}.allow`, given.allow, parse), deny: read(`${part}.deny`, given.deny, parse) }
  }
  const rules: NetRules = {
    http: lists('http', originPattern),
    dns: lists('dns', namePattern),
    tcp: lists('tcp', (text) => endpointPattern(text, null)),
    addresses: {
      allow: read('addresses.allow', grant.addresses.allow, grantedAddress),
      deny: read('addresses.deny', grant.addresses.deny, addressPattern),
    },
  }
  return { rules, problems }
}

// Hosts, addresses and network patterns against references of other origin: the URL parser, node:net's BlockList, and plain text comparison.
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'
import { AddressRules, classify } from '../../src/sandbox/broker/net/addresses.ts'
import { canonicalHost, hostOfUrl } from '../../src/sandbox/broker/net/host-names.ts'
import { allowsOrigin, DEFAULT_PORT, readNetGrant, type Scheme } from '../../src/sandbox/policy/net-patterns.ts'
import type { NetGrant } from '../../src/sandbox/policy/schema.ts'

/** A host as it is written, and what the URL parser makes of it. */
export function hostProblem(text: string): string | null {
  const host = canonicalHost(text)
  const parsed = URL.canParse(`http://${text}/`) ? new URL(`http://${text}/`) : null
  if (host === null) return null
  const again = canonicalHost(host.text)
  if (again?.text !== host.text || again.kind !== host.kind) return `${host.text} is read again as ${again?.text}`
  if ((isIP(host.text) !== 0) !== (host.kind === 'address')) return `${host.text} is called a ${host.kind}`
  // IPv6 needs brackets in a URL, and none here.
  if (parsed === null) return isIPv6(text) ? null : `${host.text} is accepted where the URL parser sees no host`
  if (parsed.username !== '' || parsed.port !== '' || parsed.pathname !== '/' || parsed.search !== '' || parsed.hash !== '')
    return `${host.text} is read out of what is more than a host`
  const theirs = parsed.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  return theirs === host.text ? null : `${host.text} is read where the URL parser reads ${theirs}`
}

/** RFC 6890 and the registries of IANA, in the words of this file; 6to4, NAT64 and the other carriers of IPv4 are unpacked below. */
const NOT_PUBLIC = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  NOT_PUBLIC.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
  ['2001:db8::', 32],
] as const)
  NOT_PUBLIC.addSubnet(network, bits, 'ipv6')

const PUBLIC_ONLY = new AddressRules({ allow: [{ class: 'public' }], deny: [] })
const quad = (bytes: Uint8Array): string => bytes.join('.')

/** The IPv4 address in the last four bytes, for the prefixes that put one there. */
function carried(bytes: Uint8Array): string | null {
  const hex = Buffer.from(bytes).toString('hex')
  if (/^(?:0{20}ffff|0{16}ffff0{4}|0064ff9b0{16})/.test(hex)) return quad(bytes.subarray(12))
  if (hex.startsWith('2002')) return quad(bytes.subarray(2, 6))
  return null
}

/** Beginnings of IPv6 addresses with something behind them that matters, and IPv4 addresses that are nobody's business. */
const PREFIXES = [
  '',
  '2002',
  `${'00'.repeat(10)}ffff`,
  `${'00'.repeat(8)}ffff0000`,
  `0064ff9b${'00'.repeat(8)}`,
  'fe80',
  'fc00',
  '2001',
  '20010db8',
]
const CLOSED = [
  [127, 0, 0, 1],
  [10, 1, 2, 3],
  [169, 254, 169, 254],
  [192, 168, 0, 1],
  [172, 16, 0, 1],
  [0, 0, 0, 0],
]

/** An address out of bytes: IPv4, or one of the prefixes, then a closed IPv4 address or not, then bytes as they come. */
export function addressOf(data: Uint8Array): Uint8Array {
  const [prefix = 0, closed = 0, ...rest] = data
  const begin = [
    ...Buffer.from(PREFIXES[prefix % (2 * PREFIXES.length)] ?? '', 'hex'),
    ...(CLOSED[closed % (2 * CLOSED.length)] ?? []),
    ...rest,
  ]
  const length = prefix === 0 ? 4 : 16
  return Uint8Array.from({ length }, (_, index) => begin[index] ?? 0)
}

/** Four bytes are an IPv4 address, sixteen an IPv6 one. */
export function addressProblem(bytes: Uint8Array): string | null {
  const text = bytes.length === 4 ? quad(bytes) : ipv6Text(bytes)
  const ours = classify(text)
  if (ours === null) return `${text} is no address`
  const inner = bytes.length === 16 ? carried(bytes) : null
  const mapped = inner !== null && bytes[10] === 0xff
  const closed =
    (!mapped && NOT_PUBLIC.check(text, bytes.length === 4 ? 'ipv4' : 'ipv6')) ||
    (inner !== null && NOT_PUBLIC.check(inner, 'ipv4'))
  if (closed && ours === 'public') return `${text} is called public`
  if (closed && PUBLIC_ONLY.refusal(text) === null) return `${text} may be reached where only what is public is granted`
  return null
}

const ipv6Text = (bytes: Uint8Array): string =>
  Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16)).join(':')

/** One pattern and one URL: it is allowed only if scheme, port and host are what the text of the pattern says. */
export function originProblem(pattern: string, text: string): string | null {
  const grant = { http: { allow: [pattern], deny: [] }, addresses: { allow: [], deny: [] } } as unknown as NetGrant
  const { rules, problems } = readNetGrant(grant)
  const url = URL.canParse(text) ? new URL(text) : null
  const host = url && hostOfUrl(url)
  if (problems.length > 0 || !url || !host || !['http:', 'https:'].includes(url.protocol)) return null
  const scheme = url.protocol.slice(0, -1) as Scheme
  const port = url.port === '' ? DEFAULT_PORT[scheme] : Number(url.port)
  const allowed = allowsOrigin(rules.http!, { scheme, host, port })
  return allowed === expected(pattern, scheme, host.text, port)
    ? null
    : `${pattern} ${allowed ? 'allows' : 'does not allow'} ${scheme}, ${host.text}, port ${port}`
}

/** The same decision, made with text alone. */
function expected(pattern: string, scheme: string, host: string, port: number): boolean {
  const [, wantedScheme = '', authority = ''] = /^(\w+):\/\/(.*?)\/?$/.exec(pattern) ?? []
  const [, wantedHost = '', wantedPort] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(authority) ?? []
  if (wantedScheme.toLowerCase() !== scheme) return false
  if (wantedPort !== '*' && (wantedPort === undefined ? DEFAULT_PORT[scheme as Scheme] : Number(wantedPort)) !== port)
    return false
  const isAddress = isIPv4(host) || isIPv6(host)
  if (wantedHost === '*') return !isAddress
  const below = wantedHost.startsWith('*.')
  const plain = new URL(`http://${below ? wantedHost.slice(2) : wantedHost}/`).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  return below ? !isAddress && host.endsWith(`.${plain}`) : host === plain
}

// The one form of a host that everything uses: policy, lookup, SNI, certificate check and Host header (NET-03, NET-07, NET-08).
import { isIP, isIPv4, isIPv6 } from 'node:net'
import { domainToASCII, domainToUnicode } from 'node:url'

/** `text` is lower-case ASCII without a dot at its end; an IPv6 address has no brackets. */
export interface Host {
  readonly kind: 'name' | 'address'
  readonly text: string
}

/** Longest name, without the dot at its end (RFC 1035 2.3.4). */
const MAX_NAME = 253
/** Letters, digits, hyphens, and the underscore of service names (RFC 8552). */
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/
// What ends a host in a URL, escapes, and controls. They are refused before anything could decode or cut them (NET-08: an embedded NUL).
const NOT_OF_HOSTS = /[\p{Cc}\s"#%/:<>?@[\\\]^`{|}]/u

/** Reads a host: a name in any script, or an address in any notation that URLs have. Null if it is neither. */
export function canonicalHost(text: string): Host | null {
  if (text.length > 1000) return null
  const literal = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
  if (isIPv6(literal)) return ipv6(literal)
  if (NOT_OF_HOSTS.test(text)) return null
  const ascii = domainToASCII(text).replace(/\.$/, '')
  if (isIPv4(ascii)) return { kind: 'address', text: ascii }
  return isName(ascii) ? { kind: 'name', text: ascii } : null
}

/** The host of a URL of the scheme http or https, which the URL parser has read already. */
export const hostOfUrl = ({ hostname }: URL): Host | null => canonicalHost(hostname)

/** As it stands in a URL or before a port. */
export const inAuthority = ({ text }: Host): string => (isIP(text) === 6 ? `[${text}]` : text)

function ipv6(literal: string): Host | null {
  // A zone means something on this machine only; a guest has no business with its interfaces (NET-04).
  if (literal.includes('%')) return null
  return { kind: 'address', text: new URL(`http://[${literal}]/`).hostname.slice(1, -1) }
}

function isName(ascii: string): boolean {
  const labels = ascii.split('.')
  if (ascii.length > MAX_NAME || !labels.every((label) => LABEL.test(label))) return false
  // A name that ends in a number would be read as an address by somebody (CVE-2022-43548).
  if (/^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1)!)) return false
  return domainToASCII(domainToUnicode(ascii)) === ascii
}

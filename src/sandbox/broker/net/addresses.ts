// What an IP address is, and whether a guest may connect to it. The address decides, never the name or the text that led to it (NET-03 to NET-06).
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'
import {
  ADDRESS_CLASSES,
  type AddressClass,
  type Block,
  type Embedding,
  IPV4_BLOCKS,
  IPV6_BLOCKS,
  ISATAP,
  ISATAP_MARKS,
} from './address-blocks.ts'

export { ADDRESS_CLASSES, type AddressClass } from './address-blocks.ts'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** A network: an address and the number of bits that count. */
export interface Network {
  readonly address: Address
  readonly bits: number
}

interface ClassedNetwork extends Network {
  readonly class: AddressClass
  readonly embeds: readonly Embedding[]
}

/** Longest prefix first, so that the first that matches is the most specific. */
const table = (blocks: readonly Block[]): readonly ClassedNetwork[] =>
  blocks
    .map((block) => ({ ...parseNetwork(block.cidr)!, class: block.class, embeds: block.embeds ?? [] }))
    .sort((a, b) => b.bits - a.bits)

const contains = ({ address: network, bits }: Network, address: Address): boolean =>
  network.kind() === address.kind() && address.match(network as ipaddr.IPv4 & ipaddr.IPv6, bits)

/** Canonical text only: Node's own reading of dotted quads and IPv6, which has no octal, hexadecimal or short forms (NET-03). A zone is left out. */
function parseAddress(text: string): Address | null {
  if (isIP(text) === 0) return null
  return ipaddr.parse(text.replace(/%.*$/s, ''))
}

/** `10.0.0.0/8`, or an address, which is a network of one. Null for anything else, also if bits beyond the prefix are set (NET-15). */
export function parseNetwork(text: string): Network | null {
  const slash = text.indexOf('/')
  if (text.includes('%')) return null
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash))
  if (!address) return null
  const width = address.kind() === 'ipv4' ? 32 : 128
  if (slash < 0) return { address, bits: width }
  const digits = text.slice(slash + 1)
  const bits = /^(?:0|[1-9]\d{0,2})$/.test(digits) ? Number(digits) : -1
  if (bits < 0 || bits > width) return null
  const beyond = address.toByteArray().some((byte, i) => (byte & (0xff >> Math.max(0, Math.min(8, bits - i * 8)))) !== 0)
  return beyond ? null : { address, bits }
}

const IPV4 = table(IPV4_BLOCKS)
const IPV6 = table(IPV6_BLOCKS)

/** An address, or one that lies in it. */
interface Part {
  readonly address: Address
  readonly class: AddressClass
}

/** The address itself and every IPv4 address that it carries; null if the text is no address. */
function partsOf(text: string): readonly Part[] | null {
  const address = parseAddress(text)
  if (!address) return null
  if (address.kind() === 'ipv4') return [ipv4Part(address)]
  const bytes = address.toByteArray()
  const block = IPV6.find((network) => contains(network, address))
  const outer = block?.class ?? 'reserved'
  const isatap = ISATAP_MARKS.some((mark) => mark.every((byte, i) => bytes[8 + i] === byte))
  // A zone names an interface, and only addresses of the link have one.
  const own: Part = { address, class: text.includes('%') ? worse(outer, 'link-local') : outer }
  const embeddings = [...(block?.embeds ?? []), ...(isatap ? ISATAP : [])]
  return [
    own,
    ...embeddings.map(({ at, inverted }) => ipv4Part(new ipaddr.IPv4(at.map((i) => bytes[i]! ^ (inverted ? 0xff : 0))))),
  ]
}

const ipv4Part = (address: Address): Part => ({
  address,
  class: IPV4.find((network) => contains(network, address))?.class ?? 'public',
})

const rank = (name: AddressClass) => ADDRESS_CLASSES.indexOf(name)
const worse = (a: AddressClass, b: AddressClass): AddressClass => (rank(a) > rank(b) ? a : b)

/** The class of an address, embedded ones included: the worst counts. Null if the text is no canonical address. */
export function classify(text: string): AddressClass | null {
  return partsOf(text)?.reduce<AddressClass>((worst, part) => worse(worst, part.class), 'public') ?? null
}

/** An entry of `addresses` in a policy. */
export type AddressPattern = { readonly class: AddressClass } | Network

export interface AddressPatterns {
  readonly allow: readonly AddressPattern[]
  readonly deny: readonly AddressPattern[]
}

/** Addresses of this machine's interfaces, now; loopback has a class of its own. */
const ownAddresses = (): ReadonlySet<string> =>
  new Set(
    Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal }) => !internal)
      .map(({ address }) => ipaddr.parse(address.replace(/%.*$/s, '')).toNormalizedString()),
  )

/** Whether connections may go to an address. */
export class AddressRules {
  readonly #allow: readonly AddressPattern[]
  readonly #deny: readonly AddressPattern[]

  constructor({ allow, deny }: AddressPatterns) {
    this.#allow = allow
    this.#deny = deny
  }

  /** Null: it may. Otherwise why not, in words that follow the address in a sentence. Every part has to be allowed. */
  refusal(text: string): string | null {
    const parts = partsOf(text)
    if (!parts) return 'is no address'
    const own = ownAddresses()
    for (const part of parts) {
      const isOwn = own.has(part.address.toNormalizedString())
      if (this.#denied(part, isOwn)) return 'is denied by the policy'
      const missing = this.#missing(part, isOwn)
      if (missing) return `is of the class ${missing}, which is not granted`
    }
    return null
  }

  #denied({ address, class: name }: Part, isOwn: boolean): boolean {
    return this.#deny.some((pattern) =>
      'class' in pattern ? pattern.class === name || (isOwn && pattern.class === 'own') : contains(pattern, address),
    )
  }

  /** The class for which there is no grant. */
  #missing({ address, class: name }: Part, isOwn: boolean): AddressClass | null {
    const networks = this.#allow.filter((pattern) => 'bits' in pattern).filter((network) => contains(network, address))
    // Granted by exact address only: nobody who allows a range thinks of the service in it that hands out credentials (NET-06).
    if (name === 'metadata') return networks.some(({ address: at, bits }) => bits === at.toByteArray().length * 8) ? null : name
    if (networks.length > 0) return null
    const classes = new Set(this.#allow.flatMap((pattern) => ('class' in pattern ? [pattern.class] : [])))
    if (name !== 'public' && !classes.has(name)) return name
    return isOwn && !classes.has('own') ? 'own' : null
  }
}

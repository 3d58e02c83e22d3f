// Address classes against an independent reading of IANA's registries, and the grants on top of them (attack classes NET-03 to NET-06, NET-15).
import { BlockList, isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AddressRules, classify, parseNetwork } from '../../../../src/sandbox/broker/net/addresses.ts'
import { readNetGrant } from '../../../../src/sandbox/policy/net-patterns.ts'

// IANA IPv4 and IPv6 Special-Purpose Address Registries, the multicast registries, and the metadata services that clouds publish; written down
// again here, as ranges for Node's own block list, so that a slip in the table of the source is not repeated by its test.
const SPECIAL_V4: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['168.63.129.16', 32],
]
const SPECIAL_V6: readonly [string, number][] = [
  ['100::', 64],
  ['100:0:0:1::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]

const v4List = new BlockList()
for (const [net, bits] of SPECIAL_V4) v4List.addSubnet(net, bits, 'ipv4')
const v6List = new BlockList()
for (const [net, bits] of SPECIAL_V6) v6List.addSubnet(net, bits, 'ipv6')
const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')

const v4Text = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
const v4Public = (value: number) => !v4List.check(v4Text(value), 'ipv4')
const v6Text = (value: bigint) =>
  Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(':')
const low32 = (value: bigint) => Number(value & 0xffff_ffffn)

/** The reference: only global unicast, minus the special blocks, and minus ISATAP with a special address; and the two forms that stand for an IPv4 address. */
function v6Public(value: bigint): boolean {
  const top96 = value >> 32n
  if (top96 === 0xffffn || top96 === 0x64_ff9b_0000_0000_0000_0000n) return v4Public(low32(value))
  const text = v6Text(value)
  if (!globalUnicast.check(text, 'ipv6') || v6List.check(text, 'ipv6')) return false
  const mark = Number((value >> 32n) & 0xfdff_ffffn)
  return mark !== 0x5efe || v4Public(low32(value))
}

const edges = (list: readonly [string, number][], width: number, read: (text: string) => bigint): bigint[] =>
  list.flatMap(([net, bits]) => {
    const first = read(net)
    const last = first + (1n << BigInt(width - bits)) - 1n
    return [first - 1n, first, first + 1n, last - 1n, last, last + 1n].filter(
      (value) => value >= 0n && value < 1n << BigInt(width),
    )
  })
const readV4 = (text: string) => text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
const readV6 = (text: string) => {
  const [head = '', tail = ''] = text.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => BigInt(`0x${group}`)))
  const [before, after] = [groups(head), groups(tail)]
  const all = [...before, ...Array<bigint>(8 - before.length - after.length).fill(0n), ...after]
  return all.reduce((sum, group) => (sum << 16n) + group, 0n)
}
const V4_EDGES = edges(SPECIAL_V4, 32, readV4).map(Number)
const V6_EDGES = edges(SPECIAL_V6, 128, readV6)

const anyV4 = fc.oneof(fc.constantFrom(...V4_EDGES), fc.integer({ min: 0, max: 0xffff_ffff }))
const PREFIXES = [0n, 0xffffn, 0xffff_0000n, 0x64_ff9b_0000_0000_0000_0000n, 0x64_ff9b_0001_0000_0000_0000n] as const
/** IPv6 addresses of every kind: anywhere, at the edges of blocks, and with IPv4 addresses in every place that the RFCs have for them. */
const anyV6 = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
  fc.bigInt({ min: 0x2000n << 112n, max: (0x4000n << 112n) - 1n }),
  fc.constantFrom(...V6_EDGES),
  fc.tuple(fc.constantFrom(...PREFIXES), anyV4).map(([prefix, inner]) => (prefix << 32n) | BigInt(inner)),
  fc
    .tuple(anyV4, fc.bigInt({ min: 0n, max: (1n << 80n) - 1n }))
    .map(([inner, rest]) => (0x2002n << 112n) | (BigInt(inner) << 80n) | rest),
  fc
    .tuple(anyV4, anyV4)
    .map(([server, client]) => (0x2001_0000n << 96n) | (BigInt(server) << 64n) | (BigInt(client ^ 0xffff_ffff) % (1n << 32n))),
  fc
    .tuple(fc.bigInt({ min: 0x2600n << 48n, max: 0x2a00n << 48n }), fc.constantFrom(0x5efen, 0x0200_5efen), anyV4)
    .map(([prefix, mark, inner]) => (prefix << 64n) | (mark << 32n) | BigInt(inner)),
)

describe('the class of an address', () => {
  it('is public exactly where the registries say so, for IPv4', () => {
    for (const value of V4_EDGES)
      expect([v4Text(value), classify(v4Text(value)) === 'public']).toEqual([v4Text(value), v4Public(value)])
    fc.assert(
      fc.property(anyV4, (value) => {
        expect(classify(v4Text(value)) === 'public').toBe(v4Public(value))
      }),
      { numRuns: 3000 },
    )
  })

  it('is public exactly where the registries say so, for IPv6 and what is embedded in it', () => {
    for (const value of V6_EDGES)
      expect([v6Text(value), classify(v6Text(value)) === 'public']).toEqual([v6Text(value), v6Public(value)])
    fc.assert(
      fc.property(anyV6, (value) => {
        const text = v6Text(value)
        expect(isIPv6(text)).toBe(true)
        expect([text, classify(text) === 'public']).toEqual([text, v6Public(value)])
      }),
      { numRuns: 5000 },
    )
  })

  it('is at least as bad as that of every address that is embedded', () => {
    const forms = (inner: number): string[] => {
      const [high, low] = [(inner >>> 16).toString(16), (inner & 0xffff).toString(16)]
      const inverted = [((inner >>> 16) ^ 0xffff).toString(16), ((inner & 0xffff) ^ 0xffff).toString(16)]
      return [
        `::ffff:${v4Text(inner)}`,
        `::ffff:${high}:${low}`,
        `::ffff:0:${high}:${low}`,
        `64:ff9b::${high}:${low}`,
        `64:ff9b:1::${high}:${low}`,
        `2002:${high}:${low}::1`,
        `2001:0:${high}:${low}:0:0:f7f7:f7f7`,
        `2001:0:808:808:0:0:${inverted.join(':')}`,
        `2606:4700::5efe:${high}:${low}`,
        `2606:4700::200:5efe:${high}:${low}`,
        // 64:ff9b:1::/48 with the address around the byte that must be zero (RFC 6052 2.2).
        `64:ff9b:1:${high}:00${low.padStart(4, '0').slice(0, 2)}:${low.padStart(4, '0').slice(2)}00::`,
      ]
    }
    for (const [text, least] of [
      ['127.0.0.1', 'loopback'],
      ['169.254.169.254', 'metadata'],
    ] as const) {
      for (const form of forms(Number(readV4(text)))) expect([form, classify(form)]).toEqual([form, least])
    }
    for (const form of forms(Number(readV4('10.1.2.3'))))
      expect([form, ['private', 'loopback', 'unspecified'].includes(classify(form)!)]).toEqual([form, true])
    // Compatible addresses, where 0.0.0.0 and 0.0.0.1 have names of their own.
    expect(classify('::a00:1')).toBe('private')
  })

  it.each([
    ['0.0.0.0', 'unspecified'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['2606:4700::1%1', 'link-local'],
    ['100.64.0.1', 'shared'],
    ['fd12::1', 'private'],
    ['fec0::1', 'private'],
    ['255.255.255.255', 'broadcast'],
    ['239.1.1.1', 'multicast'],
    ['198.19.255.255', 'benchmarking'],
    ['2001:2::1', 'benchmarking'],
    ['2001:db8::1', 'documentation'],
    ['100.100.100.200', 'metadata'],
    ['fd00:ec2::254', 'metadata'],
    ['8.8.8.8', 'public'],
    ['2606:4700::1111', 'public'],
    ['64:ff9b::808:808', 'public'],
    ['2002:808:808::1', 'translated'],
    ['4000::1', 'reserved'],
  ])('of %s is %s', (text, name) => expect(classify(text)).toBe(name))

  it.each([
    '127.1',
    '2130706433',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '127.0.0.1.',
    '127.0.0.01',
    '1.09.0.0',
    '10.0.2.555',
    '',
    ' 127.0.0.1',
    '::1 ',
    '[::1]',
    '1::2::3',
    '１２７.0.0.1',
  ])('is unknown for %j, which is no canonical address', (text) =>
    expect([classify(text), new AddressRules({ allow: [], deny: [] }).refusal(text)]).toEqual([null, 'is no address']),
  )
})

const rules = (allow: string[], deny: string[] = []) => {
  const { rules: read, problems } = readNetGrant({ http: null, dns: null, tcp: null, addresses: { allow, deny }, redirects: 0 })
  expect(problems).toEqual([])
  return new AddressRules(read.addresses)
}
const passes = (allow: string[], deny: string[], address: string) => rules(allow, deny).refusal(address) === null

describe('address rules', () => {
  it('let public addresses through and nothing else', () => {
    expect(passes([], [], '8.8.8.8')).toBe(true)
    expect(rules([]).refusal('127.0.0.1')).toBe('is of the class loopback, which is not granted')
  })

  it('grant by class and by network, at both edges of its range and not beyond', () => {
    expect(passes(['private'], [], '10.0.0.1')).toBe(true)
    expect(passes(['private'], [], '127.0.0.1')).toBe(false)
    for (const [address, granted] of [
      ['10.1.255.255', false],
      ['10.2.0.0', true],
      ['10.3.255.255', true],
      ['10.4.0.0', false],
    ] as const)
      expect([address, passes(['10.2.0.0/15'], [], address)]).toEqual([address, granted])
  })

  it('deny whatever is granted, in every form', () => {
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '64:ff9b::a01:203']) {
      expect([address, passes(['private'], [], address)]).toEqual([address, true])
      expect([address, passes(['private', '10.1.2.3'], ['10.1.2.0/24'], address)]).toEqual([address, false])
      expect([address, passes(['10.1.2.3'], ['private'], address)]).toEqual([address, false])
    }
    expect(passes([], ['8.8.0.0/16'], '8.8.8.8')).toBe(false)
  })

  it('want every part of an address granted', () => {
    expect(passes(['translated'], [], '2002:a00:1::1')).toBe(false)
    expect(passes(['private'], [], '2002:a00:1::1')).toBe(false)
    expect(passes(['translated', 'private'], [], '2002:a00:1::1')).toBe(true)
  })

  it('grant a metadata service by its exact address only', () => {
    for (const allow of [['link-local'], ['169.254.0.0/16'], ['0.0.0.0/0'], ['169.254.169.254/31']])
      expect([allow, passes(allow, [], '169.254.169.254')]).toEqual([allow, false])
    expect(passes(['169.254.169.254'], [], '169.254.169.254')).toBe(true)
    expect(passes(['fd00:ec2::254/128'], [], 'fd00:ec2::254')).toBe(true)
    expect(passes(['private'], [], 'fd00:ec2::254')).toBe(false)
  })

  it('refuse this machine’s own addresses, also where their class is granted', () => {
    const own = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal }) => !internal)
    for (const { address } of own) {
      const name = classify(address)!
      const granted = name === 'public' ? [] : [name]
      expect([address, rules(granted).refusal(address)]).toEqual([address, 'is of the class own, which is not granted'])
      expect([address, passes([...granted, 'own'], [], address)]).toEqual([address, true])
      expect([address, passes([...granted, 'own'], ['own'], address)]).toEqual([address, false])
    }
  })

  it.each([
    '10.0.0.1/8',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/08',
    '10.0.0.0/-1',
    '::1/129',
    'fe80::1%eth0',
    '10.0.0/8',
    '10.0.0.0/8/8',
    '2001:db8::1/32',
  ])('have no network %s', (text) => expect(parseNetwork(text)).toBeNull())
})

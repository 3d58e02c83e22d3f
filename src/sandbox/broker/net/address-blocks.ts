// The special-purpose blocks of IPv4 and IPv6, as data. Sources: IANA's special-purpose, multicast and IPv6 address space registries, and the RFCs
// beside the entries. Every special block is something else than public, also those that the registry calls globally reachable: what answers there is
// whoever is nearest, not the host that a policy means.

/** Ordered: what comes later is worse. An address that is several things counts as the worst of them. */
export const ADDRESS_CLASSES = [
  'public',
  'documentation',
  'benchmarking',
  'reserved',
  'translated',
  'multicast',
  'broadcast',
  'shared',
  'private',
  /** An address of an interface of this machine (NET-05). */
  'own',
  'link-local',
  'unspecified',
  'loopback',
  'metadata',
] as const
export type AddressClass = (typeof ADDRESS_CLASSES)[number]

/** How IPv4 addresses lie in an IPv6 address: for each, the positions of its four bytes. `inverted`: each bit is flipped (Teredo's clients). */
export interface Embedding {
  readonly at: readonly [number, number, number, number]
  readonly inverted?: true
}

export interface Block {
  readonly cidr: string
  readonly class: AddressClass
  readonly embeds?: readonly Embedding[]
}

const LAST: readonly Embedding[] = [{ at: [12, 13, 14, 15] }]

/** IPv4; what is in none of them is public. */
export const IPV4_BLOCKS: readonly Block[] = [
  { cidr: '0.0.0.0/8', class: 'unspecified' },
  { cidr: '10.0.0.0/8', class: 'private' },
  { cidr: '100.64.0.0/10', class: 'shared' },
  { cidr: '127.0.0.0/8', class: 'loopback' },
  { cidr: '169.254.0.0/16', class: 'link-local' },
  { cidr: '172.16.0.0/12', class: 'private' },
  { cidr: '192.0.0.0/24', class: 'reserved' },
  { cidr: '192.0.2.0/24', class: 'documentation' },
  { cidr: '192.31.196.0/24', class: 'reserved' },
  { cidr: '192.52.193.0/24', class: 'reserved' },
  // Anycast of 6to4 relays (RFC 7526).
  { cidr: '192.88.99.0/24', class: 'translated' },
  { cidr: '192.168.0.0/16', class: 'private' },
  { cidr: '192.175.48.0/24', class: 'reserved' },
  { cidr: '198.18.0.0/15', class: 'benchmarking' },
  { cidr: '198.51.100.0/24', class: 'documentation' },
  { cidr: '203.0.113.0/24', class: 'documentation' },
  { cidr: '224.0.0.0/4', class: 'multicast' },
  { cidr: '240.0.0.0/4', class: 'reserved' },
  { cidr: '255.255.255.255/32', class: 'broadcast' },
  // Services of clouds that give credentials to whoever asks from there (NET-06).
  { cidr: '100.100.100.200/32', class: 'metadata' },
  { cidr: '168.63.129.16/32', class: 'metadata' },
  { cidr: '169.254.0.23/32', class: 'metadata' },
  { cidr: '169.254.10.10/32', class: 'metadata' },
  { cidr: '169.254.42.42/32', class: 'metadata' },
  { cidr: '169.254.169.254/32', class: 'metadata' },
  { cidr: '169.254.170.2/32', class: 'metadata' },
  { cidr: '169.254.170.23/32', class: 'metadata' },
  { cidr: '192.0.0.192/32', class: 'metadata' },
]

/** IPv6; what is in none of them is reserved, because only 2000::/3 has been given out. */
export const IPV6_BLOCKS: readonly Block[] = [
  { cidr: '2000::/3', class: 'public' },
  { cidr: '::/128', class: 'unspecified' },
  { cidr: '::1/128', class: 'loopback' },
  // Mapped: another way to write the IPv4 address, which is where the system connects to; so nothing counts but that one.
  { cidr: '::ffff:0:0/96', class: 'public', embeds: LAST },
  // Compatible (RFC 4291 2.5.5.1) and translated (RFC 2765): given up, and still routed here and there.
  { cidr: '::/96', class: 'translated', embeds: LAST },
  { cidr: '::ffff:0:0:0/96', class: 'translated', embeds: LAST },
  // NAT64 (RFC 6052): on networks with IPv6 only, DNS64 gives every IPv4 host such an address, so it is as public as what it stands for.
  { cidr: '64:ff9b::/96', class: 'public', embeds: LAST },
  // NAT64 within a site (RFC 8215), with a prefix length that only the site knows: /96, or one that leaves other bytes than zero before the last four.
  { cidr: '64:ff9b:1::/96', class: 'translated', embeds: LAST },
  {
    cidr: '64:ff9b:1::/48',
    class: 'translated',
    embeds: [{ at: [6, 7, 9, 10] }, { at: [7, 9, 10, 11] }, { at: [9, 10, 11, 12] }, ...LAST],
  },
  { cidr: '100::/64', class: 'reserved' },
  { cidr: '100:0:0:1::/64', class: 'reserved' },
  { cidr: '2001::/23', class: 'reserved' },
  // Teredo (RFC 4380): server, and the client with its bits flipped.
  { cidr: '2001::/32', class: 'translated', embeds: [{ at: [4, 5, 6, 7] }, { at: [12, 13, 14, 15], inverted: true }] },
  { cidr: '2001:2::/48', class: 'benchmarking' },
  { cidr: '2001:db8::/32', class: 'documentation' },
  // 6to4 (RFC 3056).
  { cidr: '2002::/16', class: 'translated', embeds: [{ at: [2, 3, 4, 5] }] },
  { cidr: '2620:4f:8000::/48', class: 'reserved' },
  { cidr: '3fff::/20', class: 'documentation' },
  { cidr: '5f00::/16', class: 'reserved' },
  { cidr: 'fc00::/7', class: 'private' },
  { cidr: 'fe80::/10', class: 'link-local' },
  // Site-local (RFC 3879): given up, and routed by old equipment.
  { cidr: 'fec0::/10', class: 'private' },
  { cidr: 'ff00::/8', class: 'multicast' },
  { cidr: 'fd00:42::42/128', class: 'metadata' },
  { cidr: 'fd00:ec2::23/128', class: 'metadata' },
  { cidr: 'fd00:ec2::254/128', class: 'metadata' },
  { cidr: 'fd20:ce::254/128', class: 'metadata' },
]

/** ISATAP (RFC 5214): bytes 8 to 11 of the interface identifier say that an IPv4 address follows, whatever the prefix. */
export const ISATAP_MARKS: readonly (readonly number[])[] = [
  [0x00, 0x00, 0x5e, 0xfe],
  [0x02, 0x00, 0x5e, 0xfe],
]
export const ISATAP: readonly Embedding[] = LAST

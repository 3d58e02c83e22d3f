// Addresses that are not public, in every spelling that a parser, a resolver or a library takes for one (NET-03 to NET-06, NET-15).
import fc from 'fast-check'
import type { Setting } from '../setting.ts'
import { type Ask, asking, fieldsOf, netPolicy, SECRET } from './asking.ts'
import { type Draft, exits, generator } from './generator.ts'
import type { Wanted } from './guest.ts'

/** Networks that are not public, from the special-purpose registries of IANA (RFC 6890 and its updates), the first bytes of each. */
const V4_NETWORKS: readonly (readonly number[])[] = [
  [0],
  [10],
  [100, 64],
  [127],
  [127, 0, 0, 1],
  [169, 254],
  [169, 254, 169, 254],
  [172, 16],
  [192, 0, 0],
  [192, 168],
  [198, 18],
  [224],
  [240],
  [255, 255, 255, 255],
]
const v4 = fc
  .tuple(fc.constantFrom(...V4_NETWORKS), fc.uint8Array({ minLength: 4, maxLength: 4 }))
  .map(([network, bytes]): readonly number[] => [...network, ...bytes].slice(0, 4))

const number = ([a, b, c, d]: readonly number[]) => ((a! << 24) | (b! << 16) | (c! << 8) | d!) >>> 0
const dotted = (bytes: readonly number[]) => bytes.join('.')
const word = (bytes: readonly number[], i: number) => ((bytes[i]! << 8) | bytes[i + 1]!).toString(16)
const words = (bytes: readonly number[]) => `${word(bytes, 0)}:${word(bytes, 2)}`
const octal = (n: number) => `0${n.toString(8)}`
const hex = (n: number) => `0x${n.toString(16)}`
const wide = (text: string) =>
  [...text].map((c) => (c === '.' ? '\u3002' : String.fromCodePoint(c.codePointAt(0)! + 0xfee0))).join('')

/** Spellings that URL parsers, resolvers or libraries of some host fold to the address. */
const V4_SPELLINGS: readonly ((bytes: readonly number[]) => string)[] = [
  dotted,
  (bytes) => String(number(bytes)),
  (bytes) => hex(number(bytes)),
  (bytes) => octal(number(bytes)),
  (bytes) => bytes.map(octal).join('.'),
  (bytes) => bytes.map(hex).join('.'),
  (bytes) => `${bytes[0]}.${number([0, ...bytes.slice(1)])}`,
  (bytes) => `${bytes[0]}.${bytes[1]}.${number([0, 0, ...bytes.slice(2)])}`,
  (bytes) => `${hex(bytes[0]!)}.${octal(bytes[1]!)}.${bytes[2]}.${bytes[3]}`,
  (bytes) => `${dotted(bytes)}.`,
  (bytes) => wide(dotted(bytes)),
  (bytes) => dotted(bytes).replaceAll('.', '%2e'),
  (bytes) => dotted(bytes).replaceAll('.', '\uff0e'),
]
/** IPv6 forms that carry an IPv4 address (RFC 4291, 3056, 4380, 5214, 6052), and others that are not public. */
const V6_SPELLINGS: readonly ((bytes: readonly number[]) => string)[] = [
  (bytes) => `::ffff:${dotted(bytes)}`,
  (bytes) => `::ffff:${words(bytes)}`,
  (bytes) => `0:0:0:0:0:FFFF:${words(bytes)}`,
  (bytes) => `::${dotted(bytes)}`,
  (bytes) => `::ffff:0:${dotted(bytes)}`,
  (bytes) => `64:ff9b::${dotted(bytes)}`,
  (bytes) => `64:ff9b:1::${words(bytes)}`,
  (bytes) => `2002:${words(bytes)}::1`,
  (bytes) => `2001:0:${words(bytes)}::`,
  (bytes) => `fe80::5efe:${words(bytes)}`,
  () => '::1',
  () => '::',
  () => '0:0:0:0:0:0:0:1',
  (bytes) => `fe80::${word(bytes, 0)}`,
  (bytes) => `fc00::${word(bytes, 0)}`,
  (bytes) => `fd00:ec2::${word(bytes, 2)}`,
  (bytes) => `ff02::${word(bytes, 2)}`,
  (bytes) => `2001:db8::${words(bytes)}`,
]
/** What the URL standard makes of a host, if it takes it. */
const canonicalHost = (host: string): string[] => (URL.canParse(`http://${host}/`) ? [new URL(`http://${host}/`).hostname] : [])

interface Spelt {
  readonly host: string
  readonly six: boolean
}
const spelling: fc.Arbitrary<Spelt> = fc.oneof(
  fc.tuple(v4, fc.constantFrom(...V4_SPELLINGS)).map(([bytes, spell]) => ({ host: spell(bytes), six: false })),
  fc.tuple(v4, fc.constantFrom(...V6_SPELLINGS)).map(([bytes, spell]) => ({ host: spell(bytes), six: true })),
)

export const addressForms = generator({
  name: 'address-forms',
  family: 'network',
  threats: ['NET-03', 'NET-04', 'NET-05', 'NET-06', 'NET-15'],
  provenance:
    'special-purpose registries of IANA; CVE-2022-32212 and CVE-2022-43548 (Node.js); measured, what the URL parser folds',
  drafts: fc
    .array(fc.tuple(spelling, fc.constantFrom('http', 'http', 'tcp')), { minLength: 1, maxLength: 8 })
    .map((asked): Draft => {
      const port = '{port:internal}'
      const asks = asked.map(([{ host, six }, ask]): [Ask, Wanted] => [
        ask === 'http' ? { ask: 'http', url: `http://${six ? `[${host}]` : host}:${port}/` } : { ask: 'tcp', host, port },
        'fails',
      ])
      const { wat, stdin } = asking(asks)
      const twin = asking([[{ ask: 'http', url: `http://127.0.0.1:${port}/` }, 'works']])
      // All names and the very hosts that are asked for, so that only their addresses can be the reason to refuse. A name that is looked up is an effect.
      const hosts = [...new Set(asked.flatMap(([{ host, six }]) => canonicalHost(six ? `[${host}]` : host)))]
      const net = {
        http: { allow: ['http://*:*', 'http://127.0.0.1:*', ...hosts.map((host) => `http://${host}:*`)] },
        tcp: { allow: ['*:*', '127.0.0.1:*', ...hosts.map((host) => `${host}:*`)] },
      }
      const setting: Setting = { names: {}, servers: { internal: SECRET } }
      return {
        title: asks
          .map(([ask]) => fieldsOf(ask).join(' '))
          .join(', ')
          .slice(0, 140),
        attack: { wat, setting, run: { ...netPolicy(net), stdin }, expect: { ...exits(0), effects: [] } },
        twin: {
          wat: twin.wat,
          setting: { names: {}, servers: { internal: { responses: [] } } },
          run: { ...netPolicy({ ...net, addresses: { allow: ['loopback'] } }), stdin: twin.stdin },
          expect: { ...exits(0), effects: ['internal: GET / HTTP/1.1'] },
        },
      }
    }),
})

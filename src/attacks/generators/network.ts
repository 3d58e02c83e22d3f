// Generators of requests to places that are not allowed: addresses in every spelling, names beside a pattern, redirects, answers of name servers, and
// headers that break the grammar (NET-01 to NET-17). All servers are on loopback; no address that is public is ever asked for.
import fc from 'fast-check'
import type { Setting, SettingResponse } from '../setting.ts'
import { type Draft, exits, type Generator, generator } from './generator.ts'
import { checked, importsOf, type Wanted } from './guest.ts'

/** One question of a guest, and whether it must be answered. */
type Ask =
  | { readonly ask: 'http'; readonly url: string; readonly headers?: string; readonly method?: string }
  | { readonly ask: 'tcp'; readonly host: string; readonly port: string }
  | { readonly ask: 'dns'; readonly name: string }

/** Ends a field of the input; stands in no question. */
const MARK = 0x01
const fieldsOf = (ask: Ask): readonly string[] =>
  ask.ask === 'http' ? [ask.method ?? 'GET', ask.url, ask.headers ?? ''] : ask.ask === 'tcp' ? [ask.host, ask.port] : [ask.name]

const CALLS: Readonly<Record<Ask['ask'], string>> = {
  http: `(call $http_request (call $field) (call $field) (call $field) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16))`,
  tcp: `(call $tcp_connect (call $field) (call $number (call $field)) (i32.const 0) (i32.const 24) (i32.const 16))`,
  dns: `(call $dns_resolve (call $field) (i32.const 0) (i32.const 256) (i32.const 512) (i32.const 20))`,
}

/** Ports are known in the trial only, so what is asked comes over standard input, field by field; exits with the number of the first wrong answer. */
const asking = (asks: readonly (readonly [Ask, Wanted])[]) => ({
  stdin: new TextEncoder().encode(
    asks.flatMap(([ask]) => fieldsOf(ask).map((text) => `${text}${String.fromCharCode(MARK)}`)).join(''),
  ),
  wat: `(module ${importsOf('fd_read', 'proc_exit', 'http_request', 'tcp_connect', 'dns_resolve')}
    (memory (export "memory") 1)
    (data (i32.const 0) "\\00\\04\\00\\00\\00\\f0\\00\\00")
    (global $at (mut i32) (i32.const 1024))
    (func $field (result i32 i32) (local $from i32)
      (local.set $from (global.get $at))
      (block $found (loop $next
        (br_if $found (i32.eq (i32.load8_u (global.get $at)) (i32.const ${MARK})))
        (global.set $at (i32.add (global.get $at) (i32.const 1)))
        (br $next)))
      (local.get $from) (i32.sub (global.get $at) (local.get $from))
      (global.set $at (i32.add (global.get $at) (i32.const 1))))
    (func $number (param $from i32) (param $length i32) (result i32) (local $sum i32)
      (block $done (loop $digits
        (br_if $done (i32.eqz (local.get $length)))
        (local.set $sum (i32.sub (i32.add (i32.mul (local.get $sum) (i32.const 10)) (i32.load8_u (local.get $from))) (i32.const 48)))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (local.set $length (i32.sub (local.get $length) (i32.const 1)))
        (br $digits)))
      (local.get $sum))
    (func (export "_start")
      (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
      ${asks.map(([ask, wanted], i) => checked(i + 1, CALLS[ask.ask], wanted)).join('\n')}
      (call $proc_exit (i32.const 0))))`,
})

const answer = (own: Partial<SettingResponse>): SettingResponse => ({ status: 200, headers: {}, body: '', delayMs: 0, ...own })
const SECRET = { responses: [answer({ body: '{secret}' })] }
/** A call that waits for an answer that never comes must not take the trial's time. */
const QUOTAS = { hostCallMs: '3s' }
const netPolicy = (net: object) => ({ policy: { quotas: QUOTAS, capabilities: { net } } })

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

const addressForms = generator({
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

/** Where the last redirect of a chain leads, and why nobody may follow. */
const FORBIDDEN: readonly string[] = [
  'http://127.0.0.1:{port:other}/',
  '//127.0.0.1:{port:other}/',
  'http://127.0.0.1:{port:api}@127.0.0.1:{port:other}/',
  'http://localhost:{port:other}/',
  'http://[::1]:{port:other}/',
  'http://[::ffff:127.0.0.1]:{port:other}/',
  'http://2130706433:{port:other}/',
  'http:\\\\127.0.0.1:{port:other}\\',
  'https://127.0.0.1:{port:api}/',
  'http://127.0.0.2:{port:api}/',
  'http://user:password@127.0.0.1:{port:other}/',
  'ftp://127.0.0.1:{port:other}/',
  'file:///etc/passwd',
  'data:text/plain,hello',
  'unix:/var/run/docker.sock',
  'javascript:1',
]
const redirects = generator({
  name: 'redirect-chains',
  family: 'network',
  threats: ['NET-01', 'NET-12', 'NET-07'],
  provenance: 'CWE-918; CVE-2023-45143 (undici, what a redirect to another origin took along); RFC 9110, section 15.4',
  drafts: fc
    .record({
      // With none granted, the answer that redirects is the answer.
      granted: fc.integer({ min: 1, max: 6 }),
      hops: fc.nat({ max: 6 }),
      status: fc.constantFrom(301, 302, 303, 307, 308),
      end: fc.constantFrom(...FORBIDDEN),
      how: fc.constantFrom('forbidden', 'forbidden', 'too many'),
    })
    .map(({ granted, hops, status, end, how }): Draft => {
      const chain = (length: number, last: string | null) =>
        Array.from({ length: length + 1 }, (_, i) => {
          const to = i < length ? `http://127.0.0.1:{port:api}/${i + 1}` : last
          return answer({ path: `/${i}`, ...(to !== null && { status, headers: { Location: to } }) })
        })
      const before = Math.min(hops, granted)
      const long = granted + 1
      const many = how === 'too many'
      const seen = (requests: number) => Array.from({ length: requests }, (_, i) => `api: GET /${i} HTTP/1.1`)
      const { wat, stdin } = asking([[{ ask: 'http', url: 'http://127.0.0.1:{port:api}/0' }, 'fails']])
      const twin = asking([[{ ask: 'http', url: 'http://127.0.0.1:{port:api}/0' }, 'works']])
      const run = netPolicy({
        http: { allow: ['http://127.0.0.1:{port:api}'] },
        addresses: { allow: ['loopback'] },
        redirects: granted,
      })
      return {
        title: many ? `${long} redirects where ${granted} are granted` : `After ${before} redirects of ${granted}, one to ${end}`,
        attack: {
          wat,
          run: { ...run, stdin },
          setting: { servers: { api: { responses: many ? chain(long, null) : chain(before, end) }, other: SECRET } },
          expect: { ...exits(0), effects: seen(many ? granted + 1 : before + 1) },
        },
        twin: {
          wat: twin.wat,
          run: { ...run, stdin: twin.stdin },
          setting: { servers: { api: { responses: chain(before, null) }, other: SECRET } },
          expect: { ...exits(0), effects: seen(before + 1) },
        },
      }
    }),
})

const BAD_ANSWERS = [
  '10.1.2.3',
  '127.0.0.2',
  '169.254.169.254',
  '192.168.0.1',
  '0.0.0.0',
  '255.255.255.255',
  '::1',
  'fe80::1',
  'fd00:ec2::254',
  '64:ff9b::7f00:2',
  '2002:7f00:2::1',
] as const
const resolverAnswers = generator({
  name: 'resolver-answers',
  family: 'network',
  threats: ['NET-02', 'NET-06', 'NET-17'],
  provenance: 'CWE-918 and CWE-350; Spin, networks that are blocked at the resolver',
  drafts: fc
    .record({
      bad: fc.uniqueArray(fc.constantFrom(...BAD_ANSWERS), { minLength: 1, maxLength: 4 }),
      good: fc.boolean(),
      goodFirst: fc.boolean(),
      ask: fc.constantFrom('http', 'tcp'),
      label: fc.stringMatching(/^[a-z]{1,10}$/),
    })
    .map(({ bad, good, goodFirst, ask, label }): Draft => {
      const name = `${label}.example`
      const answers = good ? (goodFirst ? ['127.0.0.1', ...bad] : [...bad, '127.0.0.1']) : bad
      const port = '{port:internal}'
      const question: Ask = ask === 'http' ? { ask: 'http', url: `http://${name}:${port}/` } : { ask: 'tcp', host: name, port }
      const { wat, stdin } = asking([[question, 'fails']])
      const twin = asking([[question, 'works']])
      const run = netPolicy({
        http: { allow: [`http://${name}:${port}`] },
        tcp: { allow: [`${name}:${port}`] },
        addresses: { allow: ['127.0.0.1'] },
      })
      return {
        title: `${name} is answered by ${answers.join(', ')}`,
        attack: {
          wat,
          run: { ...run, stdin },
          setting: { names: { [name]: [[...answers]] }, servers: { internal: SECRET } },
          expect: { ...exits(0), effects: [`dns: ${name}`] },
        },
        twin: {
          wat: twin.wat,
          run: { ...run, stdin: twin.stdin },
          setting: { names: { [name]: [['127.0.0.1']] }, servers: { internal: { responses: [] } } },
          expect: {
            ...exits(0),
            effects: [`dns: ${name}`, ask === 'http' ? 'internal: GET / HTTP/1.1' : 'internal: connection'],
          },
        },
      }
    }),
})

/** The reference for patterns: an exact name, or one or more labels in front of the rest of `*.rest`. */
export function matches(pattern: string, host: string): boolean {
  const name = host.toLowerCase()
  return pattern.startsWith('*.') ? name.length > pattern.length - 1 && name.endsWith(pattern.slice(1)) : name === pattern
}
const label = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/)
/** Names near to one that is allowed. */
const NEAR: readonly ((allowed: string, other: string) => string)[] = [
  (allowed, other) => `${other}${allowed}`,
  (allowed, other) => `${other}-${allowed}`,
  (allowed, other) => `${allowed}.${other}.example`,
  (allowed, other) => allowed.replace('.', other),
  (allowed) => allowed.slice(1),
  (allowed) => allowed.split('.').slice(1).join('.'),
  (allowed, other) => `${other}.${allowed}`,
  (allowed, other) => `${other}.${other}.${allowed}`,
  (allowed) => allowed.replace('example', 'examp1e'),
  (allowed) => allowed.replaceAll('.', '-'),
  (_, other) => `${other}.example`,
]
const hostPatterns = generator({
  name: 'host-patterns',
  family: 'network',
  threats: ['NET-09', 'NET-08', 'NET-15', 'NET-17'],
  provenance: 'CWE-183; rmyndharis/OpenWA issue 588; RFC 6125, section 6.4.3',
  drafts: fc
    .record({
      first: label,
      second: label,
      star: fc.boolean(),
      other: label,
      near: fc.uniqueArray(fc.constantFrom(...NEAR), { minLength: 1, maxLength: 5 }),
      ask: fc.constantFrom('http' as const, 'tcp' as const, 'dns' as const),
      loud: fc.boolean(),
    })
    .map(({ first, second, star, other, near, ask, loud }): Draft => {
      const allowed = `${first}.${second}.example`
      const pattern = star ? `*.${second}.example` : allowed
      const hosts = [...new Set(near.map((change) => change(allowed, other)))]
      const outside = hosts.filter((host) => !matches(pattern, host))
      const port = '{port:api}'
      const question = (host: string, at = port): Ask =>
        ask === 'http' ? { ask, url: `http://${host}:${at}/` } : ask === 'tcp' ? { ask, host, port: at } : { ask, name: host }
      const questions = [
        ...outside.map((host) => question(host)),
        // The right name at another port is another place too.
        ...(ask === 'dns' ? [] : [question(allowed, '{port:other}')]),
        ...(outside.length === 0 && ask === 'dns' ? [question(`${other}.invalid`)] : []),
      ]
      const { wat, stdin } = asking(questions.map((one) => [one, 'fails']))
      const twin = asking([[question(loud ? allowed.toUpperCase() : allowed), 'works']])
      const run = netPolicy({
        http: { allow: [`http://${pattern}:${port}`] },
        tcp: { allow: [`${pattern}:${port}`] },
        dns: { allow: [pattern] },
        addresses: { allow: ['loopback'] },
      })
      const names = Object.fromEntries([allowed, ...outside].map((host) => [host, [['127.0.0.1']]]))
      const setting: Setting = { names, servers: { api: { responses: [] }, other: SECRET } }
      const seen = ask === 'http' ? ['api: GET / HTTP/1.1'] : ask === 'tcp' ? ['api: connection'] : []
      return {
        title: `${ask} to ${outside.join(', ')} where ${pattern} is allowed`.slice(0, 150),
        attack: { wat, run: { ...run, stdin }, setting, expect: { ...exits(0), effects: [] } },
        twin: {
          wat: twin.wat,
          run: { ...run, stdin: twin.stdin },
          setting,
          expect: { ...exits(0), effects: [...seen, `dns: ${allowed}`] },
        },
      }
    }),
})

/** RFC 9110, sections 5.1 and 5.5. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const VALUE = /^(?:[\x21-\x7e](?:[\t \x21-\x7e]*[\x21-\x7e])?)?$/
/** Names that belong to whoever makes the request, or that change what its bytes mean. */
const TAKEN = [
  'Host',
  'host',
  'Content-Length',
  'Transfer-Encoding',
  'Connection',
  'Upgrade',
  'TE',
  'Trailer',
  'Expect',
  'Proxy-Authorization',
] as const
const PIECES = [
  '\r\n',
  '\r',
  '\0',
  '\u000b',
  '\u007f',
  '\u0085',
  '\u2028',
  '\u00e9',
  '\r\n\r\nGET /smuggled HTTP/1.1\r\n',
  '\r\nX-Smuggled: 1',
  '\r\n folded',
] as const
const headerLine = fc.oneof(
  fc.record({
    name: fc.constantFrom('X-A', 'Accept', 'x y', 'X-A ', ' X-A', '', 'X-\u00e4', 'X\tA', '(X)'),
    value: fc.constantFrom('1', '', 'a b'),
  }),
  fc.record({
    name: fc.constantFrom<string>(...TAKEN),
    value: fc.constantFrom('1', '127.0.0.1', 'chunked', 'close', 'trailers', '100-continue'),
  }),
  fc
    .record({
      before: fc.constantFrom('', 'a', '1, 2'),
      piece: fc.constantFrom(...PIECES),
      behind: fc.constantFrom('', 'b', 'X-Smuggled: 1'),
    })
    .map(({ before, piece, behind }) => ({ name: 'X-A', value: `${before}${piece}${behind}` })),
)
const isHonest = ({ name, value }: { readonly name: string; readonly value: string }) =>
  TOKEN.test(name) && VALUE.test(value) && !TAKEN.some((taken) => taken.toLowerCase() === name.toLowerCase())

const headerLines = generator({
  name: 'header-lines',
  family: 'network',
  threats: ['NET-11', 'NET-10'],
  provenance: 'RFC 9110, section 5; RFC 9112, section 11.1; CVE-2023-23936 (undici); CVE-2022-35256 (Node.js)',
  drafts: fc
    .record({
      lines: fc.array(
        headerLine.filter((line) => !isHonest(line)),
        { minLength: 1, maxLength: 5 },
      ),
      name: fc.stringMatching(/^X-[A-Za-z0-9]{1,8}$/),
      value: fc.stringMatching(/^[!-~]{1,20}$/).filter((text) => !/[{}]/.test(text)),
    })
    .map(({ lines, name, value }): Draft => {
      const url = 'http://127.0.0.1:{port:api}/'
      const { wat, stdin } = asking(
        lines.map((line) => [{ ask: 'http', url, headers: `X-First: 1\n${line.name}: ${line.value}\n` }, 'fails']),
      )
      const twin = asking([[{ ask: 'http', url, headers: `X-First: 1\n${name}: ${value}\n` }, 'works']])
      const run = netPolicy({ http: { allow: [url.slice(0, -1)] }, addresses: { allow: ['loopback'] } })
      const setting: Setting = { servers: { api: { responses: [] } } }
      return {
        title: lines
          .map(({ name, value }) => JSON.stringify(`${name}: ${value}`))
          .join(', ')
          .slice(0, 140),
        attack: { wat, setting, run: { ...run, stdin }, expect: { ...exits(0), effects: [], notSent: ['muggled'] } },
        twin: {
          wat: twin.wat,
          setting,
          run: { ...run, stdin: twin.stdin },
          expect: { ...exits(0), effects: ['api: GET / HTTP/1.1'], sent: [value] },
        },
      }
    }),
})

export const networkGenerators: readonly Generator[] = [addressForms, redirects, resolverAnswers, hostPatterns, headerLines]

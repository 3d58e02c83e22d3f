// Generators of requests to places that are not allowed: names beside a pattern, redirects, answers of name servers, and
// headers that break the grammar (NET-01 to NET-17). All servers are on loopback; no address that is public is ever asked for.
import fc from 'fast-check'
import type { Setting } from '../setting.ts'
import { addressForms } from './address-forms.ts'
import { type Ask, answer, asking, netPolicy, SECRET } from './asking.ts'
import { type Draft, exits, type Generator, generator } from './generator.ts'

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

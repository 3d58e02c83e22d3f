// A pattern covers another one exactly if whatever the inner one lets through the outer one lets through.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalHost } from '../../../src/sandbox/broker/net/host-names.ts'
import { allowsEndpoint, readNetGrant } from '../../../src/sandbox/policy/net-patterns.ts'
import { covers, isPattern } from '../../../src/sandbox/policy/pattern-cover.ts'

describe('isPattern', () => {
  it.each([
    ['http', 'https://api.example.org'],
    ['http', 'https://*.example.org:8443'],
    ['http', 'http://127.0.0.1:8080'],
    ['http', 'http://[::1]'],
    ['http', 'https://*'],
    ['dns', 'example.org'],
    ['dns', '*.example.org'],
    ['dns', '*'],
    ['dns', 'xn--bcher-kva.example'],
    ['tcp', 'example.org:443'],
    ['tcp', '[2001:db8::1]:22'],
    ['tcp', '*.example.org:*'],
  ] as const)('%s: %s is canonical', (kind, text) => expect(isPattern(kind, text)).toBe(true))

  it.each([
    ['http', 'https://API.example.org'],
    ['http', 'https://api.example.org/'],
    ['http', 'https://api.example.org:443'],
    ['http', 'https://api.example.org.'],
    ['http', 'https://user@example.org'],
    ['http', 'ftp://example.org'],
    ['http', 'https://0x7f.1'],
    ['http', 'http://[0:0::1]'],
    ['http', 'https://a*.example.org'],
    ['http', 'example.org'],
    ['dns', 'bücher.example'],
    ['dns', '127.0.0.1'],
    ['dns', 'example.org:53'],
    ['dns', ''],
    ['tcp', 'example.org'],
    ['tcp', 'example.org:0'],
    ['tcp', 'example.org:65536'],
    ['tcp', '2001:db8::1:22'],
  ] as const)('%s: %s is not', (kind, text) => expect(isPattern(kind, text)).toBe(false))
})

describe('covers', () => {
  it.each([
    ['http', 'https://API.Example.org:443', 'https://api.example.org', true],
    ['http', 'https://*.example.org', 'https://a.b.example.org', true],
    ['http', 'https://*.example.org', 'https://*.a.example.org', true],
    ['http', 'https://*.example.org', 'https://example.org', false],
    ['http', 'https://*.example.org', 'https://*', false],
    ['http', 'https://*.example.org', 'https://evil-example.org', false],
    ['http', 'https://*.a.example.org', 'https://*.example.org', false],
    ['http', 'https://example.org', 'http://example.org', false],
    ['http', 'https://example.org', 'https://example.org:8443', false],
    ['http', 'https://*', 'https://127.0.0.1', false],
    ['http', 'https://127.0.0.1', 'https://127.0.0.1', true],
    ['dns', '*', '*.example.org', true],
    ['dns', 'example.org', '*.example.org', false],
    ['tcp', 'example.org:*', 'example.org:22', true],
    ['tcp', 'example.org:22', 'example.org:*', false],
    ['tcp', 'nonsense', 'nonsense', false],
  ] as const)('%s: %s over %s is %s', (kind, outer, inner, expected) => expect(covers(kind, outer, inner)).toBe(expected))

  it('agrees with what the patterns let through', () => {
    const label = fc.constantFrom('a', 'b')
    const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'))
    const host = fc.oneof(
      name,
      name.map((text) => `*.${text}`),
      fc.constant('*'),
      fc.constant('10.0.0.1'),
    )
    const pattern = fc.tuple(host, fc.constantFrom('1', '2', '*')).map(([where, port]) => `${where}:${port}`)
    const endpoint = fc.record({
      host: fc.oneof(name, fc.constant('10.0.0.1')).map((text) => canonicalHost(text)!),
      port: fc.constantFrom(1, 2),
    })
    const lets = (text: string, what: Parameters<typeof allowsEndpoint>[1]) => {
      const empty = { http: null, dns: null, addresses: { allow: [], deny: [] }, redirects: 0 }
      return allowsEndpoint(readNetGrant({ ...empty, tcp: { allow: [text], deny: [] } }).rules.tcp!, what)
    }
    fc.assert(
      fc.property(pattern, pattern, fc.array(endpoint, { minLength: 20, maxLength: 20 }), (outer, inner, endpoints) => {
        if (covers('tcp', outer, inner)) for (const one of endpoints) expect(!lets(inner, one) || lets(outer, one)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

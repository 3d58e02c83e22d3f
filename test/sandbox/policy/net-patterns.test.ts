// Patterns of network grants: read strictly, compared label by label (attack class NET-09).
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalHost } from '../../../src/sandbox/broker/net/host-names.ts'
import { Malformed, readTarget } from '../../../src/sandbox/broker/net/http-rules.ts'
import { PolicyError } from '../../../src/sandbox/errors.ts'
import { allowsEndpoint, allowsName, allowsOrigin, readNetGrant } from '../../../src/sandbox/policy/net-patterns.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'

const lists = (allow: string[], deny: string[] = []) => ({ allow, deny })
const NONE = { http: null, dns: null, tcp: null, addresses: { allow: [], deny: [] }, redirects: 5 }

function origin(url: string) {
  const target = readTarget(url)
  if (target instanceof Malformed) throw new Error(target.reason)
  return target.origin
}
const http = (url: string, allow: string[], deny: string[] = []) =>
  allowsOrigin(readNetGrant({ ...NONE, http: lists(allow, deny) }).rules.http!, origin(url))
const name = (text: string, allow: string[], deny: string[] = []) =>
  allowsName(readNetGrant({ ...NONE, dns: lists(allow, deny) }).rules.dns!, canonicalHost(text)!)
const tcp = (host: string, port: number, allow: string[], deny: string[] = []) =>
  allowsEndpoint(readNetGrant({ ...NONE, tcp: lists(allow, deny) }).rules.tcp!, { host: canonicalHost(host)!, port })

describe('an origin pattern', () => {
  it('compares scheme, host and port', () => {
    const allow = ['https://example.org']
    expect(http('https://EXAMPLE.org./x?y', allow)).toBe(true)
    for (const url of [
      'http://example.org/',
      'https://example.org:8443/',
      'https://www.example.org/',
      'https://evil-example.org/',
      'https://example.org.evil/',
      'https://example.or/',
    ])
      expect([url, http(url, allow)]).toEqual([url, false])
    expect(http('https://example.org:8443/', ['https://example.org:8443'])).toBe(true)
    expect(http('http://example.org:81/', ['http://example.org:*'])).toBe(true)
    expect(http('https://example.org:443/', ['HTTPS://Example.ORG:443/'])).toBe(true)
  })

  it('takes "*." for one label or more, and not for none', () => {
    const allow = ['https://*.example.org']
    for (const host of ['a.example.org', 'a.b.example.org']) expect([host, http(`https://${host}/`, allow)]).toEqual([host, true])
    for (const host of ['example.org', 'aexample.org', 'example.org.evil', 'a.example.orgx'])
      expect([host, http(`https://${host}/`, allow)]).toEqual([host, false])
  })

  it('takes "*" for every name, and for no address', () => {
    expect(http('https://example.org/', ['https://*'])).toBe(true)
    expect(http('https://8.8.8.8/', ['https://*'])).toBe(false)
    expect(http('https://8.8.8.8/', ['https://8.8.8.8'])).toBe(true)
    expect(http('http://[::1]:8080/', ['http://[0::1]:8080'])).toBe(true)
  })

  it('does not take an address for a name below a number', () => {
    expect(http('http://127.0.0.1/', ['http://*.test'])).toBe(false)
    expect(name('a.test', ['*.test'])).toBe(true)
  })

  it('loses against one that denies', () => {
    expect(http('https://a.example.org/', ['https://*'], ['https://*.example.org'])).toBe(false)
    expect(http('https://a.example.org/', ['https://a.example.org'], ['https://*:*'])).toBe(false)
    expect(name('a.b', ['a.b'], ['A.B.'])).toBe(false)
    expect(tcp('a.b', 22, ['a.b:*'], ['*:22'])).toBe(false)
  })

  it('means the same name in every script', () => {
    expect(http('https://xn--bcher-kva.example/', ['https://bücher.example'])).toBe(true)
    expect(http('https://BÜCHER.example/', ['https://*.example'])).toBe(true)
  })
})

describe('an endpoint pattern', () => {
  it('compares host and port', () => {
    expect(tcp('example.org', 22, ['example.org:22'])).toBe(true)
    expect(tcp('example.org', 23, ['example.org:22'])).toBe(false)
    expect(tcp('a.example.org', 9, ['*.example.org:*'])).toBe(true)
    expect(tcp('::1', 5, ['[::1]:5'])).toBe(true)
  })
})

describe('the matcher', () => {
  // Few letters and few labels, so that near misses are common.
  const label = fc.constantFrom('a', 'b', 'ab', 'a-b')
  const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))
  const pattern = fc.oneof(
    host,
    host.map((text) => `*.${text}`),
    fc.constant('*'),
  )
  /** Labels from the right; the wildcard takes the rest. */
  const reference = (given: string, text: string): boolean => {
    if (given === '*') return true
    const [wanted, found] = [given.split('.').reverse(), text.split('.').reverse()]
    if (wanted.at(-1) !== '*') return wanted.length === found.length && wanted.every((part, i) => part === found[i])
    return found.length >= wanted.length && wanted.slice(0, -1).every((part, i) => part === found[i])
  }

  it('agrees with a plain reference', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 3 }), fc.array(pattern, { maxLength: 2 }), host, (allow, deny, text) => {
        const expected = allow.some((given) => reference(given, text)) && !deny.some((given) => reference(given, text))
        expect(name(text, allow, deny)).toBe(expected)
        expect(
          tcp(
            text,
            7,
            allow.map((given) => `${given}:7`),
            deny.map((given) => `${given}:7`),
          ),
        ).toBe(expected)
        expect(
          http(
            `https://${text}/`,
            allow.map((given) => `https://${given}`),
            deny.map((given) => `https://${given}`),
          ),
        ).toBe(expected)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a pattern that is not understood', () => {
  const problems = (net: object) => {
    try {
      resolvePolicy({ capabilities: { net } })
    } catch (error) {
      if (error instanceof PolicyError) return error.places
    }
    return []
  }

  it.each([
    'example.org',
    'ftp://example.org',
    'https://example.org/path',
    'https://example.org?x',
    'https://user@example.org',
    'https://*example.org',
    'https://a.*.org',
    'https://*.*.org',
    'https://*.127.0.0.1',
    'https://example.org:0',
    'https://example.org:65536',
    'https://example.org:',
    'https://::1',
    'https://exa mple.org',
    'https://',
    '*',
    'https://example..org',
  ])('is refused when the sandbox is created: origin %s', (text) => {
    expect(problems({ http: lists([text]) })).toEqual(['capabilities.net.http.allow.0'])
    expect(problems({ http: lists(['https://ok.example'], ['https://ok.example', text]) })).toEqual([
      'capabilities.net.http.deny.1',
    ])
  })

  it.each(['example.org', 'example.org:http', '::1:80', 'example.org:*:1', ':80'])('is refused: endpoint %s', (text) =>
    expect(problems({ tcp: lists([text]) })).toEqual(['capabilities.net.tcp.allow.0']),
  )

  it.each(['127.0.0.1', '[::1]', 'example.org:53', 'https://example.org', '*.'])('is refused: name %s', (text) =>
    expect(problems({ dns: lists([text]) })).toEqual(['capabilities.net.dns.allow.0']),
  )

  it.each(['10.0.0.1/8', 'intranet', 'Loopback', '', 'metadata', '300.0.0.0'])('is refused: address %s', (text) =>
    expect(problems({ addresses: { allow: [text] } })).toEqual(['capabilities.net.addresses.allow.0']),
  )

  it('may deny every metadata service at once', () => {
    expect(problems({ addresses: { deny: ['metadata', '10.0.0.0/8'] } })).toEqual([])
  })
})

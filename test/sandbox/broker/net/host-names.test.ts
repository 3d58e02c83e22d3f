// Hosts in all their spellings come down to one form, or are refused (attack classes NET-03, NET-07, NET-08).
import { describe, expect, it } from 'vitest'
import { canonicalHost } from '../../../../src/sandbox/broker/net/host-names.ts'
import { Malformed, readTarget } from '../../../../src/sandbox/broker/net/http-rules.ts'

const hostIn = (url: string) => {
  const target = readTarget(url)
  return target instanceof Malformed ? null : target.origin.host.text
}

describe('a host', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['0x7f.1', '127.0.0.1'],
    ['017700000001', '127.0.0.1'],
    ['127.1', '127.0.0.1'],
    ['127.0.0.1.', '127.0.0.1'],
    ['１２７.０.０.１', '127.0.0.1'],
    ['①②⑦.⓪.⓪.①', '127.0.0.1'],
    ['127。0。0。1', '127.0.0.1'],
    ['0', '0.0.0.0'],
    ['[::1]', '::1'],
    ['[0:0:0:0:0:0:0:1]', '::1'],
    ['[::ffff:127.0.0.1]', '::ffff:7f00:1'],
    ['EXAMPLE.org', 'example.org'],
    ['example.org.', 'example.org'],
    ['exam\u00adple.org', 'example.org'],
    ['example。org', 'example.org'],
    ['ⓔxample.org', 'example.org'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['localhost.', 'localhost'],
    ['_service.example.org', '_service.example.org'],
    // Not numbers, though they begin or end like one.
    ['example.h1', 'example.h1'],
    ['example.1a', 'example.1a'],
    ['example.a0x1', 'example.a0x1'],
    // As long as a name may be, and not one character longer (below).
    [`${'a.'.repeat(126)}b`, `${'a.'.repeat(126)}b`],
  ])('%s is %s, alone and in a URL', (text, canonical) => {
    expect(canonicalHost(text)?.text).toBe(canonical)
    expect(hostIn(`http://${text}/`)).toBe(canonical)
  })

  it.each([
    '1.09.0.0',
    '10.0.2.555',
    'foo.0x4',
    'example..org',
    '.example.org',
    'example.org..',
    '-a.example',
    'a-.example',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(126)}bb`,
    `${'a.'.repeat(130)}example`,
    '[fe80::1%25eth0]',
    '[fe80::1%eth0]',
    '[::1',
    'a%00b.example',
    'ex／ample.org',
    '*.example.org',
    'a!b.example',
    'xn--ls8h=.example',
    '',
  ])('%j is none, alone and in a URL', (text) => {
    expect([canonicalHost(text), hostIn(`http://${text}/`)]).toEqual([null, null])
  })

  it.each([
    'a\0b.example',
    'example.org:80',
    'user@example.org',
    'example.org/x',
    'example.org#',
    'a b',
    '::1%1',
    'x'.repeat(2000),
  ])('%j is none', (text) => expect(canonicalHost(text)).toBeNull())

  it('in a URL is where the one parser finds it', () => {
    expect(hostIn('http:\\\\allowed.example\\@evil.example/')).toBe('allowed.example')
    expect(hostIn('http:/allowed.example')).toBe('allowed.example')
    expect(hostIn('http://allowed.example#@evil.example/')).toBe('allowed.example')
    expect(hostIn('http://evil.example\\.allowed.example/')).toBe('evil.example')
    expect(hostIn('http://allowed.example?@evil.example/')).toBe('allowed.example')
  })

  it.each([
    'http://allowed.example@evil.example/',
    'http://:secret@allowed.example/',
    'http://user@allowed.example/',
    'http://allowed.example:80:81/',
    'http://allowed.example:0/',
    'http://allowed.example:65536/',
    'ht\ttp://allowed.example/',
    'http://allowed.example/\n',
    ' http://allowed.example/',
    'http://allo\u0000wed.example/',
    '//allowed.example/',
    '/path',
    'http://',
  ])('is not found in %j, which is refused', (url) => expect(readTarget(url)).toBeInstanceOf(Malformed))
})

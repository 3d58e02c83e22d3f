// Redirects: each hop is a decision of its own, and credentials stay with their origin (attack classes NET-01, NET-12, NET-14).
import { describe, expect, it } from 'vitest'
import { addresses, fakeDns } from '../../support/fake-dns.ts'
import { netHarness } from '../../support/net.ts'
import { rawServer, respondWith, TEST_AUTHORITY } from '../../support/raw-server.ts'

const OK = respondWith('200 OK', [], 'arrived')
const redirect = (location: string, status = '302 Found') => respondWith(status, [`location: ${location}`], 'moved')
const firstLine = (received: string) => received.split('\r\n')[0]

describe('a redirect', () => {
  it('is followed where the policy allows, with a record for each hop', async () => {
    await using end = await rawServer(OK)
    await using start = await rawServer(redirect(`http://127.0.0.1:${end.port}/end`))
    await using net = netHarness({ http: { allow: ['http://127.0.0.1:*'] }, addresses: { allow: ['127.0.0.1'] } })
    const reply = await net.http(`http://127.0.0.1:${start.port}/`)
    expect([reply.errno, reply.fields['status'], await net.body(reply)]).toEqual(['success', 200, 'arrived'])
    expect(firstLine(end.received[0]!)).toBe('GET /end HTTP/1.1')
    expect(net.decisions()).toEqual([`allowed http://127.0.0.1:${start.port}`, `allowed http://127.0.0.1:${end.port}`])
    expect(net.events.filter((event) => event.type === 'network-access' && event.allowed).length).toBe(2)
  })

  it('may be relative', async () => {
    let hops = 0
    await using server = await rawServer((text, socket) => (hops++ === 0 ? redirect('../next?x') : OK)(text, socket))
    await using net = netHarness({ http: { allow: ['http://127.0.0.1:*'] }, addresses: { allow: ['127.0.0.1'] } })
    expect((await net.http(`http://127.0.0.1:${server.port}/a/b/c`)).fields['status']).toBe(200)
    expect(server.received.map((text) => firstLine(text))).toEqual(['GET /a/b/c HTTP/1.1', 'GET /a/next?x HTTP/1.1'])
  })

  it.each([
    ['an origin that is not allowed', (port: number) => `http://127.0.0.1:${port}/`],
    ['the same host in another spelling', (port: number) => `http://0x7f.1:${port}/`],
    ['an address of a forbidden class', (port: number) => `http://127.0.0.2:${port}/`],
    ['the unspecified address', (port: number) => `http://0:${port}/`],
    ['a name that has a forbidden address', (port: number) => `http://inside.test:${port}/`],
    ['a metadata service', () => 'http://169.254.169.254/latest/meta-data/'],
    ['user information', (port: number) => `http://user:secret@allowed.test:${port}/`],
    ['a file', () => 'file:///etc/passwd'],
    ['data', () => 'data:text/plain,hello'],
    ['a Unix socket', () => 'unix:///var/run/docker.sock'],
    ['nothing that is a URL', () => 'http://['],
    ['a text with a tab in it', (port: number) => `http://allowed\t.test:${port}/`],
  ])('to %s ends there', async (_, location) => {
    await using target = await rawServer(OK)
    await using start = await rawServer((text, socket) => redirect(location(target.port))(text, socket))
    await using dns = await fakeDns(addresses({ 'allowed.test': ['127.0.0.1'], 'inside.test': ['127.0.0.2'] }))
    await using net = netHarness(
      {
        http: { allow: [`http://allowed.test:*`, 'http://inside.test:*', 'http://127.0.0.2:*'] },
        addresses: { allow: ['127.0.0.1'] },
      },
      { dnsServers: [dns.server] },
    )
    expect((await net.http(`http://allowed.test:${start.port}/`)).errno).toBe('acces')
    expect([start.received.length, target.received.length]).toEqual([1, 0])
    expect(net.records.at(-1)).toMatchObject({ decision: 'denied', errno: 'acces' })
    expect(net.events.filter((event) => event.type === 'network-access' && !event.allowed).length).toBe(1)
  })

  it('to a name that is not allowed causes no query', async () => {
    await using start = await rawServer(redirect('http://secret-data.evil.test/'))
    await using dns = await fakeDns(addresses({ 'allowed.test': ['127.0.0.1'] }))
    await using net = netHarness(
      { http: { allow: ['http://allowed.test:*'] }, addresses: { allow: ['127.0.0.1'] } },
      { dnsServers: [dns.server] },
    )
    expect((await net.http(`http://allowed.test:${start.port}/`)).errno).toBe('acces')
    expect(dns.questions.filter((question) => question.includes('evil'))).toEqual([])
    expect(dns.questions.length).toBe(2)
  })

  it('from https to http is refused, the other way is not', async () => {
    await using plain = await rawServer(OK)
    await using secure = await rawServer(redirect(`http://127.0.0.1:${plain.port}/`), { certificate: 'valid' })
    await using back = await rawServer(redirect(`https://127.0.0.1:${secure.port}/`))
    const grant = { http: { allow: ['http://127.0.0.1:*', 'https://127.0.0.1:*'] }, addresses: { allow: ['127.0.0.1'] } }
    await using net = netHarness(grant, { ca: [TEST_AUTHORITY] })
    expect((await net.http(`http://127.0.0.1:${back.port}/`)).errno).toBe('acces')
    expect([back.received.length, secure.received.length, plain.received.length]).toEqual([1, 1, 0])
  })

  it('in a circle ends at the cap', async () => {
    await using server = await rawServer((text, socket) => redirect('/again')(text, socket))
    const grant = { http: { allow: ['http://127.0.0.1:*'] }, addresses: { allow: ['127.0.0.1'] } }
    await using net = netHarness({ ...grant, redirects: 3 })
    expect((await net.http(`http://127.0.0.1:${server.port}/`)).errno).toBe('acces')
    expect(server.received.length).toBe(4)
    await using few = netHarness({ ...grant, redirects: 20 }, { quotas: { networkRequests: 2 } })
    expect((await few.http(`http://127.0.0.1:${server.port}/`)).errno).toBe('dquot')
    expect(server.received.length).toBe(6)
  })

  it('is given to the guest where none are to be followed, or without a Location', async () => {
    await using server = await rawServer(redirect('http://evil.test/'))
    await using without = await rawServer(respondWith('302 Found'))
    const grant = { http: { allow: ['http://127.0.0.1:*'] }, addresses: { allow: ['127.0.0.1'] } }
    await using net = netHarness({ ...grant, redirects: 0 })
    const reply = await net.http(`http://127.0.0.1:${server.port}/`)
    expect([reply.fields['status'], reply.text.includes('location: http://evil.test/')]).toEqual([302, true])
    await using following = netHarness(grant)
    expect((await following.http(`http://127.0.0.1:${without.port}/`)).fields['status']).toBe(302)
  })

  it('with two Locations is refused', async () => {
    await using server = await rawServer(respondWith('302 Found', ['location: /a', 'location: /b']))
    await using net = netHarness({ http: { allow: ['http://127.0.0.1:*'] }, addresses: { allow: ['127.0.0.1'] } })
    expect((await net.http(`http://127.0.0.1:${server.port}/`)).errno).toBe('acces')
    expect(server.received.length).toBe(1)
  })
})

describe('what a redirect takes along', () => {
  const headers = 'Authorization: Bearer secret\nCookie: a=secret\nContent-Type: text/plain\nX-Other: kept\n'

  async function follow(status: string, method: string, elsewhere: boolean) {
    let hops = 0
    await using end = await rawServer(OK)
    await using start = await rawServer((text, socket) => {
      const location = elsewhere ? `http://127.0.0.1:${end.port}/end` : '/end'
      ;(hops++ === 0 ? redirect(location, status) : OK)(text, socket)
    })
    await using net = netHarness({ http: { allow: ['http://127.0.0.1:*'] }, addresses: { allow: ['127.0.0.1'] } })
    const body = method === 'GET' || method === 'HEAD' ? '' : 'payload'
    expect((await net.http(`http://127.0.0.1:${start.port}/`, { method, headers, body })).errno).toBe('success')
    const received = elsewhere ? end.received[0]! : start.received[1]!
    return {
      method: received.split(' ')[0],
      body: received.split('\r\n\r\n')[1],
      secret: received.includes('secret'),
      type: received.includes('Content-Type'),
      other: received.includes('X-Other: kept'),
    }
  }

  it.each([
    ['301 Moved', 'POST', 'GET', ''],
    ['302 Found', 'POST', 'GET', ''],
    ['303 See Other', 'POST', 'GET', ''],
    ['303 See Other', 'PUT', 'GET', ''],
    ['303 See Other', 'HEAD', 'HEAD', ''],
    ['301 Moved', 'PUT', 'PUT', 'payload'],
    ['302 Found', 'DELETE', 'DELETE', 'payload'],
    ['307 Temporary', 'POST', 'POST', 'payload'],
    ['308 Permanent', 'POST', 'POST', 'payload'],
  ])('%s turns %s into %s', async (status, method, expected, body) => {
    expect(await follow(status, method, false)).toEqual({
      method: expected,
      body,
      secret: true,
      type: expected === method,
      other: true,
    })
  })

  it('loses the credentials when the origin changes, another port included', async () => {
    expect(await follow('307 Temporary', 'POST', true)).toEqual({
      method: 'POST',
      body: 'payload',
      secret: false,
      type: true,
      other: true,
    })
    expect(await follow('302 Found', 'GET', true)).toMatchObject({ secret: false, other: true })
  })

  it('does not get them back at the first origin', async () => {
    let hops = 0
    let port = 0
    await using away = await rawServer((text, socket) => redirect(`http://127.0.0.1:${port}/home`)(text, socket))
    await using home = await rawServer((text, socket) =>
      (hops++ === 0 ? redirect(`http://127.0.0.1:${away.port}/`) : OK)(text, socket),
    )
    port = home.port
    await using net = netHarness({ http: { allow: ['http://127.0.0.1:*'] }, addresses: { allow: ['127.0.0.1'] } })
    expect((await net.http(`http://127.0.0.1:${home.port}/`, { headers })).errno).toBe('success')
    expect(home.received.map((text) => text.includes('secret'))).toEqual([true, false])
  })
})

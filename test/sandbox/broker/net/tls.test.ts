// TLS: verified wherever something is sent, and looked at without trust where only the certificate is asked for (attack classes NET-08, NET-16).
import type { TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { addresses, fakeDns } from '../../support/fake-dns.ts'
import { netHarness } from '../../support/net.ts'
import { type Responder, rawServer, respondWith, TEST_AUTHORITY } from '../../support/raw-server.ts'

const OK = respondWith('200 OK', [], 'arrived')
const GRANT = {
  http: { allow: ['https://*.test:*', 'https://127.0.0.1:*'] },
  tcp: { allow: ['*.test:*', '127.0.0.1:*'] },
  addresses: { allow: ['127.0.0.1'] },
}
const ZONE = addresses({ 'secure.test': ['127.0.0.1'], 'other.test': ['127.0.0.1'] })
const seconds = (date: string) => String(Date.parse(date) / 1000)

describe('an https request', () => {
  it('goes to a server whose certificate is trusted and for the name that was allowed', async () => {
    const reused: boolean[] = []
    const respond: Responder = (head, socket) => {
      reused.push((socket as TLSSocket).isSessionReused())
      OK(head, socket)
    }
    await using server = await rawServer(respond, { certificate: 'valid' })
    await using dns = await fakeDns(ZONE)
    await using net = netHarness(GRANT, { dnsServers: [dns.server], ca: [TEST_AUTHORITY] })
    for (const host of ['secure.test', 'SECURE.test.', '127.0.0.1']) {
      const reply = await net.http(`https://${host}:${server.port}/`)
      expect([host, reply.errno, await net.body(reply)]).toEqual([host, 'success', 'arrived'])
    }
    expect(server.sockets.map((socket) => (socket as TLSSocket).servername)).toEqual(['secure.test', 'secure.test', false])
    // No session of one connection is used for another.
    expect(reused).toEqual([false, false, false])
  })

  it.each([
    ['for another name', 'other.test', 'valid', [TEST_AUTHORITY]],
    ['that has expired', 'secure.test', 'expired', [TEST_AUTHORITY]],
    ['of an unknown authority', 'secure.test', 'valid', []],
  ] as const)('sends nothing to a server with a certificate %s', async (_, host, certificate, ca) => {
    await using server = await rawServer(OK, { certificate })
    await using dns = await fakeDns(ZONE)
    await using net = netHarness(GRANT, { dnsServers: [dns.server], ca })
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    try {
      expect((await net.http(`https://${host}:${server.port}/`)).errno).toBe('proto')
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before
    }
    expect(server.received.join('')).toBe('')
  })

  it('to a server that speaks no TLS, or says nothing, fails', async () => {
    await using plain = await rawServer((_, socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n'))
    await using net = netHarness(GRANT, { deadlineMs: 300 })
    expect((await net.http(`https://127.0.0.1:${plain.port}/`)).errno).toBe('timedout')
    await using rude = await rawServer()
    const asked = net.http(`https://127.0.0.1:${rude.port}/`)
    await expect.poll(() => rude.sockets.length).toBe(1)
    rude.sockets[0]!.end('no TLS here')
    expect((await asked).errno).toBe('proto')
  })

  it('is counted with what TLS adds', async () => {
    await using server = await rawServer(OK, { certificate: 'valid' })
    await using net = netHarness(GRANT, { ca: [TEST_AUTHORITY], quotas: { networkBytes: 500 } })
    expect((await net.http(`https://127.0.0.1:${server.port}/`)).errno).toBe('dquot')
  })
})

describe('a certificate', () => {
  it.each([
    ['valid', 'secure.test', '2120-01-01', true],
    ['expired', 'secure.test', '2021-01-01', false],
    ['valid', 'other.test', '2120-01-01', false],
    ['valid', '127.0.0.1', '2120-01-01', true],
  ] as const)('is described, trusted or not: %s for %s', async (certificate, host, notAfter, authorized) => {
    await using server = await rawServer(OK, { certificate })
    await using dns = await fakeDns(ZONE)
    await using net = netHarness(GRANT, { dnsServers: [dns.server], ca: [TEST_AUTHORITY] })
    const reply = await net.ask('net.certificate', { host, port: server.port, timeoutMs: 0 })
    expect(reply).toMatchObject({
      errno: 'success',
      fields: { notBefore: seconds('2020-01-01'), notAfter: seconds(notAfter), authorized },
    })
    expect(net.decisions()).toEqual([`allowed ${host}:${server.port}`])
    await expect.poll(() => server.sockets.every(({ destroyed }) => destroyed)).toBe(true)
    expect(server.received.join('')).toBe('')
  })

  it('of an unknown authority is not trusted', async () => {
    await using server = await rawServer(OK, { certificate: 'valid' })
    await using net = netHarness(GRANT)
    expect((await net.ask('net.certificate', { host: '127.0.0.1', port: server.port, timeoutMs: 0 })).fields['authorized']).toBe(
      false,
    )
  })

  it('is looked at only where a connection would be allowed', async () => {
    await using server = await rawServer(OK, { certificate: 'valid' })
    await using dns = await fakeDns(addresses({ 'inside.test': ['127.0.0.2'] }))
    await using net = netHarness(GRANT, { dnsServers: [dns.server] })
    expect((await net.ask('net.certificate', { host: 'inside.test', port: server.port, timeoutMs: 0 })).errno).toBe('acces')
    expect((await net.ask('net.certificate', { host: 'evil.example', port: server.port, timeoutMs: 0 })).errno).toBe('acces')
  })
})

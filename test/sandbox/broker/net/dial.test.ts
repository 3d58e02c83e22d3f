// From name to connection: looked up once, every address judged, connected to what was judged (attack classes NET-02, NET-05, NET-06, NET-17).
import { describe, expect, it } from 'vitest'
import { a, aaaa, addresses, fakeDns, type Zone } from '../../support/fake-dns.ts'
import { netHarness } from '../../support/net.ts'
import { rawServer, respondWith } from '../../support/raw-server.ts'

const OK = respondWith('200 OK', [], 'arrived')
const GRANT = { http: { allow: ['http://*.test:*'] }, tcp: { allow: ['*.test:*'] }, addresses: { allow: ['127.0.0.1'] } }

/** Answers each name with the lists in turn, and the last one from then on; AAAA is empty. */
function rebinding(...answers: string[][]): Zone {
  let asked = 0
  return (_, type) => {
    if (type !== 'A') return []
    const answer = answers[Math.min(asked++, answers.length - 1)]!
    return answer.map(a)
  }
}

describe('a name', () => {
  it('is looked up once, and the connection goes to the address that was judged', async () => {
    await using server = await rawServer(OK)
    await using trap = await rawServer(OK, { host: '127.0.0.2' })
    await using dns = await fakeDns(rebinding(['127.0.0.1'], ['127.0.0.2']))
    await using net = netHarness(GRANT, { dnsServers: [dns.server] })
    const reply = await net.http(`http://rebind.test:${server.port}/`)
    expect([reply.errno, await net.body(reply)]).toEqual(['success', 'arrived'])
    expect(dns.questions.toSorted()).toEqual(['A rebind.test', 'AAAA rebind.test'])
    // The Host header is the name that was allowed.
    expect(server.received[0]).toContain(`\r\nhost: rebind.test:${server.port}\r\n`)
    // Nothing is remembered either: the next request asks again, and is refused for what it hears now.
    expect((await net.http(`http://rebind.test:${trap.port}/`)).errno).toBe('acces')
    expect(trap.received).toEqual([])
  })

  it('is judged again at each hop of a redirect to itself', async () => {
    await using server = await rawServer(respondWith('302 Found', ['location: /again']))
    await using dns = await fakeDns(rebinding(['127.0.0.1'], ['127.0.0.2']))
    await using net = netHarness(GRANT, { dnsServers: [dns.server] })
    expect((await net.http(`http://rebind.test:${server.port}/`)).errno).toBe('acces')
    expect(server.received.length).toBe(1)
  })

  it.each([
    ['a forbidden one after a good one', ['127.0.0.1', '127.0.0.2']],
    ['a forbidden one before a good one', ['10.0.0.1', '127.0.0.1']],
    ['a metadata service', ['169.254.169.254']],
    ['the unspecified address', ['0.0.0.0']],
    ['broadcast', ['255.255.255.255', '127.0.0.1']],
  ])('with %s among its addresses is refused altogether', async (_, list) => {
    await using server = await rawServer(OK)
    await using dns = await fakeDns(addresses({ 'mixed.test': list }))
    await using net = netHarness(GRANT, { dnsServers: [dns.server] })
    expect((await net.http(`http://mixed.test:${server.port}/`)).errno).toBe('acces')
    expect((await net.ask('net.connect', { host: 'mixed.test', port: server.port, timeoutMs: 0 })).errno).toBe('acces')
    expect(server.received).toEqual([])
    const forbidden = list.find((address) => address !== '127.0.0.1')!
    expect(net.decisions().slice(0, 2)).toEqual([
      `allowed http://mixed.test:${server.port}`,
      `denied http://mixed.test:${server.port} at ${forbidden}`,
    ])
    expect(net.events.filter((event) => event.type === 'network-access').map((event) => event.allowed)).toEqual([false, false])
  })

  it.each([
    '0:0:0:0:0:ffff:a00:1',
    '0:0:0:0:0:0:0:1',
    '64:ff9b:0:0:0:0:a9fe:a9fe',
    'fd00:ec2:0:0:0:0:0:254',
    '2002:7f00:1:0:0:0:0:1',
  ])('with the IPv6 address %s is refused', async (address) => {
    await using dns = await fakeDns((_, type) => (type === 'AAAA' ? [aaaa(address)] : [a('127.0.0.1')]))
    await using server = await rawServer(OK)
    await using net = netHarness(GRANT, { dnsServers: [dns.server] })
    expect((await net.http(`http://six.test:${server.port}/`)).errno).toBe('acces')
    expect(server.received).toEqual([])
  })

  it('that is not allowed causes no query', async () => {
    await using dns = await fakeDns(addresses({}))
    await using net = netHarness(GRANT, { dnsServers: [dns.server] })
    expect((await net.http('http://secret.evil/')).errno).toBe('acces')
    expect((await net.ask('net.connect', { host: 'secret.evil', port: 80, timeoutMs: 0 })).errno).toBe('acces')
    expect((await net.ask('net.certificate', { host: 'secret.evil', port: 443, timeoutMs: 0 })).errno).toBe('acces')
    expect((await net.ask('net.dns', { name: 'secret.evil', type: 'TXT' })).errno).toBe('notcapable')
    expect(dns.questions).toEqual([])
  })

  it('that does not exist is told apart from a server that fails, or is silent', async () => {
    await using dns = await fakeDns((name) => (name === 'silent.test' ? 'silence' : null))
    await using net = netHarness(GRANT, { dnsServers: [dns.server], deadlineMs: 300 })
    expect((await net.http('http://missing.test/')).errno).toBe('noent')
    expect((await net.http('http://silent.test/')).errno).toBe('timedout')
  })

  it('of this machine, looked up the system’s way, is refused by its address', async () => {
    await using server = await rawServer(OK)
    const http = { allow: ['http://localhost:*'] }
    await using net = netHarness({ http })
    for (const host of ['localhost', 'LOCALHOST', 'localhost.'])
      expect((await net.http(`http://${host}:${server.port}/`)).errno).toBe('acces')
    expect(server.received).toEqual([])
    await using granted = netHarness({ http, addresses: { allow: ['loopback'] } })
    expect((await granted.http(`http://localhost:${server.port}/`)).errno).toBe('success')
  })

  it('has its other addresses tried when one does not answer', async () => {
    await using server = await rawServer(OK)
    await using dns = await fakeDns(addresses({ 'two.test': ['127.0.0.9', '127.0.0.1'] }))
    await using net = netHarness({ ...GRANT, addresses: { allow: ['loopback'] } }, { dnsServers: [dns.server] })
    expect((await net.http(`http://two.test:${server.port}/`)).errno).toBe('success')
  })

  it('with addresses without number is refused', async () => {
    const numbers = Array.from({ length: 40 }, (_, i) => i + 1)
    const zone: Zone = (_, type) =>
      numbers.map((i) => (type === 'A' ? a(`127.0.0.${i}`) : aaaa(`2606:4700:0:0:0:0:0:${i.toString(16)}`)))
    await using dns = await fakeDns(zone)
    await using net = netHarness({ ...GRANT, addresses: { allow: ['loopback'] } }, { dnsServers: [dns.server] })
    expect((await net.http('http://many.test/')).errno).toBe('msgsize')
  })
})

describe('a connection that fails', () => {
  it('tells the guest an errno and nothing else', async () => {
    const closed = await rawServer()
    await closed[Symbol.asyncDispose]()
    await using net = netHarness({ ...GRANT, http: { allow: ['http://127.0.0.1:*'] } })
    expect(await net.http(`http://127.0.0.1:${closed.port}/`)).toMatchObject({ errno: 'connrefused', fields: {}, text: '' })
  })
})

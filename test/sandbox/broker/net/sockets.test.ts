// TCP sockets of guests: connecting, both directions, their ends, readiness and quotas (attack classes NET-13, NET-15).
import { describe, expect, it } from 'vitest'
import { type NetHarness, netHarness } from '../../support/net.ts'
import { type RawServer, rawServer } from '../../support/raw-server.ts'

const GRANT = { tcp: { allow: ['127.0.0.1:*'], deny: ['127.0.0.1:22'] }, addresses: { allow: ['127.0.0.1'] } }

async function connected(server: RawServer, net: NetHarness) {
  const before = server.sockets.length
  const { errno, fields } = await net.ask('net.connect', { host: '127.0.0.1', port: server.port, timeoutMs: 0 })
  expect(errno).toBe('success')
  await expect.poll(() => server.sockets.length).toBe(before + 1)
  const socket = fields['socket']!
  return {
    socket,
    elapsedNs: fields['elapsedNs'],
    peer: server.sockets[before]!,
    send: (text: string, nonblocking = false) => net.ask('net.send', { socket, nonblocking }, Buffer.from(text)),
    receive: (max: number, { peek = false, nonblocking = false } = {}) =>
      net.ask('net.receive', { socket, max, peek, nonblocking }),
    shutdown: (receive: boolean, send: boolean) => net.ask('net.shutdown', { socket, receive, send }),
    poll: async (wanted: string, timeoutMs = 0) =>
      (await net.ask('net.poll', { sockets: [...wanted].map((one) => `${socket}${one}`).join(), timeoutMs })).fields['ready'],
    close: () => net.ask('net.close', { socket }),
  }
}

describe('a connection', () => {
  it('is made to what the policy allows, and tells how long the handshake took', async () => {
    await using server = await rawServer()
    await using net = netHarness(GRANT)
    const one = await connected(server, net)
    expect(Number(one.elapsedNs)).toBeGreaterThan(0)
    expect(Number(one.elapsedNs)).toBeLessThan(5e9)
    expect(net.decisions()).toEqual([`allowed 127.0.0.1:${server.port}`])
    expect(net.events).toEqual([
      expect.objectContaining({
        type: 'network-access',
        allowed: true,
        hostCall: 'tcp_connect',
        object: `"127.0.0.1:${server.port}"`,
      }),
    ])
  })

  it.each([
    ['127.0.0.1', 22, 'acces'],
    ['127.0.0.2', 80, 'acces'],
    ['0', 80, 'acces'],
    ['[::1]', 80, 'acces'],
    ['::ffff:127.0.0.1', 80, 'acces'],
    ['localhost', 80, 'acces'],
    ['127.0.0.1', 0, 'inval'],
    ['127.0.0.1', 65_536, 'inval'],
    ['127.0.0.1:80', 80, 'inval'],
    ['/var/run/docker.sock', 80, 'inval'],
    ['\0abstract', 80, 'inval'],
    ['', 80, 'inval'],
  ])('to %s port %i is refused: %3$s', async (host, port, errno) => {
    await using net = netHarness(GRANT)
    expect((await net.ask('net.connect', { host, port, timeoutMs: 0 })).errno).toBe(errno)
    expect((await net.ask('net.certificate', { host, port, timeoutMs: 0 })).errno).toBe(errno)
    expect(net.records.map(({ decision }) => decision)).toEqual(['denied', 'denied'])
  })

  it('is refused where no TCP is granted', async () => {
    await using net = netHarness({ http: { allow: ['http://127.0.0.1:*'] }, addresses: { allow: ['127.0.0.1'] } })
    expect((await net.ask('net.connect', { host: '127.0.0.1', port: 80, timeoutMs: 0 })).errno).toBe('notcapable')
  })

  it('that nobody accepts, or for which there is no handle, fails', async () => {
    const gone = await rawServer()
    await gone[Symbol.asyncDispose]()
    await using server = await rawServer()
    await using net = netHarness(GRANT, { quotas: { handles: 1 } })
    expect((await net.ask('net.connect', { host: '127.0.0.1', port: gone.port, timeoutMs: 0 })).errno).toBe('connrefused')
    const one = await connected(server, net)
    expect((await net.ask('net.connect', { host: '127.0.0.1', port: server.port, timeoutMs: 0 })).errno).toBe('mfile')
    await one.close()
    await connected(server, net)
    expect(server.sockets.length).toBe(2)
  })
})

describe('a socket', () => {
  it('sends, receives and peeks', async () => {
    await using server = await rawServer()
    await using net = netHarness(GRANT)
    const one = await connected(server, net)
    expect((await one.send('hello')).fields['written']).toBe(5)
    await expect.poll(() => server.received[0]).toBe('hello')
    one.peer.write('answer')
    expect((await one.receive(3, { peek: true })).text).toBe('ans')
    expect((await one.receive(4)).text).toBe('answ')
    expect((await one.receive(100)).text).toBe('er')
  })

  it('waits, or does not', async () => {
    await using server = await rawServer()
    await using net = netHarness(GRANT)
    const one = await connected(server, net)
    expect((await one.receive(10, { nonblocking: true })).errno).toBe('again')
    setTimeout(() => one.peer.write('later'), 50)
    expect((await one.receive(10)).text).toBe('later')
    expect((await one.send('x', true)).fields['written']).toBe(1)
  })

  it('has two directions with an end of their own', async () => {
    await using server = await rawServer()
    await using net = netHarness(GRANT)
    const one = await connected(server, net)
    one.peer.end('last words')
    expect((await one.receive(100)).text).toBe('last words')
    expect(await one.receive(100)).toMatchObject({ errno: 'success', text: '' })
    expect((await one.send('still here')).errno).toBe('success')
    await one.shutdown(false, true)
    expect((await one.send('too late')).errno).toBe('pipe')
    await expect.poll(() => server.received[0]).toBe('still here')
    await expect.poll(() => one.peer.readableEnded).toBe(true)
  })

  it('receives nothing more once that direction is shut', async () => {
    await using server = await rawServer()
    await using net = netHarness(GRANT)
    const one = await connected(server, net)
    one.peer.write('unread')
    await one.shutdown(true, false)
    expect(await one.receive(100)).toMatchObject({ errno: 'success', text: '' })
    expect((await one.send('x')).errno).toBe('success')
  })

  it('tells that the other side reset it', async () => {
    await using server = await rawServer()
    await using net = netHarness(GRANT)
    const one = await connected(server, net)
    one.peer.resetAndDestroy()
    expect((await one.receive(10)).errno).toBe('connreset')
    expect((await one.send('x')).errno).toBe('connreset')
    expect((await one.shutdown(true, true)).errno).toBe('notconn')
    expect((await one.close()).errno).toBe('success')
  })

  it('is ready when there is something, an end, or a failure', async () => {
    await using server = await rawServer()
    await using net = netHarness(GRANT)
    const one = await connected(server, net)
    expect(await one.poll('r')).toBe('')
    expect(await one.poll('rw')).toBe(`${one.socket}w`)
    const began = performance.now()
    expect(await one.poll('r', 60)).toBe('')
    expect(performance.now() - began).toBeGreaterThanOrEqual(55)
    setTimeout(() => one.peer.write('x'), 30)
    expect(await one.poll('r', 10_000)).toBe(`${one.socket}r`)
    expect(await one.poll('rw', 10_000)).toBe(`${one.socket}r,${one.socket}w`)
    await one.receive(10)
    expect(await one.poll('r')).toBe('')
    one.peer.end()
    expect(await one.poll('r', 10_000)).toBe(`${one.socket}r`)
  })

  it('does not let the guest fill the host: a peer that does not read holds up the sender', async () => {
    await using server = await rawServer()
    await using net = netHarness(GRANT, { quotas: { networkBytes: 200 * 2 ** 20 }, deadlineMs: 300 })
    const one = await connected(server, net)
    one.peer.pause()
    const piece = 'x'.repeat(2 ** 20)
    let errno = 'success'
    let sent = 0
    while (errno === 'success' && sent < 100) {
      errno = (await one.send(piece, true)).errno
      sent++
    }
    expect(errno).toBe('again')
    expect(await one.poll('w')).toBe('')
    expect((await one.send(piece)).errno).toBe('timedout')
    one.peer.resume()
    expect(await one.poll('w', 10_000)).toBe(`${one.socket}w`)
  })

  it('counts against the quota in both directions', async () => {
    await using server = await rawServer()
    await using net = netHarness(GRANT, { quotas: { networkBytes: 100 } })
    const one = await connected(server, net)
    expect((await one.send('x'.repeat(60))).errno).toBe('success')
    expect((await one.send('x'.repeat(60))).errno).toBe('dquot')
    await expect.poll(() => server.received[0]!.length).toBe(60)
    net.broker.beginActivation()
    one.peer.write('y'.repeat(200))
    await expect.poll(async () => (await one.receive(200, { peek: true })).text.length).toBe(200)
    expect((await one.receive(60)).text.length).toBe(60)
    expect((await one.receive(60)).errno).toBe('dquot')
    expect(net.events.filter(({ type }) => type === 'quota-exceeded').length).toBe(2)
  })

  it('ends with the guest, and with the deadline of a call', async () => {
    await using server = await rawServer()
    await using net = netHarness(GRANT, { deadlineMs: 300 })
    const one = await connected(server, net)
    expect((await one.receive(1)).errno).toBe('timedout')
    const waiting = one.receive(1)
    await net.broker.close()
    expect((await waiting).errno).toBe('canceled')
    await expect.poll(() => one.peer.readableEnded).toBe(true)
  })

  it('that waits for a peer that does not read gathers nothing in the host, however often it is tried', async () => {
    await using server = await rawServer()
    await using net = netHarness(GRANT, { quotas: { networkBytes: 200 * 2 ** 20 }, deadlineMs: 30 })
    const one = await connected(server, net)
    one.peer.pause()
    let received = 0
    one.peer.on('data', (bytes) => {
      received += bytes.length
    })
    one.peer.pause()
    const piece = 'x'.repeat(2 ** 20)
    let accepted = 0
    for (let i = 0; i < 40; i++) accepted += (await one.send(piece)).errno === 'success' ? 1 : 0
    one.peer.resume()
    await expect.poll(() => one.poll('w')).toBe(`${one.socket}w`)
    // At most the one piece that was begun when the time was up is there beyond those that the guest knows of.
    await expect.poll(() => received).toBeGreaterThanOrEqual(accepted * 2 ** 20)
    expect(received).toBeLessThanOrEqual((accepted + 1) * 2 ** 20)
    expect(accepted).toBeLessThan(30)
  })

  it('closed before everything is sent counts as open, and ends with the guest', async () => {
    await using server = await rawServer()
    await using net = netHarness(GRANT, { quotas: { networkBytes: 200 * 2 ** 20, handles: 1 } })
    const one = await connected(server, net)
    one.peer.pause()
    while ((await one.send('x'.repeat(2 ** 20), true)).errno === 'success');
    await one.close()
    expect((await net.ask('net.connect', { host: '127.0.0.1', port: server.port, timeoutMs: 0 })).errno).toBe('mfile')
    await net.broker.close()
    one.peer.resume()
    await expect.poll(() => one.peer.closed || one.peer.readableEnded).toBe(true)
  })

  it('delivers what was sent before it was closed', async () => {
    await using server = await rawServer()
    await using net = netHarness(GRANT)
    const one = await connected(server, net)
    await one.send('goodbye')
    await one.close()
    await expect.poll(() => [server.received[0], one.peer.readableEnded]).toEqual(['goodbye', true])
  })
})

// HTTP for guests: what is sent, what is refused before anything is sent, and what comes back (attack classes NET-07 to NET-16).
import type { Socket } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { BadRequest } from '../../../../src/sandbox/broker/fields.ts'
import { type NetHarness, netHarness } from '../../support/net.ts'
import { rawServer, respondWith } from '../../support/raw-server.ts'

const OK = respondWith('200 OK', ['content-type: text/plain', 'x-one: a', 'X-One: b'], 'hello')
const LOCAL = { addresses: { allow: ['127.0.0.1'] } }
const to = (port: number) => ({ ...LOCAL, http: { allow: [`http://127.0.0.1:${port}`] } })

describe('a request', () => {
  it('sends what the guest asked for, and of its own nothing that tells the host', async () => {
    await using server = await rawServer(OK)
    await using net = netHarness(to(server.port))
    const reply = await net.http(`http://127.0.0.1:${server.port}/a/../b?c=1#secret`, {
      method: 'POST',
      headers: 'X-Custom: 1\nAccept-Encoding: identity\n',
      body: 'data',
    })
    expect(reply).toMatchObject({ errno: 'success', fields: { status: 200 } })
    expect(server.received).toEqual([
      [
        'POST /b?c=1 HTTP/1.1',
        `host: 127.0.0.1:${server.port}`,
        'connection: close',
        'X-Custom: 1',
        'Accept-Encoding: identity',
        'user-agent: wasm-gauntlet',
        'accept: */*',
        'content-length: 4',
        '',
        'data',
      ].join('\r\n'),
    ])
  })

  it('gives the headers as they came, and the body piece by piece', async () => {
    await using server = await rawServer(OK)
    await using net = netHarness(to(server.port))
    const reply = await net.http(`http://127.0.0.1:${server.port}/`)
    expect(reply.text).toBe('content-type: text/plain\nx-one: a\nX-One: b\nconnection: close\n')
    expect(await net.body(reply, 2)).toBe('hello')
    expect((await net.ask('net.httpClose', { response: reply.fields['response']! })).errno).toBe('success')
  })
})

const refusedEvents = (net: NetHarness) => net.events.filter((event) => event.type === 'network-access' && !event.allowed)

describe('what is refused before anything is sent', () => {
  it.each([
    ['a scheme: file', 'file:///etc/passwd'],
    ['a scheme: ftp', 'ftp://127.0.0.1:PORT/'],
    ['a scheme: data', 'data:text/plain,hello'],
    ['a scheme: blob', 'blob:http://127.0.0.1:PORT/1'],
    ['a scheme: ws', 'ws://127.0.0.1:PORT/'],
    ['a scheme: unix', 'unix:/var/run/docker.sock'],
    ['a scheme: http+unix', 'http+unix://%2Fvar%2Frun%2Fdocker.sock/info'],
    ['a scheme: node', 'node:fs'],
    ['a scheme: javascript', 'javascript:alert(1)'],
    ['user information', 'http://user:secret@127.0.0.1:PORT/'],
    ['a relative URL', '/path'],
    ['a line break', 'http://127.0.0.1:PORT/ HTTP/1.1\r\nHost: evil\r\n\r\n'],
    ['a tab', 'http://127.0.0.1\t:PORT/'],
    ['a NUL', 'http://127.0.0.1:PORT/\0'],
  ])('%s', async (_, url) => {
    await using server = await rawServer(OK)
    await using net = netHarness(to(server.port))
    expect((await net.http(url.replace('PORT', String(server.port)))).errno).toBe('inval')
    expect([server.received, refusedEvents(net).length, net.records.map(({ decision, errno }) => [decision, errno])]).toEqual([
      [],
      1,
      [['denied', 'inval']],
    ])
    expect((await net.http(`http://127.0.0.1:${server.port}/`)).errno).toBe('success')
  })

  it.each(['get', 'CONNECT', 'TRACE', 'PROPFIND', '', 'GET /x', 'GET\r\nX: y', 'GET\0'])('the method %j', async (method) => {
    await using server = await rawServer(OK)
    await using net = netHarness(to(server.port))
    expect((await net.http(`http://127.0.0.1:${server.port}/`, { method })).errno).toBe('inval')
    expect([server.received, refusedEvents(net).length]).toEqual([[], 1])
  })

  it.each([
    'Host: evil.example',
    'host: evil.example',
    'HOST:evil.example',
    ':authority: evil.example',
    'Connection: keep-alive',
    'Content-Length: 0',
    'Transfer-Encoding: chunked',
    'transfer-encoding : chunked',
    'TE: trailers',
    'Trailer: X',
    'Upgrade: websocket',
    'Expect: 100-continue',
    'Keep-Alive: timeout=5',
    'HTTP2-Settings: x',
    'Proxy-Authorization: Basic x',
    'proxy-connection: keep-alive',
    'X: a\rHost: evil.example',
    'X: a\r',
    'X: a\0b',
    'X: a\x7fb',
    'X: é',
    'X',
    '',
    ' X: folded',
    '\tfolded',
    'X Y: a',
    'X:a\x0bb',
    '(x): a',
  ])('the header %j', async (header) => {
    await using server = await rawServer(OK)
    await using net = netHarness(to(server.port))
    expect((await net.http(`http://127.0.0.1:${server.port}/`, { headers: `Good: yes\n${header}\n` })).errno).toBe('inval')
    expect([server.received, refusedEvents(net).length]).toEqual([[], 1])
  })

  it('headers without an end, or too many of them, and bodies where they have no meaning', async () => {
    await using server = await rawServer(OK)
    await using net = netHarness(to(server.port))
    const url = `http://127.0.0.1:${server.port}/`
    expect((await net.http(url, { headers: 'X: a' })).errno).toBe('inval')
    expect((await net.http(url, { headers: 'X: a\n'.repeat(101) })).errno).toBe('inval')
    expect((await net.http(url, { body: 'GET / HTTP/1.1\r\n\r\n' })).errno).toBe('inval')
    expect(server.received).toEqual([])
  })

  it('what the policy does not name, and every spelling of a forbidden address', async () => {
    await using server = await rawServer(OK)
    const net = netHarness({ http: { allow: [`http://127.0.0.1:${server.port}`, 'http://*:*'] } })
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '127.1', '017700000001', '127.0.0.1.', '①②⑦.⓪.⓪.①'])
      expect([host, (await net.http(`http://${host}:${server.port}/`)).errno]).toEqual([host, 'acces'])
    for (const host of ['[::1]', '0', '[::ffff:127.0.0.1]', '10.0.0.1'])
      expect([host, (await net.http(`http://${host}:${server.port}/`)).errno]).toEqual([host, 'acces'])
    expect(server.received).toEqual([])
    expect(refusedEvents(net)[0]).toMatchObject({
      severity: 'high',
      hostCall: 'http_request',
      object: `"http://127.0.0.1:${server.port}"`,
      message: expect.stringContaining('its address is of the class loopback, which is not granted'),
    })
    await net.broker.close()
  })

  it('everything, where no HTTP is granted', async () => {
    await using net = netHarness({ dns: { allow: ['*'] } })
    expect((await net.http('https://example.org/')).errno).toBe('notcapable')
  })

  it('is recorded without the secrets in it', async () => {
    await using server = await rawServer(respondWith('302 Found', ['location: http://user:secret@127.0.0.1/x?token=secret']))
    await using net = netHarness(to(server.port))
    await net.http(`http://user:secret@127.0.0.1:${server.port}/?secret`)
    await net.http('http://user:secret@[bad/?secret')
    await net.http(`http://127.0.0.1:${server.port}/?secret#secret`, { headers: 'Authorization: secret\n' })
    expect(net.records.map(({ errno }) => errno)).toEqual(['inval', 'inval', null, 'acces'])
    expect(JSON.stringify([net.records, net.events])).not.toContain('secret')
  })

  it('is told one by one only so often, and recorded always', async () => {
    await using net = netHarness({ http: { allow: [] } })
    for (let i = 0; i < 510; i++) await net.http('https://example.org/')
    expect([net.records.length, refusedEvents(net).length]).toEqual([510, 500])
    net.broker.beginActivation()
    await net.http('https://example.org/')
    expect(refusedEvents(net).length).toBe(501)
  })
})

describe('what is allowed', () => {
  it('is recorded before it is done, and told', async () => {
    let known = -1
    await using server = await rawServer((head, socket) => {
      known = net.records.length
      OK(head, socket)
    })
    await using net = netHarness(to(server.port))
    await net.http(`http://127.0.0.1:${server.port}/path?secret`)
    expect(known).toBe(1)
    expect(net.decisions()).toEqual([`allowed http://127.0.0.1:${server.port}`])
    expect(net.events).toEqual([
      expect.objectContaining({ type: 'network-access', severity: 'info', allowed: true, hostCall: 'http_request' }),
    ])
  })

  it('goes past every proxy that the environment names', async () => {
    await using server = await rawServer(OK)
    await using proxy = await rawServer(OK)
    const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY']
    const before = names.map((name) => process.env[name])
    try {
      for (const name of names)
        process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : `http://user:secret@127.0.0.1:${proxy.port}`
      await using net = netHarness(to(server.port))
      expect((await net.http(`http://127.0.0.1:${server.port}/`)).errno).toBe('success')
    } finally {
      for (const [i, name] of names.entries()) {
        if (before[i] === undefined) delete process.env[name]
        else process.env[name] = before[i]
      }
    }
    expect([proxy.received.length, server.received.length]).toEqual([0, 1])
    expect(server.received[0]).not.toContain('secret')
  })

  it('goes over TCP to the address that was judged, whatever somebody put on Object.prototype', async () => {
    await using server = await rawServer(OK)
    await using net = netHarness(to(server.port))
    const pollution = {
      path: '/nonexistent.sock',
      socketPath: '/nonexistent.sock',
      localAddress: '203.0.113.1',
      upgrade: 'websocket',
    }
    for (const [key, value] of Object.entries(pollution))
      Object.defineProperty(Object.prototype, key, { value, configurable: true, writable: true })
    let errno: string
    try {
      errno = (await net.http(`http://127.0.0.1:${server.port}/`)).errno
    } finally {
      for (const key of Object.keys(pollution)) Reflect.deleteProperty(Object.prototype, key)
    }
    expect([errno, server.received.length]).toEqual(['success', 1])
    expect(server.received[0]).not.toContain('websocket')
  })

  it('has a connection of its own for each request, and no cookies', async () => {
    await using server = await rawServer((_, socket) => {
      socket.end('HTTP/1.1 200 OK\r\nset-cookie: a=b\r\ncontent-length: 2\r\n\r\nok')
    })
    await using one = netHarness(to(server.port))
    await using other = netHarness(to(server.port))
    for (const net of [one, one, other]) expect(await net.body(await net.http(`http://127.0.0.1:${server.port}/`))).toBe('ok')
    expect(server.received.length).toBe(3)
    for (const received of server.received) expect([received.match(/GET/g)?.length, /cookie/i.test(received)]).toEqual([1, false])
  })
})

describe('a response', () => {
  const coded = (coding: string, body: Uint8Array) =>
    respondWith('200 OK', [`content-encoding: ${coding}`, `content-length: ${body.length}`], body)

  it.each([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('is decompressed: %s', async (coding, compress) => {
    await using server = await rawServer(coded(coding, compress(Buffer.from('hello '.repeat(1000)))))
    await using net = netHarness(to(server.port))
    const reply = await net.http(`http://127.0.0.1:${server.port}/`)
    expect(reply.text).toBe('connection: close\n')
    expect(await net.body(reply)).toBe('hello '.repeat(1000))
  })

  it('is left as it is in a coding that is not known', async () => {
    await using server = await rawServer(coded('secret', Buffer.from('bytes')))
    await using net = netHarness(to(server.port))
    const reply = await net.http(`http://127.0.0.1:${server.port}/`)
    expect([reply.text.includes('content-encoding: secret'), await net.body(reply)]).toEqual([true, 'bytes'])
  })

  it('without a body has none, whatever its headers say', async () => {
    await using server = await rawServer(respondWith('200 OK', ['content-encoding: gzip', 'content-length: 100']))
    await using net = netHarness(to(server.port))
    expect(await net.body(await net.http(`http://127.0.0.1:${server.port}/`, { method: 'HEAD' }))).toBe('')
  })

  it('in codings on top of each other is refused', async () => {
    await using server = await rawServer(coded('gzip, gzip', gzipSync(gzipSync('x'))))
    await using net = netHarness(to(server.port))
    expect((await net.http(`http://127.0.0.1:${server.port}/`)).errno).toBe('proto')
  })

  it('that is cut short, in its bytes or its compression, is no whole one', async () => {
    const whole = gzipSync('hello '.repeat(1000))
    await using cut = await rawServer(respondWith('200 OK', ['content-length: 10'], 'short'))
    await using corrupt = await rawServer(coded('gzip', whole.subarray(0, whole.length - 9)))
    await using net = netHarness({ ...LOCAL, http: { allow: ['http://127.0.0.1:*'] } })
    expect(await net.body(await net.http(`http://127.0.0.1:${cut.port}/`))).toBe('proto')
    expect(await net.body(await net.http(`http://127.0.0.1:${corrupt.port}/`))).toBe('proto')
  })

  it('that is no HTTP, or smuggles a header, is refused', async () => {
    for (const answer of [
      'SSH-2.0-OpenSSH\r\n',
      'HTTP/1.1 200 OK\r\nX: a\rY: b\r\n\r\n',
      'HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ]) {
      await using server = await rawServer((_, socket) => void socket.end(answer))
      await using net = netHarness(to(server.port))
      const reply = await net.http(`http://127.0.0.1:${server.port}/`)
      expect([answer, reply.errno === 'success' ? await net.body(reply) : reply.errno]).toEqual([answer, 'proto'])
    }
  })

  it('with a head beyond all measure is refused', async () => {
    await using server = await rawServer(respondWith('200 OK', [`x: ${'a'.repeat(70_000)}`]))
    await using net = netHarness(to(server.port))
    expect((await net.http(`http://127.0.0.1:${server.port}/`)).errno).toBe('msgsize')
  })
})

describe('quotas', () => {
  it('end a decompression bomb at the cap, with memory and traffic to match', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 2 ** 20), { level: 9 })
    await using server = await rawServer(respondWith('200 OK', ['content-encoding: gzip'], bomb))
    await using net = netHarness(to(server.port), { quotas: { networkBytes: 300_000 } })
    const reply = await net.http(`http://127.0.0.1:${server.port}/`)
    let bytes = 0
    let errno = 'success'
    while (errno === 'success') {
      const piece = await net.ask('net.httpBody', { response: reply.fields['response']!, max: 65_536 })
      errno = piece.errno
      bytes += piece.bytes.length
    }
    expect(errno).toBe('dquot')
    expect(bytes).toBeGreaterThan(200_000)
    expect(bytes).toBeLessThanOrEqual(300_000)
    expect(net.events.filter(({ type }) => type === 'quota-exceeded')).toEqual([
      expect.objectContaining({ quota: 'networkBytes', limit: 300_000 }),
    ])
  })

  it.each([
    ['interim responses', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
    ['chunk extensions', 'x'],
    ['compressed nothing', null],
  ])('end a flood of %s that never becomes a body', async (kind, piece) => {
    await using server = await rawServer((_, socket) => {
      if (kind === 'chunk extensions') socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;')
      if (piece === null) socket.write('HTTP/1.1 200 OK\r\ncontent-encoding: deflate\r\n\r\n\x78\x9c', 'latin1')
      // Empty stored blocks, none of them the last.
      const flood = Buffer.from((piece ?? '\x00\x00\x00\xff\xff').repeat(5000), 'latin1')
      const more = () => {
        while (!socket.destroyed && socket.write(flood));
      }
      socket.on('drain', more)
      more()
    })
    await using net = netHarness(to(server.port), { quotas: { networkBytes: 300_000 } })
    const reply = await net.http(`http://127.0.0.1:${server.port}/`)
    expect(reply.errno === 'success' ? await net.body(reply) : reply.errno).toBe('dquot')
  })

  it('count requests, and start again with each activation', async () => {
    await using server = await rawServer(OK)
    await using net = netHarness(to(server.port), { quotas: { networkRequests: 2 } })
    const url = `http://127.0.0.1:${server.port}/`
    const errnos = []
    for (let i = 0; i < 4; i++) errnos.push((await net.http(url)).errno)
    expect(errnos).toEqual(['success', 'success', 'dquot', 'dquot'])
    expect(net.events.filter(({ type }) => type === 'quota-exceeded').length).toBe(1)
    expect(server.received.length).toBe(2)
    net.broker.beginActivation()
    expect((await net.http(url)).errno).toBe('success')
  })

  it('count what is sent', async () => {
    await using server = await rawServer(OK)
    await using net = netHarness(to(server.port), { quotas: { networkBytes: 1000 } })
    expect((await net.http(`http://127.0.0.1:${server.port}/`, { method: 'PUT', body: 'x'.repeat(1001) })).errno).toBe('dquot')
    expect(server.received).toEqual([])
  })

  it('cap the responses that are open', async () => {
    await using server = await rawServer(OK)
    await using net = netHarness(to(server.port), { quotas: { handles: 2 } })
    const url = `http://127.0.0.1:${server.port}/`
    const first = await net.http(url)
    await net.http(url)
    expect((await net.http(url)).errno).toBe('mfile')
    await net.ask('net.httpClose', { response: first.fields['response']! })
    expect((await net.http(url)).errno).toBe('success')
  })
})

describe('time', () => {
  it('is up for a server that sends one byte now and then: at the guest’s own timeout, or the policy’s', async () => {
    const drip = (_: string, socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      const timer = setInterval(() => socket.write('x'), 20)
      socket.on('close', () => clearInterval(timer))
    }
    await using server = await rawServer(drip)
    const url = `http://127.0.0.1:${server.port}/`
    await using patient = netHarness(to(server.port))
    const began = performance.now()
    expect((await patient.http(url, { timeoutMs: 100 })).errno).toBe('timedout')
    await using strict = netHarness(to(server.port), { deadlineMs: 100 })
    expect((await strict.http(url)).errno).toBe('timedout')
    expect(performance.now() - began).toBeLessThan(5000)
    await expect.poll(() => server.sockets.map(({ closed }) => closed)).toEqual([true, true])
  })

  it('that is up for a request does not end the response that it brought', async () => {
    await using server = await rawServer((_, socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nab')
      setTimeout(() => socket.end('cd'), 400)
    })
    await using net = netHarness(to(server.port), { deadlineMs: 250 })
    const reply = await net.http(`http://127.0.0.1:${server.port}/`, { timeoutMs: 200 })
    const read = () => net.ask('net.httpBody', { response: reply.fields['response']!, max: 10 })
    expect((await read()).text).toBe('ab')
    await new Promise((later) => setTimeout(later, 500))
    expect((await read()).text).toBe('cd')
    expect(await read()).toMatchObject({ errno: 'success', text: '' })
  })

  it('that is up while a body is awaited ends it', async () => {
    await using server = await rawServer((_, socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n'))
    await using net = netHarness(to(server.port), { deadlineMs: 200 })
    const reply = await net.http(`http://127.0.0.1:${server.port}/`)
    expect(await net.body(reply)).toBe('timedout')
    expect(await net.body(reply)).toBe('connaborted')
  })

  it('is up at once when the guest is ended', async () => {
    await using server = await rawServer()
    await using net = netHarness(to(server.port))
    const asked = net.http(`http://127.0.0.1:${server.port}/`)
    await expect.poll(() => server.received.join('')).toContain('GET /')
    await net.broker.close()
    expect((await asked).errno).toBe('canceled')
    await expect.poll(() => server.sockets[0]!.readableEnded).toBe(true)
  })
})

describe('a request that no cell sends', () => {
  it.each([
    ['net.http', { method: 'GET' }],
    ['net.httpBody', { response: 1, max: 10 }],
    ['net.httpClose', { response: 1 }],
    ['net.receive', { socket: 7, max: 1, peek: false, nonblocking: false }],
    ['net.poll', { sockets: '1x', timeoutMs: 0 }],
    ['net.poll', { sockets: '1r', timeoutMs: 0 }],
    ['net.listen', {}],
    ['net.bind', { port: 80 }],
    ['net.sendto', {}],
  ])('%s %j is one', async (operation, fields) => {
    await using net = netHarness({ ...LOCAL, http: { allow: ['http://127.0.0.1:*'] }, tcp: { allow: ['127.0.0.1:*'] } })
    await expect(net.ask(operation, fields)).rejects.toThrow(BadRequest)
  })
})

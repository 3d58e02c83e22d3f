// tcp_connect and sock_*: sockets as the guest sees them, over a broker that a test plays.
import { describe, expect, it } from 'vitest'
import type { BrokerRequest } from '../../../../src/sandbox/host/channel.ts'
import { ERRNO } from '../../../../src/sandbox/host/errno.ts'
import type { SocketHandle } from '../../../../src/sandbox/host/handles.ts'
import { RIGHTS } from '../../../../src/sandbox/host/rights.ts'
import { pollSockets } from '../../../../src/sandbox/host/wasi/sockets.ts'
import { type CallHarness, harness } from '../../support/calls.ts'

const IOVS = 256
const DATA = 1024
const OUT = 2048

/** Vectors at {@link IOVS} that lie one after the other from {@link DATA}, with a gap of 4 bytes. */
function vectors(made: CallHarness, ...lengths: number[]): [number, number] {
  let at = DATA
  for (const [i, length] of lengths.entries()) {
    made.view.setUint32(IOVS + i * 8, at, true)
    made.view.setUint32(IOVS + i * 8 + 4, length, true)
    at += length + 4
  }
  return [IOVS, lengths.length]
}
const textAt = (made: CallHarness, at: number, length: number) =>
  Buffer.from(made.bytes.slice(at, at + length)).toString('latin1')

/** A guest with a socket; the other side has these bytes to give, in these pieces. */
function connected(pieces: (string | number)[] = []) {
  const made = harness()
  const sent: string[] = []
  const refuse = { errno: 0, taken: Number.POSITIVE_INFINITY }
  made.broker = ({ operation, fields, body }: BrokerRequest) => {
    if (operation === 'net.connect') return { fields: { socket: 55, elapsedNs: '123456789012' } }
    if (operation === 'net.send') {
      if (refuse.errno !== 0 && sent.length >= refuse.taken) return { errno: refuse.errno }
      sent.push(Buffer.from(body!).toString())
      return { fields: { written: body!.length } }
    }
    if (operation !== 'net.receive') return {}
    const piece = pieces[0]
    if (typeof piece === 'number') return { errno: piece }
    // What would have to be waited for.
    if (piece === undefined) return fields['nonblocking'] === true ? { errno: ERRNO.again } : {}
    const given = piece.slice(0, Number(fields['max']))
    if (fields['peek'] !== true) {
      if (given.length === piece.length) pieces.shift()
      else pieces[0] = piece.slice(given.length)
    }
    return { body: Buffer.from(given) }
  }
  made.bytes.set(Buffer.from('a.example'), 64)
  expect(made.call('tcp_connect', 64, 9, 443, 1000, OUT, OUT + 8)).toBe(ERRNO.success)
  const fd = made.view.getUint32(OUT + 8, true)
  return { made, fd, sent, refuse, handle: made.context.handles.getOf(fd, 'socket') as SocketHandle }
}

describe('tcp_connect', () => {
  it('gives a socket and the time of the handshake', () => {
    const { made, fd } = connected()
    expect(made.requests[0]).toEqual({ operation: 'net.connect', fields: { host: 'a.example', port: 443, timeoutMs: 1000 } })
    expect([fd, made.view.getBigUint64(OUT, true)]).toEqual([3, 123456789012n])
  })

  it('asks for nothing without a handle for the answer', () => {
    const made = harness({ handles: 3 })
    made.bytes.set(Buffer.from('a.example'), 64)
    expect(made.call('tcp_connect', 64, 9, 443, 0, OUT, OUT + 8)).toBe(ERRNO.mfile)
    expect(made.requests).toEqual([])
  })

  it('gives no right to listen', () => {
    const { made, fd, handle } = connected()
    expect(handle.rights.base & RIGHTS.sock_accept).toBe(0n)
    expect(made.call('sock_accept', fd, 0, OUT)).toBe(ERRNO.notsup)
  })
})

describe('sock_recv', () => {
  const receive = (made: CallHarness, fd: number, lengths: number[], flags = 0) => {
    made.bytes.fill(0, DATA, DATA + 200)
    made.bytes.fill(0xff, OUT, OUT + 8)
    return made.call('sock_recv', fd, ...vectors(made, ...lengths), flags, OUT, OUT + 4)
  }
  const received = (made: CallHarness) => made.view.getUint32(OUT, true)

  it('fills vectors with what there is, and waits for the first of it only', () => {
    const { made, fd } = connected(['hello', ' world'])
    expect(receive(made, fd, [3, 2, 50])).toBe(ERRNO.success)
    expect([received(made), textAt(made, DATA, 3), textAt(made, DATA + 7, 2), textAt(made, DATA + 13, 6)]).toEqual([
      11,
      'hel',
      'lo',
      ' world',
    ])
    // Flags of the answer have 16 bits, and what lies behind them is the guest's.
    expect([made.view.getUint16(OUT + 4, true), made.bytes[OUT + 6]]).toEqual([0, 0xff])
    const waits = made.requests.filter(({ operation }) => operation === 'net.receive').map(({ fields }) => !fields['nonblocking'])
    expect(waits).toEqual([true, false, false])
  })

  it('waits for all of it if asked', () => {
    const { made, fd } = connected(['ab', 'cd', 'ef'])
    expect(receive(made, fd, [5], 2)).toBe(ERRNO.success)
    expect([received(made), textAt(made, DATA, 6)]).toEqual([5, 'abcde\0'])
    expect(made.requests.every(({ fields }) => fields['nonblocking'] !== true)).toBe(true)
  })

  it('gives what came before an end or a failure', () => {
    const { made, fd } = connected(['ab', ERRNO.connreset])
    expect(receive(made, fd, [2, 5], 2)).toBe(ERRNO.success)
    expect(received(made)).toBe(2)
    expect(receive(made, fd, [5])).toBe(ERRNO.connreset)
    const end = connected(['ab'])
    expect(receive(end.made, end.fd, [5], 2)).toBe(ERRNO.success)
    expect(received(end.made)).toBe(2)
    expect(receive(end.made, end.fd, [5])).toBe(ERRNO.success)
    expect(received(end.made)).toBe(0)
  })

  it('peeks over several vectors without taking or repeating anything', () => {
    const { made, fd } = connected(['abcdef'])
    for (let i = 0; i < 2; i++) {
      expect(receive(made, fd, [2, 3], 1)).toBe(ERRNO.success)
      expect([received(made), textAt(made, DATA, 2), textAt(made, DATA + 6, 3)]).toEqual([5, 'ab', 'cde'])
    }
  })

  it('does not wait on a socket that is not to', () => {
    const { made, fd, handle } = connected([])
    handle.flags = 4
    expect(receive(made, fd, [5])).toBe(ERRNO.again)
  })

  it('receives nothing into nothing', () => {
    const { made, fd } = connected(['x'])
    expect([receive(made, fd, []), received(made), receive(made, fd, [0]), received(made)]).toEqual([0, 0, 0, 0])
    expect(made.requests.length).toBe(1)
  })

  it('looks at handle, right, flags and every vector before it asks', () => {
    const { made, fd, handle } = connected(['x'])
    expect(receive(made, 0, [1])).toBe(ERRNO.notsock)
    expect(receive(made, 99, [1])).toBe(ERRNO.badf)
    expect(receive(made, fd, [1], 4)).toBe(ERRNO.inval)
    vectors(made, 1, 1)
    made.view.setUint32(IOVS + 12, 65_536, true)
    expect(made.call('sock_recv', fd, IOVS, 2, 0, OUT, OUT + 4)).toBe(ERRNO.fault)
    expect(made.call('sock_recv', fd, IOVS, 1, 0, 65_533, OUT)).toBe(ERRNO.fault)
    expect(made.call('sock_recv', fd, IOVS, 1025, 0, OUT, OUT + 4)).toBe(ERRNO.inval)
    handle.rights = { base: 0n, inheriting: 0n }
    expect(receive(made, fd, [1])).toBe(ERRNO.notcapable)
    expect(made.requests.length).toBe(1)
  })

  it('may have its flags at the very end of the memory', () => {
    const { made, fd } = connected(['x'])
    expect(made.call('sock_recv', fd, ...vectors(made, 1), 0, OUT, 65_534)).toBe(ERRNO.success)
  })
})

describe('sock_send', () => {
  it('sends what is in the vectors', () => {
    const { made, fd, sent } = connected()
    const list = vectors(made, 3, 0, 2)
    made.bytes.set(Buffer.from('one'), DATA)
    made.bytes.set(Buffer.from('tw'), DATA + 11)
    expect(made.call('sock_send', fd, ...list, 0, OUT)).toBe(ERRNO.success)
    expect([made.view.getUint32(OUT, true), sent]).toEqual([5, ['one', 'tw']])
  })

  it('tells how much was sent before it failed', () => {
    const { made, fd, refuse } = connected()
    refuse.errno = ERRNO.dquot
    refuse.taken = 1
    expect(made.call('sock_send', fd, ...vectors(made, 3, 2), 0, OUT)).toBe(ERRNO.success)
    expect(made.view.getUint32(OUT, true)).toBe(3)
    expect(made.call('sock_send', fd, ...vectors(made, 3, 2), 0, OUT)).toBe(ERRNO.dquot)
  })

  it('knows no flags, and no other handles', () => {
    const { made, fd, sent } = connected()
    expect(made.call('sock_send', fd, ...vectors(made, 3), 1, OUT)).toBe(ERRNO.inval)
    expect(made.call('sock_send', 1, ...vectors(made, 3), 0, OUT)).toBe(ERRNO.notsock)
    expect(sent).toEqual([])
  })
})

describe('sock_shutdown', () => {
  it('ends the directions that it names', () => {
    const { made, fd } = connected()
    expect([1, 2, 3].map((how) => made.call('sock_shutdown', fd, how))).toEqual([0, 0, 0])
    expect(made.requests.slice(1).map(({ fields }) => fields)).toEqual([
      { socket: 55, receive: true, send: false },
      { socket: 55, receive: false, send: true },
      { socket: 55, receive: true, send: true },
    ])
    expect([0, 4, 7, -1].map((how) => made.call('sock_shutdown', fd, how))).toEqual([28, 28, 28, 28])
    expect(made.requests.length).toBe(4)
  })
})

describe('polling sockets', () => {
  it('tells for each interest whether it is ready', () => {
    const { made, handle } = connected()
    made.broker = () => ({ fields: { ready: '55w' } })
    const interests = [
      { socket: handle, direction: 'read' },
      { socket: handle, direction: 'write' },
    ] as const
    expect(pollSockets(made.context, interests, 250)).toEqual([false, true])
    expect(made.requests.at(-1)).toEqual({ operation: 'net.poll', fields: { sockets: '55r,55w', timeoutMs: 250 } })
    made.broker = () => ({ fields: { ready: '' } })
    expect(pollSockets(made.context, interests, 0)).toEqual([false, false])
    expect(pollSockets(made.context, [], 0)).toEqual([])
  })
})

// poll_oneoff: faulty subscriptions, ready ones, clocks and sockets, and that every wait can be ended.
import { describe, expect, it } from 'vitest'
import { TestTrap } from '../../support/calls.ts'
import { ALL_RIGHTS, directory, type FileGuest, file, fileGuest, rights } from '../../support/files.ts'

const [SUCCESS, BADF, FAULT, INVAL, NOTSUP, TIMEDOUT, NOTCAPABLE] = [0, 8, 21, 28, 58, 73, 76]
const [IN, OUT, COUNT] = [1000, 20_000, 60_000]
const MS = 1_000_000n

interface Subscription {
  readonly type: number
  readonly fd?: number
  readonly clock?: number
  readonly timeout?: bigint
  readonly flags?: number
}
const read = (fd: number): Subscription => ({ type: 1, fd })
const write = (fd: number): Subscription => ({ type: 2, fd })
const clock = (timeout: bigint, flags = 0, id = 1): Subscription => ({ type: 0, clock: id, timeout, flags })

/** Events as `[userdata, errno, type, bytes]`, or the errno. The user data are 100, 101, … */
function poll(guest: FileGuest, ...list: readonly Subscription[]): (readonly number[])[] | number {
  for (const [i, { type, fd, clock: id, timeout = 0n, flags = 0 }] of list.entries()) {
    const at = IN + i * 48
    guest.bytes.fill(0, at, at + 48)
    guest.view.setBigUint64(at, BigInt(100 + i), true)
    guest.view.setUint8(at + 8, type)
    guest.view.setUint32(at + 16, fd ?? id ?? 0, true)
    guest.view.setBigUint64(at + 24, timeout, true)
    guest.view.setUint16(at + 40, flags, true)
  }
  const errno = guest.call('poll_oneoff', IN, OUT, list.length, COUNT)
  if (errno !== SUCCESS) return errno
  return Array.from({ length: guest.view.getUint32(COUNT, true) }, (_, i) => {
    const at = OUT + i * 32
    return [
      Number(guest.view.getBigUint64(at, true)),
      guest.view.getUint16(at + 8, true),
      guest.bytes[at + 10]!,
      Number(guest.view.getBigUint64(at + 16, true)),
    ]
  })
}
const socket = (guest: FileGuest, id: number, base = ALL_RIGHTS) =>
  guest.context.handles.open({ kind: 'socket', id, rights: { base, inheriting: 0n }, flags: 0 })

describe('poll_oneoff', () => {
  it('refuses no subscriptions at all, and more than 4,096, before it looks at one', () => {
    const guest = fileGuest()
    expect(guest.call('poll_oneoff', IN, OUT, 0, COUNT)).toBe(INVAL)
    expect(guest.call('poll_oneoff', IN, OUT, 4097, COUNT)).toBe(FAULT)
    guest.memory.grow(5)
    expect(guest.call('poll_oneoff', IN, OUT, 4097, COUNT)).toBe(INVAL)
    expect(guest.call('poll_oneoff', IN, OUT, 2 ** 32 - 1, COUNT)).toBe(FAULT)
  })

  it('checks the whole array of events before it waits', () => {
    const guest = fileGuest()
    expect(guest.call('poll_oneoff', IN, 65_536 - 32, 2, COUNT)).toBe(FAULT)
    expect(guest.sleeps).toEqual([])
  })

  it('finds streams and files ready at once, in the order of the subscriptions', () => {
    const guest = fileGuest([file('f', '12345')])
    const fd = guest.open('f')
    guest.read(fd, 2)
    expect(poll(guest, write(2), read(fd), read(0), write(1), clock(3600_000n * MS), write(fd))).toEqual([
      [100, SUCCESS, 2, 1000],
      [101, SUCCESS, 1, 3],
      [102, SUCCESS, 1, 10],
      [103, SUCCESS, 2, 1000],
      [105, SUCCESS, 2, 0],
    ])
    expect(guest.sleeps).toEqual([])
  })

  it('gives each faulty subscription an event of its own, next to the valid ones', () => {
    const guest = fileGuest([directory('d'), file('f')])
    const poor = guest.open('f', { base: rights('fd_read') })
    const mute = guest.open('f', { base: rights('poll_fd_readwrite') })
    expect(
      poll(
        guest,
        read(99),
        read(1),
        write(0),
        read(3),
        read(poor),
        write(mute),
        { type: 3 },
        clock(0n, 2),
        clock(0n, 0, 2),
        clock(0n, 0, 9),
        write(1),
      ),
    ).toEqual([
      [100, BADF, 1, 0],
      [101, BADF, 1, 0],
      [102, BADF, 2, 0],
      [103, BADF, 1, 0],
      [104, NOTCAPABLE, 1, 0],
      [105, NOTCAPABLE, 2, 0],
      [106, INVAL, 3, 0],
      [107, INVAL, 0, 0],
      [108, NOTSUP, 0, 0],
      [109, INVAL, 0, 0],
      [110, SUCCESS, 2, 1000],
    ])
  })

  it('takes one descriptor several times', () => {
    expect(poll(fileGuest(), write(1), write(1))).toEqual([
      [100, SUCCESS, 2, 1000],
      [101, SUCCESS, 2, 1000],
    ])
  })

  it('writes every byte of an event and none behind the last', () => {
    const guest = fileGuest()
    guest.bytes.fill(0xaa, OUT, OUT + 100)
    poll(guest, write(1))
    expect([...guest.bytes.slice(OUT + 11, OUT + 16), ...guest.bytes.slice(OUT + 24, OUT + 33)]).toEqual([
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xaa,
    ])
  })
})

describe('clocks', () => {
  it('wait for the first of them', () => {
    const guest = fileGuest()
    const start = performance.now()
    expect(poll(guest, clock(3600_000n * MS), clock(20n * MS), clock(2n ** 64n - 1n))).toEqual([[101, SUCCESS, 0, 0]])
    expect(performance.now() - start).toBeGreaterThanOrEqual(19)
    expect(Math.max(...guest.sleeps)).toBeLessThanOrEqual(21)
  })

  it('that have passed are events at once', () => {
    const guest = fileGuest()
    expect(poll(guest, clock(0n, 1, 0), clock(1n, 1, 1), clock(0n), clock(2n ** 64n - 1n, 1))).toEqual([
      [100, SUCCESS, 0, 0],
      [101, SUCCESS, 0, 0],
      [102, SUCCESS, 0, 0],
    ])
    expect(guest.sleeps).toEqual([])
  })

  it('tick no finer than the policy’s', () => {
    const guest = fileGuest([], { grants: { clock: { granularityNs: 50_000_000 } } })
    expect(poll(guest, clock(1n))).toEqual([[100, SUCCESS, 0, 0]])
    expect(process.hrtime.bigint() % (50n * MS)).toBeLessThan(40n * MS)
    expect(guest.sleeps.length).toBeGreaterThan(0)
  })

  it('are refused to a guest that has none', () => {
    const guest = fileGuest([], { grants: { clock: null } })
    expect(poll(guest, clock(3600_000n * MS))).toEqual([[100, NOTCAPABLE, 0, 0]])
  })

  it('sleep in pieces, so that the guest can be ended', () => {
    const guest = fileGuest()
    const { context, sleeps } = guest
    // The harness does not really sleep; it is asked to stop when there were three pieces.
    Object.defineProperty(context, 'stopRequested', { value: () => sleeps.length === 3 })
    expect(() => poll(guest, clock(2n ** 64n - 1n))).toThrow(TestTrap)
    expect(context.death).toEqual({ kind: 'stopped' })
    expect(sleeps).toEqual([1000, 1000, 1000])
  })
})

describe('sockets', () => {
  it('are asked of the broker, which waits', () => {
    const guest = fileGuest()
    const [a, b] = [socket(guest, 4), socket(guest, 9)]
    guest.broker = () => ({ fields: { ready: '9w' } })
    expect(poll(guest, read(a), write(b), clock(300n * MS))).toEqual([[101, SUCCESS, 2, 0]])
    expect(guest.requests).toEqual([{ operation: 'net.poll', fields: { sockets: '4r,9w', timeoutMs: expect.any(Number) } }])
    const { timeoutMs } = guest.requests[0]!.fields as { timeoutMs: number }
    expect(timeoutMs).toBeGreaterThan(290)
    expect(timeoutMs).toBeLessThanOrEqual(301)
  })

  it('are asked without waiting when something else is ready', () => {
    const guest = fileGuest()
    const a = socket(guest, 4)
    guest.broker = () => ({ fields: { ready: '4r' } })
    expect(poll(guest, read(a), write(1))).toEqual([
      [100, SUCCESS, 1, 0],
      [101, SUCCESS, 2, 1000],
    ])
    expect(guest.requests[0]!.fields).toEqual({ sockets: '4r', timeoutMs: 0 })
  })

  it('are asked again until one is ready, also after the broker’s deadline', () => {
    const guest = fileGuest()
    const a = socket(guest, 4)
    const replies = [{ errno: TIMEDOUT }, { fields: { ready: '' } }, { fields: { ready: '4r' } }]
    guest.broker = () => replies.shift()!
    expect(poll(guest, read(a))).toEqual([[100, SUCCESS, 1, 0]])
    expect([guest.requests.length, guest.sleeps]).toEqual([3, []])
  })

  it('need their rights', () => {
    const guest = fileGuest()
    expect(poll(guest, read(socket(guest, 4, rights('fd_read'))))).toEqual([[100, NOTCAPABLE, 1, 0]])
    expect(guest.requests).toEqual([])
  })
})

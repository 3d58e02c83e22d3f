// fd_* on the standard streams: vectors, the output cap and closed descriptors, against the preview 1 specification and the policy.
import { describe, expect, it } from 'vitest'
import { RIGHTS } from '../../../../src/sandbox/host/rights.ts'
import { type CallHarness, harness, PAGE, TestTrap } from '../../support/calls.ts'

const [SUCCESS, BADF, FAULT, INVAL, SPIPE] = [0, 8, 21, 28, 70]
const IOVS = 4096
const RESULT = 8192

/** Writes vectors to IOVS. */
function vectors(made: CallHarness, ...list: readonly (readonly [pointer: number, length: number])[]): void {
  list.forEach(([pointer, length], i) => {
    made.view.setUint32(IOVS + i * 8, pointer, true)
    made.view.setUint32(IOVS + i * 8 + 4, length, true)
  })
}
const result = (made: CallHarness) => made.view.getUint32(RESULT, true)
const put = (made: CallHarness, at: number, text: string) => made.bytes.set(new TextEncoder().encode(text), at)

describe('fd_write', () => {
  it.each([
    [1, 'stdout'],
    [2, 'stderr'],
  ])('writes the vectors in order to descriptor %i', (fd, stream) => {
    const made = harness()
    put(made, 0, 'Hello, world')
    vectors(made, [7, 5], [5, 0], [0, 5])
    expect(made.call('fd_write', fd, IOVS, 3, RESULT)).toBe(SUCCESS)
    expect(made.text(stream)).toBe('worldHello')
    expect([result(made), made.context.outputBytes, made.context.hostCalls]).toEqual([10, 10, 1])
  })

  it('hands over copies', () => {
    const made = harness()
    put(made, 0, 'abc')
    vectors(made, [0, 3])
    made.call('fd_write', 1, IOVS, 1, RESULT)
    put(made, 0, 'xyz')
    expect(made.text('stdout')).toBe('abc')
  })

  it('accepts no vectors at all', () => {
    const made = harness()
    made.view.setUint32(RESULT, 99, true)
    expect(made.call('fd_write', 1, IOVS, 0, RESULT)).toBe(SUCCESS)
    expect(result(made)).toBe(0)
    expect(made.output).toEqual([])
  })

  it('checks every vector before the first byte moves', () => {
    for (const bad of [
      [PAGE, 1],
      [PAGE - 1, 2],
      [2 ** 32 - 1, 1],
      [2 ** 31, 8],
      [8, 2 ** 32 - 8],
      [0, 2 ** 32 - 1],
      [PAGE + 1, 0],
    ] as const) {
      const made = harness()
      vectors(made, [0, 4], bad)
      expect([bad, made.call('fd_write', 1, IOVS, 2, RESULT)]).toEqual([bad, FAULT])
      expect([made.output, result(made), made.context.outputBytes]).toEqual([[], 0, 0])
    }
  })

  it('takes 1,024 vectors and not one more', () => {
    const made = harness()
    vectors(made, ...Array.from({ length: 1024 }, () => [0, 0] as const))
    expect(made.call('fd_write', 1, IOVS, 1024, RESULT + PAGE / 2)).toBe(SUCCESS)
    expect(made.call('fd_write', 1, 0, 1025, RESULT)).toBe(INVAL)
    // A count that does not even fit the memory is a bad pointer first; a negative one is a huge one.
    for (const count of [PAGE / 8 + 1, 2 ** 31, -1]) expect(made.call('fd_write', 1, 0, count, RESULT)).toBe(FAULT)
  })

  it('refuses vectors whose sum is no u32, although each fits the memory', () => {
    const made = harness({ outputBytes: 2 ** 30 }, { pages: 65 })
    made.memory.grow(10)
    const length = 74 * PAGE
    vectors(made, ...Array.from({ length: 1024 }, () => [0, length] as const))
    expect(length * 1024).toBeGreaterThan(2 ** 32)
    expect(made.call('fd_write', 1, IOVS, 1024, 16)).toBe(INVAL)
    expect(made.output).toEqual([])
  })

  it('knows no other descriptor, and stdin is not for writing', () => {
    for (const fd of [0, 3, 4, 2 ** 31, 2 ** 32 - 1, -1]) {
      const made = harness()
      vectors(made, [0, 1])
      expect([fd, made.call('fd_write', fd, IOVS, 1, RESULT)]).toEqual([fd, BADF])
      expect(made.output).toEqual([])
    }
  })

  it('ends the guest at the first byte over the cap, and passes on all those before it', () => {
    const made = harness({ outputBytes: 10 })
    put(made, 0, 'abcdefghijk')
    vectors(made, [0, 6])
    expect(made.call('fd_write', 1, IOVS, 1, RESULT)).toBe(SUCCESS)
    vectors(made, [0, 1], [6, 3], [9, 2])
    // Exactly 10 is allowed: the cap is what may be written, not what may not.
    vectors(made, [6, 4])
    expect(made.call('fd_write', 2, IOVS, 1, RESULT)).toBe(SUCCESS)
    expect(made.context.death).toBeNull()
    vectors(made, [0, 0], [10, 1])
    expect(() => made.call('fd_write', 1, IOVS, 2, RESULT)).toThrow(TestTrap)
    expect(made.context.death).toEqual({ kind: 'output-limit' })
    expect([made.text('stdout'), made.text('stderr'), made.context.outputBytes]).toEqual(['abcdef', 'ghij', 10])
  })

  it('cuts within a vector when the cap lies there', () => {
    const made = harness({ outputBytes: 5 })
    put(made, 0, 'abcdefgh')
    vectors(made, [0, 3], [3, 5])
    expect(() => made.call('fd_write', 1, IOVS, 2, RESULT)).toThrow(TestTrap)
    expect(made.text('stdout')).toBe('abcde')
  })

  it('writes nothing at all under a cap of nothing', () => {
    const made = harness({ outputBytes: 0 })
    vectors(made, [0, 1])
    expect(() => made.call('fd_write', 1, IOVS, 1, RESULT)).toThrow(TestTrap)
    expect(made.output).toEqual([])
  })
})

describe('fd_read', () => {
  it('fills vectors from where the last call stopped, then reports the end', () => {
    const made = harness()
    vectors(made, [0, 3], [10, 4])
    expect(made.call('fd_read', 0, IOVS, 2, RESULT)).toBe(SUCCESS)
    expect(result(made)).toBe(7)
    expect(Buffer.from(made.bytes.subarray(0, 14)).toString('latin1')).toBe('012\0\0\0\0\0\0\x003456')
    expect(made.call('fd_read', 0, IOVS, 2, RESULT)).toBe(SUCCESS)
    expect(result(made)).toBe(3)
    expect(Buffer.from(made.bytes.subarray(0, 3)).toString()).toBe('789')
    // The second vector was not reached: its old contents are still there.
    expect(Buffer.from(made.bytes.subarray(10, 14)).toString()).toBe('3456')
    expect(made.call('fd_read', 0, IOVS, 2, RESULT)).toBe(SUCCESS)
    expect(result(made)).toBe(0)
  })

  it('stops at a vector that it cannot fill', () => {
    const made = harness({ stdin: new Uint8Array([1, 2, 3]) })
    vectors(made, [0, 2], [8, 2], [16, 2])
    made.call('fd_read', 0, IOVS, 3, RESULT)
    expect([result(made), made.bytes[8], made.bytes[9], made.bytes[16]]).toEqual([3, 3, 0, 0])
  })

  it('uses the vectors as they were, also when the input overwrites them', () => {
    const made = harness({ stdin: new Uint8Array(16).fill(0xff) })
    vectors(made, [IOVS, 16], [0, 4])
    expect(made.call('fd_read', 0, IOVS, 2, RESULT)).toBe(SUCCESS)
    expect(result(made)).toBe(16)
  })

  it('consumes nothing when a vector or the result is out of bounds', () => {
    const made = harness()
    vectors(made, [0, 4], [PAGE - 1, 2])
    expect(made.call('fd_read', 0, IOVS, 2, RESULT)).toBe(FAULT)
    vectors(made, [0, 4])
    expect(made.call('fd_read', 0, IOVS, 1, PAGE - 3)).toBe(FAULT)
    expect([made.context.stdinPosition, made.bytes[0]]).toEqual([0, 0])
  })

  it('reads from stdin only', () => {
    for (const fd of [1, 2, 3, -1]) {
      const made = harness()
      vectors(made, [0, 4])
      expect(made.call('fd_read', fd, IOVS, 1, RESULT)).toBe(BADF)
      expect(made.context.stdinPosition).toBe(0)
    }
  })
})

describe('the other descriptor calls', () => {
  const calls: readonly (readonly [string, (fd: number) => (number | bigint)[]])[] = [
    ['fd_write', (fd) => [fd, IOVS, 0, RESULT]],
    ['fd_fdstat_get', (fd) => [fd, RESULT]],
    ['fd_filestat_get', (fd) => [fd, RESULT]],
    ['fd_fdstat_set_flags', (fd) => [fd, 0]],
    ['fd_close', (fd) => [fd]],
  ]
  it.each(calls)('%s: a closed descriptor is no descriptor', (name, args) => {
    const made = harness()
    expect(made.call(name, ...args(1))).toBe(SUCCESS)
    if (name !== 'fd_close') expect(made.call('fd_close', 1)).toBe(SUCCESS)
    expect(made.call(name, ...args(1))).toBe(BADF)
    expect(made.call(name, ...args(2))).toBe(SUCCESS)
  })

  it('fd_read on a closed stdin is badf', () => {
    const made = harness()
    expect(made.call('fd_close', 0)).toBe(SUCCESS)
    expect(made.call('fd_read', 0, IOVS, 0, RESULT)).toBe(BADF)
  })

  it.each(calls)('%s: descriptors that were never there are badf', (name, args) => {
    for (const fd of [3, 255, 2 ** 31, -1]) expect([fd, harness().call(name, ...args(fd))]).toEqual([fd, BADF])
  })

  it('fd_seek and fd_tell: the streams do not seek', () => {
    for (const fd of [0, 1, 2]) {
      expect(harness().call('fd_seek', fd, 0n, 0, RESULT)).toBe(SPIPE)
      expect(harness().call('fd_tell', fd, RESULT)).toBe(SPIPE)
    }
    expect(harness().call('fd_seek', 3, 0n, 0, RESULT)).toBe(BADF)
    expect(harness().call('fd_tell', 3, RESULT)).toBe(BADF)
  })

  it('fd_fdstat_get: a character device with the rights of its direction, and nothing left of what was there', () => {
    for (const [fd, right] of [
      [0, RIGHTS.fd_read],
      [1, RIGHTS.fd_write],
      [2, RIGHTS.fd_write],
    ] as const) {
      const made = harness()
      made.bytes.fill(0xaa)
      expect(made.call('fd_fdstat_get', fd, RESULT)).toBe(SUCCESS)
      expect(made.bytes[RESULT]).toBe(2)
      expect([...made.bytes.subarray(RESULT + 1, RESULT + 8)]).toEqual([0, 0, 0, 0, 0, 0, 0])
      expect(made.view.getBigUint64(RESULT + 8, true)).toBe(
        right | RIGHTS.fd_fdstat_set_flags | RIGHTS.fd_filestat_get | RIGHTS.poll_fd_readwrite,
      )
      expect(made.view.getBigUint64(RESULT + 16, true)).toBe(0n)
      expect([made.bytes[RESULT - 1], made.bytes[RESULT + 24]]).toEqual([0xaa, 0xaa])
    }
  })

  it('fd_filestat_get: 64 bytes of which only the type says anything', () => {
    const made = harness()
    made.bytes.fill(0xaa)
    expect(made.call('fd_filestat_get', 1, RESULT)).toBe(SUCCESS)
    const expected = new Uint8Array(64)
    expected[16] = 2
    expect([...made.bytes.subarray(RESULT, RESULT + 64)]).toEqual([...expected])
    expect([made.bytes[RESULT - 1], made.bytes[RESULT + 64]]).toEqual([0xaa, 0xaa])
  })

  it('fd_fdstat_set_flags: append and nonblock are harmless, and shown from then on; every other bit is invalid', () => {
    const made = harness()
    for (const flags of [1, 4, 5, 0]) {
      expect(made.call('fd_fdstat_set_flags', 1, flags)).toBe(SUCCESS)
      expect(made.call('fd_fdstat_get', 1, RESULT)).toBe(SUCCESS)
      expect(made.view.getUint16(RESULT + 2, true)).toBe(flags)
    }
    for (const flags of [2, 8, 16, 32, 2 ** 31, -1]) expect(made.call('fd_fdstat_set_flags', 1, flags)).toBe(INVAL)
  })

  it('fd_prestat_*: there are no preopened directories', () => {
    for (const fd of [0, 1, 3, 4]) {
      expect(harness().call('fd_prestat_get', fd, RESULT)).toBe(BADF)
      expect(harness().call('fd_prestat_dir_name', fd, RESULT, 10)).toBe(BADF)
    }
  })
})

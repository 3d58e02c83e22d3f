// crypto_*: hashes, and keys by handles of the guest's own; in front of the real broker.
import { createHash, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { CryptoService } from '../../../../src/sandbox/broker/crypto.ts'
import { HASHES } from '../../../../src/sandbox/host/abi/native.ts'
import { GuestMemory } from '../../../../src/sandbox/host/guest-memory.ts'
import { harness, PAGE } from '../../support/calls.ts'
import { brokerHarness, connect, named, place } from '../../support/native.ts'

const [DATA, OUT, USED] = [1000, 30_000, 40_000]

describe('crypto_hash', () => {
  it.each([...HASHES.entries()])('%i is %s', (number, name) => {
    const made = harness()
    expect(named(made, 'crypto_hash', number, ...place(made, DATA, 'abc'), OUT, 64, USED)).toBe('success')
    const expected = createHash(name.replace('-', '')).update('abc').digest('hex')
    const used = made.view.getUint32(USED, true)
    expect(Buffer.from(made.bytes.subarray(OUT, OUT + used)).toString('hex')).toBe(expected)
  })

  it.each([0, 1, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE])('hashes all of %i bytes, in pieces of 64 KiB', (length) => {
    const made = harness({}, { pages: 4 })
    made.bytes.subarray(0, length).forEach((_, i, bytes) => {
      bytes[i] = i % 251
    })
    const expected = createHash('sha256').update(made.bytes.subarray(0, length)).digest('hex')
    const reads: number[] = []
    class Counting extends GuestMemory {
      override read(at: number, size: number): Uint8Array {
        reads.push(size)
        return super.read(at, size)
      }
    }
    made.context.memory = new Counting(made.memory)
    expect(named(made, 'crypto_hash', 0, 0, length, 3 * PAGE, 32, 3 * PAGE + 64)).toBe('success')
    expect(Buffer.from(made.bytes.subarray(3 * PAGE, 3 * PAGE + 32)).toString('hex')).toBe(expected)
    expect(Math.max(0, ...reads)).toBeLessThanOrEqual(PAGE)
  })

  it('may write the digest over what it hashed', () => {
    const made = harness()
    expect(named(made, 'crypto_hash', 0, ...place(made, DATA, 'abc'), DATA, 32, USED)).toBe('success')
    expect(Buffer.from(made.bytes.subarray(DATA, DATA + 4)).toString('hex')).toBe('ba7816bf')
  })

  it('knows no other algorithm, and writes nothing where there is too little room', () => {
    const made = harness()
    for (const number of [3, -1, 2 ** 31]) expect(named(made, 'crypto_hash', number, DATA, 0, OUT, 64, USED)).toBe('inval')
    expect(named(made, 'crypto_hash', 0, DATA, 0, OUT, 31, USED)).toBe('success')
    expect(made.view.getUint32(USED, true)).toBe(32)
    expect(made.bytes.subarray(OUT, OUT + 32).every((byte) => byte === 0)).toBe(true)
  })
})

describe('crypto_key, crypto_sign, crypto_verify, crypto_close', () => {
  const [NAME, FD] = [100, 200]
  const keys = new Map([['ours', generateKeyPairSync('ed25519').privateKey]])

  function guest(handles = 10) {
    const made = harness({ handles })
    const grant = { keys: [{ name: 'ours', use: ['sign' as const, 'verify' as const] }] }
    const behind = brokerHarness(new CryptoService({ grant, keys, handles, pace: 'at once' }))
    connect(made, behind)
    return {
      made,
      open: (name = 'ours') =>
        [named(made, 'crypto_key', ...place(made, NAME, name), FD), made.view.getUint32(FD, true)] as const,
      sign: (fd: number, data: string) => named(made, 'crypto_sign', fd, ...place(made, DATA, data), OUT, 64, USED),
      verify: (fd: number, data: string) => {
        const errno = named(made, 'crypto_verify', fd, ...place(made, DATA, data), OUT, 64, USED)
        return [errno, made.view.getUint32(USED, true)]
      },
    }
  }

  it('signs and verifies with a handle, until it is closed', () => {
    const { made, open, sign, verify } = guest()
    const [errno, fd] = open()
    expect([errno, fd]).toEqual(['success', 3])
    expect(sign(fd, 'message')).toBe('success')
    expect(made.view.getUint32(USED, true)).toBe(64)
    expect(verify(fd, 'message')).toEqual(['success', 1])
    expect(verify(fd, 'massage')).toEqual(['success', 0])
    expect(named(made, 'crypto_close', fd)).toBe('success')
    expect([sign(fd, 'message'), verify(fd, 'message')[0], named(made, 'crypto_close', fd)]).toEqual(['badf', 'badf', 'badf'])
  })

  it('takes no handle of another kind, and the number of no other key', () => {
    const { made, open, sign, verify } = guest()
    open()
    made.requests.length = 0
    for (const fd of [0, 1, 2, 4, -1]) {
      expect([sign(fd, 'x'), verify(fd, 'x')[0], named(made, 'crypto_close', fd)]).toEqual(['badf', 'badf', 'badf'])
    }
    expect(made.requests).toEqual([])
  })

  it('reserves the handle before it asks for the key', () => {
    const { made, open } = guest(4)
    expect([open()[0], open()[0]]).toEqual(['success', 'mfile'])
    expect(made.requests).toHaveLength(1)
  })

  it('leaves no handle when the key is refused', () => {
    const { made, open } = guest()
    expect(open('theirs')[0]).toBe('noent')
    expect(made.context.handles.all()).toHaveLength(3)
  })
})

// random_get: every byte is filled, none beside them, from the source that the policy names.
import { describe, expect, it } from 'vitest'
import { randomSource } from '../../../../src/sandbox/host/random-source.ts'
import { harness, PAGE } from '../../support/calls.ts'

describe('random_get', () => {
  it.each([0, 1, 16, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE - 64])('fills exactly %i bytes', (length) => {
    const made = harness({}, { pages: 3 })
    // A source of ones shows each byte that was written.
    const context = { ...made.context, fillRandom: (bytes: Uint8Array) => void bytes.fill(1) }
    Object.assign(made.context, context)
    expect(made.call('random_get', 32, length)).toBe(0)
    expect(made.bytes.indexOf(1)).toBe(length === 0 ? -1 : 32)
    expect(made.bytes.reduce((sum, byte) => sum + byte, 0)).toBe(length)
    expect(made.bytes.subarray(32, 32 + length).every((byte) => byte === 1)).toBe(true)
  })

  it('works in pieces of at most 64 KiB', () => {
    const made = harness({}, { pages: 3 })
    const pieces: number[] = []
    Object.assign(made.context, { fillRandom: (bytes: Uint8Array) => void pieces.push(bytes.length) })
    made.call('random_get', 0, 2 * PAGE + 5)
    expect(pieces).toEqual([PAGE, PAGE, 5])
  })
})

describe('randomSource', () => {
  const take = (source: (bytes: Uint8Array) => void, length: number) => {
    const bytes = new Uint8Array(length)
    source(bytes)
    return Buffer.from(bytes).toString('hex')
  }

  it('repeats itself for the same seed, however it is cut', () => {
    const [one, other] = [randomSource({ seed: 7 }), randomSource({ seed: 7 })]
    expect(take(one, 64)).toBe(take(other, 10) + take(other, 54))
    expect(take(randomSource({ seed: 8 }), 64)).not.toBe(take(randomSource({ seed: 7 }), 64))
  })

  it('has no dead seed', () => {
    for (const seed of [0, 1, 2 ** 31, 2 ** 32 - 1]) {
      const counts = new Set(Buffer.from(take(randomSource({ seed }), 4096), 'hex'))
      expect(counts.size, `seed ${seed}`).toBeGreaterThan(200)
    }
  })

  it('asks the system otherwise', () => {
    expect(take(randomSource('system'), 32)).not.toBe(take(randomSource('system'), 32))
  })
})

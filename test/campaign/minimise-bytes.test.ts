// minimiseInput: reaches known minima, keeps to its budget, never loses the failure.
import { describe, expect, test } from 'vitest'
import { minimiseInput } from '../../src/campaign/minimise-bytes.ts'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
/** A fixed, patternless input: a linear congruential generator's high bits. */
function noise(length: number): Uint8Array {
  let state = 12345
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return state >>> 24
  })
}
const includes = (haystack: Uint8Array, needle: string): boolean => Buffer.from(haystack).includes(needle)

describe('minimiseInput', () => {
  test('cuts everything around the cause away', async () => {
    const input = Buffer.concat([noise(700), Buffer.from('GAUN'), noise(900)])
    const result = await minimiseInput(input, (candidate) => includes(candidate, 'GAUN'), { attempts: 20_000 })
    expect(Buffer.from(result.bytes).toString()).toBe('GAUN')
    expect(result).toMatchObject({ reproduced: true, complete: true })
    expect(result.attempts).toBeLessThan(1_000)
  })

  test('finds causes that lie apart, and simplifies the bytes that it must keep', async () => {
    const stillFails = (candidate: Uint8Array): boolean => {
      const first = candidate.indexOf(7)
      return first >= 0 && candidate.subarray(first + 1).some((value) => value >= 0x21)
    }
    const result = await minimiseInput(bytes(3, 7, 9, 9, 9, 0xff, 4), stillFails, { attempts: 5_000 })
    expect([...result.bytes]).toEqual([7, 0x21])
  })

  test('keeps a length that matters and zeroes what stands in it', async () => {
    const result = await minimiseInput(noise(64), (candidate) => candidate.length >= 10, { attempts: 5_000 })
    expect([...result.bytes]).toEqual(new Array(10).fill(0))
  })

  test('goes down to nothing if everything fails', async () => {
    const result = await minimiseInput(noise(33), () => true, { attempts: 100 })
    expect(result.bytes).toHaveLength(0)
  })

  test('the result is one-minimal: no byte can be removed and none lowered by one bit', async () => {
    const stillFails = (candidate: Uint8Array): boolean => candidate.reduce((sum, value) => sum + value, 0) % 7 === 3
    const start = noise(40)
    while (!stillFails(start)) start[0] = (start[0]! + 1) & 0xff
    const { bytes: result, complete } = await minimiseInput(start, stillFails, { attempts: 50_000 })
    expect(complete).toBe(true)
    expect(stillFails(result)).toBe(true)
    for (let at = 0; at < result.length; at += 1) {
      expect(stillFails(Uint8Array.from([...result.slice(0, at), ...result.slice(at + 1)]))).toBe(false)
      for (let bit = 0; bit < 8; bit += 1) {
        if ((result[at]! & (1 << bit)) === 0) continue
        expect(stillFails(result.with(at, result[at]! & ~(1 << bit)))).toBe(false)
      }
    }
  })

  test('an input that does not fail is given back and said not to reproduce', async () => {
    const input = noise(5)
    const result = await minimiseInput(input, () => false, { attempts: 10 })
    expect(result).toEqual({ bytes: input, attempts: 1, reproduced: false, complete: true })
  })

  test.each([1, 2, 5, 17])('stops after %i attempts with the best so far', async (attempts) => {
    let asked = 0
    const stillFails = (candidate: Uint8Array): boolean => {
      asked += 1
      return includes(candidate, 'X')
    }
    const input = Buffer.concat([noise(64).map((value) => value & 0x1f), Buffer.from('X')])
    const result = await minimiseInput(input, stillFails, { attempts })
    expect(asked).toBe(attempts)
    expect(result).toMatchObject({ attempts, reproduced: true, complete: false })
    expect(includes(result.bytes, 'X')).toBe(true)
  })

  test('stops at an abort and at a time limit that has passed', async () => {
    const controller = new AbortController()
    const stillFails = (candidate: Uint8Array): boolean => {
      if (candidate.length < 16) controller.abort()
      return true
    }
    const aborted = await minimiseInput(noise(64), async (candidate) => candidate.length > 3 && stillFails(candidate), {
      attempts: 1_000,
      signal: controller.signal,
    })
    expect(aborted.complete).toBe(false)
    expect(aborted.bytes.length).toBeLessThan(16)
    const late = await minimiseInput(noise(8), () => true, { attempts: 1_000, milliseconds: 0 })
    expect(late).toMatchObject({ attempts: 0, reproduced: false, complete: false })
  })

  test('never asks twice for the same bytes, and gives the predicate a copy', async () => {
    const seen = new Set<string>()
    const stillFails = (candidate: Uint8Array): boolean => {
      const identity = candidate.join()
      expect(seen.has(identity)).toBe(false)
      seen.add(identity)
      const fails = candidate.length >= 4
      candidate.fill(0xee)
      return fails
    }
    const result = await minimiseInput(bytes(0, 0, 1, 0, 0, 1, 0, 0), stillFails, { attempts: 1_000 })
    expect([...result.bytes]).toEqual([0, 0, 0, 0])
  })

  test('what the predicate throws is passed on', async () => {
    const broken = (): boolean => {
      throw new Error('oracle broke')
    }
    await expect(minimiseInput(noise(4), broken, { attempts: 10 })).rejects.toThrow('oracle broke')
  })
})

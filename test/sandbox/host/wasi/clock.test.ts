// clock_*: which clocks there are, and that no time is finer than granted.
import { describe, expect, it } from 'vitest'
import { harness } from '../../support/calls.ts'

const [REALTIME, MONOTONIC] = [0, 1]
const [INVAL, NOTSUP] = [28, 58]

describe.each([1_000, 1_000_000, 1_000_000_000])('under a granularity of %i ns', (granularityNs) => {
  it('time is a multiple of it, and never ahead of the host', () => {
    const made = harness({ clock: { granularityNs } })
    for (const [id, read] of [
      [REALTIME, () => BigInt(Date.now()) * 1_000_000n],
      [MONOTONIC, () => process.hrtime.bigint()],
    ] as const) {
      const before = read()
      expect(made.call('clock_time_get', id, 0n, 8)).toBe(0)
      const time = made.view.getBigUint64(8, true)
      expect(time % BigInt(granularityNs)).toBe(0n)
      expect(time).toBeGreaterThan(before - BigInt(granularityNs))
      expect(time).toBeLessThanOrEqual(read())
    }
  })

  it('resolution is the granularity', () => {
    const made = harness({ clock: { granularityNs } })
    for (const id of [REALTIME, MONOTONIC]) {
      expect(made.call('clock_res_get', id, 8)).toBe(0)
      expect(made.view.getBigUint64(8, true)).toBe(BigInt(granularityNs))
    }
  })
})

describe('other clocks', () => {
  it.each([
    [2, NOTSUP],
    [3, NOTSUP],
    [4, INVAL],
    [2 ** 31, INVAL],
    [-1, INVAL],
  ])('%i: errno %i, and nothing is written', (id, errno) => {
    const made = harness()
    expect(made.call('clock_time_get', id, 0n, 8)).toBe(errno)
    expect(made.call('clock_res_get', id, 8)).toBe(errno)
    expect(made.view.getBigUint64(8, true)).toBe(0n)
  })

  it('any precision will do', () => {
    const made = harness()
    for (const precision of [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n)])
      expect(made.call('clock_time_get', 0, precision, 8)).toBe(0)
  })
})

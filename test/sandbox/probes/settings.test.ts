// Settings of probes and swaps: whatever would be a schedule, share or rule that cannot be kept is an error.
import { afterEach, describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/sandbox/errors.ts'
import { probeSettings, swapSettings } from '../../../src/sandbox/probes/settings.ts'

const PROBE = { id: 'p', schedule: { everyMs: 1000 } }

describe('settings', () => {
  it('have defaults', () => {
    expect(probeSettings(PROBE)).toMatchObject({ schedule: { jitterMs: 0 }, overlap: { policy: 'skip' }, firstRun: 1 })
    expect(swapSettings({})).toMatchObject({ canary: null, allowVersion: 'newer' })
  })

  it.each<[string, unknown]>([
    ['no schedule', { id: 'p' }],
    ['an empty id', { ...PROBE, id: '' }],
    ['a time that is none', { ...PROBE, schedule: { everyMs: Number.NaN } }],
    ['no time between runs', { ...PROBE, schedule: { everyMs: 0 } }],
    ['more than a timer can wait', { ...PROBE, schedule: { everyMs: 2 ** 31 } }],
    ['jitter beyond the slot', { ...PROBE, schedule: { everyMs: 1000, jitterMs: 1001 } }],
    ['a queue without an end', { ...PROBE, overlap: { policy: 'queue' } }],
    ['a misspelt key', { ...PROBE, overlaps: { policy: 'skip' } }],
  ])('of a probe are refused: %s', (_, input) => expect(() => probeSettings(input)).toThrow(UsageError))

  it.each<[string, unknown]>([
    ['a share of nothing', { canary: { share: 0 } }],
    ['a share of everything', { canary: { share: 1 } }],
    ['a share that cannot be exact', { canary: { share: 0.125 } }],
    ['no runs to go by', { canary: { share: 0.1, minRuns: 0 } }],
    ['a misspelt limit', { canary: { share: 0.1, maxFailureRate: 0 } }],
    ['another word for versions', { allowVersion: 'older' }],
  ])('of a swap are refused: %s', (_, input) => expect(() => swapSettings(input)).toThrow(UsageError))

  it('name the place', () => expect(() => swapSettings({ canary: { share: 2 } })).toThrow(/canary\.share/))

  describe('on a polluted prototype', () => {
    afterEach(() => Reflect.deleteProperty(Object.prototype, 'allowVersion'))
    it('are those that were given', () => {
      Object.defineProperty(Object.prototype, 'allowVersion', {
        value: 'any',
        configurable: true,
        enumerable: true,
        writable: true,
      })
      const settings = swapSettings(Object.create(null))
      expect(Object.hasOwn(settings, 'allowVersion') ? settings.allowVersion : 'none').toBe('newer')
    })
  })
})

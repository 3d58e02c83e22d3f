// proc_exit ends the guest, whatever it is in the middle of; sched_yield does nothing.
import { describe, expect, it } from 'vitest'
import { harness, TestTrap } from '../../support/calls.ts'

describe('proc_exit', () => {
  it.each([
    [0, 0],
    [1, 1],
    [125, 125],
    [256, 256],
    [-1, 2 ** 32 - 1],
    [2 ** 31, 2 ** 31],
  ])('%i is exit code %i', (value, code) => {
    const made = harness()
    expect(() => made.call('proc_exit', value)).toThrow(TestTrap)
    expect(made.context.death).toEqual({ kind: 'exited', code })
  })

  it('keeps the first code', () => {
    const made = harness()
    expect(() => made.call('proc_exit', 3)).toThrow(TestTrap)
    expect(() => made.call('proc_exit', 0)).toThrow(TestTrap)
    expect(made.context.death).toEqual({ kind: 'exited', code: 3 })
  })
})

describe('sched_yield', () => {
  it('succeeds, also without a memory', () => {
    expect(harness({}, { withMemory: false }).call('sched_yield')).toBe(0)
  })
})

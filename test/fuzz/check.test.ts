// How properties are checked: in their time, and never without one input.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkProperty, checkPropertyAsync } from '../../fuzz/check.ts'
import { checkRaces } from '../../fuzz/models/races.ts'

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

describe('a property whose first input takes longer than its time', () => {
  it('has one execution all the same', async () => {
    const slow = async () => {
      await pause(100)
      return null
    }
    expect(await checkPropertyAsync(fc.nat(), slow, String, 3, 10)).toEqual({ executions: 1 })
    expect(await checkRaces(fc.nat(), slow, String, 3, 10)).toEqual({ executions: 1 })
  })
  it('is refuted by that one', async () => {
    const wrong = async (n: number) => {
      await pause(100)
      return `${n} is wrong`
    }
    expect((await checkPropertyAsync(fc.nat(), wrong, String, 3, 10)).failure?.message).toMatch(/^\d+ is wrong$/)
  })
})

describe('a property that can be tried at once', () => {
  it('is tried until its time is over', () => {
    expect(checkProperty(fc.nat(), () => null, String, 3, 50).executions).toBeGreaterThan(1)
  })
  it('has its smallest refutation', () => {
    const { failure } = checkProperty(fc.nat(), (n) => (n > 12 ? `${n} is too much` : null), String, 3, 5_000)
    expect(failure).toMatchObject({ message: '13 is too much', counterexample: '13' })
  })
})

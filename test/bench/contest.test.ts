// Samples are taken in turns, and become figures, ratios and aims.
import { describe, expect, it } from 'vitest'
import { atLeast, atMost, overhead, ratioTo } from '../../bench/support/aims.ts'
import { contest, rowOf } from '../../bench/support/contest.ts'
import { figure, geometricMean, pairedRatio, quantile } from '../../bench/support/statistics.ts'

const effort = { quick: true, signal: new AbortController().signal }
const ABOUT = { id: 'x', what: 'x', unit: 'ms' } as const

describe('contest', () => {
  it('takes turns, begins with another one in each round, and does not count the first', async () => {
    const order: string[] = []
    const contender = (name: string) => () => order.push(name)
    const samples = await contest(effort, 3, contender('ours'), { a: contender('a'), b: contender('b') })
    expect(order.map((name) => name[0]).join('')).toBe('oab' + 'oab' + 'abo' + 'boa')
    expect(samples.ours).toEqual([4, 9, 11])
    expect(samples.rivals.get('a')).toEqual([5, 7, 12])
  })

  it('leaves a rival out that fails, with the reason, and asks it no more', async () => {
    let asked = 0
    const samples = await contest(effort, 3, () => 1, {
      broken: () => {
        asked++
        throw new Error('it broke')
      },
      whole: () => 2,
    })
    expect(asked).toBe(1)
    expect(rowOf(ABOUT, samples)).toMatchObject({
      rivals: { whole: { median: 2 } },
      absent: { broken: 'it broke' },
      ratios: { whole: 0.5 },
    })
  })

  it('fails if ours fails, and stops when it is told to', async () => {
    const fails = () => Promise.reject(new Error('ours broke'))
    await expect(contest(effort, 1, fails)).rejects.toThrow('ours broke')
    const stop = new AbortController()
    let taken = 0
    const stopping = contest({ quick: true, signal: stop.signal }, 100, () => {
      if (++taken === 3) stop.abort()
      return 1
    })
    await expect(stopping).rejects.toThrow()
    expect(taken).toBe(3)
  })

  it('gives no ratio to a rival that needs nothing', async () => {
    const row = rowOf(ABOUT, await contest(effort, 1, () => 1, { free: () => 0 }))
    expect(row.rivals['free']!.median).toBe(0)
    expect(row.ratios).toEqual({})
  })
})

describe('statistics', () => {
  it('quantiles lie between samples', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5)
    expect(figure([1, 2, 3, 4, 100])).toEqual({ median: 3, lower: 2, upper: 4, highest: 100, samples: 5 })
    expect(() => quantile([], 0.5)).toThrow(RangeError)
  })

  it('ratios are those of neighbours, so that a slow minute does not count', () => {
    expect(pairedRatio([2, 20, 4], [1, 10, 2])).toBe(2)
  })

  it('the geometric mean of a ratio and its inverse is 1', () => {
    expect(geometricMean([4, 0.25])).toBeCloseTo(1)
  })
})

describe('aims', () => {
  const samples = { ours: [30, 30], rivals: new Map([['them', [20, 20]]]), absent: new Map<string, string>() }
  it.each([
    ['a ratio that is reached', ratioTo('them', 1.5)(samples), true, '1.50×'],
    ['a ratio that is not', ratioTo('them', 1.4)(samples), false, '1.50×'],
    ['a difference that is reached', overhead('them', 10, 'ms')(samples), true, '10.0 ms more'],
    ['a difference that is not', overhead('them', 9, 'ms')(samples), false, '10.0 ms more'],
    ['a most', atMost(250, 250, 'ms'), true, '250 ms'],
    ['a least', atLeast(99, 100, 'per s'), false, '99.0 per s'],
  ])('%s', (_, aim, reached, is) => {
    expect(aim).toMatchObject({ reached, is })
  })

  it('without the rival there is nothing to compare', () => {
    expect(ratioTo('others', 2)(samples)).toBeNull()
    expect(overhead('others', 2, 'ms')(samples)).toBeNull()
  })
})

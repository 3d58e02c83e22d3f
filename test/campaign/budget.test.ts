// Budgets: how they are written, shared and spent.
import { describe, expect, it } from 'vitest'
import { Budget, BudgetError, parseBudget, shareBudget } from '../../src/campaign/budget.ts'

describe('parseBudget', () => {
  it.each([
    ['500ms', 500],
    ['90s', 90_000],
    ['2m', 120_000],
    ['30m', 1_800_000],
    ['1h', 3_600_000],
    ['1h30m', 5_400_000],
    [' 0.5m ', 30_000],
  ])('%s is %i ms', (text, milliseconds) => expect(parseBudget(text)).toBe(milliseconds))
  it.each(['', '5', 'm', '2 m', '-2m', '2m x', '0s', '1e3s', '999h'])('refuses %j', (text) => {
    expect(() => parseBudget(text)).toThrow(BudgetError)
  })
  it('says how it is written', () => {
    expect(() => parseBudget('soon')).toThrow('"soon" is not a time budget: write a number and a unit, such as 90s, 2m or 1h30m')
  })
})

describe('shareBudget', () => {
  it('shares by weight, and gives nothing for weight 0', () => {
    expect(shareBudget(1_000, { a: 3, b: 1, c: 0 })).toEqual({ a: 750, b: 250, c: 0 })
    expect(shareBudget(1_000, { a: 0 })).toEqual({ a: 0 })
  })
})

describe('Budget', () => {
  it('runs out, and stays at nothing', () => {
    let now = 100
    const budget = new Budget(50, () => now)
    expect([budget.remainingMs, budget.spent]).toEqual([50, false])
    now = 149
    expect([budget.remainingMs, budget.elapsedMs, budget.spent]).toEqual([1, 49, false])
    now = 500
    expect([budget.remainingMs, budget.spent]).toEqual([0, true])
  })
})

// When runs are due: as many as there are slots, whatever the jitter, and however late anybody looks.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Timetable } from '../../../src/sandbox/probes/timetable.ts'

describe('a timetable', () => {
  it('begins at once, and goes on at a fixed distance from its beginning', () => {
    const table = new Timetable({ everyMs: 100, jitterMs: 0 }, 50, () => 0.9)
    expect([table.due, table.take(50), table.due, table.take(149), table.take(150), table.due]).toEqual([50, 1, 150, 0, 1, 250])
  })

  it('is not shifted by who comes late', () => {
    const table = new Timetable({ everyMs: 100, jitterMs: 0 }, 0, () => 0)
    expect([table.take(0), table.take(199), table.due]).toEqual([1, 1, 200])
  })

  it('tells how many were missed without a look at each', () => {
    const table = new Timetable({ everyMs: 10, jitterMs: 5 }, 0, () => 0.5)
    const before = performance.now()
    expect(table.take(1e12)).toBe(1e11)
    expect(performance.now() - before).toBeLessThan(1000)
  })

  it('delays each run by its jitter, drawn anew', () => {
    const draws = [0.5, 0, 0.25]
    const table = new Timetable({ everyMs: 100, jitterMs: 40 }, 0, () => draws.shift()!)
    const seen = [table.due]
    table.take(20)
    seen.push(table.due)
    table.take(100)
    seen.push(table.due)
    expect(seen).toEqual([20, 100, 210])
  })

  it('keeps runs in their slots whatever the random source gives', () => {
    for (const value of [Number.NaN, -1, 1, Number.POSITIVE_INFINITY, 7])
      expect(new Timetable({ everyMs: 100, jitterMs: 100 }, 0, () => value).due).toBe(0)
  })

  it('counts the same as somebody who looks at every slot', () => {
    const looks = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 20 })
    const schedule = fc
      .record({ everyMs: fc.integer({ min: 10, max: 500 }), part: fc.double({ min: 0, max: 1, noNaN: true }) })
      .map(({ everyMs, part }) => ({ everyMs, jitterMs: Math.floor(everyMs * part) }))
    const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(schedule, looks, draw, ({ everyMs, jitterMs }, waits, value) => {
        const table = new Timetable({ everyMs, jitterMs }, 0, () => value)
        let [now, taken] = [0, 0]
        for (const wait of waits) {
          now += wait
          taken += table.take(now)
          let slots = 0
          while (slots * everyMs + jitterMs * value <= now) slots++
          expect(taken).toBe(slots)
          expect(table.due).toBeGreaterThan(now)
        }
      }),
    )
  })
})

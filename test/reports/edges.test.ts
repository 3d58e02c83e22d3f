// Records that no run writes, but that the schema lets through: numbers at their edges, and names that every object has. Every format is made of them all the same.
import { describe, expect, it } from 'vitest'
import { FORMATS } from '../../src/reports/formats.ts'
import { pastRunOf } from '../../src/reports/over-time/past-run.ts'
import { diffRuns } from '../../src/reports/over-time/run-diff.ts'
import { diffText } from '../../src/reports/over-time/run-diff-text.ts'
import { type RunRecord, runRecordSchema } from '../../src/reports/run-record.ts'
import { FIXED, smallRecord } from './hostile.ts'

/** Every number, and every text that is not one of the schema's words; keys of maps stay, and the version. */
function replaced(value: unknown, by: string | number, key = ''): unknown {
  if (typeof value === 'number' && typeof by === 'number') {
    return key === 'schemaVersion' || (Number.isInteger(value) && !Number.isSafeInteger(by)) ? value : by
  }
  if (typeof value === 'string' && typeof by === 'string') return FIXED.has(value) && key !== 'name' ? value : by
  if (Array.isArray(value)) return value.map((item) => replaced(item, by))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, replaced(item, by, name)]))
}
const recordOf = (by: string | number): RunRecord => runRecordSchema.parse(replaced(smallRecord(), by))

const EDGES = [-1, 0, Number.MAX_SAFE_INTEGER, 1e308, 5e-324, '', '__proto__', 'constructor', '\ud800', '9'.repeat(400)]

describe.each(EDGES)('a record of nothing but %j', (by) => {
  it.each(FORMATS)('is made into $name', async ({ text }) => {
    const made = await text(recordOf(by))
    expect(made.length).toBeGreaterThan(0)
    expect(made.length).toBeLessThan(16 * 2 ** 20)
    // What another program reads as a number, it must be able to.
    expect(made).not.toMatch(/="(?:NaN|-?Infinity|-?\d+(?:\.\d+)?e[+-]?\d+)"|\[object |native code/)
  })

  it('is compared with one of a run, and is a line in the history', () => {
    const record = recordOf(by)
    expect(diffText(diffRuns(smallRecord(), record)).length).toBeGreaterThan(0)
    expect(diffText(diffRuns(record, smallRecord())).length).toBeGreaterThan(0)
    expect(JSON.parse(JSON.stringify(pastRunOf(record)))).toMatchObject({ run: record.run })
  })
})

it('leaves the prototype of all objects as it was', () => {
  expect(Object.getOwnPropertyNames(Object.prototype).filter((name) => /passed|result|modules|polluted/.test(name))).toEqual([])
})

// report.json of a run, and files that are called so and are none.
import { describe, expect, it } from 'vitest'
import { readRecord } from '../../src/reports/read-record.ts'
import { visibleJson } from '../../src/reports/visible.ts'
import { EVERY_RECORD } from './every-record.ts'
import { plainRecord } from './sample-record.ts'

const problemOf = (content: Uint8Array | string) => {
  const read = readRecord(Buffer.from(content))
  return 'problem' in read ? read.problem : null
}

it.each(EVERY_RECORD)('a report "%s" says what was written', (_, make) => {
  expect(readRecord(Buffer.from(visibleJson(make())))).toHaveProperty('record.run', make().run)
})

describe('a file is no report', () => {
  it.each([
    ['that is cut short', visibleJson(plainRecord('held')).slice(0, -9)],
    ['that is not UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['that is empty', ''],
  ])('%s', (_, content) => {
    expect(problemOf(content)).toBe('is no report: it is not JSON')
  })

  it.each([
    [
      'of another version',
      { ...plainRecord('held'), schemaVersion: 99 },
      /^is no report of this version of the project: at schemaVersion: /,
    ],
    ['that is a list', [], /: at its top level: /],
  ])('%s', (_, value, expected) => {
    expect(problemOf(JSON.stringify(value))).toMatch(expected)
  })

  it('and what it says itself is shown visibly', () => {
    expect(problemOf(JSON.stringify({ ...plainRecord('held'), '\u001b[2J': 1 }))).not.toContain('\u001b')
  })
})

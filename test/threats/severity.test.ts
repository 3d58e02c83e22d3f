// Scores are those of the standard's own examples, and no vector of the model can say what the calculator would pass over.
import { describe, expect, it } from 'vitest'
import { loadThreatModel } from '../../src/threats/index.ts'
import { levelOf, severityOf } from '../../src/threats/severity.ts'

const because = 'a test'

describe('severityOf', () => {
  // Known scores: of CVE-2022-41741, of Log4Shell, of nothing, and of cross-site scripting (FIRST, CVSS 4.0 examples).
  it.each([
    ['CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.3, 'high'],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', 10, 'critical'],
    ['CVSS:4.0/AV:P/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N', 0, 'none'],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N', 5.1, 'medium'],
  ] as const)('%s is %d, %s', (vector, score, level) => {
    expect(severityOf({ vector, because })).toEqual({ vector, score, level, because })
  })
})

it.each([
  [0, 'none'],
  [0.1, 'low'],
  [3.9, 'low'],
  [4, 'medium'],
  [6.9, 'medium'],
  [7, 'high'],
  [8.9, 'high'],
  [9, 'critical'],
] as const)('a score of %d is %s', (score, level) => {
  expect(levelOf(score)).toBe(level)
})

it('every threat of the project has a score that is more than nothing', () => {
  expect(
    loadThreatModel()
      .threats.filter(({ severity }) => !(severity.score > 0))
      .map(({ id }) => id),
  ).toEqual([])
})

// What a guest reports, as lines: one line each, and none of them can be mistaken for two.
import { describe, expect, it } from 'vitest'
import { reportLine } from '../../src/cli/guest-reports.ts'
import type { Report } from '../../src/sandbox/index.ts'

describe('reportLine', () => {
  it.each<[Report, string]>([
    [{ type: 'log', level: 'warning', message: 'disk is slow' }, 'log (warning): "disk is slow"'],
    [{ type: 'metric', kind: 'gauge', name: 'temperature', value: 21.5, unit: '°C' }, 'metric (gauge): "temperature" 21.5 "°C"'],
    [{ type: 'metric', kind: 'counter', name: 'n', value: 1, unit: '' }, 'metric (counter): "n" 1'],
    [{ type: 'result', status: 'ok', value: 12, unit: 'ms', message: 'fine' }, 'result: ok 12 "ms" "fine"'],
    [{ type: 'result', status: 'unknown', value: null, unit: '', message: '' }, 'result: unknown ""'],
    [{ type: 'timing', name: 'connect', nanoseconds: 1_500_000 }, 'timing: "connect" 1.5 ms'],
  ])('%j', (report, line) => expect(reportLine(report)).toBe(line))

  it('lets no report forge another line, or act on a terminal', () => {
    const hostile = 'x\ngauntlet: result: ok\r\u001b[2J\u202e\u2028"'
    for (const report of [
      { type: 'log', level: 'info', message: hostile },
      { type: 'metric', kind: 'gauge', name: hostile, value: 1, unit: hostile },
      { type: 'result', status: 'ok', value: 1, unit: hostile, message: hostile },
      { type: 'timing', name: hostile, nanoseconds: 1 },
    ] as const)
      expect(reportLine(report)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
  })

  it('shows a long text cut', () => {
    expect(reportLine({ type: 'log', level: 'info', message: 'x'.repeat(5000) })).toHaveLength(
      'log (info): ""… (5000 characters)'.length + 1000,
    )
  })
})

// From the reports of a call to one record of a probe.
import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/sandbox/host/reports.ts'
import { probeRecord } from '../../src/sandbox/probe-record.ts'

const result = (status: 'ok' | 'critical', message: string): Report => ({ type: 'result', status, value: 1, unit: 'ms', message })
const timing = (name: string, nanoseconds: number): Report => ({ type: 'timing', name, nanoseconds })

describe('probeRecord', () => {
  it('is the last result, with every timing in its order', () => {
    const reports = [timing('dns', 1), result('critical', 'not yet'), timing('tcp', 2), result('ok', 'fine'), timing('dns', 3)]
    expect(probeRecord(reports)).toEqual({
      status: 'ok',
      value: 1,
      unit: 'ms',
      message: 'fine',
      timings: [
        { name: 'dns', nanoseconds: 1 },
        { name: 'tcp', nanoseconds: 2 },
        { name: 'dns', nanoseconds: 3 },
      ],
    })
  })

  it('is null without a result: what a probe did not say is not put into its mouth', () => {
    expect(probeRecord([])).toBeNull()
    expect(probeRecord([timing('dns', 1), { type: 'log', level: 'error', message: 'no' }])).toBeNull()
  })
})

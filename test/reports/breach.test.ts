// Which trials are shown as attempts from within.
import { describe, expect, it } from 'vitest'
import { breachTrials } from '../../src/reports/breach.ts'
import { reportMarkdown } from '../../src/reports/formats/markdown/report.ts'
import { reportHtml } from '../../src/reports/html/report.ts'
import { sampleRecord } from './sample-record.ts'

const sample = sampleRecord('held')
const [trial] = sample.trials
const from = (attack: string, rest: object) => ({ ...trial!, attack, role: 'attack' as const, ...rest })

describe('attempts from within', () => {
  const record = {
    ...sample,
    trials: [
      from('HST-09-of-a-jail', { breach: 'jail', verdict: 'contained' }),
      from('HST-09-of-a-cell', { breach: 'cell', verdict: 'contained' }),
      from('HST-09-of-a-cell', { breach: 'cell', verdict: 'violated', reason: 'it got out' }),
      from('HST-09-of-a-cell', { breach: 'cell', verdict: 'violated', role: 'twin' }),
      from('RES-01-of-a-guest', {}),
    ],
  }

  it('are each told once, by their worst, cells first, and those of guests alone are not', () => {
    expect(breachTrials(record).map(({ attack, verdict }) => `${attack} ${verdict}`)).toEqual([
      'HST-09-of-a-cell violated',
      'HST-09-of-a-jail contained',
    ])
  })

  it('have a part of their own in both reports, and none without them', async () => {
    expect(reportMarkdown(record)).toContain('## Assume breach')
    expect(reportMarkdown(record)).toContain('violated: it got out')
    expect(await reportHtml(record)).toContain('id="breach"')
    expect(reportMarkdown({ ...record, trials: [] })).not.toContain('Assume breach')
    expect(await reportHtml({ ...record, trials: [] })).not.toContain('id="breach"')
  })
})

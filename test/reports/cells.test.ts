// Witnessed cells in the reports: how many, which are empty and why, and what was seen that must not be.
import { describe, expect, it } from 'vitest'
import { cellsSentence, emptyRows } from '../../src/reports/cells-text.ts'
import { reportMarkdown } from '../../src/reports/formats/markdown/report.ts'
import { reportHtml } from '../../src/reports/html/report.ts'
import { type CellsRecord, runRecordSchema } from '../../src/reports/run-record.ts'
import { plainRecord } from './sample-record.ts'

const cells: CellsRecord = {
  cells: 5,
  witnessed: 2,
  rows: [
    { call: 'fd_read', grant: 'granted', outcome: 'success', times: 1_200 },
    { call: 'fd_read', grant: 'filtered', outcome: 'notcapable', times: 34 },
  ],
  empty: [
    { call: 'fd_read', grant: 'granted', outcome: 'io', reason: 'only the system outside answers this' },
    { call: 'fd_read', grant: 'granted', outcome: 'nospc', reason: 'only the system outside answers this' },
    { call: 'fd_read', grant: 'not-granted', outcome: 'refused', reason: 'no program came to it' },
  ],
  unexpected: [{ call: 'fd_read', grant: 'filtered', outcome: 'success', times: 1 }],
}
const record = { ...plainRecord('held'), cells }

describe('witnessed cells', () => {
  it('are part of the record', () => expect(runRecordSchema.parse(record).cells).toEqual(cells))

  it('are counted in one sentence, and their absence is said', () => {
    expect(cellsSentence(cells)).toBe('2 of 5 cells (host call, grant, outcome) were witnessed, in 1,234 calls.')
    expect(cellsSentence(undefined)).toMatch(/no cell was witnessed/)
  })

  it('that are empty stand together by call, grant and reason', () => {
    expect(emptyRows(cells).map(({ grant, outcomes }) => [grant, outcomes])).toEqual([
      ['granted', ['io', 'nospc']],
      ['not granted', ['refused']],
    ])
  })

  it('are a section of the page, with what is empty and what must not be', async () => {
    const page = await reportHtml(record)
    expect(page).toContain('2 of 5 cells')
    expect(page).toContain('io, nospc')
    expect(page).toContain('Answers that the table of host calls does not have')
    expect(await reportHtml(plainRecord('held'))).toContain('no cell was witnessed')
  })

  it('are a section of the summary, if there are any', () => {
    expect(reportMarkdown(record)).toContain('io, nospc')
    expect(reportMarkdown(plainRecord('held'))).not.toContain('Witnessed cells')
  })
})

// matrix.csv, read back by a parser: rows for threats and requirements, and no cell that a spreadsheet would run.
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { matrixCsv } from '../../../src/reports/formats/matrix.ts'
import { RESULT_WORD } from '../../../src/reports/results.ts'
import { EVIDENCE_KINDS, type EvidenceItem, type RunRecord } from '../../../src/reports/run-record.ts'
import { EVERY_RECORD, olderRecord } from '../every-record.ts'
import { smallRecord } from '../hostile.ts'
import { sampleRecord } from '../sample-record.ts'

type Row = Record<string, string>

function rowsOf(record: RunRecord, delimiter = ','): Row[] {
  return parse(matrixCsv(record), { bom: true, columns: true, delimiter }) as Row[]
}

function rowOf(record: RunRecord, id: string): Row {
  return rowsOf(record).find((row) => row['id'] === id)!
}

const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/

describe.each(EVERY_RECORD)('the file of the record "%s"', (name, make) => {
  const record = make()
  const rows = rowsOf(record)

  it('has a row for each threat and requirement, with its result', () => {
    const requirements = (record.frameworks ?? []).flatMap((framework) => framework.requirements)
    const results = (list: readonly { readonly result: keyof typeof RESULT_WORD }[]) =>
      list.map(({ result }) => RESULT_WORD[result])
    expect(rows.map((row) => row['result'])).toEqual([...results(record.threats), ...results(requirements)])
    if (name !== 'hostile') expect(rows.map((row) => row['id'])).toEqual([...record.threats, ...requirements].map(({ id }) => id))
  })

  it('holds no cell that begins as a formula does', () => {
    expect(rows.flatMap((row) => Object.values(row)).filter((cell) => FORMULA.test(cell))).toEqual([])
  })
})

describe('a cell', () => {
  const titled = (title: string) => {
    const [threat] = smallRecord().threats
    return { ...smallRecord(), threats: [{ ...threat!, title }], frameworks: [] }
  }

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\uff1dcmd|x', '=HYPERLINK("https://evil.test")'])(
    '%j gets an apostrophe',
    (title) => {
      expect(rowsOf(titled(title))[0]!['title']).toBe(`'${title}`)
    },
  )

  it.each(['\t=1', '\r=1', '\u0000=1'])('%j shows what stands before the sign', (title) => {
    expect(rowsOf(titled(title))[0]!['title']).toMatch(/^⟨U\+00/)
  })

  it('stays one cell, whatever quotes, separators and line breaks it has', () => {
    expect(rowsOf(titled('a","b\r\n"=1'))).toHaveLength(1)
    expect(rowsOf(titled('a","b\r\n"=1'))[0]!['title']).toBe('a","b⟨U+000D⟩⟨U+000A⟩"=1')
  })

  it('is no formula behind a semicolon either, where a machine splits at those', () => {
    for (const title of ['a;=1+1', 'a; "=1+1', 'a;;@x']) {
      const text = matrixCsv(titled(title))
      expect(text.split(/[;,\r\n]/).filter((piece) => FORMULA.test(piece.replace(/^[\s"]+/, '')))).toEqual([])
    }
  })
})

describe('the evidence of a threat', () => {
  const item = (over: Partial<EvidenceItem>): EvidenceItem => ({
    ...sampleRecord('held').evidence![0]!,
    threats: ['LNK-02'],
    controls: [],
    target: 'sandbox-jail',
    result: 'passed',
    stale: null,
    ...over,
  })
  const told = (...evidence: EvidenceItem[]) => rowOf({ ...smallRecord(), evidence }, 'LNK-02')

  it('is counted by kind and result', () => {
    const row = told(
      item({ kind: 'test' }),
      item({ kind: 'test' }),
      item({ kind: 'test', result: 'not-run' }),
      item({ kind: 'bench' }),
    )
    expect(row).toMatchObject({ test: '1 not run, 2 passed', bench: '1 passed', regression: 'none' })
  })

  it('is told apart where it may not hold any more', () => {
    expect(told(item({ kind: 'test' }), item({ kind: 'test', stale: 'Changed.' }))['test']).toBe('1 passed, 1 passed (stale)')
  })

  it('is of the target under review only', () => {
    expect(told(item({ kind: 'regression', target: 'bare', result: 'failed' }))['regression']).toBe('none')
  })

  it('changes when one piece of it goes away', () => {
    const pieces = [item({ kind: 'weakening', target: null }), item({ kind: 'weakening', target: null })]
    expect(told(...pieces)['weakening']).toBe('2 passed')
    expect(told(...pieces.slice(1))['weakening']).toBe('1 passed')
  })

  it('is not recorded in an older report, which is not the same as none', () => {
    for (const kind of EVIDENCE_KINDS) expect(rowOf(olderRecord(smallRecord()), 'LNK-02')[kind]).toBe('not recorded')
  })

  it('supports a requirement through its threats and its controls', () => {
    const requirement = { title: 't', level: null, result: 'passed', reason: 'r' } as const
    const frameworks = [
      {
        id: 'f',
        title: 'F',
        version: '1',
        url: '',
        requirements: [
          { ...requirement, id: 'F-1', threats: ['LNK-02'], controls: [] },
          { ...requirement, id: 'F-2', threats: [], controls: ['import-match'] },
          { ...requirement, id: 'F-3', threats: [], controls: [] },
        ],
      },
    ]
    const evidence = [item({ kind: 'test' }), item({ kind: 'test', threats: [], controls: ['import-match'] })]
    const of = (id: string) => rowOf({ ...smallRecord(), evidence, frameworks }, id)['test']
    expect(['F-1', 'F-2', 'F-3'].map(of)).toEqual(['1 passed', '1 passed', 'none'])
  })
})

// The short report: the same facts, and nothing of a guest's that a forge would read as Markdown, HTML, a link or a mention.
import { describe, expect, it } from 'vitest'
import { reportMarkdown } from '../../../../src/reports/formats/markdown/report.ts'
import { md, mdCode } from '../../../../src/reports/markdown-text.ts'
import { HOSTILE, hostileRecord, smallRecord } from '../../hostile.ts'
import { sampleRecord } from '../../sample-record.ts'

/** What is left of a line once code spans (CommonMark 6.1) and escaped characters are taken out: all that could still be markup. */
function markupOf(line: string): string {
  return line.replace(/\\[!-/:-@[-`{-~]|(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, (piece) => (piece.startsWith('\\') ? '' : ' code '))
}

describe('text in Markdown', () => {
  it.each([
    ['<script>', '&lt;script&gt;'],
    ['[a](b)', '\\[a\\](b)'],
    ['a*b_c~d`e|f$g\\h', 'a\\*b\\_c\\~d\\`e\\|f\\$g\\\\h'],
    ['@everyone', '`@`everyone'],
    ['see #12', 'see `#`12'],
    ['https://evil.test', 'https`://`evil.test'],
    ['WWW.evil.test', '`WWW.`evil.test'],
    ['&lt;', '&amp;lt;'],
    ['- a', '\\- a'],
    ['--- ', '\\--- '],
    ['1. a', '1\\. a'],
    ['12) a', '12\\) a'],
    ['24.21.0', '24.21.0'],
    ['a\nb', 'a⟨U+000A⟩b'],
    ['\u202e', '⟨U+202E⟩'],
  ])('%j is written %j', (text, expected) => {
    expect(md(text)).toBe(expected)
  })

  it.each([
    ['a', '`a`'],
    ['a`b', '``a`b``'],
    ['`', '`` ` ``'],
    ['a``b`c', '```a``b`c```'],
    ['', '`  `'],
    ['a|b', '`a\\|b`'],
    ['a\nb', '`a⟨U+000A⟩b`'],
  ])('%j is as code %j', (text, expected) => {
    expect(mdCode(text)).toBe(expected)
  })
})

describe('the short report', () => {
  it('keeps hostile text inert', () => {
    const text = reportMarkdown(hostileRecord())
    expect(text).toContain('evil.test')
    for (const line of text.split('\n')) {
      expect(
        markupOf(line)
          .replace(/^(> ?|#+ )/, '')
          .replaceAll('**', ''),
      ).not.toMatch(/[<>[\]_~$@*`]|:\/\/|www\.|(?!^)#/i)
      expect(line).not.toMatch(/[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/u)
    }
  })

  it('has the same lines for a hostile record as for a benign one', () => {
    const shape = (text: string) => text.split('\n').map((line) => /^(#+ |\| |- | {2}- |\d+\. |> ?)?/.exec(line)![0])
    expect(shape(reportMarkdown(hostileRecord()))).toEqual(shape(reportMarkdown(smallRecord())))
    expect(HOSTILE).toContain('\n')
  })

  it.each([
    ['held', '# PASSED: Nothing escaped our own sandbox'],
    ['findings', '# FAILED: Our own sandbox did not hold: 2 findings, the gravest critical.'],
    ['interrupted', '# NOT FINISHED: '],
    ['fault', '# NOT FINISHED: '],
    ['empty', '# NOT RUN: Nothing was tried against our own sandbox'],
  ] as const)('begins with the verdict: %s', (kind, start) => {
    const text = reportMarkdown(sampleRecord(kind))
    expect(text.startsWith(start)).toBe(true)
    expect(text.includes('THIS REPORT IS NOT WHOLE')).toBe(kind === 'interrupted' || kind === 'fault')
    if (kind !== 'held') expect(text).not.toContain('PASSED')
  })

  it('fits into a comment on a forge', () => {
    for (const kind of ['held', 'findings', 'interrupted', 'fault', 'empty'] as const)
      expect(reportMarkdown(sampleRecord(kind)).length).toBeLessThan(65_536)
  })

  it('says what is missing', () => {
    const text = reportMarkdown({ ...sampleRecord('empty'), targets: [], threats: [], stages: [] })
    for (const sentence of [
      'No target was attacked.',
      'No threat model was loaded',
      'No weakening was planted',
      'No engine was run.',
      'No campaign was run.',
    ])
      expect(text).toContain(sentence)
  })

  it('cuts long lists and says so', () => {
    const record = smallRecord()
    const [finding] = record.findings
    const many = Array.from({ length: 25 }, (_, index) => ({ ...finding!, id: `F-${index}` }))
    expect(reportMarkdown({ ...record, findings: many })).toContain('\n5 more in report.json.')
  })
})

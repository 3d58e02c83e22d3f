// Whatever text stands in a record, each report writer keeps it text: nothing of it is markup of the format, and it can be read back.
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { html } from '../../src/reports/html/template.ts'
import { md, mdCode } from '../../src/reports/markdown-text.ts'
import { visible, visibleJson } from '../../src/reports/visible.ts'
import { checkProperty } from '../check.ts'

/** Pieces that mean something to HTML, Markdown, a forge, a spreadsheet, a build service or a terminal. */
const PIECES = [
  '<script>alert(1)</script>',
  '</td></table>',
  '"',
  "'",
  '`',
  '``',
  '&lt;',
  '&#60;',
  '<!--',
  ']]>',
  '|',
  '\\',
  '*',
  '_',
  '![x](https://evil.test/i.png)',
  '[x](javascript:alert(1))',
  '@everyone',
  '#1',
  '://',
  'www.',
  '=1+1',
  '+1',
  '- ',
  '1. ',
  '\n::error::x',
  '\r\n',
  '\u2028',
  '\u001b]0;x\u0007',
  '\u202e',
  '\u200b',
]
const text = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 8 })
  .map((parts) => parts.join(''))

const ENTITIES = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#39;', "'"],
  ['&#96;', '`'],
])
/** Read back as a browser does that knows only these entities. */
const fromHtml = (markup: string) => markup.replace(/&[a-z0-9#]+;/g, (entity) => ENTITIES.get(entity) ?? '\u0000')
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/u

function inHtml(value: string): string | null {
  const page = html`<td title="${value}">${value}</td>`.toString()
  const parts = /^<td title="([^"<>]*)">([^<>]*)<\/td>$/.exec(page)
  if (!parts) return 'a text ends its element or its attribute in HTML'
  return parts.slice(1).every((part) => fromHtml(part) === visible(value)) ? null : 'HTML does not give the text back'
}

function inMarkdown(value: string): string | null {
  const line = md(value, 100_000)
  if (UNSEEN.test(line)) return 'a text has a line end or something unseen in Markdown'
  // Without the code spans in which references stand, and without what is escaped, no mark is left over.
  const bare = line.replace(/`(?::\/\/|@|#|www\.)`/gi, '').replace(/\\[!-/:-@[-`{-~]/g, '')
  const mark = /[`*_[\]<>|~$]|:\/\/|[@#]|www\./i.exec(bare.replaceAll(/&(?:amp|lt|gt);/g, ''))
  if (mark) return `the mark ${JSON.stringify(mark[0])} means something in Markdown`
  const code = mdCode(value, 100_000)
  const fence = /^`+/.exec(code)![0]
  const inside = code.slice(fence.length, -fence.length)
  const closes = [...inside.matchAll(/`+/g)].some((run) => run[0].length === fence.length)
  return closes || UNSEEN.test(code) || !code.endsWith(fence) ? 'a text ends its code span in Markdown' : null
}

function inJson(value: string): string | null {
  const written = visibleJson({ value, [value]: 1 })
  if (/[^\P{C}\n]|[\p{Zl}\p{Zp}]/u.test(written)) return 'a text is in JSON with something unseen'
  const back = JSON.parse(written) as Record<string, unknown>
  return back['value'] === value || value === 'value' ? null : 'JSON does not give the text back'
}

const property: Property = {
  name: 'report-texts',
  threats: ['OUT-12', 'OUT-01', 'OUT-02'],
  run: async (seed, milliseconds) =>
    checkProperty(
      text,
      (value) => inHtml(value) ?? inMarkdown(value) ?? inJson(value),
      (value) => JSON.stringify(value),
      seed,
      milliseconds,
    ),
}
export default property

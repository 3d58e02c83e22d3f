// The page: whole, self-contained, inert whatever a guest wrote, and clear about what was not run.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { html, Markup, relativeHref } from '../../src/reports/html/template.ts'
import { CONTENT_POLICY, reportHtml } from '../../src/reports/html.ts'
import type { RunRecord } from '../../src/reports/run-record.ts'
import { hostileRecord, smallRecord } from './hostile.ts'
import { sampleRecord } from './sample-record.ts'

interface Tag {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
}

/** Tags of a page, read more strictly than a browser does: anything that is not a well-formed tag or plain text is an error. */
function tagsOf(page: string): Tag[] {
  const tags: Tag[] = []
  const text = page.replace(/<style>[^<]*<\/style>/, '<style></style>')
  for (const piece of text.split(/(?=<)/)) {
    if (piece === '') continue
    const tag = /^<(\/?[a-z][a-z0-9]*|!doctype)((?:\s+[a-zA-Z-]+(?:="[^"<>]*")?)*)\s*\/?>[^<>]*$/.exec(piece)
    if (tag === null) throw new Error(`not a tag: ${piece.slice(0, 200)}`)
    const attributes = [...(tag[2] ?? '').matchAll(/([a-zA-Z-]+)(?:="([^"]*)")?/g)].map(
      (match) => [match[1]!, match[2] ?? ''] as const,
    )
    tags.push({ name: tag[1]!, attributes: new Map(attributes) })
  }
  return tags
}

const ATTRIBUTES = new Set(
  'html lang charset http-equiv content name viewport class id href title role tabindex scope colspan aria-label aria-hidden focusable viewBox d cx cy r x y width height fill type checked for data-label open'.split(
    ' ',
  ),
)
const LOADING = new Set('script link img iframe object embed form base video audio'.split(' '))
/** A fragment of the page, or a plain relative path. */
const HARMLESS_HREF = /^(#[A-Za-z][A-Za-z0-9_-]*|[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*)$/
const UNSEEN = /[^\P{C}\n\t]|[\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/u

describe.each<[string, () => RunRecord]>([
  ['held', () => sampleRecord('held')],
  ['findings', () => sampleRecord('findings')],
  ['interrupted', () => sampleRecord('interrupted')],
  ['fault', () => sampleRecord('fault')],
  ['empty', () => sampleRecord('empty')],
  ['hostile', hostileRecord],
])('the page of the record "%s"', (kind, make) => {
  const page = reportHtml(make())
  const tags = tagsOf(page)

  it('loads nothing and runs nothing', () => {
    // Gathered first and judged once: a page has ten thousand tags, and an assertion for each takes seconds.
    expect(tags.map((tag) => tag.name).filter((name) => LOADING.has(name))).toEqual([])
    expect(tags.flatMap((tag) => [...tag.attributes.keys()]).filter((attribute) => !ATTRIBUTES.has(attribute))).toEqual([])
    expect(tags.flatMap((tag) => tag.attributes.get('href') ?? []).filter((href) => !HARMLESS_HREF.test(href))).toEqual([])
    const style = /<style>([^<]*)<\/style>/.exec(page)![1]!
    expect(style).not.toMatch(/url\(|@import|expression|javascript/i)
    if (kind !== 'hostile') expect(page).not.toMatch(/https?:/)
  })

  it('has a content policy with the hash of its style sheet', () => {
    const style = /<style>([^<]*)<\/style>/.exec(page)![1]!
    const hash = createHash('sha256').update(style).digest('base64')
    expect(CONTENT_POLICY).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`)
    expect(page).toContain(`<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">`)
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'))
  })

  it('closes every element in order, and names no id twice', () => {
    const open: string[] = []
    for (const { name } of tags) {
      if (name.startsWith('/')) {
        if (open.pop() !== name.slice(1)) expect.fail(`<${name}> closes an element that is not the last one opened`)
      } else if (!['!doctype', 'meta', 'br', 'input', 'circle', 'rect', 'path', 'use'].includes(name)) open.push(name)
    }
    expect(open).toEqual([])
    const ids = tags.flatMap(({ attributes }) => (attributes.has('id') ? [attributes.get('id')!] : []))
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('has no link into the page that leads nowhere', () => {
    const ids = new Set(tags.map(({ attributes }) => attributes.get('id')))
    const links = tags.flatMap((tag) => tag.attributes.get('href') ?? []).filter((href) => href.startsWith('#'))
    expect(links.length).toBeGreaterThan(0)
    expect(links.filter((href) => !ids.has(href.slice(1)))).toEqual([])
  })

  it('holds no character that a reader cannot see', () => {
    expect(UNSEEN.exec(page)?.[0].codePointAt(0)?.toString(16)).toBeUndefined()
  })

  it('is the same for the same record', () => {
    expect(reportHtml(make())).toBe(page)
  })
})

describe('guest text', () => {
  it('adds no element to the page', () => {
    const names = (record: RunRecord) =>
      tagsOf(reportHtml({ ...record, findings: record.findings.map((finding) => ({ ...finding, reproducer: [] })) })).map(
        (tag) => tag.name,
      )
    expect(names(hostileRecord())).toEqual(names(smallRecord()))
  })

  it('becomes a link only if it is a plain relative path', () => {
    const hrefs = tagsOf(reportHtml(hostileRecord())).flatMap((tag) =>
      tag.attributes.has('href') ? [tag.attributes.get('href')!] : [],
    )
    expect(new Set(hrefs.filter((href) => !href.startsWith('#')))).toEqual(new Set(['findings/ok.wat']))
    for (const bad of [
      'javascript:x',
      '//evil.test/x',
      '/etc/passwd',
      '../x',
      'a/../b',
      'a//b',
      '.hidden',
      'a b',
      '%2e%2e/x',
      '',
    ])
      expect(relativeHref(bad)).toBeNull()
  })

  it('is escaped in content and attributes by the template alone', () => {
    expect(html`<p title="${'"><b>'}">${'<i>&'}</p>`.toString()).toBe('<p title="&quot;&gt;&lt;b&gt;">&lt;i&gt;&amp;</p>')
    expect(html`${[html`<b>${'a\u202eb'}</b>`, null, undefined, false, 1234]}`.toString()).toBe('<b>a⟨U+202E⟩b</b>1,234')
  })

  it('cannot pass for markup', () => {
    const forged = { toString: () => '<script>' } as unknown as string
    expect(html`${forged}`.toString()).toBe('&lt;script&gt;')
    expect(() => new Markup(Symbol('html'), '<script>')).toThrow(/made by html/)
  })

  it('is cut when it is long, and says so', () => {
    const page = reportHtml({ ...smallRecord(), command: 'x'.repeat(5_000) })
    expect(page).toContain(`${'x'.repeat(2_000)} … (3,000 more characters in report.json)`)
    expect(page).not.toContain('x'.repeat(2_001))
  })

  it('keeps its lines where it stands in a block', () => {
    const [finding] = smallRecord().findings
    const page = reportHtml({ ...smallRecord(), findings: [{ ...finding!, wat: '(module\n\t"\u001b[2J</code>")' }] })
    expect(page).toContain('<code>(module\n\t&quot;⟨U+001B⟩[2J&lt;/code&gt;&quot;)</code>')
  })
})

describe('the first screen', () => {
  const screen = (record: RunRecord) => reportHtml(record).split('<nav')[0]!.split('</svg>\n<a class="skip"')[1]!

  it('is calm when nothing is open', () => {
    const held = screen(sampleRecord('held'))
    expect(held).toContain('Nothing escaped our own sandbox: 208 attacks contained on sandbox-jail')
    expect(held).toContain('class="verdict r-passed"')
    expect(held).not.toContain('class="alarm"')
    expect(held).toContain('Nothing was left out: all 5 parts of the plan ran.')
  })

  it.each(['interrupted', 'fault'] as const)('shouts before the verdict when the run was cut short: %s', (kind) => {
    const cut = screen(sampleRecord(kind))
    expect(cut).toContain('this report is not whole')
    expect(cut.indexOf('class="alarm"')).toBeLessThan(cut.indexOf('<h1>'))
    expect(cut).toContain('this is no pass')
    expect(cut).not.toContain('r-passed')
    expect(reportHtml(sampleRecord(kind))).toContain('<title>Not whole: ')
  })

  it('shouts about faults of a run that calls itself complete', () => {
    const faulty = screen({ ...sampleRecord('held'), faults: ['a', 'b', 'c', 'd', 'e', 'f'] })
    expect(faulty).toContain('class="alarm"')
    expect(faulty).toContain('6 faults in all')
    expect(faulty).not.toContain('class="verdict r-passed"')
  })

  it('never makes a pass out of no data', () => {
    const empty = screen(sampleRecord('empty'))
    expect(empty).toContain('Nothing was tried against our own sandbox')
    expect(empty).not.toContain('r-passed')
    expect(empty).not.toMatch(/0 <span class="quiet">of<\/span> 0\b/)
    const bare = reportHtml({ ...sampleRecord('empty'), targets: [], stages: [], threats: [], controls: [], boundaries: [] })
    expect(bare).toContain('Nothing was attacked in this run')
    expect(bare).not.toMatch(/class="(badge|mark|verdict) r-passed"/)
  })

  it('keeps findings about other targets apart from the verdict', () => {
    const held = reportHtml(sampleRecord('held'))
    expect(held).toContain('they say nothing about our own sandbox')
    expect(held.indexOf('No finding on our own sandbox')).toBeGreaterThan(0)
  })
})

describe('the tables', () => {
  it('have one cell and one row for every threat', () => {
    const record = sampleRecord('findings')
    const tags = tagsOf(reportHtml(record))
    const cells = tags.filter((tag) => tag.attributes.get('class') === 'cell').map((tag) => tag.attributes.get('href'))
    const rows = tags
      .filter((tag) => /^threat is-/.test(tag.attributes.get('class') ?? ''))
      .map((tag) => `#${tag.attributes.get('id')}`)
    expect(record.threats).toHaveLength(208)
    expect(cells).toEqual(rows)
    expect(rows).toEqual(record.threats.map((threat) => `#threat-${threat.id}`))
  })

  it('give each of the six results a silhouette and a word', () => {
    const page = reportHtml(sampleRecord('findings'))
    const shapes = [...page.matchAll(/<symbol id="mark-[a-z-]+" viewBox="0 0 16 16">(.*?)<\/symbol>/g)].map((match) => match[1])
    expect(shapes).toHaveLength(6)
    expect(new Set(shapes).size).toBe(6)
    for (const cell of page.matchAll(/<a class="cell"[^>]*aria-label="([^"]*)"/g))
      expect(cell[1]).toMatch(/: (passed|failed|needs review|not run|not applicable|unknown)$/)
  })

  it('put missed weakenings first and say what was not planted', () => {
    const page = reportHtml(sampleRecord('findings'))
    expect(page).toContain('192 of 208 weakenings detected; 2 missed, 1 could not be planted and 13 not run.')
    const order = ['</svg> missed</span>', '</svg> broken</span>', '</svg> detected</span>'].map((text) =>
      page.indexOf(text, page.indexOf('id="detection"')),
    )
    expect(order).toEqual([...order].sort((a, b) => a - b))
    expect(order[0]).toBeGreaterThan(0)
  })

  it('show a threat of a boundary that is not described', () => {
    const record = smallRecord()
    const page = reportHtml({ ...record, boundaries: [] })
    for (const threat of record.threats) expect(page).toContain(`id="threat-${threat.id}"`)
  })

  it('call a coverage-guided engine without coverage blind', () => {
    const record = sampleRecord('held')
    const engines = record.engines.map((engine) =>
      engine.coverage === null ? engine : { ...engine, coverage: { ...engine.coverage, final: 0 } },
    )
    const page = reportHtml({ ...record, engines })
    expect(page).toContain('blind: no coverage')
    expect(page).not.toContain('class="verdict r-passed"')
  })
})

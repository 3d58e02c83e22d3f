// What a guest wrote stays text, wherever it stands.
import { describe, expect, it } from 'vitest'
import { reportHtml } from '../../../src/reports/html/report.ts'
import { html, Markup, relativeHref } from '../../../src/reports/html/template.ts'
import type { RunRecord } from '../../../src/reports/run-record.ts'
import { HOSTILE, hostileRecord, smallRecord } from '../hostile.ts'
import { tagsOf } from './tags.ts'

describe('guest text', () => {
  it('adds no element to the page', async () => {
    const names = async (record: RunRecord) => {
      const findings = record.findings.map((finding) => ({ ...finding, reproducer: [] }))
      return tagsOf(await reportHtml({ ...record, findings })).map((tag) => tag.name)
    }
    // Longer words take more lines in the diagram; everything else is the same.
    const counted = (all: readonly string[]) =>
      Object.fromEntries(
        [
          ...Map.groupBy(
            all.filter((name) => !/^\/?text$/.test(name)),
            (name) => name,
          ),
        ].map(([name, list]) => [name, list.length]),
      )
    expect(counted(await names(hostileRecord()))).toEqual(counted(await names(smallRecord())))
  })

  it('becomes a link only if it is a plain relative path', async () => {
    const hrefs = tagsOf(await reportHtml(hostileRecord())).flatMap((tag) => tag.attributes.get('href') ?? [])
    expect(new Set(hrefs.filter((href) => !href.startsWith('#')))).toEqual(new Set(['findings/ok.wat']))
    const bad = ['javascript:x', '//evil.test/x', '/etc/passwd', '../x', 'a/../b', 'a//b', '.hidden', 'a b', '%2e%2e/x', '']
    expect(bad.map(relativeHref)).toEqual(bad.map(() => null))
  })

  it('cannot carry an attribute that the page would take for its own link', async () => {
    const page = await reportHtml({ ...smallRecord(), command: 'x href="#findings" id="evil" x href="#nowhere"' })
    expect(page).toContain('x href=&quot;#findings&quot; id=&quot;evil&quot; x href=&quot;#nowhere&quot;')
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

  it('is cut when it is long, and says so', async () => {
    const page = await reportHtml({ ...smallRecord(), command: 'x'.repeat(5_000) })
    expect(page).toContain(`${'x'.repeat(2_000)} … (3,000 more characters in report.json)`)
    expect(page).not.toContain('x'.repeat(2_001))
  })

  it('keeps its lines where it stands in a block', async () => {
    const [finding] = smallRecord().findings
    const page = await reportHtml({ ...smallRecord(), findings: [{ ...finding!, wat: '(module\n\t"\u001b[2J</code>")' }] })
    expect(page).toContain('<code>(module\n\t&quot;⟨U+001B⟩[2J&lt;/code&gt;&quot;)</code>')
  })

  it('never reaches a plot: it is drawn from numbers alone', async () => {
    const record = smallRecord()
    const history = (record.history ?? []).map((run) => ({ ...run, run: run.run + HOSTILE, commit: HOSTILE }))
    const plots = (page: string) => [...page.matchAll(/<svg class="plot".*?<\/svg>/gs)].map(([plot]) => plot)
    const drawn = plots(await reportHtml(record))
    expect(drawn.length).toBeGreaterThan(0)
    expect(plots(await reportHtml({ ...record, history }))).toEqual(drawn)
  })
})

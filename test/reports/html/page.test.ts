// Every page: whole, self-contained, and the same for the same record, whatever the record is and whatever a guest wrote.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { CONTENT_POLICY } from '../../../src/reports/html/page.ts'
import { reportHtml } from '../../../src/reports/html/report.ts'
import type { RunRecord } from '../../../src/reports/run-record.ts'
import { hostileRecord } from '../hostile.ts'
import { plainRecord, sampleRecord } from '../sample-record.ts'
import { sheetOf, tagsOf } from './tags.ts'

const ATTRIBUTES = new Set(
  [
    'html lang charset http-equiv content name viewport class id href title role tabindex scope colspan type checked for data-label open',
    'aria-label aria-hidden focusable viewBox d cx cy r rx x y x2 y2 width height fill stroke stroke-width stroke-opacity stroke-miterlimit',
    'opacity transform text-anchor font-size font-weight display',
  ].flatMap((names) => names.split(' ')),
)
const LOADING = new Set(
  'script link img image iframe object embed form base video audio foreignObject animate set style meta'.split(' '),
)
const VOID = new Set('!doctype meta br input'.split(' '))
/** A fragment of the page, or a plain relative path. */
const HARMLESS_HREF = /^(#[A-Za-z][A-Za-z0-9_-]*|[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*)$/
const UNSEEN = /[^\P{C}\n\t]|[\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/u

describe.each<[string, () => RunRecord]>([
  ['held', () => sampleRecord('held')],
  ['findings', () => sampleRecord('findings')],
  ['interrupted', () => sampleRecord('interrupted')],
  ['fault', () => sampleRecord('fault')],
  ['empty', () => sampleRecord('empty')],
  ['of a release before', () => plainRecord('findings')],
  ['without a threat model', () => ({ ...sampleRecord('held'), threats: [], controls: [], boundaries: [] })],
  ['hostile', hostileRecord],
])('the page of the record "%s"', async (_, make) => {
  const page = await reportHtml(make())
  const tags = tagsOf(page)
  const values = (attribute: string) => tags.flatMap((tag) => tag.attributes.get(attribute) ?? [])

  it('loads nothing and runs nothing', () => {
    // Gathered first and judged once: a page has ten thousand tags, and an assertion for each takes seconds.
    const loading = tags.map((tag) => tag.name).filter((name) => LOADING.has(name))
    expect(loading).toEqual(['meta', 'meta', 'meta', 'meta', 'meta', 'style'])
    expect(tags.flatMap((tag) => [...tag.attributes.keys()]).filter((attribute) => !ATTRIBUTES.has(attribute))).toEqual([])
    expect(values('href').filter((href) => !HARMLESS_HREF.test(href))).toEqual([])
    expect(['fill', 'stroke', 'transform', 'd'].flatMap(values).filter((value) => /url|:/i.test(value))).toEqual([])
    expect(sheetOf(page)).not.toMatch(/url\(|@import|expression|javascript/i)
  })

  it('has a content policy with the hash of its style sheet, before it', () => {
    const hash = createHash('sha256').update(sheetOf(page)).digest('base64')
    expect(CONTENT_POLICY).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`)
    expect(page).toContain(`<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">`)
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'))
  })

  it('closes every element in order, and names no id twice', () => {
    const open: string[] = []
    for (const { name } of tags) {
      if (name.startsWith('/')) {
        if (open.pop() !== name.slice(1)) expect.fail(`<${name}> closes an element that is not the last one opened`)
      } else if (!VOID.has(name)) open.push(name)
    }
    expect(open).toEqual([])
    const ids = values('id')
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  })

  it('has no link into the page that leads nowhere', () => {
    const ids = new Set(values('id'))
    const links = values('href').filter((href) => href.startsWith('#'))
    expect(links.length).toBeGreaterThan(0)
    expect(links.filter((href) => !ids.has(href.slice(1)))).toEqual([])
  })

  it('has one first heading, and leaves no level out', () => {
    const levels = tags.flatMap(({ name }) => (/^h[1-6]$/.test(name) ? [Number(name[1])] : []))
    expect(levels.filter((level) => level === 1)).toEqual([1])
    expect(levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1)).toEqual([])
  })

  it('names every region that scrolls, every picture and every table column', () => {
    const unnamed = tags.filter(
      ({ name, attributes }) =>
        (attributes.has('tabindex') || (name === 'svg' && attributes.get('role') === 'img')) && !attributes.get('aria-label'),
    )
    expect(unnamed).toEqual([])
    expect(tags.filter(({ name, attributes }) => name === 'th' && !attributes.has('scope'))).toEqual([])
  })

  it('holds no character that a reader cannot see', () => {
    expect(UNSEEN.exec(page)?.[0].codePointAt(0)?.toString(16)).toBeUndefined()
  })

  it('is the same for the same record', async () => {
    expect(await reportHtml(make())).toBe(page)
  })
})

it('stays small and quick with six hundred attacks, each on three targets with its twin, and evidence for each', async () => {
  const record = sampleRecord('held')
  const trials = Array.from({ length: 600 }, (_, index) =>
    record.trials.slice(0, 6).map((trial) => ({ ...trial, attack: `A-${index}` })),
  )
  const regressions = (record.evidence ?? []).filter(({ kind }) => kind === 'regression').slice(0, 3)
  const evidence = Array.from({ length: 600 }, (_, index) => regressions.map((item) => ({ ...item, id: `${item.id}-${index}` })))
  const started = performance.now()
  const page = await reportHtml({ ...record, trials: trials.flat(), evidence: [...(record.evidence ?? []), ...evidence.flat()] })
  expect(record.threats).toHaveLength(208)
  expect(Buffer.byteLength(page)).toBeLessThan(5_000_000)
  expect(performance.now() - started).toBeLessThan(10_000)
})

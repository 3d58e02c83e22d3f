// The tables behind the first screen: nothing that is in the record is missing, and what needs a person stands first.
import { describe, expect, it } from 'vitest'
import { reportHtml } from '../../../src/reports/html/report.ts'
import { smallRecord } from '../hostile.ts'
import { plainRecord, sampleRecord } from '../sample-record.ts'
import { tagsOf } from './tags.ts'

describe('the tables', () => {
  it('have one cell and one row for every threat', async () => {
    const record = sampleRecord('findings')
    const tags = tagsOf(await reportHtml(record))
    const cells = tags.filter((tag) => tag.attributes.get('class') === 'cell').map((tag) => tag.attributes.get('href'))
    const rows = tags
      .filter((tag) => /^threat is-/.test(tag.attributes.get('class') ?? ''))
      .map((tag) => `#${tag.attributes.get('id')}`)
    expect(record.threats).toHaveLength(208)
    expect(cells).toEqual(rows)
    expect(rows).toEqual(record.threats.map((threat) => `#threat-${threat.id}`))
  })

  it('say of a threat what the threat model says of it', async () => {
    const record = smallRecord()
    const [threat] = record.threats
    const page = await reportHtml(record)
    const about = page.slice(page.indexOf(`<summary>About ${threat!.id}<`)).split('</details>')[0]!
    expect(about).toContain(threat!.severity!.vector)
    for (const text of [threat!.stride![0], threat!.cwe![0], threat!.capec![0]]) expect(about).toContain(text)
    for (const name of ['Must hold', 'Seen by', 'False alarm', 'Published']) expect(about).toContain(`<dt>${name}</dt>`)
  })

  it('give each of the six results a silhouette and a word', async () => {
    const page = await reportHtml(sampleRecord('findings'))
    const shapes = [...page.matchAll(/<symbol id="mark-[a-z-]+" viewBox="0 0 16 16">(.*?)<\/symbol>/g)].map((match) => match[1])
    expect(shapes).toHaveLength(6)
    expect(new Set(shapes).size).toBe(6)
    const cells = [...page.matchAll(/<a class="cell"[^>]*aria-label="([^"]*)"/g)].map(([, label]) => label!)
    const wordless = cells.filter((label) => !/: (passed|failed|needs review|not run|not applicable|unknown)$/.test(label))
    expect(wordless).toEqual([])
  })

  it('put missed weakenings first and say what was not planted', async () => {
    const page = await reportHtml(plainRecord('findings'))
    expect(page).toContain('192 of 208 weakenings detected; 2 missed, 1 could not be planted and 13 not run.')
    const order = ['</svg> missed</span>', '</svg> broken</span>', '</svg> detected</span>'].map((text) =>
      page.indexOf(text, page.indexOf('id="detection"')),
    )
    expect(order).toEqual([...order].sort((a, b) => a - b))
    expect(order[0]).toBeGreaterThan(0)
  })

  it('show a threat of a boundary that is not described', async () => {
    const record = smallRecord()
    const page = await reportHtml({ ...record, boundaries: [] })
    for (const threat of record.threats) expect(page).toContain(`id="threat-${threat.id}"`)
  })

  it('call a coverage-guided engine without coverage blind', async () => {
    const record = sampleRecord('held')
    const engines = record.engines.map((engine) =>
      engine.coverage === null ? engine : { ...engine, coverage: { ...engine.coverage, final: 0 } },
    )
    const page = await reportHtml({ ...record, engines })
    expect(page).toContain('blind: no coverage')
    expect(page).not.toContain('class="verdict r-passed"')
  })
})

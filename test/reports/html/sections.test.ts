// What stands around a run: evidence, frameworks, risks, changes, comparisons, the model. Each says so when it is not in the record.
import { describe, expect, it } from 'vitest'
import { reportHtml } from '../../../src/reports/html/report.ts'
import type { RunRecord } from '../../../src/reports/run-record.ts'
import { plainRecord, sampleRecord } from '../sample-record.ts'

/** Made once for each record: a page takes half a second. */
const pages = new Map<RunRecord, Promise<string>>()
const section = async (record: RunRecord, id: string): Promise<string> => {
  const made = pages.get(record) ?? reportHtml(record)
  pages.set(record, made)
  const page = await made
  return page.slice(page.indexOf(`<section><h2 id="${id}"`)).split('\n<section>')[0]!
}
const plain = plainRecord('held')
const held = sampleRecord('held')
const findings = sampleRecord('findings')
const text = (markup: string) => markup.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')

describe('a record that was made before a part existed', () => {
  it.each([
    ['evidence', 'No evidence is listed'],
    ['frameworks', 'No framework is mapped'],
    ['hosts', 'No comparison'],
    ['engines', 'No run on other engines'],
    ['trends', 'No earlier run'],
    ['changes', 'No earlier run'],
    ['model', 'Not in this record'],
    ['risks', 'No decision about a risk'],
  ])('says in the part "%s" that it is not there, and shows nothing like a pass', async (id, words) => {
    const part = await section(plain, id)
    expect(text(part)).toContain(words)
    expect(part).not.toContain('r-passed')
  })
})

describe('evidence', () => {
  it('has a row for each item with what was seen, when, with what, and the command that repeats it', async () => {
    const record = findings
    const part = await section(record, 'evidence')
    expect(part.match(/<tr id="evidence-/g)).toHaveLength(record.evidence!.length)
    const row = text(part.slice(part.indexOf('id="evidence-test_3a')).split('</tr>')[0]!)
    for (const said of [
      'passed',
      '31 tests passed.',
      '31 times',
      '820 ms',
      '2026-03-13 21:00 UTC',
      'by vitest run',
      'node 24.21.0',
    ])
      expect(row).toContain(said)
    expect(row).toContain('npx vitest run test/sandbox/admission/imports.test.ts')
  })

  it('says what may be out of date, and why', async () => {
    const part = text(await section(findings, 'evidence'))
    expect(part).toContain('may be out of date : src/sandbox/host/gate.ts has changed since.')
  })

  it('keeps what was seen on other targets apart', async () => {
    const record = findings
    const [ours, others] = (await section(record, 'evidence')).split('On other targets')
    expect(record.evidence!.some(({ target, result }) => target === 'bare' && result === 'failed')).toBe(true)
    expect(ours).not.toContain('@bare<')
    expect(others).toContain('@bare<')
  })

  it('is linked from the control that it bears on', async () => {
    const record = findings
    const item = record.evidence!.find(({ kind }) => kind === 'test')!
    const controls = await section(record, 'controls')
    const row = controls.slice(controls.indexOf(`id="control-${item.controls[0]}"`)).split('</tr>')[0]!
    expect(row).toMatch(new RegExp(`<a href="#evidence-test[^"]*">${item.id}</a>`))
  })
})

describe('frameworks', () => {
  it('show each requirement with the result of its evidence, and claim nothing', async () => {
    const record = held
    const part = await section(record, 'frameworks')
    for (const { id } of record.frameworks!.flatMap(({ requirements }) => requirements)) expect(part).toContain(`>${id}</span>`)
    expect(text(part)).toMatch(/CM-14 Signed Components not run/)
    expect(text(part)).not.toMatch(/compl(y|ies|iant)/i)
  })
})

describe('decisions about risks', () => {
  it('come expired first, and with owner, ticket and end', async () => {
    const part = text(await section(findings, 'risks'))
    expect(part.indexOf('old-decision')).toBeLessThan(part.indexOf('fine-clocks'))
    for (const said of ['expired: was accepted', '2026-02-28', 'Runtime team', 'https://issues.example/RT-12'])
      expect(part).toContain(said)
  })

  it('stand on the card of the finding that they cover', async () => {
    const record = findings
    const risks = record.risks!.map((risk) =>
      risk.covers.length > 0 ? { ...risk, state: 'in-force' as const, status: 'accepted' as const } : risk,
    )
    const [card] = (await section({ ...record, risks }, 'findings')).split('</article>')
    expect(text(card!)).toContain('Decision accepted Risk one-finding (accepted, until 2026-04-01)')
  })
})

describe('changes', () => {
  it('do not call gone what nobody looked for', async () => {
    const part = text(await section(findings, 'changes'))
    expect(part).toMatch(/Gone: tried again, and did not show F-77aa01c2 /)
    expect(part).toMatch(/Not seen, but nothing that could show them was run F-5d3e9f00 /)
    expect(part).toContain('regression:LNK-99-gone@sandbox-jail')
  })

  it('fold what other targets still let happen', async () => {
    const part = await section(findings, 'changes')
    expect(part.split('<details')[0]).not.toContain('F-bare-')
    expect(part).toContain('F-bare-')
  })
})

describe('comparisons', () => {
  it('show a host without an answer as not run', async () => {
    const record = held
    const hosts = { ...record.hosts!, hosts: [...record.hosts!.hosts, { name: 'constructor', version: '1', own: false }] }
    const part = await section({ ...record, hosts }, 'hosts')
    const cells = [...part.matchAll(/<td data-label="constructor">(.*?)<\/td>/g)].map(([, cell]) => text(cell!).trim())
    expect(new Set(cells)).toEqual(new Set(['not run']))
  })

  it('name every outcome of an attack that engines answer differently', async () => {
    const part = text(await section(held, 'engines'))
    expect(part).toContain('node 24.21.0 inline: contained refused')
    expect(part).toContain('bun 1.4.5: contained trap')
  })
})

describe('the model', () => {
  it('says what is assumed, what stays open, and what an overlay switches off', async () => {
    const record = held
    const part = text(await section(record, 'model'))
    for (const { title } of [...record.model!.assumptions, ...record.model!.residualRisks, ...record.model!.assets])
      expect(part).toContain(title)
    expect(part).toContain('The host has no such boundary.')
  })
})

// The first screen: whoever sees nothing else knows whether something escaped, what was tried, what was not, and what to do next.
import { describe, expect, it } from 'vitest'
import { reportHtml } from '../../../src/reports/html/report.ts'
import type { RunRecord } from '../../../src/reports/run-record.ts'
import { plainRecord, sampleRecord } from '../sample-record.ts'

const screen = async (record: RunRecord) => (await reportHtml(record)).split('<nav')[0]!.split('</svg>\n<a class="skip"')[1]!
const held = () => plainRecord('held')

describe('the first screen', () => {
  it('is calm when nothing is open', async () => {
    const calm = await screen(held())
    expect(calm).toContain('Nothing escaped our own sandbox: 208 attacks contained on sandbox-jail')
    expect(calm).toContain('class="verdict r-passed"')
    expect(calm).not.toContain('class="alarm"')
    expect(calm).toContain('Nothing was left out: all 5 parts of the plan ran.')
  })

  it('answers the four questions under headings of their own', async () => {
    const headings = [...(await screen(sampleRecord('findings'))).matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, text]) => text)
    expect(headings).toEqual(['What was found', 'What to do next', 'What was not run', 'What was attacked'])
  })

  it.each(['interrupted', 'fault'] as const)('shouts before the verdict when the run was cut short: %s', async (kind) => {
    const cut = await screen(sampleRecord(kind))
    expect(cut).toContain('this report is not whole')
    expect(cut.indexOf('class="alarm"')).toBeLessThan(cut.indexOf('<h1>'))
    expect(cut).toContain('this is no pass')
    expect(cut).not.toContain('class="verdict r-passed"')
    expect(await reportHtml(sampleRecord(kind))).toContain('<title>Not whole: ')
  })

  it('shouts about faults of a run that calls itself complete', async () => {
    const faulty = await screen({ ...held(), faults: ['a', 'b', 'c', 'd', 'e', 'f'] })
    expect(faulty).toContain('class="alarm"')
    expect(faulty).toContain('6 faults in all')
    expect(faulty).not.toContain('class="verdict r-passed"')
  })

  it('never makes a pass out of no data', async () => {
    const empty = await screen(plainRecord('empty'))
    expect(empty).toContain('Nothing was tried against our own sandbox')
    expect(empty).not.toContain('r-passed')
    expect(empty).not.toMatch(/0 <span class="quiet">of<\/span> 0\b/)
    const nothing = { ...plainRecord('empty'), targets: [], stages: [], threats: [], controls: [], boundaries: [] }
    const bare = await reportHtml(nothing)
    expect(bare).toContain('Nothing was attacked in this run')
    expect(bare).not.toMatch(/class="(badge|mark|verdict) r-passed"/)
  })

  it('keeps findings about other targets apart from the verdict', async () => {
    const page = await reportHtml(held())
    expect(page).toContain('they say nothing about our own sandbox')
    expect(page.indexOf('No finding on our own sandbox')).toBeGreaterThan(0)
  })

  it('names the digests of what was attacked, each once', async () => {
    const record = held()
    const digest = record.targets[0]!.facts['sha256']!
    const shown = await screen(record)
    expect(shown.split(digest)).toHaveLength(2)
    expect(shown).toContain('sandbox-jail sha256, sandbox-inline sha256')
    const model = sampleRecord('held').model!
    expect(await screen({ ...record, model })).toContain(model.sha256)
  })

  it('says what was accepted, what has expired, and what stopped being tested', async () => {
    const record = sampleRecord('findings')
    const covers = [record.findings[0]!.id]
    const [risk] = record.risks!
    const risks = [
      { ...risk!, state: 'in-force' as const, covers },
      { ...risk!, state: 'expired' as const },
    ]
    const shown = await screen({ ...record, risks })
    expect(shown).toContain('<a href="#risks">1 finding</a> by a decision in force')
    expect(shown).toContain('<a href="#risks">1 decision</a> about a risk')
    expect(shown).toMatch(/not-run"\/><\/svg> 1 piece<\/span> of evidence that the run before had/)
    expect(shown).toContain('1 new finding')
  })

  it('does not say that nothing was left out if evidence of the run before is missing', async () => {
    const { changes } = sampleRecord('held')
    expect(changes!.noLongerTested).not.toEqual([])
    expect(await screen({ ...held(), changes: changes! })).not.toContain('Nothing was left out')
  })
})

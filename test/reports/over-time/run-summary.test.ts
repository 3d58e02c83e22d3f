// summary.json: small, true to the record, and inert.
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { runSummary, runSummarySchema, summarySchemaText } from '../../../src/reports/over-time/run-summary.ts'
import type { RunRecord } from '../../../src/reports/run-record.ts'
import { visibleJson } from '../../../src/reports/visible.ts'
import { hostileRecord } from '../hostile.ts'
import { sampleRecord } from '../sample-record.ts'
import { finding, night } from './small-run.ts'

const NOTHING = {
  decides: ({ own }: { own: boolean }) => own,
  notify: new Set<string>(),
  openBefore: null,
  files: ['report.json'],
}
const validate = new Ajv2020().compile(JSON.parse(summarySchemaText()) as object)

const records: [string, () => RunRecord][] = [
  ['a clean run', () => sampleRecord('held')],
  ['a run with findings', () => sampleRecord('findings')],
  ['an interrupted run', () => sampleRecord('interrupted')],
  ['a run that failed', () => sampleRecord('fault')],
  ['a run with hostile text wherever a guest has a say', hostileRecord],
]

describe('summary.json', () => {
  it.each(records)('of %s fits its schema and is a few lines', (_, record) => {
    const whole = record()
    const notify = new Set(whole.findings.map(({ id }) => id))
    const text = visibleJson(runSummary(whole, { ...NOTHING, notify }))
    const back: unknown = JSON.parse(text)
    expect(validate(back), JSON.stringify(validate.errors)).toBe(true)
    expect(runSummarySchema.parse(back)).toMatchObject({ run: whole.run, completion: whole.completion, exitCode: whole.exitCode })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e\u2066]/)
  })

  it('has a schema that is the one in docs/', () => {
    const committed = readFileSync(new URL('../../../docs/summary.schema.json', import.meta.url), 'utf8')
    const remedy = `run: node -e "import('./src/reports/over-time/run-summary.ts').then((m) => process.stdout.write(m.summarySchemaText()))" > docs/summary.schema.json`
    expect(committed === summarySchemaText(), `docs/summary.schema.json is out of date; ${remedy}`).toBe(true)
  })

  it('counts findings about the subject only, and against the run compared with', () => {
    const other = { own: false, target: 'bare' }
    const changes = {
      against: 'earlier',
      new: ['n', 'n-other'],
      still: ['s'],
      fixed: ['f', 'f-other'],
      unknown: ['u'],
      noLongerTested: [{ id: 'regression:x', title: 'x', kind: 'regression' as const }],
    }
    const record = night(2, { findings: [finding('n'), finding('n-other', other), finding('s')], changes })
    const summary = runSummary(record, { ...NOTHING, openBefore: new Set(['s', 'f', 'u']), notify: new Set(['n']) })
    expect(summary).toMatchObject({
      against: 'earlier',
      findings: { new: 1, still: 1, fixed: 1, unknown: 1 },
      newFindings: [{ id: 'n', replay: 'npx gauntlet replay n' }],
      notify: [{ id: 'n' }],
      noLongerTested: 1,
    })
  })

  it('calls every finding new where there is nothing to compare with', () => {
    const summary = runSummary(night(1, { findings: [finding('n')] }), NOTHING)
    expect(summary).toMatchObject({ against: null, findings: { new: 1, still: 0, fixed: 0, unknown: 0 } })
  })
})

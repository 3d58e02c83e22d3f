// The published JSON Schema of report.json.
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { reportJsonSchema, reportSchemaText } from '../../src/reports/schema.ts'
import { sampleRecord } from './sample-record.ts'

const validate = new Ajv2020({ allErrors: true }).compile(reportJsonSchema())

describe('the report schema', () => {
  it('is the one in docs/', () => {
    const committed = readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8')
    const remedy = `run: node -e "import('./src/reports/schema.ts').then((m) => process.stdout.write(m.reportSchemaText()))" > docs/report.schema.json`
    expect(committed === reportSchemaText(), `docs/report.schema.json is out of date; ${remedy}`).toBe(true)
  })

  it.each(['held', 'findings', 'interrupted', 'fault', 'empty'] as const)('accepts the record "%s"', (kind) => {
    validate(sampleRecord(kind))
    expect(validate.errors).toBeNull()
  })

  it.each<[string, Record<string, unknown>]>([
    ['a field that it does not know', { extra: 1 }],
    ['another version', { schemaVersion: 2 }],
    ['a result that is not one of the six', { stages: [{ name: 'a', result: 'ok', reason: '', seconds: 1 }] }],
    ['a missing list', { faults: undefined }],
  ])('refuses %s', (_, change) => {
    expect(validate(JSON.parse(JSON.stringify({ ...sampleRecord('empty'), ...change })))).toBe(false)
  })
})

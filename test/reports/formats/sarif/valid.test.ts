// Both SARIF logs of every kind of run, by the schema and by the validator of the format's authors.
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { evidenceSarif } from '../../../../src/reports/formats/sarif/evidence.ts'
import { findingsSarif } from '../../../../src/reports/formats/sarif/findings.ts'
import type { RunRecord } from '../../../../src/reports/run-record.ts'
import { visibleJson } from '../../../../src/reports/visible.ts'
import { EVERY_RECORD } from '../../every-record.ts'
import { smallRecord } from '../../hostile.ts'
import { complaints, sarifSchema } from './multitool.ts'

const ajv = new Ajv2020({ strict: false })
addFormats.default(ajv)
const valid = ajv.compile(await sarifSchema())

/** No tool of ours has a page of its own that everybody can reach, so no `informationUri` is claimed. */
const ACCEPTED = new Set(['SARIF2005'])

/** With a few entries of each kind: the validator takes a second for each megabyte. */
function short(record: RunRecord): RunRecord {
  const threats = record.threats.slice(0, 12)
  return { ...record, threats, ...(record.evidence && { evidence: record.evidence.filter((_, index) => index % 12 === 0) }) }
}

describe('the schema', () => {
  it.each(EVERY_RECORD)('accepts both logs of the record "%s"', (_, make) => {
    const record = make()
    for (const log of [findingsSarif(record), evidenceSarif(record)]) {
      valid(JSON.parse(visibleJson(log)))
      expect(valid.errors).toBeNull()
    }
  })

  it('refuses a kind that there is not', () => {
    const log = findingsSarif(smallRecord())
    expect(valid({ ...log, runs: [{ ...log.runs[0], results: [{ message: { text: 'x' }, kind: 'passed' }] }] })).toBe(false)
  })
})

describe('the validator', { timeout: 120_000 }, () => {
  it('finds nothing against what GitHub gets', async () => {
    const logs = Object.fromEntries(EVERY_RECORD.map(([name, make]) => [name, visibleJson(findingsSarif(short(make())))]))
    expect((await complaints(logs, 'Sarif;Ghas')).filter(({ rule }) => !ACCEPTED.has(rule))).toEqual([])
  })

  it('finds nothing against the log of all evidence', async () => {
    const logs = Object.fromEntries(EVERY_RECORD.map(([name, make]) => [name, visibleJson(evidenceSarif(short(make())))]))
    expect((await complaints(logs, 'Sarif')).filter(({ rule }) => !ACCEPTED.has(rule))).toEqual([])
  })

  it('would notice a result without a place', async () => {
    const log = findingsSarif(smallRecord())
    const [run] = log.runs
    const results = run!.results!.map(({ locations, ...result }) => result)
    const found = await complaints({ broken: visibleJson({ ...log, runs: [{ ...run, results }] }) }, 'Sarif;Ghas')
    expect(found.filter(({ level }) => level === 'error').map(({ rule }) => rule)).toContain('GH1015')
  })
})

// junit.xml: valid by a schema, read by a reader that is not ours, and nothing in it passed that did not pass.
import { readFile } from 'node:fs/promises'
import { parse, type TestCase, type TestSuites } from 'junit2json'
import { describe, expect, it } from 'vitest'
import { validateXML } from 'xmllint-wasm'
import { junitXml } from '../../../src/reports/formats/junit.ts'
import type { RunRecord } from '../../../src/reports/run-record.ts'
import { EVERY_RECORD } from '../every-record.ts'
import { hostileRecord, smallRecord } from '../hostile.ts'
import { sampleFinding, sampleRecord } from '../sample-record.ts'

const SCHEMA = await readFile(new URL('./junit.xsd', import.meta.url), 'utf8')

async function errorsOf(xml: string): Promise<readonly string[]> {
  const { errors } = await validateXML({ xml: { fileName: 'junit.xml', contents: xml }, schema: SCHEMA })
  return errors.map(({ message }) => message)
}

async function read(record: RunRecord): Promise<TestSuites> {
  return (await parse(junitXml(record))) as TestSuites
}

async function casesOf(record: RunRecord, suite: string): Promise<TestCase[]> {
  return (await read(record)).testsuite!.find(({ name }) => name === suite)!.testcase ?? []
}

function outcomeOf({ failure, error, skipped }: TestCase): string {
  return failure ? 'failure' : error ? 'error' : skipped ? 'skipped' : 'passed'
}

describe.each(EVERY_RECORD)('the file of the record "%s"', (_, make) => {
  const record = make()

  it('is valid', async () => {
    expect(await errorsOf(junitXml(record))).toEqual([])
  })

  it('has a case for each threat and control, with its result', async () => {
    const outcomes = { passed: 'passed', failed: 'failure' } as Record<string, string>
    for (const [suite, entries] of [
      ['threats', record.threats],
      ['controls', record.controls],
    ] as const)
      expect((await casesOf(record, suite)).map(outcomeOf)).toEqual(entries.map(({ result }) => outcomes[result] ?? 'skipped'))
  })

  it('counts what is in it', async () => {
    const { testsuite, ...all } = await read(record)
    const cases = testsuite!.flatMap(({ testcase }) => testcase ?? [])
    const having = (outcome: string) => cases.filter((entry) => outcomeOf(entry) === outcome).length
    expect(all).toMatchObject({ tests: cases.length, failures: having('failure'), errors: having('error') })
    for (const { tests, testcase, skipped } of testsuite!) {
      expect(tests).toBe(testcase?.length ?? 0)
      expect(skipped).toBe((testcase ?? []).filter((entry) => outcomeOf(entry) === 'skipped').length)
    }
  })
})

describe('the schema', () => {
  it('refuses a case with two outcomes, and a count that is none', async () => {
    const xml = junitXml(smallRecord())
    expect(await errorsOf(xml.replace('<skipped ', '<error message="" type=""/><skipped '))).not.toEqual([])
    expect(await errorsOf(xml.replace(/tests="\d+"/, 'tests="many"'))).not.toEqual([])
  })
})

describe('guest text', () => {
  it('adds no element, and comes back as it is shown', async () => {
    const elements = (xml: string) => [...xml.matchAll(/<\/?[a-z]+/g)].map(([tag]) => tag)
    expect(elements(junitXml(hostileRecord()))).toEqual(elements(junitXml(smallRecord())))
    const [finding] = await casesOf(
      { ...smallRecord(), findings: [sampleFinding({ title: ']]> <b>&amp; &evil; & &#0; \u0000\u001b[2J\u202e\ud800\uffff' })] },
      'findings',
    )
    expect(finding!.name).toBe('F-19c07a52 ]]> <b>&amp; &evil; & &#0; ⟨U+0000⟩⟨U+001B⟩[2J⟨U+202E⟩⟨U+D800⟩⟨U+FFFF⟩')
  })
})

describe('a run', () => {
  const first = async (record: RunRecord) => (await casesOf(record, 'run'))[0]!

  it('that is not whole is an error', async () => {
    expect(outcomeOf(await first(sampleRecord('held')))).toBe('passed')
    for (const kind of ['interrupted', 'fault'] as const) expect(outcomeOf(await first(sampleRecord(kind)))).toBe('error')
    expect((await first({ ...sampleRecord('held'), faults: ['The disk.'] })).error![0]!.inner).toContain('The disk.')
  })

  it('says of a part that was left out that it was not run', async () => {
    const part = (await casesOf(sampleRecord('findings'), 'run')).find(({ name }) => name === 'coverage-guided')!
    expect(part.skipped![0]!.message).toMatch(/^not run: /)
  })
})

describe('findings', () => {
  it('are failures with what was expected, what happened and how to replay it; those about other targets are left out', async () => {
    const cases = await casesOf(sampleRecord('findings'), 'findings')
    expect(cases.map(outcomeOf)).toEqual(['failure', 'failure'])
    expect(cases[0]!.failure![0]!.inner).toMatch(/Expected: .* Actual: .* Replay: gauntlet replay/)
  })

  it('that are accepted are skipped, and so is their threat, as they do not decide the exit code', async () => {
    const record = { ...sampleRecord('findings'), findings: [sampleFinding()] }
    const risk = { ...record.risks![0]!, covers: ['F-19c07a52'] }
    const about = async (state: typeof risk.state) => {
      const decided = { ...record, risks: [{ ...risk, state }] }
      const threat = (await casesOf(decided, 'threats')).find(({ name }) => name!.startsWith('LNK-02'))!
      return [...(await casesOf(decided, 'findings')), threat]
    }
    for (const accepted of await about('in-force'))
      expect(accepted.skipped![0]!.message).toMatch(/^failed, and accepted: Risk .*until 2026-12-31/)
    expect((await about('expired')).map(outcomeOf)).toEqual(['failure', 'failure'])
  })
})

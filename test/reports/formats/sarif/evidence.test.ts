// evidence.sarif: everything that was run, with nothing that was not run looking like a pass, and accepted risks as suppressions.
import type { Result, Run } from 'sarif'
import { describe, expect, it } from 'vitest'
import { evidenceSarif } from '../../../../src/reports/formats/sarif/evidence.ts'
import { SARIF_LIMITS } from '../../../../src/reports/formats/sarif/limits.ts'
import type { EvidenceItem, RiskRecord, RunRecord } from '../../../../src/reports/run-record.ts'
import { visibleJson } from '../../../../src/reports/visible.ts'
import { EVERY_RECORD } from '../../every-record.ts'
import { smallRecord } from '../../hostile.ts'
import { sampleFinding, sampleRecord } from '../../sample-record.ts'

function runOf(record: RunRecord): Run {
  return evidenceSarif(record).runs[0]!
}

function resultsOf(record: RunRecord, of: 'finding' | 'threat' | 'evidence'): Result[] {
  return runOf(record).results!.filter((result) => result.properties!['of'] === of)
}

const RISK: RiskRecord = {
  id: 'R-1',
  threat: null,
  finding: 'F-1',
  status: 'accepted',
  reason: 'No secret is near.',
  owner: 'Ann',
  ticket: 'T-1',
  date: '2026-01-01',
  expires: '2026-12-31',
  state: 'in-force',
  covers: ['F-1'],
  file: 'threat-model/risks.yaml',
  line: 3,
}

const ITEM: EvidenceItem = {
  id: 'regression:LNK-02-a@sandbox-jail',
  kind: 'regression',
  title: 'A case',
  threats: ['LNK-02', 'LNK-03'],
  controls: ['import-match'],
  result: 'passed',
  reason: 'Contained.',
  target: 'sandbox-jail',
  count: 2,
  seed: 7,
  seconds: 0.5,
  at: '2026-03-14T03:16:00.000Z',
  versions: {},
  source: 'gauntlet fuzz',
  stale: null,
  replay: 'gauntlet replay LNK-02-a',
}

function judged(over: Partial<EvidenceItem>): Result {
  return resultsOf({ ...smallRecord(), evidence: [{ ...ITEM, ...over }] }, 'evidence')[0]!
}

describe.each(EVERY_RECORD)('the log of the record "%s"', (_, make) => {
  const record = make()
  const run = runOf(record)

  it('has one result for each finding, threat and piece of evidence', () => {
    const counts = (['finding', 'threat', 'evidence'] as const).map((of) => resultsOf(record, of).length)
    expect(counts).toEqual([record.findings.length, record.threats.length, record.evidence?.length ?? 0])
  })

  it('calls nothing passed that did not pass', () => {
    const kinds = {
      passed: 'pass',
      failed: 'fail',
      'needs-review': 'review',
      'not-run': 'open',
      'not-applicable': 'notApplicable',
      unknown: 'open',
    }
    for (const result of run.results!) {
      const came = result.properties!['result'] as keyof typeof kinds | undefined
      if (result.kind === 'pass') expect(came).toBe('passed')
      if (result.properties!['of'] === 'threat') expect(result.kind).toBe(kinds[came!])
      expect(result.level === 'none').toBe(result.kind !== 'fail')
    }
  })

  it('names rules and taxa that are there', () => {
    const rules = run.tool.driver.rules!
    const taxa = run.taxonomies!.map((taxonomy) => new Set(taxonomy.taxa!.map(({ id }) => id)))
    for (const result of run.results!) {
      expect(rules[result.ruleIndex!]!.id).toBe(result.ruleId)
      for (const taxon of result.taxa ?? []) expect(taxa[taxon.toolComponent!.index!]!.has(taxon.id!)).toBe(true)
    }
    for (const { target } of rules.flatMap((rule) => rule.relationships ?? [])) {
      expect(run.taxonomies![target.toolComponent!.index!]!.guid).toBe(target.toolComponent!.guid)
      expect(taxa[target.toolComponent!.index!]!.has(target.id!)).toBe(true)
    }
  })

  it('prints without a character that a reader cannot see', () => {
    expect(visibleJson(evidenceSarif(record))).not.toMatch(/[^\P{C}\n\t]|[\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/u)
  })
})

describe('a piece of evidence', () => {
  it('points at all of its threats', () => {
    expect(judged({})).toMatchObject({ ruleId: 'LNK-02', kind: 'pass', taxa: [{ id: 'LNK-02' }, { id: 'LNK-03' }] })
  })

  it('is no pass if it is of an earlier state of the sources', () => {
    const result = judged({ stale: 'The sources have changed since.' })
    expect(result.kind).toBe('review')
    expect(result.message.text).toContain('Stale: The sources have changed since.')
  })

  it('is neither pass nor failure if it is about a target that is not under review', () => {
    expect(judged({ target: 'bare', result: 'failed' })).toMatchObject({ kind: 'informational', level: 'none' })
    expect(judged({ target: null, result: 'failed' })).toMatchObject({ kind: 'fail', level: 'error' })
  })

  it('about controls alone has a rule of its own', () => {
    expect(judged({ threats: [] })).toMatchObject({ ruleId: 'EVIDENCE', taxa: [] })
  })

  it('is cut at what a log may hold, with a note', () => {
    const evidence = Array.from({ length: SARIF_LIMITS.accepted }, (_, index) => ({ ...ITEM, id: `test:${index}` }))
    const run = runOf({ ...smallRecord(), evidence })
    expect(run.results).toHaveLength(SARIF_LIMITS.accepted)
    const notes = run.invocations![0]!.toolExecutionNotifications!.map((note) => note.message.text).join()
    expect(notes).toMatch(/\d+ pieces of evidence left out/)
  })
})

describe('a decision about a risk', () => {
  const suppressions = (...risks: RiskRecord[]) =>
    resultsOf({ ...smallRecord(), findings: [sampleFinding({ id: 'F-1' })], risks }, 'finding')[0]!.suppressions!

  it('suppresses the finding while it is in force, and says who decided what until when', () => {
    expect(suppressions(RISK)).toMatchObject([{ kind: 'external', status: 'accepted' }])
    for (const word of ['Ann', 'T-1', '2026-12-31', 'No secret is near.'])
      expect(suppressions(RISK)[0]!.justification).toContain(word)
  })

  it.each([
    ['expired', 'rejected'],
    ['open', 'underReview'],
  ] as const)('that is %s suppresses nothing', (state, status) => {
    expect(suppressions({ ...RISK, state })).toMatchObject([{ status }])
  })

  it('in force is not undone by another that is not', () => {
    expect(suppressions({ ...RISK, id: 'R-0', state: 'expired' }, RISK)).toMatchObject([{ status: 'accepted' }])
  })
})

describe('findings', () => {
  it('about other targets are no failures', () => {
    const kinds = resultsOf(sampleRecord('findings'), 'finding').map((result) => [result.properties!['target'], result.kind])
    for (const [target, kind] of kinds) expect(kind).toBe(target === 'bare' ? 'informational' : 'fail')
    expect(new Set(kinds.map(([, kind]) => kind)).size).toBe(2)
  })
})

describe('the taxonomies', () => {
  const withCwe = (...cwe: string[]) => ({
    ...smallRecord(),
    threats: smallRecord()
      .threats.slice(0, 1)
      .map((threat) => ({ ...threat, cwe })),
  })

  it('are those that viewers know, and our own', () => {
    expect(runOf(smallRecord()).taxonomies!.map(({ name, guid }) => [name, guid])).toEqual([
      ['ThreatModel', expect.any(String)],
      ['CWE V4.8', 'A70FCFF4-F2E9-4210-9D2A-BF50D7D64D5D'],
      ['NIST', 'AAFBAB93-5201-419E-8443-D4925C542398'],
    ])
  })

  it('hold no weakness that this version of CWE has not', () => {
    expect(runOf(withCwe('CWE-22', 'CWE-1420', 'nonsense')).taxonomies![1]!.taxa).toEqual([{ id: 'CWE-22' }])
  })

  it('tie a threat to the NIST controls that it, or what answers it, is evidence for', () => {
    const record = smallRecord()
    const [threat] = record.threats
    const requirement = { title: 't', level: null, result: 'passed', reason: 'r' } as const
    const framework = {
      id: 'nist-800-53-r5',
      title: 'NIST SP 800-53',
      version: '5',
      url: '',
      requirements: [
        { ...requirement, id: 'SC-39', threats: [threat!.id], controls: [] },
        { ...requirement, id: 'CM-7 (6)', threats: [], controls: [threat!.controls[0]!] },
        { ...requirement, id: 'AU-2', threats: [], controls: [] },
      ],
    }
    const rule = runOf({ ...record, frameworks: [framework] }).tool.driver.rules!.find(({ id }) => id === threat!.id)!
    const nist = rule.relationships!.filter(({ target }) => target.toolComponent!.name === 'NIST')
    expect(nist.map(({ target, kinds }) => [target.id, kinds])).toEqual([
      ['SC-39', ['relevant']],
      ['CM-7(6)', ['relevant']],
    ])
  })
})

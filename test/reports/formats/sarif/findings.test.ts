// findings.sarif: what the format requires, and what GitHub code scanning requires beyond it.
import type { Result, Run } from 'sarif'
import { describe, expect, it } from 'vitest'
import { findingsSarif } from '../../../../src/reports/formats/sarif/findings.ts'
import { SARIF_LIMITS } from '../../../../src/reports/formats/sarif/limits.ts'
import type { FindingRecord, RunRecord } from '../../../../src/reports/run-record.ts'
import { visibleJson } from '../../../../src/reports/visible.ts'
import { hostileRecord, smallRecord } from '../../hostile.ts'
import { sampleFinding, sampleRecord } from '../../sample-record.ts'

function runOf(record: RunRecord): Run {
  const log = findingsSarif(record)
  expect(log.version).toBe('2.1.0')
  expect(log.runs).toHaveLength(1)
  return log.runs[0]!
}

function withFindings(...findings: FindingRecord[]): RunRecord {
  return { ...smallRecord(), findings }
}

function firstResult(over: Partial<FindingRecord>): Result {
  return runOf(withFindings(sampleFinding(over))).results![0]!
}

function notes(record: RunRecord): string[] {
  return (runOf(record).invocations![0]!.toolExecutionNotifications ?? []).map((note) => note.message.text!)
}

describe.each<[string, () => RunRecord]>([
  ['held', () => sampleRecord('held')],
  ['findings', () => sampleRecord('findings')],
  ['interrupted', () => sampleRecord('interrupted')],
  ['empty', () => sampleRecord('empty')],
  ['hostile', hostileRecord],
])('the log of the record "%s"', (_, make) => {
  const record = make()
  const run = runOf(record)

  it('names the tool, and rules with text, help and tags', () => {
    expect(run.tool.driver.name).toBe(record.project.name)
    const rules = run.tool.driver.rules!
    expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length)
    for (const rule of rules) {
      expect(rule.shortDescription!.text.length).toBeGreaterThan(0)
      expect(rule.help!.text.length).toBeGreaterThan(0)
      expect(rule.help!.markdown!.length).toBeGreaterThan(0)
      const tags = rule.properties!.tags!
      expect(tags.length).toBeLessThanOrEqual(10)
      expect(new Set(tags).size).toBe(tags.length)
      expect(tags[0]).toBe('security')
    }
  })

  it('has only failures, each with a message, a place, a rule and a fingerprint', () => {
    for (const result of run.results!) {
      expect(result.kind).toBe('fail')
      expect(['error', 'warning', 'note']).toContain(result.level)
      expect(result.message.text!.length).toBeGreaterThan(0)
      expect(result.locations).toHaveLength(1)
      const place = result.locations![0]!.physicalLocation!
      expect(place.artifactLocation!.uri).toMatch(/^[A-Za-z0-9._~!'()*%-]+(\/[A-Za-z0-9._~!'()*%-]+)*$/)
      expect(place.region!.startLine).toBeGreaterThanOrEqual(1)
      expect(run.tool.driver.rules![result.ruleIndex!]!.id).toBe(result.ruleId)
      expect(result.partialFingerprints!['primaryLocationLineHash']).toMatch(/^[0-9a-f]{16}:1$/)
    }
  })

  it('prints without a character that a reader cannot see', () => {
    expect(visibleJson(findingsSarif(record))).not.toMatch(/[^\P{C}\n\t]|[\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/u)
  })
})

describe('results', () => {
  it.each([
    ['critical', 'error', '9.5'],
    ['high', 'error', '8.0'],
    ['medium', 'warning', '5.5'],
    ['low', 'note', '3.0'],
  ] as const)('of severity %s have level %s and score %s', (severity, level, score) => {
    const run = runOf(withFindings(sampleFinding({ severity })))
    expect(run.results![0]).toMatchObject({ level, properties: { 'security-severity': score } })
    expect(run.tool.driver.rules![run.results![0]!.ruleIndex!]).toMatchObject({
      defaultConfiguration: { level },
      properties: { 'security-severity': score },
    })
  })

  it('give a rule the score of its gravest finding', () => {
    const run = runOf(withFindings(sampleFinding({ id: 'a', severity: 'low' }), sampleFinding({ id: 'b', severity: 'high' })))
    expect(run.tool.driver.rules!.find((rule) => rule.id === 'LNK-02')!.properties!['security-severity']).toBe('8.0')
  })

  it('keep their fingerprint whatever changes but the id', () => {
    const hash = (over: Partial<FindingRecord>) => firstResult(over).partialFingerprints!['primaryLocationLineHash']
    const same = {
      title: 'other',
      severity: 'low',
      count: 9,
      firstSeen: 'later',
      replay: 'x --seed 2',
      location: { path: 'other.wat', line: 77 },
    } as const
    expect(hash(same)).toBe(hash({}))
    expect(hash({ id: 'F-other' })).not.toBe(hash({}))
  })

  it('tie the finding to its threat, with padded CWE tags', () => {
    const run = runOf({
      ...withFindings(sampleFinding()),
      threats: smallRecord().threats.map((threat) => ({ ...threat, cwe: ['CWE-22', 'CWE-1321'] })),
    })
    expect(run.tool.driver.rules!.find((rule) => rule.id === 'LNK-02')!.properties!.tags).toEqual([
      'security',
      'external/cwe/cwe-022',
      'external/cwe/cwe-1321',
    ])
  })

  it('never have more tags than are kept', () => {
    const cwe = Array.from({ length: 30 }, (_, index) => `CWE-${index + 1}`)
    const run = runOf({ ...withFindings(sampleFinding()), threats: smallRecord().threats.map((threat) => ({ ...threat, cwe })) })
    for (const rule of run.tool.driver.rules!) expect(rule.properties!.tags).toHaveLength(SARIF_LIMITS.tags)
  })

  it.each([null, 'XXX-99'])('without a threat of the model (%j) have the rule UNCLASSIFIED', (threat) => {
    const run = runOf(withFindings(sampleFinding({ threat })))
    expect(run.results![0]!.ruleId).toBe('UNCLASSIFIED')
    expect(run.tool.driver.rules![run.results![0]!.ruleIndex!]!.id).toBe('UNCLASSIFIED')
  })

  it('are about other targets only if our own sandbox was not part of the run', () => {
    const bare = sampleFinding({ id: 'F-bare', target: 'bare', own: false })
    const record = withFindings(sampleFinding(), bare)
    expect(runOf(record).results).toHaveLength(1)
    expect(notes(record)).toContain('1 finding about other targets left out; see report.json.')
    expect(runOf({ ...record, findings: [bare], targets: record.targets.filter((target) => !target.own) }).results).toHaveLength(
      1,
    )
  })

  it('that somebody has accepted are left out while the decision is in force, and a note says so', () => {
    const record = withFindings(sampleFinding(), sampleFinding({ id: 'F-2' }))
    const risk = { ...sampleRecord('findings').risks![0]!, covers: ['F-2'] }
    const decided = (state: typeof risk.state) => ({ ...record, risks: [{ ...risk, state }] })
    expect(runOf(decided('in-force')).results).toHaveLength(1)
    expect(notes(decided('in-force'))).toContain('1 finding that an accepted risk covers left out; see evidence.sarif.')
    expect(runOf(decided('expired')).results).toHaveLength(2)
    expect(runOf(decided('open')).results).toHaveLength(2)
  })

  it('are cut by severity when there are too many, and a note says so', () => {
    const many = Array.from({ length: SARIF_LIMITS.results + 2 }, (_, index) =>
      sampleFinding({ id: `F-${index}`, severity: index < 3 ? 'low' : 'high' }),
    )
    const record = withFindings(...many)
    const results = runOf(record).results!
    expect(results).toHaveLength(5_000)
    expect(results.filter((result) => result.level === 'note')).toHaveLength(1)
    expect(results.at(-1)!.level).toBe('note')
    expect(notes(record).join()).toContain('2 findings of the lowest severities left out')
  })
})

describe('places', () => {
  it.each([
    ['corpus/LNK 02#a.wat', 'corpus/LNK%2002%23a.wat'],
    ['./corpus//a.wat', 'corpus/a.wat'],
    ['corpus\\a.wat', 'corpus/a.wat'],
  ])('%j is written %j', (path, uri) => {
    expect(firstResult({ location: { path, line: 0 } }).locations![0]!.physicalLocation).toMatchObject({
      artifactLocation: { uri },
      region: { startLine: 1 },
    })
  })

  it.each(['', '/etc/passwd', '../a.wat', 'a/../../b', 'C:\\a.wat'])(
    'outside the project (%j) fall back to the threat',
    (path) => {
      const threat = smallRecord().threats.find((candidate) => candidate.id === 'LNK-02')!
      expect(firstResult({ location: { path, line: 5 } }).locations![0]!.physicalLocation).toMatchObject({
        artifactLocation: { uri: threat.file },
        region: { startLine: threat.line },
      })
    },
  )

  it('that cannot be had leave the finding out, with a note, as one result without a place makes GitHub refuse the file', () => {
    const record = withFindings(
      sampleFinding(),
      sampleFinding({ id: 'F-lost', threat: null, location: { path: '../x', line: 1 } }),
    )
    expect(runOf(record).results).toHaveLength(1)
    expect(notes(record).join()).toContain('1 finding without a place in the source tree left out; see report.json: F-lost')
  })
})

describe('the invocation', () => {
  it('is successful only if the run was whole', () => {
    const successful = (record: RunRecord) => runOf(record).invocations![0]!.executionSuccessful
    expect(successful(sampleRecord('held'))).toBe(true)
    expect(successful(sampleRecord('interrupted'))).toBe(false)
    expect(successful(sampleRecord('fault'))).toBe(false)
    expect(successful({ ...sampleRecord('held'), faults: ['x'] })).toBe(false)
  })

  it('leaves out a time that is not one', () => {
    expect(runOf({ ...smallRecord(), startedAt: 'yesterday' }).invocations![0]).not.toHaveProperty('startTimeUtc')
    expect(runOf(smallRecord()).invocations![0]).toMatchObject({ startTimeUtc: '2026-03-14T03:15:00.000Z' })
  })

  it('lists as rules only threats that were tried', () => {
    expect(runOf(sampleRecord('empty')).tool.driver.rules).toEqual([])
    expect(runOf(sampleRecord('held')).tool.driver.rules).toHaveLength(208)
  })
})

it('escapes what SARIF reads in messages: embedded links and placeholders', () => {
  const text = firstResult({ title: '[x](http://evil.test) {0} \\' }).message.text!
  expect(text.startsWith('\\[x\\](http://evil.test) {{0}} \\\\.')).toBe(true)
})

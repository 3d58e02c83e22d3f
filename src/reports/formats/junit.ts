// The run as JUnit XML, by which CI systems count tests: parts of the plan, threats, controls and findings, one test case each.
import { create } from 'xmlbuilder2'
import { acceptedFindings, countedFindings, decisionSentence } from '../evidence/accepted.ts'
import { instant } from '../instant.ts'
import { RESULT_WORD } from '../results.ts'
import type { Result, RiskRecord, RunRecord, ThreatStateRecord } from '../run-record.ts'
import { summarise } from '../summary.ts'
import { visible } from '../visible.ts'

interface Case {
  readonly group: string
  readonly name: string
  readonly seconds: number
  /** JUnit has no more than these. What is neither passed nor failed is skipped, so that it never looks like a pass. */
  readonly came: 'passed' | 'failure' | 'error' | 'skipped'
  readonly reason: string
}

interface Suite {
  readonly name: string
  readonly cases: readonly Case[]
}

export function junitXml(record: RunRecord): string {
  const suites = [runSuite(record), threatSuite(record), controlSuite(record), findingSuite(record)]
  const all = suites.flatMap(({ cases }) => cases)
  // Control characters, which XML 1.0 cannot hold at all, are shown by `text`; the replacement stands behind it, should that ever miss one.
  const root = create({ version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\ufffd' }).ele('testsuites', {
    name: text(record.project.name),
    tests: all.length,
    failures: having(all, 'failure'),
    errors: having(all, 'error'),
    time: seconds(all),
  })
  for (const { name, cases } of suites) {
    const suite = root.ele('testsuite', {
      name,
      tests: cases.length,
      failures: having(cases, 'failure'),
      errors: having(cases, 'error'),
      skipped: having(cases, 'skipped'),
      time: seconds(cases),
      ...startOf(record),
    })
    // Here and not at a case: that is where most readers look, and the schemas in use allow them nowhere else.
    const properties = suite.ele('properties')
    for (const [property, value] of propertiesOf(record)) properties.ele('property', { name: property, value: text(value) })
    for (const { group, name: title, seconds: time, came, reason } of cases) {
      const element = suite.ele('testcase', { classname: text(group), name: text(title), time: decimal(time) })
      if (came === 'skipped') element.ele('skipped', { message: text(reason) })
      else if (came !== 'passed') element.ele(came, { message: text(reason, 200), type: came }).txt(text(reason, 4_000))
    }
  }
  return `${root.end({ prettyPrint: true })}\n`
}

function runSuite(record: RunRecord): Suite {
  const { alarm } = summarise(record)
  const whole: Case = {
    group: 'run',
    name: 'the run is whole',
    seconds: 0,
    came: alarm === null ? 'passed' : 'error',
    reason: [alarm ?? '', ...record.faults].join(' '),
  }
  const stages = record.stages.map(({ name, result, reason, seconds }) => ({
    group: 'run',
    name,
    seconds,
    ...judged(result, reason),
  }))
  return { name: 'run', cases: [whole, ...stages] }
}

function threatSuite(record: RunRecord): Suite {
  const cases = record.threats.map((threat) => {
    const accepted = threat.result === 'failed' ? acceptance(threat, record) : undefined
    const outcome = accepted === undefined ? judged(threat.result, threat.reason) : acceptedCase(accepted, threat.reason)
    return { group: `threats.${threat.boundary}`, name: `${threat.id} ${threat.title}`, seconds: 0, ...outcome }
  })
  return { name: 'threats', cases }
}

/** The decision in force for a failed threat, if all of its findings that count are accepted: then the exit code does not count it either. */
function acceptance(threat: ThreatStateRecord, record: RunRecord): RiskRecord | undefined {
  const accepted = acceptedFindings(record)
  const about = countedFindings(record).filter((finding) => finding.threat === threat.id)
  return about.length > 0 && about.every((finding) => accepted.has(finding.id)) ? accepted.get(about[0]!.id) : undefined
}

function controlSuite({ controls }: RunRecord): Suite {
  const cases = controls.map(({ id, title, result, reason }) => ({
    group: 'controls',
    name: `${id} ${title}`,
    seconds: 0,
    ...judged(result, reason),
  }))
  return { name: 'controls', cases }
}

function findingSuite(record: RunRecord): Suite {
  const accepted = acceptedFindings(record)
  const cases = countedFindings(record).map((finding) => {
    const told = `Expected: ${finding.expected} Actual: ${finding.actual} Replay: ${finding.replay}`
    const risk = accepted.get(finding.id)
    const outcome = risk === undefined ? judged('failed', told) : acceptedCase(risk, told)
    return { group: `findings.${finding.target}`, name: `${finding.id} ${finding.title}`, seconds: 0, ...outcome }
  })
  return { name: 'findings', cases }
}

function acceptedCase(risk: RiskRecord, told: string): Pick<Case, 'came' | 'reason'> {
  return { came: 'skipped', reason: `failed, and accepted: ${decisionSentence(risk)} ${told}` }
}

function judged(result: Result, reason: string): Pick<Case, 'came' | 'reason'> {
  if (result === 'passed') return { came: 'passed', reason: '' }
  return result === 'failed' ? { came: 'failure', reason } : { came: 'skipped', reason: `${RESULT_WORD[result]}: ${reason}` }
}

function propertiesOf(record: RunRecord): [string, string][] {
  return [
    ['run', record.run],
    ['seed', String(record.seed)],
    ['completion', record.completion],
    ['exitCode', String(record.exitCode)],
    ['commit', record.project.commit ?? 'unknown'],
    ['node', record.environment.node],
    ['platform', record.environment.platform],
    ...record.targets.map(({ name, version }): [string, string] => ['target', `${name} ${version}`]),
  ]
}

function having(cases: readonly Case[], came: Case['came']): number {
  return cases.filter((entry) => entry.came === came).length
}

function seconds(cases: readonly Case[]): string {
  return decimal(cases.reduce((sum, entry) => sum + entry.seconds, 0))
}

/** The schema's `decimal` knows no exponent and no infinity, which is what becomes of a number that no run took. */
const decimal = (time: number): string => Math.min(Math.max(time, 0), Number.MAX_SAFE_INTEGER).toFixed(3)

/** Without a zone, as readers want it; a time that is not one is left out. */
function startOf({ startedAt }: RunRecord): { timestamp?: string } {
  const at = instant(startedAt)
  return at === null ? {} : { timestamp: at.slice(0, 19) }
}

/** The writer leaves an ampersand alone that begins something like an entity, so guest text could name one; here each becomes one first. */
function text(value: string, limit = 1_000): string {
  return visible(value, { limit }).replaceAll('&', '&amp;')
}

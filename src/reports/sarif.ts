// Findings as SARIF 2.1.0, in the shape that GitHub code scanning takes: only failures, each at a place in the source tree.
import { createHash } from 'node:crypto'
import type { Log, Notification, ReportingDescriptor, Run, Result as SarifResult } from 'sarif'
import { md, mdCode } from './markdown-text.ts'
import { count, SEVERITIES } from './results.ts'
import type { FindingRecord, RunRecord, ThreatStateRecord } from './run-record.ts'
import { type Summary, summarise } from './summary.ts'
import { visible } from './visible.ts'

/** What GitHub takes; it refuses or silently cuts a file that goes beyond (its page "SARIF results exceed one or more limits"). */
export const SARIF_LIMITS = {
  /** Results shown per run; more are cut, and not by severity, so we cut before. */
  results: 5_000,
  /** Tags kept per rule; 20 are accepted. */
  tags: 10,
  /** Our own bound on one text, so that 5,000 results stay far below 10 MB after gzip. */
  text: 1_000,
} as const

const LEVEL = { critical: 'error', high: 'error', medium: 'warning', low: 'note' } as const

/** GitHub's bands: over 9.0 critical, from 7.0 high, from 4.0 medium, below low. */
const SECURITY_SEVERITY = { critical: '9.5', high: '8.0', medium: '5.5', low: '3.0' } as const

/** The rule of findings that no threat of the model names. */
const UNCLASSIFIED = 'UNCLASSIFIED'

/**
 * SARIF log of a run. Findings about other targets are left out if our own sandbox was part of the run: they are expected there, and each
 * result of an upload becomes an alert. A run against somebody else's host alone reports all of them.
 */
export function findingsSarif(record: RunRecord): Log {
  const summary = summarise(record)
  const reported = record.targets.some((target) => target.own)
    ? summary.ownFindings
    : [...summary.ownFindings, ...summary.otherFindings]
  const placed = reported.map((finding) => ({ finding, place: placeOf(finding, record) }))
  const located = placed.filter((entry): entry is { finding: FindingRecord; place: Place } => entry.place !== null)
  const kept = located.slice(0, SARIF_LIMITS.results)
  const rules = rulesOf(
    record,
    kept.map((entry) => entry.finding),
  )
  const indexOf = new Map(rules.map((rule, index) => [rule.id, index]))
  const results = kept.map(({ finding, place }) =>
    resultOf(finding, place, indexOf.get(ruleOf(finding, record)) ?? 0, ruleOf(finding, record)),
  )
  const notes = notesOf(record, summary, {
    unplaced: placed.filter((entry) => entry.place === null).map((entry) => entry.finding.id),
    cut: located.length - kept.length,
    others: record.findings.length - reported.length,
  })
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [runOf(record, rules, results, notes)],
  }
}

function runOf(record: RunRecord, rules: ReportingDescriptor[], results: SarifResult[], notes: Notification[]): Run {
  return {
    tool: { driver: { name: record.project.name, version: record.project.version, rules } },
    automationDetails: { id: `${record.project.name}/` },
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful: record.completion === 'complete' && record.faults.length === 0,
        exitCode: record.exitCode,
        commandLine: plain(record.command),
        ...time('startTimeUtc', record.startedAt),
        ...time('endTimeUtc', record.finishedAt),
        ...(notes.length > 0 ? { toolExecutionNotifications: notes } : {}),
      },
    ],
    results,
    properties: { run: record.run, seed: record.seed, completion: record.completion },
  }
}

function resultOf(finding: FindingRecord, place: Place, ruleIndex: number, ruleId: string): SarifResult {
  return {
    ruleId,
    ruleIndex,
    kind: 'fail',
    level: LEVEL[finding.severity],
    message: {
      text: message(
        `${finding.title}. Target: ${finding.target}. Expected: ${finding.expected} Actual: ${finding.actual} Replay: ${finding.replay}`,
      ),
    },
    locations: [
      { physicalLocation: { artifactLocation: { uri: place.uri, uriBaseId: '%SRCROOT%' }, region: { startLine: place.line } } },
    ],
    partialFingerprints: {
      primaryLocationLineHash: `${fingerprint(finding.id)}:1`,
      'gauntletFinding/v1': fingerprint(finding.id),
    },
    properties: {
      'security-severity': SECURITY_SEVERITY[finding.severity],
      findingId: plain(finding.id),
      target: plain(finding.target),
      oracle: plain(finding.oracle),
      code: plain(finding.code),
      count: finding.count,
    },
  }
}

/** 16 hexadecimal digits that depend on the finding's id alone, never on line, seed or time, so that an alert is the same one tomorrow. */
function fingerprint(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 16)
}

// --- rules -------------------------------------------------------------------------------------------------------------------------------

/** A rule for every threat that was tried in this run or has a finding: a list of rules is read as a list of what was checked. */
function rulesOf(record: RunRecord, findings: readonly FindingRecord[]): ReportingDescriptor[] {
  const gravest = new Map<string, FindingRecord['severity']>()
  for (const finding of findings) {
    const rule = ruleOf(finding, record)
    const known = gravest.get(rule)
    if (known === undefined || SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(known))
      gravest.set(rule, finding.severity)
  }
  const rules = record.threats
    .filter(
      (threat) =>
        gravest.has(threat.id) ||
        (threat.result !== 'not-run' && threat.result !== 'not-applicable' && threat.result !== 'unknown'),
    )
    .map((threat) => threatRule(threat, gravest.get(threat.id)))
  const unclassified = gravest.get(UNCLASSIFIED)
  return unclassified === undefined ? rules : [...rules, unclassifiedRule(unclassified)]
}

function ruleOf(finding: FindingRecord, record: RunRecord): string {
  return finding.threat !== null && record.threats.some((threat) => threat.id === finding.threat) ? finding.threat : UNCLASSIFIED
}

function threatRule(threat: ThreatStateRecord, severity: FindingRecord['severity'] | undefined): ReportingDescriptor {
  const description = threat.description ?? threat.title
  const requirement = threat.requirement ?? 'See the threat model.'
  return {
    id: threat.id,
    name:
      threat.title.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => next?.toUpperCase() ?? '').slice(0, 100) ||
      threat.id,
    shortDescription: { text: message(threat.title) },
    fullDescription: { text: message(description) },
    help: {
      text: message(
        `${description} A sandbox must: ${requirement} Threat model: ${threat.file}:${threat.line}. Controls: ${threat.controls.join(', ')}.`,
      ),
      markdown: `${md(description, SARIF_LIMITS.text)}\n\n**A sandbox must:** ${md(requirement, SARIF_LIMITS.text)}\n\nThreat model: ${mdCode(`${threat.file}:${threat.line}`)}. Controls: ${threat.controls.map((control) => mdCode(control)).join(', ')}.`,
    },
    defaultConfiguration: { level: severity === undefined ? 'warning' : LEVEL[severity] },
    properties: {
      tags: ['security', ...(threat.cwe ?? []).map(cweTag)].slice(0, SARIF_LIMITS.tags),
      precision: 'very-high',
      ...(severity === undefined ? {} : { 'security-severity': SECURITY_SEVERITY[severity] }),
    },
  }
}

function unclassifiedRule(severity: FindingRecord['severity']): ReportingDescriptor {
  const text = 'A sandbox was violated in a way that no threat of the threat model names.'
  return {
    id: UNCLASSIFIED,
    name: 'Unclassified',
    shortDescription: { text },
    fullDescription: { text },
    help: {
      text: `${text} Add the threat to the model, then tie the finding to it.`,
      markdown: `${text} Add the threat to the model, then tie the finding to it.`,
    },
    defaultConfiguration: { level: LEVEL[severity] },
    properties: {
      tags: ['security', cweTag('CWE-693')],
      precision: 'very-high',
      'security-severity': SECURITY_SEVERITY[severity],
    },
  }
}

/** The tag by which GitHub knows a weakness: three digits at least. */
function cweTag(cwe: string): string {
  return `external/cwe/cwe-${cwe.replace(/^CWE-/i, '').padStart(3, '0')}`
}

// --- places ------------------------------------------------------------------------------------------------------------------------------

interface Place {
  /** Relative to the source root, percent-encoded. */
  readonly uri: string
  readonly line: number
}

/** Where the finding stands: its own location, else its threat's. One result without a location makes GitHub refuse the whole file. */
function placeOf(finding: FindingRecord, record: RunRecord): Place | null {
  const threat = record.threats.find((candidate) => candidate.id === finding.threat)
  return place(finding.location.path, finding.location.line) ?? (threat === undefined ? null : place(threat.file, threat.line))
}

function place(file: string, line: number): Place | null {
  const segments = file
    .replaceAll('\\', '/')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
  const outside = file.startsWith('/') || /^[A-Za-z]:/.test(file) || segments.includes('..')
  if (outside || segments.length === 0) return null
  return { uri: segments.map((segment) => encodeURIComponent(segment.toWellFormed())).join('/'), line: Math.max(1, line) }
}

// --- notes and texts ---------------------------------------------------------------------------------------------------------------------

function notesOf(
  record: RunRecord,
  summary: Summary,
  left: { unplaced: readonly string[]; cut: number; others: number },
): Notification[] {
  const notes: [Notification['level'], string][] = [
    ...record.faults.map((fault): [Notification['level'], string] => ['error', `Fault of the gauntlet: ${fault}`]),
    ...(summary.alarm === null ? [] : [['error', summary.alarm] as [Notification['level'], string]]),
    ...(left.unplaced.length === 0
      ? []
      : [
          [
            'warning',
            `${count(left.unplaced.length, 'finding')} without a place in the source tree left out; see report.json: ${left.unplaced.join(', ')}`,
          ] as [Notification['level'], string],
        ]),
    ...(left.cut === 0
      ? []
      : [
          [
            'warning',
            `${count(left.cut, 'finding')} of the lowest severities left out, as only ${SARIF_LIMITS.results} are shown; see report.json.`,
          ] as [Notification['level'], string],
        ]),
    ...(left.others === 0
      ? []
      : [
          ['note', `${count(left.others, 'finding')} about other targets left out; see report.json.`] as [
            Notification['level'],
            string,
          ],
        ]),
  ]
  return notes.map(([level, text]) => ({ ...(level === undefined ? {} : { level }), message: { text: message(text) } }))
}

/** Message text: `[`, `]` and `\` would start embedded links (SARIF 2.1.0 section 3.11.6), `{` and `}` placeholders (section 3.11.5). */
function message(text: string): string {
  return plain(text)
    .replace(/[\\[\]]/g, '\\$&')
    .replace(/[{}]/g, '$&$&')
}

function plain(text: string): string {
  return visible(text, { limit: SARIF_LIMITS.text })
}

/** SARIF wants RFC 3339 in UTC; a time that is not one is left out rather than making the file invalid. */
function time<Name extends 'startTimeUtc' | 'endTimeUtc'>(name: Name, text: string): Partial<Record<Name, string>> {
  const at = Date.parse(text)
  return Number.isNaN(at) ? {} : ({ [name]: new Date(at).toISOString() } as Record<Name, string>)
}

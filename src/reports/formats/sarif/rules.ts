// Threats as SARIF rules, with the texts and tags that viewers show beside a result.
import type { ReportingDescriptor } from 'sarif'
import { md, mdCode } from '../../markdown-text.ts'
import { SEVERITIES } from '../../results.ts'
import type { FindingRecord, RunRecord, ThreatStateRecord } from '../../run-record.ts'
import { SARIF_LIMITS } from './limits.ts'
import { message } from './text.ts'

export type Severity = FindingRecord['severity']

export const LEVEL = { critical: 'error', high: 'error', medium: 'warning', low: 'note' } as const

/** GitHub's bands: over 9.0 critical, from 7.0 high, from 4.0 medium, below low. */
export const SECURITY_SEVERITY = { critical: '9.5', high: '8.0', medium: '5.5', low: '3.0' } as const

/** The rule of findings that no threat of the model names. */
export const UNCLASSIFIED = 'UNCLASSIFIED'

export function ruleOf(finding: FindingRecord, record: RunRecord): string {
  return finding.threat !== null && record.threats.some((threat) => threat.id === finding.threat) ? finding.threat : UNCLASSIFIED
}

/** The severity of the gravest finding of each rule. */
export function gravestByRule(findings: readonly FindingRecord[], record: RunRecord): Map<string, Severity> {
  const gravest = new Map<string, Severity>()
  for (const finding of findings) {
    const rule = ruleOf(finding, record)
    const known = gravest.get(rule)
    if (known === undefined || SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(known))
      gravest.set(rule, finding.severity)
  }
  return gravest
}

export function threatRule(threat: ThreatStateRecord, severity: Severity | undefined): ReportingDescriptor {
  return {
    id: threat.id,
    name:
      threat.title.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => next?.toUpperCase() ?? '').slice(0, 100) ||
      threat.id,
    shortDescription: { text: message(threat.title) },
    fullDescription: { text: message(threat.description ?? threat.title) },
    help: helpOf(threat),
    defaultConfiguration: { level: severity === undefined ? 'warning' : LEVEL[severity] },
    properties: {
      tags: ['security', ...(threat.cwe ?? []).map(cweTag)].slice(0, SARIF_LIMITS.tags),
      precision: 'very-high',
      ...(severity === undefined ? {} : { 'security-severity': SECURITY_SEVERITY[severity] }),
      ...(threat.severity === undefined ? {} : { cvss: message(threat.severity.vector), cvssScore: threat.severity.score }),
    },
  }
}

export function unclassifiedRule(severity: Severity): ReportingDescriptor {
  const text = 'A sandbox was violated in a way that no threat of the threat model names.'
  return {
    id: UNCLASSIFIED,
    name: 'ViolationOfNoKnownThreat',
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

function helpOf(threat: ThreatStateRecord): { text: string; markdown: string } {
  const description = threat.description ?? threat.title
  const parts: [string, string | undefined][] = [
    ['A sandbox must', threat.requirement ?? 'See the threat model.'],
    ['Seen by', threat.detection],
    ['False positives', threat.falsePositives],
    ['Severity', threat.severity && `${threat.severity.level} (${threat.severity.vector}): ${threat.severity.because}`],
  ]
  const told = parts.filter((part): part is [string, string] => part[1] !== undefined)
  const entry = `${threat.file}:${threat.line}`
  return {
    text: [
      message(description),
      ...told.map(([label, text]) => `${label}: ${message(text)}`),
      message(`Threat model: ${entry}. Controls: ${threat.controls.join(', ')}.`),
    ].join(' '),
    markdown: [
      md(description, SARIF_LIMITS.text),
      ...told.map(([label, text]) => `**${label}:** ${md(text, SARIF_LIMITS.text)}`),
      `Threat model: ${mdCode(entry)}. Controls: ${threat.controls.map((control) => mdCode(control)).join(', ')}.`,
    ].join('\n\n'),
  }
}

/** The tag by which GitHub knows a weakness: three digits at least. */
function cweTag(cwe: string): string {
  return `external/cwe/cwe-${cwe.replace(/^CWE-/i, '').padStart(3, '0')}`
}

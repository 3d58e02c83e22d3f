// Everything that was run as SARIF 2.1.0, for viewers that tell passed from failed: each finding, the state of each threat, each piece of
// evidence. Not for GitHub, which would show all of it as alerts; findings.sarif is.
import type { Log, Result as SarifResult, Suppression } from 'sarif'
import { countedFindings, decisionSentence, decisionsByFinding } from '../../evidence/accepted.ts'
import { subjectTargets } from '../../evidence/subject.ts'
import { count, RESULT_WORD } from '../../results.ts'
import type { EvidenceItem, Result, RiskRecord, RunRecord, ThreatStateRecord } from '../../run-record.ts'
import { findingResult } from './finding-result.ts'
import { SARIF_LIMITS } from './limits.ts'
import { sarifLog } from './log.ts'
import { locationOf, place, placeOf } from './places.ts'
import { gravestByRule, ruleOf, threatRule, UNCLASSIFIED, unclassifiedRule } from './rules.ts'
import { type Taxonomies, taxonomiesOf } from './taxonomies.ts'
import { fingerprint, message, plain } from './text.ts'

/** `open`: evaluated, but what is known does not decide it (section 3.27.9). Nothing that was not run may look like a pass. */
const KIND = {
  passed: 'pass',
  failed: 'fail',
  'needs-review': 'review',
  'not-run': 'open',
  'not-applicable': 'notApplicable',
  unknown: 'open',
} as const satisfies Record<Result, SarifResult['kind']>

/** About a target that is not under review: it shows that the attacks bite, and is no failure of what is. */
const ELSEWHERE = { kind: 'informational', level: 'none' } as const

export function evidenceSarif(record: RunRecord): Log {
  const taxonomies = taxonomiesOf(record)
  const gravest = gravestByRule(record.findings, record)
  const rules = [
    ...record.threats.map((threat) => ({
      ...threatRule(threat, gravest.get(threat.id)),
      relationships: taxonomies.relationshipsOf(threat),
    })),
    unclassifiedRule(gravest.get(UNCLASSIFIED) ?? 'low'),
    EVIDENCE_RULE,
  ]
  const indexOf = new Map(rules.map((rule, index) => [rule.id, index]))
  const all = [
    ...findingResults(record, indexOf),
    ...record.threats.map((threat) => threatResult(threat, indexOf, record)),
    ...(record.evidence ?? []).map((item) => evidenceResult(item, indexOf, taxonomies, record)),
  ]
  const cut = all.length - SARIF_LIMITS.accepted
  return sarifLog(record, {
    category: `${record.project.name}/evidence/`,
    rules,
    results: all.slice(0, SARIF_LIMITS.accepted),
    notes: [
      ...(cut > 0
        ? [
            [
              'warning',
              `${count(cut, 'piece')} of evidence left out, as a log holds ${SARIF_LIMITS.accepted} results; see report.json.`,
            ] as const,
          ]
        : []),
      ...(record.evidence === undefined ? [['note', 'This record lists no evidence one by one.'] as const] : []),
    ],
    taxonomies: taxonomies.components,
  })
}

/** The rule of evidence that is about controls, and names no threat of the model. */
const EVIDENCE_RULE = {
  id: 'EVIDENCE',
  name: 'EvidenceAboutControls',
  shortDescription: { text: 'Something that was run, and bears on controls.' },
  fullDescription: { text: 'Something that was run, and bears on controls rather than on one threat of the threat model.' },
  help: {
    text: 'The message says what was run, and how to run it again.',
    markdown: 'The message says what was run, and how to run it again.',
  },
  properties: { tags: ['security'] },
}

function findingResults(record: RunRecord, rules: ReadonlyMap<string, number>): SarifResult[] {
  const decisions = decisionsByFinding(record)
  const counted = new Set(countedFindings(record))
  return record.findings.map((finding) => {
    const result = findingResult(finding, ruleOf(finding, record), rules, placeOf(finding, record))
    const risks = decisions.get(finding.id) ?? []
    return {
      ...result,
      ...(counted.has(finding) ? {} : ELSEWHERE),
      suppressions: risks.map(suppression),
      properties: { ...result.properties, of: 'finding' },
    }
  })
}

/** A result is suppressed only if none of its suppressions is under review or rejected (section 3.27.23); an expired one is rejected. */
function suppression(risk: RiskRecord): Suppression {
  const status = { 'in-force': 'accepted', open: 'underReview', expired: 'rejected' } as const
  return { kind: 'external', status: status[risk.state], justification: message(decisionSentence(risk)) }
}

function threatResult(threat: ThreatStateRecord, rules: ReadonlyMap<string, number>, record: RunRecord): SarifResult {
  const at = place(threat.file, threat.line)
  const risks = (record.risks ?? []).filter((risk) => risk.threat === threat.id)
  return {
    ruleId: threat.id,
    ruleIndex: rules.get(threat.id) ?? -1,
    ...judged(threat.result),
    message: { text: message(`${threat.title}: ${RESULT_WORD[threat.result]}. ${threat.reason}`) },
    ...(at === null ? {} : { locations: [locationOf(at)] }),
    partialFingerprints: { 'gauntletThreat/v1': fingerprint(threat.id) },
    ...(threat.result === 'failed' ? { suppressions: risks.map(suppression) } : {}),
    properties: {
      of: 'threat',
      result: threat.result,
      controls: threat.controls.map(plain),
      ...(threat.mappedTo === undefined ? {} : { mappedTo: threat.mappedTo.map(plain) }),
    },
  }
}

function evidenceResult(
  item: EvidenceItem,
  rules: ReadonlyMap<string, number>,
  taxonomies: Taxonomies,
  record: RunRecord,
): SarifResult {
  const known = record.threats.filter((threat) => item.threats.includes(threat.id))
  const [first] = known
  const rule = first?.id ?? EVIDENCE_RULE.id
  const at = first && place(first.file, first.line)
  // Of an earlier state of the sources: it may not hold any more, so it is no pass.
  const result = item.stale !== null && item.result === 'passed' ? 'needs-review' : item.result
  const elsewhere = item.target !== null && !subjectTargets(record).includes(item.target)
  const stale = item.stale === null ? '' : ` Stale: ${item.stale}`
  return {
    ruleId: rule,
    ruleIndex: rules.get(rule) ?? -1,
    ...(elsewhere ? ELSEWHERE : judged(result)),
    message: {
      text: message(`${item.kind}: ${item.title}: ${RESULT_WORD[item.result]}. ${item.reason}${stale} Replay: ${item.replay}`),
    },
    ...(at ? { locations: [locationOf(at)] } : {}),
    partialFingerprints: { 'gauntletEvidence/v1': fingerprint(item.id) },
    taxa: known.map((threat) => taxonomies.threatTaxon(threat.id)),
    properties: {
      of: 'evidence',
      evidence: plain(item.id),
      evidenceKind: item.kind,
      result: item.result,
      controls: item.controls.map(plain),
      count: item.count,
      ...(item.target === null ? {} : { target: plain(item.target) }),
      ...(item.seed === null ? {} : { seed: item.seed }),
      ...(item.seconds === null ? {} : { seconds: item.seconds }),
      at: plain(item.at),
      source: plain(item.source),
    },
  }
}

/** Only a failure has a level (section 3.27.10). */
function judged(result: Result): Pick<SarifResult, 'kind' | 'level'> & { kind: NonNullable<SarifResult['kind']> } {
  return { kind: KIND[result], level: result === 'failed' ? 'error' : 'none' }
}

// Observations: one for each threat that something was run against, and one for each violation.

import { evidenceByThreat, reviewedFindings } from '../../evidence/reviewed.ts'
import { requiredInstant } from '../../instant.ts'
import { count, RESULT_WORD } from '../../results.ts'
import type { EvidenceItem, FindingRecord, RunRecord, ThreatStateRecord } from '../../run-record.ts'
import { stableUuid } from '../../uuid.ts'
import type { Observation, Origin, Resource, SystemComponent } from './model.ts'
import { markup, prop } from './words.ts'

/** An observation names so many pieces of evidence; report.json has all of them. */
const EVIDENCE_SHOWN = 12

interface Around {
  readonly origin: Origin
  readonly components: readonly SystemComponent[]
  readonly report: Resource
}

export const observationUuid = (threat: string): string => stableUuid('observation', threat)
export const violationUuid = (finding: string): string => stableUuid('violation', finding)

/** A threat that nothing was run against is no observation; that it was not run stands in the findings. */
export function observations(record: RunRecord, around: Around): Observation[] {
  const evidence = evidenceByThreat(record)
  const observed = record.threats.filter(({ result }) => result !== 'not-run' && result !== 'not-applicable')
  return [
    ...observed.map((threat) => ofThreat(threat, evidence.get(threat.id) ?? [], record, around)),
    ...reviewedFindings(record).map((finding) => ofFinding(finding, record, around)),
  ]
}

function ofThreat(threat: ThreatStateRecord, evidence: readonly EvidenceItem[], record: RunRecord, around: Around): Observation {
  const ran = evidence.filter(({ result }) => result !== 'not-run' && result !== 'not-applicable')
  const shown = ran.slice(0, EVIDENCE_SHOWN).map(sentenceOf)
  const left = ran.length - shown.length
  return {
    uuid: observationUuid(threat.id),
    title: markup(`${threat.id} ${threat.title}`),
    description: markup(`${RESULT_WORD[threat.result]}: ${threat.reason}`),
    props: [prop('threat', threat.id), prop('evidence-result', threat.result)],
    types: [threat.result === 'failed' ? 'finding' : 'control-objective'],
    ...common(record, around),
    'relevant-evidence': [
      ...(shown.length > 0 ? shown : [tallyOf(threat)]),
      ...(left > 0 ? [`${count(left, 'more piece')} of evidence in report.json.`] : []),
    ].map((description) => ({ href: `#${around.report.uuid}`, description: markup(description) })),
  }
}

function sentenceOf({ kind, title, result, count: times, target, replay }: EvidenceItem): string {
  const where = target === null ? '' : ` on ${target}`
  return `${kind}: ${title}${where}: ${RESULT_WORD[result]}, ${times} times. Repeat: ${replay}`
}

/** For records that do not list their evidence. */
function tallyOf({ evidence }: ThreatStateRecord): string {
  const { regressions, twins, campaignModules, properties, coverageGuided, weakeningsDetected, weakenings } = evidence
  return `${count(regressions, 'attack')}, ${count(twins, 'twin')} allowed, ${count(campaignModules, 'generated module')}, ${count(properties + coverageGuided, 'engine')}, ${weakeningsDetected} of ${count(weakenings, 'weakening')} detected.`
}

function ofFinding(finding: FindingRecord, record: RunRecord, around: Around): Observation {
  return {
    uuid: violationUuid(finding.id),
    title: markup(finding.title),
    description: markup(`On ${finding.target}. Expected: ${finding.expected} Actual: ${finding.actual}`),
    props: [
      prop('finding', finding.id),
      prop('severity', finding.severity),
      ...(finding.threat === null ? [] : [prop('threat', finding.threat)]),
    ],
    types: ['finding'],
    ...common(record, around),
    'relevant-evidence': [
      { href: `#${around.report.uuid}`, description: markup(`${count(finding.count, 'trial')}. Repeat: ${finding.replay}`) },
    ],
  }
}

function common(record: RunRecord, { origin, components }: Around) {
  const subjects = components.map(({ uuid }) => ({ 'subject-uuid': uuid, type: 'component' as const }))
  return {
    methods: ['TEST'],
    origins: [origin],
    ...(subjects.length > 0 ? { subjects } : {}),
    collected: requiredInstant(record.finishedAt, record.startedAt),
  } as const
}

// Findings as vulnerabilities: how each is shown again (VDR), and what was decided about it (VEX).
import { decisionSentence, decisionsByFinding } from '../../evidence/accepted.ts'
import { productOf, reviewedFindings } from '../../evidence/reviewed.ts'
import { instant } from '../../instant.ts'
import type { FindingRecord, RiskRecord, RunRecord, ThreatStateRecord } from '../../run-record.ts'
import { visible } from '../../visible.ts'
import type { Property } from './bom.ts'
import { productRef, property, ref, text } from './text.ts'

/** Longest WebAssembly text of a proof of concept, in UTF-16 units; the file beside the report has all of it. */
const WAT_SHOWN = 20_000

export interface Vulnerability {
  readonly 'bom-ref': string
  readonly id: string
  readonly source: { readonly name: string }
  readonly ratings: readonly Rating[]
  readonly cwes?: readonly number[]
  readonly description: string
  readonly detail: string
  readonly recommendation: string
  readonly proofOfConcept: {
    readonly reproductionSteps: string
    readonly environment: string
    readonly supportingMaterial?: readonly { readonly contentType: string; readonly content: string }[]
  }
  readonly created?: string
  readonly updated?: string
  readonly analysis: Analysis
  readonly affects: readonly {
    readonly ref: string
    readonly versions?: readonly { readonly version: string; readonly status: 'affected' }[]
  }[]
  readonly properties: readonly Property[]
}

interface Rating {
  readonly source?: { readonly name: string }
  readonly score?: number
  readonly severity: 'none' | 'low' | 'medium' | 'high' | 'critical'
  readonly method: 'CVSSv4' | 'other'
  readonly vector?: string
  readonly justification?: string
}

interface Analysis {
  readonly state: 'exploitable' | 'in_triage' | 'false_positive'
  readonly response?: readonly ['will_not_fix' | 'update']
  readonly detail: string
}

export function vulnerabilities(record: RunRecord): Vulnerability[] {
  const decisions = decisionsByFinding(record)
  const threats = new Map(record.threats.map((threat) => [threat.id, threat]))
  const versions = new Map(record.targets.map(({ name, version }) => [name, version]))
  return reviewedFindings(record).map((finding): Vulnerability => {
    const threat = finding.threat === null ? undefined : threats.get(finding.threat)
    const created = instant(finding.firstSeen)
    const updated = instant(finding.lastSeen ?? '')
    const version = versions.get(finding.target)
    return {
      'bom-ref': ref('finding', finding.id),
      id: text(finding.id),
      source: { name: text(record.project.name) },
      ratings: [...cvssOf(threat), { severity: finding.severity, method: 'other', justification: 'How the gauntlet ranks it.' }],
      ...cwesOf(threat),
      description: text(finding.title),
      detail: text(`Expected: ${finding.expected} Actual: ${finding.actual}`),
      recommendation: text(threat?.requirement ?? 'Mend the cause; the replay shows whether it is gone.'),
      proofOfConcept: proofOf(finding, record),
      ...(created === null ? {} : { created }),
      ...(updated === null ? {} : { updated }),
      analysis: analysisOf(finding, decisions.get(finding.id) ?? []),
      affects: [
        {
          // What was attacked, which is under `components`; a finding about a target that the record lacks is about the product.
          ref: version === undefined ? productRef(productOf(record)) : ref('target', finding.target),
          ...(version === undefined ? {} : { versions: [{ version: text(version), status: 'affected' }] }),
        },
      ],
      properties: propertiesOf(finding),
    }
  })
}

function cvssOf(threat: ThreatStateRecord | undefined): Rating[] {
  if (threat?.severity === undefined) return []
  const { vector, score, level, because } = threat.severity
  return [
    {
      source: { name: 'threat model' },
      score,
      severity: level,
      method: 'CVSSv4',
      vector: text(vector),
      justification: text(because),
    },
  ]
}

function cwesOf(threat: ThreatStateRecord | undefined): { readonly cwes?: readonly number[] } {
  const numbers = (threat?.cwe ?? []).flatMap((cwe) => {
    const number = /^CWE-(\d{1,6})$/.exec(cwe)?.[1]
    return number === undefined || Number(number) === 0 ? [] : [Number(number)]
  })
  return numbers.length > 0 ? { cwes: [...new Set(numbers)] } : {}
}

function proofOf(finding: FindingRecord, { environment }: RunRecord): Vulnerability['proofOfConcept'] {
  return {
    reproductionSteps: text(finding.replay),
    environment: text(`${environment.platform}, Node.js ${environment.node}, V8 ${environment.v8}`),
    ...(finding.wat === null
      ? {}
      : {
          supportingMaterial: [{ contentType: 'text/plain', content: visible(finding.wat, { lines: true, limit: WAT_SHOWN }) }],
        }),
  }
}

/** Only somebody's word that it is no defect makes it one; an accepted one is still exploitable. */
function analysisOf(finding: FindingRecord, decisions: readonly RiskRecord[]): Analysis {
  const detail = text(
    decisions.length === 0 ? 'Nobody has decided about it.' : decisions.map((risk) => decisionSentence(risk)).join(' '),
  )
  const inForce = decisions.find(({ state }) => state === 'in-force')
  if (inForce?.status === 'false-positive') return { state: 'false_positive', detail }
  if (inForce !== undefined) return { state: 'exploitable', response: ['will_not_fix'], detail }
  if (decisions.some(({ status }) => status === 'in-progress')) return { state: 'exploitable', response: ['update'], detail }
  const { runs, times } = finding.reproduced
  return { state: runs > 0 && times === runs ? 'exploitable' : 'in_triage', detail }
}

function propertiesOf(finding: FindingRecord): Property[] {
  return [
    property('target', finding.target),
    property('oracle', finding.oracle),
    property('code', finding.code),
    property('trials', String(finding.count)),
    property('reproduced', `${finding.reproduced.times} of ${finding.reproduced.runs} runs`),
    ...(finding.threat === null ? [] : [property('threat', finding.threat)]),
    ...finding.reproducer.map((file) => property('reproducer', file)),
  ]
}

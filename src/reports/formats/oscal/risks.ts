// Risks: each threat that was realised in the run, or about which somebody has decided, with its severity and that decision.
import { decisionSentence } from '../../evidence/accepted.ts'
import { reviewedFindings } from '../../evidence/reviewed.ts'
import { instant } from '../../instant.ts'
import type { RiskRecord, RunRecord, ThreatStateRecord } from '../../run-record.ts'
import { stableUuid } from '../../uuid.ts'
import type { Origin, Risk } from './model.ts'
import { observationUuid, violationUuid } from './observations.ts'
import { line, markup, NS, prop, token } from './words.ts'

/** The system of CVSS 4.0 vectors, as the format has it. */
const CVSS = 'https://www.first.org/cvss/v4-0'

export const riskUuid = (threat: string): string => stableUuid('risk', threat)

export function risks(record: RunRecord, origin: Origin): Risk[] {
  const findings = reviewedFindings(record)
  const decided = new Map((record.risks ?? []).flatMap((risk) => threatsOfRisk(risk, record).map((threat) => [threat, risk])))
  const realised = new Set(findings.flatMap(({ threat }) => (threat === null ? [] : [threat])))
  return record.threats
    .filter(({ id, result }) => result === 'failed' || realised.has(id) || decided.has(id))
    .map((threat) => {
      const violations = findings.filter((finding) => finding.threat === threat.id).map(({ id }) => violationUuid(id))
      const seen = threat.result === 'not-run' || threat.result === 'not-applicable' ? [] : [observationUuid(threat.id)]
      return riskOf(threat, decided.get(threat.id), [...seen, ...violations], origin)
    })
}

/** A decision about a finding is one about its threat here, as only threats are risks. */
function threatsOfRisk({ threat, covers }: RiskRecord, record: RunRecord): string[] {
  const covered = new Set(covers)
  const ofFindings = record.findings.flatMap(({ id, threat: of }) => (covered.has(id) && of !== null ? [of] : []))
  return threat === null ? ofFindings : [threat, ...ofFindings]
}

function riskOf(threat: ThreatStateRecord, decision: RiskRecord | undefined, related: readonly string[], origin: Origin): Risk {
  const expires = decision?.state === 'in-force' ? instant(decision.expires) : null
  return {
    uuid: riskUuid(threat.id),
    title: markup(`${threat.id} ${threat.title}`),
    description: markup(threat.description ?? threat.title, 2_000),
    statement: markup(decision === undefined ? threat.reason : `${threat.reason} ${decisionSentence(decision)}`, 2_000),
    props: [prop('threat', threat.id), prop('evidence-result', threat.result)],
    status: statusOf(decision),
    origins: [origin],
    'threat-ids': [{ system: NS, id: `${NS}:threat:${token(threat.id)}` }],
    ...(threat.severity === undefined
      ? {}
      : {
          characterizations: [
            {
              origin,
              facets: [
                { name: 'vector', system: CVSS, value: line(threat.severity.vector) },
                { name: 'score', system: CVSS, value: String(threat.severity.score) },
                { name: 'severity', system: NS, value: threat.severity.level },
              ],
            },
          ],
        }),
    ...(expires === null ? {} : { deadline: expires }),
    ...(related.length > 0 ? { 'related-observations': related.map((uuid) => ({ 'observation-uuid': uuid })) } : {}),
  }
}

/** An acceptance that has expired, or says that it is done while the threat is realised, leaves the risk open. */
function statusOf(decision: RiskRecord | undefined): Risk['status'] {
  if (decision === undefined || decision.state === 'expired') return 'open'
  if (decision.state === 'in-force') return 'deviation-approved'
  if (decision.status === 'in-progress') return 'remediating'
  return decision.status === 'in-discussion' ? 'investigating' : 'open'
}

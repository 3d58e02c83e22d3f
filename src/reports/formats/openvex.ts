// What the run says about vulnerabilities of the product as an OpenVEX document (specification 0.2.0): its findings, what became of earlier
// ones, and the state of each threat. A document must have one statement at least, so a run without findings is told by its threats.
import { acceptedFindings, countedFindings, decisionSentence } from '../evidence/accepted.ts'
import { subjectTargets } from '../evidence/subject.ts'
import { requiredInstant } from '../instant.ts'
import type { FindingRecord, RiskRecord, RunRecord, ThreatStateRecord } from '../run-record.ts'
import { visible } from '../visible.ts'

export interface VexDocument {
  readonly '@context': string
  readonly '@id': string
  readonly author: string
  readonly role: string
  readonly timestamp: string
  readonly version: number
  readonly tooling: string
  readonly statements: readonly VexStatement[]
}

export interface VexStatement {
  readonly vulnerability: { readonly '@id': string; readonly name: string; readonly description?: string }
  readonly products: readonly { readonly '@id': string }[]
  readonly status: 'not_affected' | 'affected' | 'fixed' | 'under_investigation'
  readonly status_notes?: string
  readonly justification?: 'inline_mitigations_already_exist'
  readonly impact_statement?: string
  readonly action_statement?: string
}

export function openVex(record: RunRecord): VexDocument {
  const { project } = record
  return {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': urn('vex', record.run),
    author: text(`${project.name} ${project.version}`),
    role: 'Automated security review',
    // One that is no time is put before all others, so that no newer document yields to this one.
    timestamp: requiredInstant(record.finishedAt),
    version: 1,
    tooling: text(`${project.name} ${project.version}, run ${record.run}, ${record.completion}`),
    statements: statementsOf(record),
  }
}

function statementsOf(record: RunRecord): VexStatement[] {
  // One about a weakening tells of the gauntlet, which did not notice a copy that was broken on purpose, and not of the product.
  const findings = countedFindings(record).filter((finding) => finding.source !== 'weakening')
  const accepted = acceptedFindings(record)
  const told = new Set(findings.map((finding) => finding.threat))
  const products = productsOf(record)
  const statements = [
    ...findings.map((finding) => findingStatement(finding, accepted.get(finding.id), record)),
    ...earlier(record, new Set(findings.map((finding) => finding.id))).map((statement) => ({ ...statement, products })),
    ...record.threats
      .filter((threat) => !(threat.result === 'failed' && told.has(threat.id)))
      .map((threat) => ({ ...threatStatement(threat), products })),
  ]
  return statements.length > 0 ? statements : [{ ...NOTHING_KNOWN, products }]
}

type Said = Omit<VexStatement, 'products'>

const NOTHING_KNOWN: Said = {
  vulnerability: { '@id': urn('threat', 'UNCLASSIFIED'), name: 'UNCLASSIFIED' },
  status: 'under_investigation',
  status_notes: 'No threat model was loaded and nothing was found: this run says nothing.',
}

function findingStatement(finding: FindingRecord, risk: RiskRecord | undefined, record: RunRecord): VexStatement {
  const said = {
    vulnerability: { '@id': urn('finding', finding.id), name: text(finding.id), description: text(finding.title) },
    products: [productOf(finding.target, record)],
    status_notes: text(`Expected: ${finding.expected} Actual: ${finding.actual} Replay: ${finding.replay}`),
  }
  if (risk?.status === 'false-positive')
    return { ...said, status: 'not_affected', impact_statement: text(decisionSentence(risk)) }
  const action =
    risk === undefined
      ? 'Mend the cause; the replay in the notes shows whether it is gone. Until then run no module there that you do not trust.'
      : decisionSentence(risk)
  return { ...said, status: 'affected', action_statement: text(action) }
}

/** @param known what this run has shown itself */
function earlier({ changes }: RunRecord, known: ReadonlySet<string>): Said[] {
  if (changes === undefined) return []
  const about = (id: string) => ({ vulnerability: { '@id': urn('finding', id), name: text(id) } })
  const fixed = changes.fixed.filter((id) => !known.has(id))
  const open = changes.unknown.filter((id) => !known.has(id) && !fixed.includes(id))
  return [
    ...[...new Set(fixed)].map(
      (id): Said => ({
        ...about(id),
        status: 'fixed',
        status_notes: text(`What showed it in the run ${changes.against} was run again, and did not show it.`),
      }),
    ),
    ...[...new Set(open)].map(
      (id): Said => ({
        ...about(id),
        status: 'under_investigation',
        status_notes: text(`The run ${changes.against} had it, and nothing that could show it was run since.`),
      }),
    ),
  ]
}

function threatStatement(threat: ThreatStateRecord): Said {
  const vulnerability = { '@id': urn('threat', threat.id), name: text(threat.id), description: text(threat.title) }
  switch (threat.result) {
    case 'passed':
      return {
        vulnerability,
        status: 'not_affected',
        justification: 'inline_mitigations_already_exist',
        impact_statement: text(`Evidence of this run supports it: ${threat.reason}`),
      }
    case 'not-applicable':
      return { vulnerability, status: 'not_affected', impact_statement: text(threat.reason) }
    case 'failed':
      return {
        vulnerability,
        status: 'affected',
        status_notes: text(threat.reason),
        action_statement: 'Look into report.json: what failed is there, and how to replay it.',
      }
    default:
      return { vulnerability, status: 'under_investigation', status_notes: text(threat.reason) }
  }
}

function productsOf(record: RunRecord): { '@id': string }[] {
  const ids = subjectTargets(record).map((target) => productOf(target, record)['@id'])
  return (ids.length === 0 ? [ownPurl(record)] : [...new Set(ids)]).map((id) => ({ '@id': id }))
}

/** As a package URL: our own targets are this package; a host of somebody else is known only by what its adapter says of it. */
function productOf(name: string, record: RunRecord): { '@id': string } {
  const target = record.targets.find((known) => known.name === name)
  if (target === undefined || target.own) return { '@id': ownPurl(record) }
  return { '@id': `pkg:generic/${encoded(target.name)}@${encoded(target.version)}` }
}

function ownPurl({ project }: RunRecord): string {
  return `pkg:npm/${encoded(project.name)}@${encoded(project.version)}`
}

function urn(kind: 'vex' | 'finding' | 'threat', id: string): string {
  return `urn:wasm-gauntlet:${kind}:${encoded(id)}`
}

/** No parenthesis, quote or star either, which encodeURIComponent leaves alone. */
function encoded(name: string): string {
  return encodeURIComponent(text(name)).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function text(value: string): string {
  return visible(value, { limit: 1_000 })
}

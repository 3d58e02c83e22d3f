// The taxonomies that evidence.sarif points into: CWE and NIST SP 800-53 as the SARIF community publishes them, and our own threat model.
import type { ReportingDescriptor, ReportingDescriptorRelationship, ToolComponent } from 'sarif'
import type { FrameworkRecord, RunRecord, ThreatStateRecord } from '../../run-record.ts'
import { message } from './text.ts'

/** The guids are those of github.com/sarif-standard/taxonomies (CWE_v4.8.sarif, NIST_SP800-53_v5.sarif), by which viewers find names and texts. */
const CWE = {
  name: 'CWE V4.8',
  guid: 'A70FCFF4-F2E9-4210-9D2A-BF50D7D64D5D',
  version: '4.8',
  organization: 'MITRE',
  shortDescription: { text: 'The MITRE Common Weakness Enumeration' },
  informationUri: 'https://cwe.mitre.org/data/published/cwe_v4.8.pdf',
} as const satisfies ToolComponent

const NIST = {
  name: 'NIST',
  guid: 'AAFBAB93-5201-419E-8443-D4925C542398',
  version: '5',
  organization: 'National Institute of Standards and Technology',
  shortDescription: { text: 'SP 800-53, Security and Privacy Controls for Information Systems and Organizations' },
  informationUri: 'https://csrc.nist.gov/publications/detail/sp/800-53/rev-5/final',
} as const satisfies ToolComponent

const THREAT_MODEL = { name: 'ThreatModel', guid: '6d0a3c1e-58b7-4d92-9f5c-2f1f6a9d7e40' } as const satisfies ToolComponent

/** Newer weaknesses are in no taxonomy that is published as SARIF; they stay tags of their rules. */
const LAST_IN_CWE_4_8 = 1388

interface Taxonomy {
  readonly component: ToolComponent
  /** The taxa of one threat. */
  readonly of: (threat: ThreatStateRecord) => readonly string[]
  readonly kind: 'superset' | 'relevant' | 'equal'
}

export interface Taxonomies {
  readonly components: ToolComponent[]
  /** What a threat's rule says of its place in each taxonomy. */
  readonly relationshipsOf: (threat: ThreatStateRecord) => ReportingDescriptorRelationship[]
  /** A reference to a threat, for results that bear on several. */
  readonly threatTaxon: (id: string) => { id: string; toolComponent: { name: string; index: number; guid: string } }
}

export function taxonomiesOf(record: RunRecord): Taxonomies {
  const nist = (record.frameworks ?? []).find(isNist)
  const taxonomies: Taxonomy[] = [
    { component: threatModel(record), of: (threat) => [threat.id], kind: 'equal' },
    withTaxa(CWE, record, cweOf, 'superset'),
    ...(nist === undefined ? [] : [withTaxa(NIST, record, (threat) => nistOf(threat, nist), 'relevant')]),
  ]
  return {
    components: taxonomies.map(({ component }) => component),
    relationshipsOf: (threat) =>
      taxonomies.flatMap(({ component, of, kind }, index) =>
        of(threat).map((id) => ({ target: { id, toolComponent: reference(component, index) }, kinds: [kind] })),
      ),
    threatTaxon: (id) => ({ id, toolComponent: { ...THREAT_MODEL, index: 0 } }),
  }
}

function reference({ name, guid }: ToolComponent, index: number): { name: string; index: number; guid: string } {
  return { name, index, guid: guid ?? '' }
}

function threatModel(record: RunRecord): ToolComponent {
  return {
    ...THREAT_MODEL,
    version: record.project.version,
    organization: message(record.project.name),
    shortDescription: { text: message(record.model?.title ?? 'The threat model of this project') },
    isComprehensive: true,
    taxa: record.threats.map(
      (threat): ReportingDescriptor => ({
        id: threat.id,
        shortDescription: { text: message(threat.title) },
        ...(threat.description === undefined ? {} : { fullDescription: { text: message(threat.description) } }),
      }),
    ),
  }
}

/** Only the taxa that are pointed at: the whole of CWE is 2 MB. */
function withTaxa(component: ToolComponent, record: RunRecord, of: Taxonomy['of'], kind: Taxonomy['kind']): Taxonomy {
  const ids = [...new Set(record.threats.flatMap(of))].sort()
  return { component: { ...component, taxa: ids.map((id) => ({ id })) }, of, kind }
}

function cweOf(threat: ThreatStateRecord): string[] {
  return (threat.cwe ?? []).filter((id) => /^CWE-\d+$/.test(id) && Number(id.slice(4)) <= LAST_IN_CWE_4_8)
}

function isNist({ id, title }: FrameworkRecord): boolean {
  return /800-53\b/.test(`${id} ${title}`)
}

/** The requirements that name the threat, or a control that answers it. */
function nistOf(threat: ThreatStateRecord, { requirements }: FrameworkRecord): string[] {
  return requirements
    .filter(
      ({ threats, controls }) => threats.includes(threat.id) || controls.some((control) => threat.controls.includes(control)),
    )
    .map(({ id }) => id.replaceAll(' ', ''))
    .filter((id) => /^[A-Z]{2}-\d+(\(\d+\))?$/.test(id))
}

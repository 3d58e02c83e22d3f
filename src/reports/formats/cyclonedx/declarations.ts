// Declarations (CDXA): what is claimed of each control, the evidence for and against it, and to which requirements it belongs.
//
// No score of conformance is given and nothing affirmed: this is evidence that supports a requirement, and whether it is enough is for an assessor.

import { controlsOf, type Requirement } from '../../evidence/reviewed.ts'
import { requiredInstant } from '../../instant.ts'
import { RESULT_WORD } from '../../results.ts'
import type { ControlStateRecord, FrameworkRecord, RunRecord, ThreatStateRecord } from '../../run-record.ts'
import type { Property } from './bom.ts'
import { property, ref, text } from './text.ts'

export interface Declarations {
  readonly assessors: readonly [
    { readonly 'bom-ref': string; readonly thirdParty: false; readonly organization: { readonly name: string } },
  ]
  readonly attestations?: readonly Attestation[]
  readonly claims?: readonly Claim[]
  readonly evidence?: readonly Evidence[]
}

interface Attestation {
  readonly summary: string
  readonly assessor: string
  readonly map: readonly {
    readonly requirement: string
    readonly claims?: readonly string[]
    readonly counterClaims?: readonly string[]
    readonly conformance: { readonly rationale: string }
  }[]
}

interface Claim {
  readonly 'bom-ref': string
  readonly target: string
  readonly predicate: string
  readonly reasoning: string
  readonly evidence?: readonly string[]
  readonly counterEvidence?: readonly string[]
}

interface Evidence {
  readonly 'bom-ref': string
  readonly propertyName: string
  readonly description: string
  readonly data: readonly [
    { readonly name: string; readonly contents: { readonly url: string }; readonly classification: string },
  ]
  readonly created: string
}

export interface Standard {
  readonly 'bom-ref': string
  readonly name: string
  readonly version: string
  readonly requirements: readonly {
    readonly 'bom-ref': string
    readonly identifier: string
    readonly title: string
    readonly properties: readonly Property[]
  }[]
  readonly externalReferences?: readonly { readonly type: 'website'; readonly url: string }[]
}

export function declarations(record: RunRecord, product: string): Declarations {
  const assessor = ref('assessor', record.project.name)
  const tried = record.threats.filter(wasTried)
  const evidence = tried.map((threat) => evidenceOf(threat, record))
  const claims = record.controls.filter(isJudged).map((control) => claimOf(control, tried, product))
  const attestations = (record.frameworks ?? []).map((framework) => attestationOf(framework, record, assessor))
  return {
    assessors: [{ 'bom-ref': assessor, thirdParty: false, organization: { name: text(record.project.name) } }],
    ...(attestations.length > 0 ? { attestations } : {}),
    ...(claims.length > 0 ? { claims } : {}),
    ...(evidence.length > 0 ? { evidence } : {}),
  }
}

const wasTried = ({ result }: ThreatStateRecord): boolean => result !== 'not-run' && result !== 'not-applicable'

/** Only for these can it be said that evidence is for or against them; of what was not run, or needs a person, nothing is claimed. */
const isJudged = ({ result }: ControlStateRecord): boolean => result === 'passed' || result === 'failed'

const claimRef = ({ id }: ControlStateRecord): string => ref('claim', id)
const evidenceRef = ({ id }: ThreatStateRecord): string => ref('evidence', id)

function claimOf(control: ControlStateRecord, tried: readonly ThreatStateRecord[], product: string): Claim {
  const threats = tried.filter(({ id }) => control.threats.includes(id))
  const supporting = threats.filter(({ result }) => result === 'passed').map(evidenceRef)
  const against = threats.filter(({ result }) => result === 'failed').map(evidenceRef)
  const held = control.result === 'passed'
  return {
    'bom-ref': claimRef(control),
    target: product,
    predicate: text(`${control.title}: ${held ? 'held against what was tried in the run' : 'did not hold in the run'}`),
    reasoning: text(`${RESULT_WORD[control.result]}: ${control.reason}`),
    ...list('evidence', held ? supporting : against),
    ...list('counterEvidence', held ? against : supporting),
  }
}

function evidenceOf(threat: ThreatStateRecord, record: RunRecord): Evidence {
  return {
    'bom-ref': evidenceRef(threat),
    propertyName: 'wasm-gauntlet:threat',
    description: text(`${threat.id} ${threat.title}: ${RESULT_WORD[threat.result]}. ${threat.reason}`),
    data: [{ name: text(threat.id), contents: { url: 'report.json' }, classification: 'test result' }],
    created: requiredInstant(record.finishedAt, record.startedAt),
  }
}

function attestationOf(framework: FrameworkRecord, record: RunRecord, assessor: string): Attestation {
  return {
    summary: text(`Evidence that supports requirements of ${framework.title} ${framework.version}`),
    assessor,
    map: framework.requirements.map((requirement) => {
      const controls = controlsOf(requirement, record)
      return {
        requirement: requirementRef(framework, requirement),
        ...list('claims', controls.filter(({ result }) => result === 'passed').map(claimRef)),
        ...list('counterClaims', controls.filter(({ result }) => result === 'failed').map(claimRef)),
        conformance: { rationale: text(`Evidence that supports it: ${RESULT_WORD[requirement.result]}. ${requirement.reason}`) },
      }
    }),
  }
}

const requirementRef = (framework: FrameworkRecord, { id }: Requirement): string => ref('requirement', framework.id, id)

export function standards(record: RunRecord): Standard[] {
  return (record.frameworks ?? []).map((framework) => ({
    'bom-ref': ref('standard', framework.id),
    name: text(framework.title),
    version: text(framework.version),
    requirements: framework.requirements.map((requirement) => ({
      'bom-ref': requirementRef(framework, requirement),
      identifier: text(requirement.id),
      title: text(requirement.title),
      properties: [property('evidence-result', requirement.result)],
    })),
    ...(/^https?:\/\/[\w.~:/?#@!$&'()*+,;=%-]+$/.test(framework.url)
      ? { externalReferences: [{ type: 'website', url: framework.url }] }
      : {}),
  }))
}

type ListName = 'claims' | 'counterClaims' | 'evidence' | 'counterEvidence'

/** Absent rather than empty. */
function list(name: ListName, values: readonly string[]): Partial<Record<ListName, readonly string[]>> {
  return values.length > 0 ? { [name]: [...new Set(values)] } : {}
}

// hdf.json: the run as InSpec's exec JSON, which Heimdall and other viewers of the Heimdall Data Format read. One control for each threat.
//
// Written here and not converted from SARIF: a conversion turns what held into failures and loses the mapping to NIST 800-53.
import { createHash } from 'node:crypto'
import { decisionSentence } from '../evidence/accepted.ts'
import { evidenceByThreat, productOf, reviewedFindings, reviewedTargets, threatsOf } from '../evidence/reviewed.ts'
import { requiredInstant } from '../instant.ts'
import { RESULT_WORD } from '../results.ts'
import type { EvidenceItem, FindingRecord, RunRecord, ThreatStateRecord } from '../run-record.ts'
import { summarise } from '../summary.ts'
import { visible } from '../visible.ts'

interface HdfResult {
  readonly status: 'passed' | 'failed' | 'skipped' | 'error'
  readonly code_desc: string
  readonly start_time: string
  readonly run_time?: number
  readonly message?: string
  readonly skip_message?: string
}

interface HdfControl {
  readonly id: string
  readonly title: string
  readonly desc: string
  readonly descriptions: readonly { readonly label: string; readonly data: string }[]
  readonly impact: number
  readonly refs: readonly { readonly ref: string }[]
  readonly tags: Readonly<Record<string, string | readonly string[]>>
  readonly code: string
  readonly source_location: { readonly ref: string; readonly line: number }
  /** Shown beside the result, which stays what it is: a risk that somebody accepted was still there in the run. */
  readonly waiver_data?: {
    readonly expiration_date: string
    readonly justification: string
    readonly run: true
    readonly skipped_due_to_waiver: false
  }
  readonly results: readonly HdfResult[]
}

export interface Hdf {
  readonly platform: { readonly name: string; readonly release: string; readonly target_id: string }
  readonly version: string
  readonly statistics: { readonly duration: number }
  readonly profiles: readonly [
    {
      readonly name: string
      readonly title: string
      readonly version: string
      readonly summary: string
      readonly sha256: string
      readonly status: 'loaded'
      readonly supports: readonly []
      readonly attributes: readonly []
      readonly groups: readonly { readonly id: string; readonly title: string; readonly controls: readonly string[] }[]
      readonly controls: readonly HdfControl[]
    },
  ]
}

export function hdf(record: RunRecord): Hdf {
  const product = productOf(record)
  const nist = nistByThreat(record)
  const evidence = evidenceByThreat(record)
  const threats = record.threats.map((threat) =>
    controlOf(threat, { nist: nist.get(threat.id) ?? [], evidence: evidence.get(threat.id) ?? [], record }),
  )
  const controls = [...runControl(record), ...threats, ...unclassified(record)]
  const { alarm, headline } = summarise(record)
  return {
    platform: {
      name: plain(product.name),
      release: plain(product.version),
      target_id: plain(
        reviewedTargets(record)
          .map(({ name }) => name)
          .join(', '),
      ),
    },
    version: plain(record.project.version),
    statistics: { duration: secondsOf(record) },
    profiles: [
      {
        name: 'wasm-gauntlet-threat-model',
        title: plain(record.model?.title ?? 'The threat model of the gauntlet'),
        version: plain(record.project.version),
        summary: plain(alarm === null ? headline : `${alarm} ${headline}`),
        sha256:
          record.model?.sha256 ??
          createHash('sha256')
            .update(JSON.stringify(record.threats.map(({ id }) => id)))
            .digest('hex'),
        status: 'loaded',
        supports: [],
        attributes: [],
        groups: record.boundaries.map(({ id, title }) => ({
          id: plain(id),
          title: plain(title),
          controls: record.threats.filter(({ boundary }) => boundary === id).map((threat) => plain(threat.id)),
        })),
        controls,
      },
    ],
  }
}

function secondsOf(record: RunRecord): number {
  const seconds = (Date.parse(record.finishedAt) - Date.parse(record.startedAt)) / 1_000
  return Number.isFinite(seconds) ? seconds : 0
}

// --- controls ----------------------------------------------------------------------------------------------------------------------------

interface Around {
  readonly nist: readonly string[]
  readonly evidence: readonly EvidenceItem[]
  readonly record: RunRecord
}

function controlOf(threat: ThreatStateRecord, { nist, evidence, record }: Around): HdfControl {
  const { severity, falsePositives, detection } = threat
  return {
    id: plain(threat.id),
    title: plain(threat.title),
    desc: plain(threat.description ?? threat.title),
    descriptions: [
      { label: 'default', data: plain(threat.description ?? threat.title) },
      { label: 'check', data: plain(detection ?? 'An attack, and a twin that must be allowed.') },
      { label: 'fix', data: plain(threat.requirement ?? 'See the threat model.') },
      ...(falsePositives === undefined ? [] : [{ label: 'false_positives', data: plain(falsePositives) }]),
      ...(severity === undefined ? [] : [{ label: 'rationale', data: plain(severity.because) }]),
    ],
    impact: impactOf(threat),
    refs: (threat.provenance ?? []).map((ref) => ({ ref: plain(ref) })),
    tags: tagsOf(threat, nist),
    code: '',
    source_location: { ref: plain(threat.file), line: threat.line },
    ...waiverOf(threat, record),
    results: resultsOf(threat, evidence, record),
  }
}

function waiverOf(threat: ThreatStateRecord, record: RunRecord): Pick<HdfControl, 'waiver_data'> {
  const risk = (record.risks ?? []).find((candidate) => candidate.threat === threat.id && candidate.state === 'in-force')
  if (risk === undefined) return {}
  return {
    waiver_data: {
      expiration_date: plain(risk.expires),
      justification: plain(decisionSentence(risk)),
      run: true,
      skipped_due_to_waiver: false,
    },
  }
}

/** Viewers read an impact of 0 as "not applicable", so nothing else may have it. */
function impactOf({ result, severity }: ThreatStateRecord): number {
  if (result === 'not-applicable') return 0
  return severity === undefined ? 0.5 : Math.min(1, Math.max(0.1, Math.round(severity.score * 10) / 100))
}

function tagsOf(threat: ThreatStateRecord, nist: readonly string[]): HdfControl['tags'] {
  return {
    nist: nist.length > 0 ? [...nist, 'Rev_5'] : [],
    severity: threat.severity?.level ?? 'medium',
    state: threat.result,
    ...some('cwe', threat.cwe),
    ...some('capec', threat.capec),
    ...some('stride', threat.stride),
    ...some('controls', threat.controls),
    ...some('mapped_to', threat.mappedTo),
    ...(threat.severity === undefined ? {} : { cvss: plain(threat.severity.vector) }),
  }
}

const some = (name: string, values: readonly string[] | undefined) =>
  values === undefined || values.length === 0 ? {} : { [name]: values.map(plain) }

/** Ids of NIST 800-53 by threat. Viewers know those of revision 4 only, and lose the others: SC-39, which they know, stands first where it fits. */
function nistByThreat(record: RunRecord): ReadonlyMap<string, readonly string[]> {
  const framework = (record.frameworks ?? []).find(({ id }) => id.startsWith('nist-800-53'))
  const pairs = (framework?.requirements ?? []).flatMap((requirement) =>
    threatsOf(requirement, record).map((threat) => ({ threat: threat.id, nist: plain(requirement.id) })),
  )
  const primaryFirst = (ids: readonly string[]) => [...ids].sort((a, b) => Number(b === 'SC-39') - Number(a === 'SC-39'))
  return new Map(
    [...Map.groupBy(pairs, ({ threat }) => threat)].map(([threat, group]) => [
      threat,
      primaryFirst(group.map(({ nist }) => nist)),
    ]),
  )
}

/** What is wrong with the run as a whole. A run that is not whole must not look like a short one in which all went well. */
function runControl(record: RunRecord): HdfControl[] {
  const { alarm } = summarise(record)
  if (alarm === null) return []
  const text = [alarm, ...record.faults].join(' ')
  return [
    ownControl('RUN', 'The run reached its end without a fault', [
      {
        status: 'error',
        code_desc: 'The run reached its end without a fault',
        start_time: startOf(record),
        message: plain(text),
      },
    ]),
  ]
}

/** Violations that no threat of the record names would stand nowhere else. */
function unclassified(record: RunRecord): HdfControl[] {
  const known = new Set(record.threats.map(({ id }) => id))
  const found = reviewedFindings(record).filter(({ threat }) => threat === null || !known.has(threat))
  if (found.length === 0) return []
  return [
    ownControl(
      'UNCLASSIFIED',
      'The sandbox holds in ways that no threat of the model names',
      found.map((finding) => violation(finding, record)),
    ),
  ]
}

function ownControl(id: string, title: string, results: readonly HdfResult[]): HdfControl {
  return {
    id,
    title,
    desc: title,
    descriptions: [{ label: 'default', data: title }],
    impact: 0.7,
    refs: [],
    tags: { nist: [], severity: 'high' },
    code: '',
    source_location: { ref: 'report.json', line: 1 },
    results,
  }
}

// --- results -----------------------------------------------------------------------------------------------------------------------------

/**
 * The state of the threat first, then what it rests on. Viewers add them up: one `passed` among skipped ones makes a control pass. So evidence
 * that passed stands here only beside a state that is passed or failed; beside any other it is in the message.
 */
function resultsOf(threat: ThreatStateRecord, evidence: readonly EvidenceItem[], record: RunRecord): HdfResult[] {
  const findings = reviewedFindings(record).filter((finding) => finding.threat === threat.id)
  const base = { code_desc: plain(`${threat.id}: ${threat.requirement ?? threat.title}`), start_time: startOf(record) }
  const text = plain(`${RESULT_WORD[threat.result]}: ${threat.reason}`)
  switch (threat.result) {
    case 'passed':
      return [{ status: 'passed', ...base, message: text }, ...evidence.map((item) => evidenceResult(item, record))]
    case 'failed':
      return [
        { status: 'failed', ...base, message: text },
        ...findings.map((finding) => violation(finding, record)),
        ...evidence.map((item) => evidenceResult(item, record)),
      ]
    case 'unknown':
      return [{ status: 'error', ...base, message: plain(`${text}${alsoRan(evidence)}`) }]
    default:
      return [
        { status: 'skipped', ...base, skip_message: plain(`${text}${alsoRan(evidence)}`) },
        ...findings.map((finding) => violation(finding, record)),
      ]
  }
}

function alsoRan(evidence: readonly EvidenceItem[]): string {
  const ran = evidence.filter(({ result }) => result !== 'not-run' && result !== 'not-applicable')
  return ran.length === 0 ? '' : ` Was run: ${ran.map(({ id, result }) => `${id} (${RESULT_WORD[result]})`).join(', ')}.`
}

/** Evidence that needs review does not undo a state that was computed with it; it says so in words. */
function evidenceResult(item: EvidenceItem, record: RunRecord): HdfResult {
  const base = {
    code_desc: plain(`${item.kind}: ${item.title}${item.target === null ? '' : ` on ${item.target}`}`),
    start_time: requiredInstant(item.at, record.startedAt, record.finishedAt),
    ...(item.seconds === null ? {} : { run_time: item.seconds }),
  }
  const text = plain(`${RESULT_WORD[item.result]}, ${item.count} times. ${item.reason} Repeat: ${item.replay}`)
  if (item.result === 'passed' || item.result === 'failed') return { status: item.result, ...base, message: text }
  return { status: 'skipped', ...base, skip_message: text }
}

function violation(finding: FindingRecord, record: RunRecord): HdfResult {
  return {
    status: 'failed',
    code_desc: plain(`${finding.id} on ${finding.target}: ${finding.title}`),
    start_time: startOf(record),
    message: plain(`Expected: ${finding.expected} Actual: ${finding.actual} Repeat: ${finding.replay}`),
  }
}

const startOf = (record: RunRecord): string => requiredInstant(record.startedAt, record.finishedAt)
const plain = (text: string): string => visible(text, { limit: 2_000 })

// The schema of the files under threat-model/: what an entry must say, in one place from which types, checks and the JSON Schema follow.
import { z } from 'zod'

/** STRIDE, the six kinds of harm by which threats are sorted. */
export const STRIDE = [
  'spoofing',
  'tampering',
  'repudiation',
  'information-disclosure',
  'denial-of-service',
  'elevation-of-privilege',
] as const

/** On what a threat's entry rests. `memory` is a fact that nobody has looked up: an entry with nothing else is a suspicion. */
export const EVIDENCE = ['advisory', 'repository', 'specification', 'measured', 'memory'] as const

const slug = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be a lower-case id such as "guest-memory"')
const text = z.string().trim().min(1, 'must not be empty')
const atLeastOne = <T extends z.ZodType>(item: T) => z.array(item).min(1, 'must name at least one')

const described = { id: slug, title: text, description: text }

/** A source path relative to the project, with forward slashes; a folder ends in "/". No way out of the project. */
const sourcePath = z
  .string()
  .regex(/^(src|fuzz|threat-model)\/[A-Za-z0-9._/-]*$/, 'must be a path below src/, fuzz/ or threat-model/')
  .refine((path) => !path.split('/').includes('..'), 'must not contain ".."')

const asset = z.strictObject(described)
const actor = z.strictObject({ ...described, trusted: z.boolean() })
const zone = z.strictObject(described)
const boundary = z.strictObject({
  ...described,
  /** First part of the ids of its threats, and the name of the file that holds them. */
  group: z.string().regex(/^[A-Z]{3}$/, 'must be three capital letters'),
  /** The two sides: ids of actors or zones. */
  between: z.array(slug).length(2, 'must name two sides'),
  assets: atLeastOne(slug),
})

const threatId = z.string().regex(/^[A-Z]{3}-\d{2}$/, 'must look like "LNK-01"')
const day = z.iso.date('must be a day such as 2026-12-31')

/** The eleven base metrics of CVSS 4.0 in their order, and no others: calculators take half a vector without a word. */
const vector = z
  .string()
  .regex(
    /^CVSS:4\.0\/AV:[NALP]\/AC:[LH]\/AT:[NP]\/PR:[NLH]\/UI:[NPA]\/VC:[HLN]\/VI:[HLN]\/VA:[HLN]\/SC:[HLN]\/SI:[HLN]\/SA:[HLN]$/,
    'must be the base metrics of CVSS 4.0 in their order, such as "CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H"',
  )

/** What goes across a boundary, from one actor or zone to another. */
const flow = z.strictObject({ ...described, from: slug, to: slug, boundary: slug, assets: z.array(slug) })
/** Something that is taken to be true. `confirmed`: something checks it, and the description says what. */
const assumption = z.strictObject({
  ...described,
  validity: z.enum(['unconfirmed', 'confirmed', 'rejected']),
  threats: z.array(threatId),
})
/** What stays open although every control holds. */
const residualRisk = z.strictObject({ ...described, threats: z.array(threatId) })

/** threat-model/model.yaml */
export const modelFileSchema = z.strictObject({
  title: text,
  assets: atLeastOne(asset),
  actors: atLeastOne(actor),
  zones: atLeastOne(zone),
  boundaries: atLeastOne(boundary),
  flows: atLeastOne(flow),
  assumptions: z.array(assumption),
  residualRisks: z.array(residualRisk),
})

/** threat-model/controls.yaml; `paths: []` says that the control is not built yet. */
export const controlsFileSchema = z.strictObject({
  controls: atLeastOne(z.strictObject({ ...described, paths: z.array(sourcePath) })),
})

const threat = z.strictObject({
  id: threatId,
  title: text,
  stride: atLeastOne(z.enum(STRIDE)),
  cwe: atLeastOne(z.string().regex(/^CWE-\d{1,5}$/, 'must look like "CWE-1321"')),
  /** Attack patterns, where one fits. */
  capec: atLeastOne(z.string().regex(/^CAPEC-\d{1,4}$/, 'must look like "CAPEC-480"')).optional(),
  /** If the threat were realised: the base metrics of CVSS 4.0, and why they are as they are. */
  severity: z.strictObject({ vector, because: text }),
  description: text,
  requirement: text,
  /** By what the gauntlet sees that it was realised. */
  detection: text,
  /** When that would be a mistake, and how to tell. */
  falsePositives: text,
  needs: text,
  provenance: atLeastOne(text),
  evidence: atLeastOne(z.enum(EVIDENCE)),
  controls: atLeastOne(slug),
})

/** threat-model/threats/<GROUP>.yaml */
export const threatsFileSchema = z.strictObject({ boundary: slug, threats: atLeastOne(threat) })

/** threat-model/risks.yaml: decisions that people took about risks. Only `accepted` and `false-positive` keep findings from deciding the exit code. */
export const RISK_STATUS = ['unchecked', 'in-discussion', 'accepted', 'in-progress', 'mitigated', 'false-positive'] as const
const riskDecision = z
  .strictObject({
    id: slug,
    threat: threatId.optional(),
    /** Id of a finding, as reports show it. */
    finding: text.optional(),
    status: z.enum(RISK_STATUS),
    reason: text,
    owner: text,
    ticket: text,
    date: day,
    /** The last day on which it counts. */
    expires: day,
  })
  .refine(
    ({ threat: about, finding }) => (about === undefined) !== (finding === undefined),
    'must name either a threat or a finding',
  )
  .refine(({ date, expires }) => date <= expires, 'must not expire before its date')
export const risksFileSchema = z.strictObject({ risks: z.array(riskDecision) })

const requirement = z.strictObject({
  /** As the framework writes it, e.g. `SC-39` or `V15.2.5`. */
  id: text,
  title: text,
  level: text.optional(),
  /** Controls of ours, and threats, whose evidence supports it. */
  controls: z.array(slug),
  threats: z.array(threatId).optional(),
})
/** threat-model/frameworks/<id>.yaml */
export const frameworkFileSchema = z.strictObject({
  id: slug,
  title: text,
  version: text,
  url: z.url(),
  /** Where ids and titles were checked; `null`: nowhere yet. */
  checked: text.nullable(),
  requirements: atLeastOne(requirement),
})

/** A file of somebody else's, laid over the model with `--overlay`: what it has is added, unless said otherwise. */
export const overlayFileSchema = z.strictObject({
  /** Its title. */
  overlay: text,
  assets: z.array(asset).optional(),
  actors: z.array(actor).optional(),
  zones: z.array(zone).optional(),
  boundaries: z.array(boundary).optional(),
  flows: z.array(flow).optional(),
  assumptions: z.array(assumption).optional(),
  residualRisks: z.array(residualRisk).optional(),
  /** Controls of the host under attack, or of its owner's own catalogue. */
  controls: z.array(z.strictObject({ ...described, paths: z.array(z.string()) })).optional(),
  /** Each at a boundary, of the model or of this file. */
  threats: z.array(z.strictObject({ boundary: slug, ...threat.shape })).optional(),
  /** What does not concern that host: one threat, or all at a boundary. */
  switchOff: z
    .array(
      z
        .strictObject({ threat: threatId.optional(), boundary: slug.optional(), reason: text })
        .refine(
          (entry) => (entry.threat === undefined) !== (entry.boundary === undefined),
          'must name either a threat or a boundary',
        ),
    )
    .optional(),
  /** Which controls answer a threat on that host, instead of those that the model names. */
  map: z.array(z.strictObject({ threat: threatId, controls: atLeastOne(slug) })).optional(),
  risks: z.array(riskDecision).optional(),
  frameworks: z.array(frameworkFileSchema).optional(),
})

export type Flow = z.infer<typeof flow>
export type Assumption = z.infer<typeof assumption>
export type ResidualRisk = z.infer<typeof residualRisk>
export type RiskDecision = z.infer<typeof riskDecision>
export type Framework = z.infer<typeof frameworkFileSchema>
export type Overlay = z.infer<typeof overlayFileSchema>
export type Asset = z.infer<typeof asset>
export type Actor = z.infer<typeof actor>
export type Zone = z.infer<typeof zone>
export type Boundary = z.infer<typeof boundary>
export type Control = z.infer<typeof controlsFileSchema>['controls'][number]
export type ThreatEntry = z.infer<typeof threat>

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

/** threat-model/model.yaml */
export const modelFileSchema = z.strictObject({
  assets: atLeastOne(asset),
  actors: atLeastOne(actor),
  zones: atLeastOne(zone),
  boundaries: atLeastOne(boundary),
})

/** threat-model/controls.yaml; `paths: []` says that the control is not built yet. */
export const controlsFileSchema = z.strictObject({
  controls: atLeastOne(z.strictObject({ ...described, paths: z.array(sourcePath) })),
})

const threat = z.strictObject({
  id: z.string().regex(/^[A-Z]{3}-\d{2}$/, 'must look like "LNK-01"'),
  title: text,
  stride: atLeastOne(z.enum(STRIDE)),
  cwe: atLeastOne(z.string().regex(/^CWE-\d{1,5}$/, 'must look like "CWE-1321"')),
  description: text,
  requirement: text,
  needs: text,
  provenance: atLeastOne(text),
  evidence: atLeastOne(z.enum(EVIDENCE)),
  controls: atLeastOne(slug),
})

/** threat-model/threats/<GROUP>.yaml */
export const threatsFileSchema = z.strictObject({ boundary: slug, threats: atLeastOne(threat) })

export type Asset = z.infer<typeof asset>
export type Actor = z.infer<typeof actor>
export type Zone = z.infer<typeof zone>
export type Boundary = z.infer<typeof boundary>
export type Control = z.infer<typeof controlsFileSchema>['controls'][number]
export type ThreatEntry = z.infer<typeof threat>

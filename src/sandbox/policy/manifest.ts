// The manifest: what a module says that it needs, and why, in its own words. It asks; it grants nothing.
import { z } from 'zod'
import { ManifestError } from '../errors.ts'
import { ownData } from '../own-data.ts'
import { isPattern, NET_KINDS, type NetKind } from './pattern-cover.ts'
import { guestPath } from './schema.ts'
import { JsonError, parseStrictJson } from './strict-json.ts'

/** Version of the format, and the custom section that holds it. */
export const MANIFEST_VERSION = 1
export const MANIFEST_SECTION = 'gauntlet.manifest'
export const MANIFEST_BYTES = 65_536

/** One spelling for each name, so that no two modules look alike or share what is kept under it (SUP-11, OUT-03). */
const name = z
  .string()
  .max(100)
  .regex(/^[a-z0-9@][a-z0-9._@/-]*$/, 'must be lower-case letters, digits and "._@/-", and begin with a letter, a digit or "@"')
  .meta({ description: 'What the module is called: lower-case ASCII, so that no two names look alike.' })

const version = z
  .string()
  .max(64)
  .regex(
    /^(?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8})){2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/,
    'must be a version such as 1.2.3',
  )
  .meta({ description: 'Semantic version of the module.' })

const reason = z
  .string()
  .min(1)
  .max(300)
  .meta({ description: "Why the module needs it, in plain words. Shown to people as the module's claim." })

const patterns = (kind: NetKind, description: string) =>
  z
    .array(
      z
        .string()
        .max(512)
        .refine((text) => isPattern(kind, text), `must be ${NET_KINDS[kind]}, in its canonical form`),
    )
    .min(1)
    .max(100)
    .meta({ description })

const plain = <Name extends string>(capability: Name) => z.strictObject({ capability: z.literal(capability), reason })

const request = z.discriminatedUnion('capability', [
  z.strictObject({
    capability: z.literal('stdio'),
    streams: z
      .array(z.enum(['stdin', 'stdout', 'stderr']))
      .min(1)
      .max(3),
    reason,
  }),
  plain('args'),
  z.strictObject({
    capability: z.literal('env'),
    names: z
      .array(
        z
          .string()
          .max(200)
          .regex(/^[^=\0]+$/, 'must be the name of a variable'),
      )
      .min(1)
      .max(100)
      .meta({ description: 'Variables that the module reads; it gets no others.' }),
    reason,
  }),
  z.strictObject({
    capability: z.literal('clock'),
    granularityNs: z
      .number()
      .int()
      .min(1)
      .max(3_600_000_000_000)
      .default(1)
      .meta({ description: 'Coarsest steps that will do. The module gets these, or coarser ones if the policy says so.' }),
    reason,
  }),
  plain('random'),
  z.strictObject({
    capability: z.literal('fs'),
    mounts: z
      .array(z.strictObject({ at: guestPath, writable: z.boolean().default(false) }))
      .min(1)
      .max(100)
      .meta({ description: 'Places in the file tree that the module uses. What is mounted there is up to the policy.' }),
    reason,
  }),
  z.strictObject({
    capability: z.literal('net.http'),
    allow: patterns('http', 'Origins: `https://api.example.org`, `https://*.example.org`.'),
    reason,
  }),
  z.strictObject({ capability: z.literal('net.dns'), allow: patterns('dns', 'Names: `example.org`, `*.example.org`.'), reason }),
  z.strictObject({
    capability: z.literal('net.tcp'),
    allow: patterns('tcp', 'Host and port: `example.org:443`. Serves tcp_connect and tls_certificate.'),
    reason,
  }),
  plain('kv'),
  plain('log'),
  plain('metric'),
  plain('result'),
  z.strictObject({
    capability: z.literal('crypto'),
    keys: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(128),
          use: z
            .array(z.enum(['sign', 'verify']))
            .min(1)
            .max(2),
        }),
      )
      .max(100)
      .default([])
      .meta({ description: 'Keys of the host by name; none for hashes alone.' }),
    reason,
  }),
])

export const manifestSchema = z
  .strictObject({
    manifest: z.literal(MANIFEST_VERSION).meta({ description: 'Version of this format.' }),
    name,
    version,
    description: z
      .string()
      .min(1)
      .max(500)
      .optional()
      .meta({ description: "What the module does. Shown as the module's claim." }),
    capabilities: z.array(request).max(100),
  })
  .superRefine(({ capabilities }, context) => {
    const seen = new Set<string>()
    for (const [index, entry] of capabilities.entries()) {
      for (const object of objectsOf(entry)) {
        // Two reasons for one thing would leave open which of them somebody agreed to.
        const key = JSON.stringify([entry.capability, object])
        if (seen.has(key))
          context.addIssue({ code: 'custom', path: ['capabilities', index], message: 'asks for the same thing a second time' })
        seen.add(key)
      }
    }
  })

export type Manifest = z.infer<typeof manifestSchema>
export type ManifestInput = z.input<typeof manifestSchema>
export type ManifestEntry = Manifest['capabilities'][number]

function objectsOf(entry: ManifestEntry): readonly (string | null)[] {
  switch (entry.capability) {
    case 'stdio':
      return entry.streams
    case 'env':
      return entry.names
    case 'fs':
      return entry.mounts.map(({ at }) => at)
    case 'net.http':
    case 'net.dns':
    case 'net.tcp':
      return entry.allow
    case 'crypto':
      return entry.keys.length === 0 ? [null] : entry.keys.map((key) => key.name)
    default:
      return [null]
  }
}

/**
 * A manifest from a value that somebody else made.
 *
 * @throws {ManifestError} with every place that is wrong
 */
export function checkManifest(value: unknown): Manifest {
  const parsed = manifestSchema.safeParse(ownData(value))
  if (parsed.success) return ownData(parsed.data) as Manifest
  // Keys of the guest's are in zod's sentences about unknown ones, and in paths: places are made of known keys and numbers only.
  const problems = parsed.error.issues.slice(0, 5).map((issue) => {
    const place = issue.path.map(String).join('.') || '(top level)'
    return `${place}: ${issue.code === 'unrecognized_keys' ? 'has a key that is not known' : issue.message}`
  })
  throw new ManifestError(`The manifest is not valid. ${problems.join('; ')}.`)
}

/**
 * A manifest from its text: the one reading that is shown, negotiated and enforced (SUP-02).
 *
 * @throws {ManifestError}
 */
export function parseManifest(bytes: Uint8Array): Manifest {
  if (bytes.length > MANIFEST_BYTES)
    throw new ManifestError(`The manifest has ${bytes.length} bytes, and may have ${MANIFEST_BYTES}.`)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new ManifestError('The manifest is not UTF-8 text.')
  }
  let value: unknown
  try {
    value = parseStrictJson(text)
  } catch (error) {
    if (error instanceof JsonError) throw new ManifestError(`The manifest cannot be read: ${error.message}.`)
    throw error
  }
  return checkManifest(value)
}

// Coverage-guided: bytes as the text of a manifest or a policy, and as a manifest and a policy that are negotiated.
import { fromBytes } from '../src/attacks/generators/choices.ts'
import type { FuzzTargetAbout } from '../src/campaign/property.ts'
import { readDocument } from '../src/documents/document.ts'
import { ManifestError, PolicyError } from '../src/sandbox/errors.ts'
import { checkManifest, type Manifest, parseManifest } from '../src/sandbox/policy/manifest.ts'
import { resolvePolicy } from '../src/sandbox/policy/resolve.ts'
import type { Policy, PolicyInput } from '../src/sandbox/policy/schema.ts'
import { manifestInput, policyInput } from './models/manifests.ts'
import { widens } from './oracles/negotiation.ts'

export const about: FuzzTargetAbout = {
  threats: ['SUP-01', 'SUP-02', 'SUP-03', 'SUP-09', 'SUP-11'],
  includes: ['build/src/sandbox/policy', 'build/src/documents', 'build/src/sandbox/own-data'],
  maxLength: 512,
  minimumEdges: 300,
  minimumReached: 220,
  dictionary: 'fuzz/dictionaries/documents.dict',
}

function manifestOf(read: () => Manifest): Manifest | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof ManifestError) return null
    throw error
  }
}

function policyOf(input: unknown): Policy | null {
  try {
    return resolvePolicy(input as PolicyInput)
  } catch (error) {
    if (error instanceof PolicyError) return null
    throw error
  }
}

/** What a text says is said again by the value that was read from it, and nothing of it is anybody else's. */
function manifestProblem(bytes: Uint8Array): string | null {
  const manifest = manifestOf(() => parseManifest(bytes))
  if (manifest === null) return null
  if (Object.getPrototypeOf(manifest) !== null) return 'a manifest has a prototype'
  const again = manifestOf(() => parseManifest(Buffer.from(JSON.stringify(manifest))))
  return JSON.stringify(again) === JSON.stringify(manifest) ? null : 'a manifest that was read is not read again'
}

export function fuzz(data: Buffer): void {
  const before = Object.getOwnPropertyNames(Object.prototype).length
  const kind = (data[0] ?? 0) % 3
  const rest = data.subarray(1)
  let problem: string | null = null
  if (kind === 0) problem = manifestProblem(rest)
  else if (kind === 1) {
    const read = readDocument(rest.toString('utf8'))
    if ('value' in read) policyOf(read.value)
  } else {
    const manifest = manifestOf(() => checkManifest(fromBytes(manifestInput, rest.subarray(0, rest.length / 2))))
    const policy = policyOf(fromBytes(policyInput, rest.subarray(rest.length / 2)))
    if (manifest && policy) problem = widens(manifest, policy)
  }
  if (Object.getOwnPropertyNames(Object.prototype).length !== before) problem = 'Object.prototype was changed'
  if (problem !== null) throw new Error(problem)
}

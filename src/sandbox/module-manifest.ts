// Reads a module's manifest for an embedder who is going to negotiate, without running the module.
import { admit } from './admission/admit.ts'
import { ManifestError } from './errors.ts'
import { checkManifest, type Manifest, parseManifest } from './policy/manifest.ts'
import { embeddedManifest, oneManifest } from './policy/manifest-section.ts'
import { resolvePolicy } from './policy/resolve.ts'
import type { PolicyInput } from './policy/schema.ts'

export interface ModuleManifest {
  /** Of the module's bytes, hexadecimal: what a consent is bound to. */
  readonly sha256: string
  /** Null if the module has none, or cannot be read; then the sandbox refuses it. */
  readonly manifest: Manifest | null
}

/**
 * @param policyInput whose limits hold for reading the module
 * @param side manifest from beside the module: the bytes of its file, which are read as strictly as the ones inside, or what was parsed of them
 * @throws {ManifestError} if there is one that cannot be used, or two that differ
 * @throws {PolicyError}
 */
export function readManifest(bytes: Uint8Array, policyInput?: string | PolicyInput, side: unknown = null): ModuleManifest {
  const copy = new Uint8Array(bytes)
  const admission = admit(copy, resolvePolicy(policyInput))
  if (admission.verdict === 'refused' && admission.refusal.code === 'manifest-invalid')
    throw new ManifestError(admission.refusal.message, admission.refusal.offset)
  const embedded = admission.module && embeddedManifest(copy, admission.module)
  return { sha256: admission.sha256, manifest: oneManifest(embedded, sideManifest(side)) }
}

function sideManifest(side: unknown): Manifest | null {
  if (side === null) return null
  // Whoever parsed it has perhaps taken the last of two keys, where another reader takes the first (SUP-02).
  return side instanceof Uint8Array ? parseManifest(side) : checkManifest(side)
}

// What admission thinks of a module, without running it: for people and tools that want to know before they run.
import type { ExternalKind, WasmModule } from '../wasm/index.ts'
import { admit } from './admission/admit.ts'
import type { Signature } from './admission/entries.ts'
import { ManifestError } from './errors.ts'
import { findAbiFunction, type Place } from './host/abi/index.ts'
import { isGranted } from './host/gate.ts'
import { requestsOf } from './policy/authority.ts'
import { type ConsentQuestion, consentQuestion } from './policy/consent-text.ts'
import type { Manifest } from './policy/manifest.ts'
import { embeddedManifest, oneManifest } from './policy/manifest-section.ts'
import { type Decision, negotiate } from './policy/negotiate.ts'
import { resolvePolicy } from './policy/resolve.ts'
import type { Policy, PolicyInput } from './policy/schema.ts'
import { signatureRefusal } from './signing/refusal.ts'
import { quoteGuestText } from './text.ts'

/** Names are the guest's, neutralised and quoted. */
export interface Inspection {
  readonly verdict: 'admitted' | 'refused'
  readonly code: string | null
  readonly message: string
  readonly policy: string
  readonly sha256: string
  readonly bytes: number
  /** Features beyond the first version of WebAssembly, with the offset of the first use. */
  readonly features: readonly { readonly name: string; readonly offset: number; readonly allowed: boolean }[]
  readonly imports: readonly {
    readonly module: string
    readonly name: string
    readonly kind: ExternalKind
    /** Any one of these makes the call available, none means always; null for a call that is not known. */
    readonly capabilities: readonly string[] | null
    /** Where the call does its work: in the guest's thread, in the host process, or either; null for a call that is not known. */
    readonly place: Place | null
    readonly granted: boolean
  }[]
  readonly exports: readonly { readonly name: string; readonly kind: ExternalKind; readonly signature: Signature | null }[]
  /** Bytes at the start and at most; the maximum is what the sandbox would write into the module. */
  readonly memories: readonly { readonly initialBytes: number; readonly maximumBytes: number | null }[]
  readonly tables: readonly { readonly initial: number; readonly maximum: number | null }[]
  readonly functions: number
  readonly hasStart: boolean
  /** What the module asks for and why, as it would be shown, and what the policy would grant of it; null if it has no usable manifest. */
  readonly manifest: (ConsentQuestion & { readonly decisions: readonly Decision[] }) | null
}

const PAGE = 65_536

/**
 * @param sideManifest from beside the module
 * @throws {PolicyError}
 * @throws {ManifestError} if there is one in the module too and it says something else
 */
export function inspectModule(
  bytes: Uint8Array,
  policyInput?: string | PolicyInput,
  sideManifest: Manifest | null = null,
): Inspection {
  const policy = resolvePolicy(policyInput)
  const copy = new Uint8Array(bytes)
  const admission = admit(copy, policy)
  const { module } = admission
  const admitted = admission.verdict === 'admitted' ? admission : null
  const refusal = signatureRefusal(copy, policy) ?? (admission.verdict === 'refused' ? admission.refusal : null)
  const allowed = new Set<string>(policy.features)
  return {
    verdict: refusal ? 'refused' : 'admitted',
    code: refusal?.code ?? null,
    message: refusal?.message ?? `The policy "${policy.name}" admits this module.`,
    policy: policy.name,
    sha256: admission.sha256,
    bytes: bytes.length,
    features: [...(module?.features ?? [])].map(([name, offset]) => ({ name, offset, allowed: allowed.has(name) })),
    imports: (module?.imports ?? []).map((entry) => {
      const abi = findAbiFunction(entry.module, entry.name)
      const granted = abi !== undefined && entry.type.kind === 'function' && isGranted(abi, policy.capabilities)
      return {
        module: quoteGuestText(entry.module),
        name: quoteGuestText(entry.name),
        kind: entry.type.kind,
        capabilities: abi ? abi.capabilities : null,
        place: abi?.place ?? null,
        granted,
      }
    }),
    exports: (module?.exports ?? []).map((entry) => ({
      name: quoteGuestText(entry.name),
      kind: entry.kind,
      signature: admitted?.functions.get(entry.name) ?? null,
    })),
    memories: (admitted?.maxima.memories ?? module?.memories ?? []).map(({ limits }) => ({
      initialBytes: limits.min * PAGE,
      maximumBytes: limits.max === undefined ? null : limits.max * PAGE,
    })),
    tables: (admitted?.maxima.tables ?? module?.tables ?? []).map(({ limits }) => ({
      initial: limits.min,
      maximum: limits.max ?? null,
    })),
    functions: module?.bodies.length ?? 0,
    hasStart: module?.start !== undefined,
    manifest: described(oneManifest(usable(copy, module), sideManifest), admission.sha256, policy),
  }
}

/** A module that is refused for another reason has a manifest all the same; one that is refused for its manifest has none. */
function usable(bytes: Uint8Array, module: WasmModule | null): Manifest | null {
  try {
    return module && embeddedManifest(bytes, module)
  } catch (error) {
    if (error instanceof ManifestError) return null
    throw error
  }
}

function described(manifest: Manifest | null, sha256: string, policy: Policy): Inspection['manifest'] {
  if (manifest === null) return null
  const { decisions } = negotiate(manifest, policy, 'not-needed')
  return { ...consentQuestion(manifest, sha256, requestsOf(manifest), null), decisions }
}

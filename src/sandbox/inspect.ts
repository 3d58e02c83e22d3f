// What admission thinks of a module, without running it: for people and tools that want to know before they run.
import type { ExternalKind } from '../wasm/index.ts'
import { admit } from './admission/admit.ts'
import type { Signature } from './admission/entries.ts'
import { findAbiFunction } from './host/abi.ts'
import { isGranted } from './host/gate.ts'
import { resolvePolicy } from './policy/resolve.ts'
import type { PolicyInput } from './policy/schema.ts'
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
    readonly capability: string | null
    readonly granted: boolean
  }[]
  readonly exports: readonly { readonly name: string; readonly kind: ExternalKind; readonly signature: Signature | null }[]
  /** Bytes at the start and at most; the maximum is what the sandbox would write into the module. */
  readonly memories: readonly { readonly initialBytes: number; readonly maximumBytes: number | null }[]
  readonly tables: readonly { readonly initial: number; readonly maximum: number | null }[]
  readonly functions: number
  readonly hasStart: boolean
}

const PAGE = 65_536

/** @throws {PolicyError} */
export function inspectModule(bytes: Uint8Array, policyInput?: string | PolicyInput): Inspection {
  const policy = resolvePolicy(policyInput)
  const admission = admit(new Uint8Array(bytes), policy)
  const { module } = admission
  const admitted = admission.verdict === 'admitted' ? admission : null
  const refusal = admission.verdict === 'refused' ? admission.refusal : null
  const allowed = new Set<string>(policy.features)
  return {
    verdict: admission.verdict,
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
        capability: abi?.capability ?? null,
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
  }
}

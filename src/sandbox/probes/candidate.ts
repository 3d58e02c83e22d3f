// From a module to a version of a probe: its own copy of the bytes, what they may do at most, and everything that can be said against them before they run.
import { admit } from '../admission/admit.ts'
import type { RefusalCode } from '../admission/refusal.ts'
import { ManifestError, UsageError } from '../errors.ts'
import { checkArguments } from '../instance.ts'
import { checkManifest, type Manifest } from '../policy/manifest.ts'
import { oneManifest } from '../policy/manifest-section.ts'
import { negotiate, withinPolicy } from '../policy/negotiate.ts'
import type { Policy } from '../policy/schema.ts'
import { compareVersions } from '../policy/version.ts'
import { grantsOf } from '../run-input.ts'
import type { ExecuteOptions } from '../sandbox.ts'
import { signatureRefusal } from '../signing/refusal.ts'
import { quoteGuestText } from '../text.ts'
import type { AllowVersion } from './settings.ts'

/** Which module this is. */
export interface VersionName {
  /** Of the bytes, hexadecimal. */
  readonly sha256: string
  /** As the manifest says; null without one. */
  readonly name: string | null
  readonly version: string | null
}

/** A module that may become the probe's, once there is consent. */
export interface ProbeVersion extends VersionName {
  readonly manifest: Manifest | null
  /** Nobody else has them, so that what was looked at, agreed to and rolled back to is what runs (MOD-17, SUP-07). */
  readonly bytes: Uint8Array
  /** The policy as far as the manifest asks for it: with consent to all of this, and never with less (SUP-03). */
  readonly grants: Policy
}

/**
 * Why there will be no such version. Beside the sandbox's own codes of refusal:
 *
 * - `manifest-missing`: there is none, and the active version has one, or one is required.
 * - `other-name`: it is a version of something else.
 * - `downgrade`: older than the active version. `version-reused`: the same version number, other bytes. `same-module`: the same bytes.
 * - `input-not-granted`: the probe is given input that this module's grants do not let through.
 * - `entry-arguments`: its entry takes other arguments than the probe gives.
 * - `consent-denied`: somebody has refused it.
 * - `swap-in-progress`: another replacement comes first. `withdrawn`: it was taken back meanwhile.
 */
export const OWN_CODES = [
  'manifest-missing',
  'other-name',
  'downgrade',
  'version-reused',
  'same-module',
  'input-not-granted',
  'entry-arguments',
  'consent-denied',
  'swap-in-progress',
  'withdrawn',
] as const
export type SwapRefusalCode = RefusalCode | (typeof OWN_CODES)[number]

export interface Unfit {
  readonly verdict: 'unfit'
  readonly code: SwapRefusalCode
  /** One sentence, guest text neutralised. */
  readonly message: string
}
export interface Fit {
  readonly verdict: 'fit'
  readonly version: ProbeVersion
}

/** What is the same for every run and every version; no snapshot, which is state of one module. */
export type RunSettings = Pick<ExecuteOptions, 'entry' | 'callArguments' | 'args' | 'env' | 'stdin' | 'files' | 'principal'>

/** What a module has to fit. */
export interface Place {
  readonly policy: Policy
  readonly run: RunSettings
  readonly requireManifest: boolean
  /** The version that it would follow; null if it is the first. */
  readonly active: ProbeVersion | null
  readonly allowVersion: AllowVersion
}

/**
 * @param module is copied before anything else is done with it
 * @param side manifest from beside the module, as it was parsed; null if there is none
 */
export function vet(module: Uint8Array, side: unknown, place: Place): Fit | Unfit {
  const { policy, requireManifest, active, allowVersion } = place
  const { moduleBytes } = policy.quotas
  if (module.byteLength > moduleBytes)
    return unfit(
      'limit',
      `The module has ${module.byteLength} bytes; the policy "${policy.name}" allows ${moduleBytes} (quotas.moduleBytes).`,
    )
  const bytes = new Uint8Array(module)
  const unsigned = signatureRefusal(bytes, policy)
  if (unsigned) return unfit(unsigned.code, unsigned.message)
  const first = admit(bytes, policy)
  if (first.verdict === 'refused') return unfit(first.refusal.code, first.refusal.message)
  let manifest: Manifest | null
  try {
    manifest = oneManifest(first.manifest, side === null ? null : checkManifest(side))
  } catch (error) {
    if (error instanceof ManifestError) return unfit('manifest-invalid', error.message)
    throw error
  }
  const { sha256 } = first
  const name = manifest?.name ?? null
  const number = manifest?.version ?? null
  if (manifest === null && requireManifest) return unfit('manifest-missing', 'The module has no manifest, and one is required.')
  const succession = active && unlikeSuccessor({ sha256, name, version: number }, active, allowVersion)
  if (succession) return succession
  const grants = manifest ? negotiate(manifest, policy, withinPolicy(manifest, policy)).grants : policy
  return (
    misfit(bytes, grants, place.run) ?? { verdict: 'fit', version: { sha256, name, version: number, manifest, bytes, grants } }
  )
}

/** Who may follow whom: the same name, a newer version; never without a manifest after one with it, since the policy alone would decide then (SUP-03). */
function unlikeSuccessor(next: VersionName, active: VersionName, allowVersion: AllowVersion): Unfit | null {
  if (next.sha256 === active.sha256) return unfit('same-module', 'These are the bytes of the active version.')
  if (active.name === null || active.version === null) return null
  if (next.name === null || next.version === null)
    return unfit(
      'manifest-missing',
      'The module has no manifest, and the active version has one; a replacement must say what it needs.',
    )
  if (next.name !== active.name)
    return unfit(
      'other-name',
      `The module calls itself ${next.name}, the active version ${active.name}; add it as a probe of its own.`,
    )
  const order = compareVersions(next.version, active.version)
  if (order < 0 && allowVersion !== 'any')
    return unfit(
      'downgrade',
      `Version ${next.version} is older than the active version ${active.version}; allowVersion "any" allows it.`,
    )
  if (order === 0 && allowVersion === 'newer')
    return unfit(
      'version-reused',
      `Version ${next.version} is active already, with other bytes; give the new module a new version, or allow it with allowVersion "same".`,
    )
  return null
}

/** What would be an error of the embedder's, or a refusal, at every run: with the grants that it will have, not with those of the policy. */
function misfit(bytes: Uint8Array, grants: Policy, run: RunSettings): Unfit | null {
  const { entry = '_start', callArguments = [] } = run
  const admission = admit(bytes, grants)
  if (admission.verdict === 'refused') return unfit(admission.refusal.code, admission.refusal.message)
  const signature = entry === '_initialize' ? undefined : admission.functions.get(entry)
  if (!signature) return unfit('entry-missing', `The module exports no function ${quoteGuestText(entry)} that can be called.`)
  return (
    usageProblem('entry-arguments', () => checkArguments(entry, signature, callArguments)) ??
    usageProblem('input-not-granted', () => grantsOf(run, grants, []))
  )
}

function usageProblem(code: SwapRefusalCode, check: () => void): Unfit | null {
  try {
    check()
    return null
  } catch (error) {
    if (error instanceof UsageError) return unfit(code, error.message)
    throw error
  }
}

const unfit = (code: SwapRefusalCode, message: string): Unfit => ({ verdict: 'unfit', code, message })

export const nameOf = ({ sha256, name, version }: VersionName): VersionName => ({ sha256, name, version })

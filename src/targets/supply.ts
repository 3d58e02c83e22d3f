// The way of a module to our sandbox, as `gauntlet run` and an embedder go it: policy file, manifest, consent, modules before, files afterwards
// (SUP-01 to SUP-12).
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readDocument } from '../documents/document.ts'
import {
  ConsentStore,
  decideConsent,
  type ExecutionResult,
  GuestNotReady,
  ManifestError,
  negotiate,
  OutDirectoryError,
  type Policy,
  PolicyError,
  type PolicyInput,
  readManifest,
  rememberConsent,
  resolvePolicy,
  type Sandbox,
  writeChanges,
} from '../sandbox/index.ts'
import type { Earlier, Supply } from './target.ts'

/** Nobody agreed to what the module asks for, and a target has nobody to ask. */
export class NoConsent extends Error {
  override readonly name = 'NoConsent'
}

/** Our word for a host that does not go on with a module; null if the error is none of its answers. */
export function refusedBy(error: unknown): { readonly detail: string; readonly message: string } | null {
  if (error instanceof PolicyError) return { detail: 'policy-refused', message: error.message }
  if (error instanceof ManifestError) return { detail: 'manifest-refused', message: error.message }
  if (error instanceof NoConsent) return { detail: 'consent-refused', message: error.message }
  // Its own sentence says where the directory lies, which is the embedder's business.
  if (error instanceof OutDirectoryError) return { detail: 'out-refused', message: 'The directory cannot be written into.' }
  return null
}

/** @throws {PolicyError} */
export function policyFromText(text: string): PolicyInput {
  const read = readDocument(text)
  if ('value' in read && typeof read.value === 'object' && read.value !== null) return read.value
  throw new PolicyError(`The policy is not valid. ${'problem' in read ? read.problem : 'It is no object'}.`, ['(top level)'])
}

/**
 * What came before the module, and what was agreed about it.
 *
 * @param policyOf the policy of a run that brings its own, in the target's terms
 * @returns the policy to run it under
 * @throws what {@link refusedBy} has a word for
 */
export async function arrive(
  sandbox: Sandbox,
  module: Uint8Array,
  given: PolicyInput,
  { before = [], manifest, principal }: Supply,
  policyOf: (policy: unknown) => PolicyInput,
): Promise<PolicyInput> {
  // In a file, as people keep them, and gone with the run.
  const directory = await mkdtemp(join(tmpdir(), 'gauntlet-supply-'))
  try {
    const consents = new ConsentStore(join(directory, 'consents.json'))
    for (const earlier of before) {
      const policy = earlier.policy === undefined ? given : policyOf(earlier.policy)
      if (earlier.answer === undefined) await runEarlier(sandbox, earlier, policy)
      else await answerEarlier(consents, earlier, earlier.answer, resolvePolicy(policy, sandbox.policy))
    }
    if (!manifest) return given
    const policy = resolvePolicy(given, sandbox.policy)
    const side = manifest.side === undefined ? null : Buffer.from(manifest.side)
    const asks = readManifest(module, policy, side)
    if (asks.manifest === null) return negotiate(null, policy, [], { requireManifest: manifest.required === true }).grants
    const { state, wanted } = await decideConsent(asks.manifest, asks.sha256, consents, principal ?? null, policy)
    if (state !== 'granted') throw new NoConsent(`Nobody agreed to this module (${state}).`)
    return negotiate(asks.manifest, policy, wanted).grants
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Whatever becomes of it. */
async function runEarlier(sandbox: Sandbox, { module, principal }: Earlier, policy: PolicyInput): Promise<void> {
  try {
    await sandbox.execute(module, policy, { entry: 'run', ...(principal !== undefined && { principal }) })
  } catch (error) {
    if (!(error instanceof GuestNotReady)) throw error
  }
}

async function answerEarlier(
  consents: ConsentStore,
  { module, principal }: Earlier,
  answer: 'granted' | 'denied',
  policy: Policy,
): Promise<void> {
  const { sha256, manifest } = readManifest(module, policy)
  if (manifest === null) throw new ManifestError('There is nothing to agree to: the module has no manifest.')
  await rememberConsent(await decideConsent(manifest, sha256, consents, principal ?? null, policy), answer, consents)
}

/** @returns what was not written, in sentences */
export const leave = async (out: string, results: readonly ExecutionResult[]): Promise<readonly string[]> =>
  writeChanges(out, results.at(-1)?.changes ?? [])

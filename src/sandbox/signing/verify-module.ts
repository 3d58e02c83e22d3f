// For tools and people who want to know whether a module is signed, without running it.
import { MalformedModule } from '../../wasm/index.ts'
import { ownData } from '../own-data.ts'
import { resolvePolicy } from '../policy/resolve.ts'
import type { PolicyInput } from '../policy/schema.ts'
import { type Verification, type VerifyOptions, verifySignatures } from './verify.ts'

export type TrustInput = NonNullable<PolicyInput['signatures']>

/**
 * Checks the signatures of a module as a sandbox with this part of a policy would.
 *
 * To run what was verified, give the same bytes to a sandbox whose policy has the same part; a file that is read again may be another one (SUP-07).
 *
 * @throws {PolicyError} if the trust policy is not valid
 */
export function verifyModule(module: Uint8Array, signatures: TrustInput, options: VerifyOptions = {}): Verification {
  const { now, detached } = ownData(options) as VerifyOptions
  const trust = resolvePolicy({ signatures }).signatures!
  try {
    return verifySignatures(new Uint8Array(module), trust, {
      ...(now !== undefined && { now }),
      ...(detached !== undefined && { detached: new Uint8Array(detached) }),
    })
  } catch (error) {
    if (!(error instanceof MalformedModule)) throw error
    const message = `This is no complete WebAssembly module. ${error.message}`
    return { problem: 'signature-invalid', message, signers: [], contentSha256: null }
  }
}

// The step before admission: a module that is not signed as the policy requires is refused before the rest of it is read.
import { MalformedModule } from '../../wasm/index.ts'
import { Refusal, refusalOfMalformed } from '../admission/refusal.ts'
import type { Policy } from '../policy/schema.ts'
import { verifySignatures } from './verify.ts'

/**
 * Must be asked for each guest, before anything that was kept for an equal module is used: keys expire.
 *
 * @param bytes the private copy that will be executed (SUP-07)
 * @returns null if the policy requires no signature, or has enough of them
 */
export function signatureRefusal(bytes: Uint8Array, { signatures }: Policy): Refusal | null {
  if (signatures === null) return null
  try {
    const { problem, message } = verifySignatures(bytes, signatures)
    return problem && new Refusal(problem, message)
  } catch (error) {
    if (error instanceof MalformedModule) return refusalOfMalformed(error)
    throw error
  }
}

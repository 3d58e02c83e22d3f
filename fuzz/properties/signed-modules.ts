// Whatever is done to a signed module, what is still verified is, behind its signatures, byte for byte what was signed.
import fc from 'fast-check'
import { cook } from '../../src/attacks/recipes/index.ts'
import type { Property } from '../../src/campaign/property.ts'
import { rawPublicKey, secretKeyOf } from '../../src/sandbox/signing/ed25519.ts'
import { type TrustInput, verifyModule } from '../../src/sandbox/signing/verify-module.ts'
import { MalformedModule, readModule } from '../../src/wasm/index.ts'
import { checkProperty } from '../check.ts'

const SIGNERS = [1, 2, 3]
const MODULE = cook('signed', { signers: SIGNERS })
const publicKey = (seed: number) => Buffer.from(rawPublicKey(secretKeyOf(new Uint8Array(32).fill(seed)))).toString('base64')
const trust = (required: number): TrustInput => ({
  required,
  keys: [...SIGNERS, 4].map((seed) => ({ name: `key ${seed}`, publicKey: publicKey(seed) })),
})

/** One change: so many bytes at a place are replaced by others, or by a piece of the module itself. */
const change = fc.record({
  at: fc.nat(MODULE.length),
  remove: fc.oneof(fc.constant(0), fc.constant(1), fc.nat(100)),
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 8 }),
    fc.tuple(fc.nat(MODULE.length), fc.nat(100)).map(([from, size]) => MODULE.slice(from, from + size)),
  ),
})
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never
export const tampering = fc.record({
  required: fc.integer({ min: 1, max: 3 }),
  changes: fc.array(change, { minLength: 1, maxLength: 3 }),
})

const apply = (bytes: Uint8Array, { at, remove, insert }: Change): Uint8Array =>
  Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)])

/** Everything behind the header and the first section, which holds the signatures; null for what is no module. */
function contentOf(bytes: Uint8Array): string | null {
  try {
    const [first] = readModule(bytes).sections
    return Buffer.from(bytes.subarray(first!.offset + first!.size)).toString('hex')
  } catch (error) {
    if (error instanceof MalformedModule) return null
    throw error
  }
}
const SIGNED = contentOf(MODULE)

export function holds({ required, changes }: { required: number; changes: readonly Change[] }): string | null {
  return verifiedAsSigned(changes.reduce(apply, MODULE), required)
}

/** @returns what is wrong, in one sentence, or null */
export function verifiedAsSigned(bytes: Uint8Array, required: number): string | null {
  const { problem, signers } = verifyModule(bytes, trust(required))
  if (problem !== null) return null
  if (signers.length < required) return `${signers.length} signers pass for ${required}`
  return contentOf(bytes) === SIGNED ? null : 'what nobody has signed is verified'
}

const property: Property = {
  name: 'signed-modules',
  threats: ['SUP-04', 'SUP-05'],
  run: async (seed, milliseconds) => checkProperty(tampering, holds, (value) => JSON.stringify(value), seed, milliseconds),
}
export default property

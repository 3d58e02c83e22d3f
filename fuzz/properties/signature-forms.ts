// There is one form of signature data for each meaning, and one signer for each key: what says the same in another way is refused, and who signs twice is
// still one of however many are required.
import { randomBytes } from 'node:crypto'
import { cook } from '../../src/attacks/recipes/index.ts'
import type { Property } from '../../src/campaign/property.ts'
import { readSignedContent } from '../../src/sandbox/signing/content.ts'
import { keyIdOf, rawPublicKey, secretKeyOf, signedMessage } from '../../src/sandbox/signing/ed25519.ts'
import { type Envelope, encodeEnvelope, readEnvelope, type SignedHashes } from '../../src/sandbox/signing/envelope.ts'
import { type TrustInput, verifyModule } from '../../src/sandbox/signing/verify-module.ts'
import { type Case, checkCases } from '../cases.ts'
import { anotherSignature } from '../second-signature.ts'

const seedOf = (signer: number) => new Uint8Array(32).fill(signer)
const rawOf = (signer: number) => rawPublicKey(secretKeyOf(seedOf(signer)))
const trust = (required: number): TrustInput => ({
  required,
  keys: [1, 2].map((signer) => ({ name: `key ${signer}`, publicKey: Buffer.from(rawOf(signer)).toString('base64') })),
})

/** The parts of a module that is signed by these: what stands behind the signatures, and the signatures. */
function signedBy(...signers: number[]) {
  const module = cook('signed', { signers })
  const data = readSignedContent(module).signatureData!
  // Header, section number, its size in two bytes, name with its length.
  const start = Buffer.from(module).indexOf(data)
  const bare = Buffer.concat([module.subarray(0, 8), module.subarray(start + data.length)])
  return { bare, data, envelope: readEnvelope(data) }
}

const verdictOf = (module: Uint8Array, detached: Uint8Array, required: number) =>
  verifyModule(module, trust(required), { detached }).problem

const refused =
  (forge: (set: SignedHashes) => Envelope, required: number, expected = 'signature-invalid'): Case =>
  () => {
    const { bare, envelope } = signedBy(1, 2)
    const seen = verdictOf(bare, encodeEnvelope(forge(envelope[0]!)), required)
    return seen === expected ? null : `it is found to be ${seen ?? 'verified'}, and should be ${expected}`
  }

const random = () => ({ keyId: new Uint8Array(0), signature: Uint8Array.from(randomBytes(64)) })

/** Both signatures are the first key's, and neither is a copy of the other. */
const oneSignerTwice: Case = () => {
  const { bare, envelope } = signedBy(1)
  const [{ hashes, signatures }] = envelope as readonly [SignedHashes]
  const signature = anotherSignature(seedOf(1), signedMessage(hashes), 0x1234567890abcdefn)
  const alone = verdictOf(bare, encodeEnvelope([{ hashes, signatures: [{ keyId: keyIdOf(rawOf(1)), signature }] }]), 1)
  if (alone !== null) return `a second signature of one key is found to be ${alone}: the attack is out of order`
  const both = [...signatures, { keyId: keyIdOf(rawOf(1)), signature }]
  const seen = verdictOf(bare, encodeEnvelope([{ hashes, signatures: both }]), 2)
  return seen === 'signature-untrusted' ? null : `one key has signed twice, and for two signers that is ${seen ?? 'enough'}`
}

/** The number of sets, in two bytes where one is enough. */
const padded: Case = () => {
  const { bare, data } = signedBy(1)
  const forged = Buffer.concat([data.subarray(0, 3), Uint8Array.of(data[3]! | 0x80, 0), data.subarray(4)])
  const seen = verdictOf(bare, forged, 1)
  return seen === 'signature-invalid' ? null : `signature data with a padded number is found to be ${seen ?? 'verified'}`
}

const asItIs: Case = () => {
  const { bare, data } = signedBy(1, 2)
  const seen = verdictOf(bare, data, 2)
  return seen === null ? null : `a module with both signatures is found to be ${seen}`
}

const property: Property = {
  name: 'signature-forms',
  threats: ['SUP-05', 'SUP-10'],
  run: (seed, milliseconds) =>
    checkCases(
      {
        asItIs,
        oneSignerTwice,
        padded,
        'the same signature twice': refused(
          ({ hashes, signatures }) => [{ hashes, signatures: [...signatures, { ...signatures[0]!, keyId: new Uint8Array(0) }] }],
          1,
        ),
        'the same hashes twice': refused(
          ({ hashes, signatures }) => [
            { hashes, signatures },
            { hashes, signatures: [random()] },
          ],
          1,
        ),
        'more signatures than one module may carry': refused(
          ({ hashes, signatures }) => [
            { hashes, signatures },
            { hashes: [randomBytes(32)], signatures: Array.from({ length: 64 }, random) },
          ],
          1,
        ),
        'one in the name of a key that has not signed': refused(
          ({ hashes, signatures }) => [{ hashes, signatures: [signatures[0]!, { ...random(), keyId: keyIdOf(rawOf(2)) }] }],
          1,
        ),
      },
      seed,
      milliseconds,
    ),
}
export default property

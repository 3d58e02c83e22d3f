// Signs all of a module, beside the signatures that it has already.
import type { KeyObject } from 'node:crypto'
import { MalformedModule, writer as w } from '../../wasm/index.ts'
import { SigningError } from '../errors.ts'
import { readSignedContent, type SignedContent } from './content.ts'
import { keyIdOf, rawPublicKey, signBytes, signedMessage } from './ed25519.ts'
import { type Envelope, encodeEnvelope, readEnvelope, type Signature, type SignedHashes } from './envelope.ts'
import { SIGNATURE_SECTION } from './format.ts'
import { InvalidSignature } from './invalid-signature.ts'

export interface SignedModule {
  /** The module with the signature in it. Behind the signature section it has the bytes that it had. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The signature data alone, which is also the detached signature. */
  readonly signatureData: Uint8Array
  /** Signatures of all of the module, the new one included. */
  readonly signatures: number
  /** Signatures of something else, which were in the module and still are: of a part of it, or from before it was changed. */
  readonly others: number
}

/**
 * @param secret an Ed25519 key
 * @throws {SigningError} if this is no module, its signature data cannot be read or is full, or the key has signed it before
 */
export function signModule(module: Uint8Array, secret: KeyObject): SignedModule {
  if (secret.asymmetricKeyType !== 'ed25519' || secret.type !== 'private')
    throw new SigningError('Modules are signed with a secret key for Ed25519; pass one.')
  const { content, envelope } = read(new Uint8Array(module))
  const { hashes } = content
  const signature = { keyId: keyIdOf(rawPublicKey(secret)), signature: signBytes(secret, signedMessage(hashes)) }
  const signed = added(envelope, hashes, signature)
  const signatureData = encodeEnvelope(signed)
  // What this verifier would not read must not be written.
  readable(() => readEnvelope(signatureData))
  const total = signed.reduce((sum, { signatures }) => sum + signatures.length, 0)
  const { signatures } = signed.find((set) => sameHashes(set, hashes))!
  return {
    bytes: withSignatureData(module, content, signatureData),
    signatureData,
    signatures: signatures.length,
    others: total - signatures.length,
  }
}

function read(module: Uint8Array): { content: SignedContent; envelope: Envelope } {
  return readable(() => {
    const content = readSignedContent(module)
    return { content, envelope: content.signatureData ? readEnvelope(content.signatureData) : [] }
  })
}

function readable<T>(reading: () => T): T {
  try {
    return reading()
  } catch (error) {
    if (error instanceof InvalidSignature) throw new SigningError(`${error.message} Remove the signatures that are there.`)
    if (error instanceof MalformedModule) throw new SigningError(`This is no WebAssembly module. ${error.message}`)
    throw error
  }
}

function added(envelope: Envelope, hashes: readonly Uint8Array[], signature: Signature): Envelope {
  const same = envelope.find((set) => sameHashes(set, hashes))
  if (!same) return [...envelope, { hashes, signatures: [signature] }]
  // Ed25519 has no random numbers: the same key makes the same signature.
  if (same.signatures.some((other) => Buffer.from(other.signature).equals(signature.signature)))
    throw new SigningError('The module is signed with this key already.')
  return envelope.map((set) => (set === same ? { hashes, signatures: [...set.signatures, signature] } : set))
}

const sameHashes = (set: SignedHashes, hashes: readonly Uint8Array[]) => Buffer.concat(set.hashes).equals(Buffer.concat(hashes))

function withSignatureData(module: Uint8Array, { start }: SignedContent, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const section = w.customSection(SIGNATURE_SECTION, data)
  return new Uint8Array(w.bytes(module.subarray(0, 8), section, module.subarray(start)))
}

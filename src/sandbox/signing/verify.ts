// Whether enough of the trusted keys have signed a module: all of it, byte for byte, as it will be executed.
import { createHash } from 'node:crypto'
import { readSignedContent, type SignedContent } from './content.ts'
import { isSignatureOf, keyIdOf, signedMessage } from './ed25519.ts'
import { type Envelope, readEnvelope, type Signature, type SignedHashes } from './envelope.ts'
import { InvalidSignature } from './invalid-signature.ts'
import { readPublicKeyText } from './public-key.ts'
import { nameOf, type Trust, type TrustedKey, whyNot } from './trust.ts'

export type SignatureProblem = 'signature-missing' | 'signature-invalid' | 'signature-untrusted' | 'module-revoked'

export interface Verification {
  /** Null if the module is signed as the policy requires. */
  readonly problem: SignatureProblem | null
  /** One sentence. */
  readonly message: string
  /** Names of the keys whose signatures count. */
  readonly signers: readonly string[]
  /**
   * SHA-256 of everything behind the header and the signature section, hexadecimal: the same whoever has signed. Null if the sections cannot be told
   * apart.
   */
  readonly contentSha256: string | null
}

export interface VerifyOptions {
  /** Milliseconds since 1970. */
  readonly now?: number
  /** Signature data that is not in the module but beside it. */
  readonly detached?: Uint8Array
}

/** What the steps below find out; the first problem ends them. */
interface Finding {
  readonly problem: SignatureProblem | null
  readonly message: string
  readonly signers?: readonly string[]
}

/**
 * @param bytes the private copy that will be executed, and no other (SUP-07)
 * @param trust from a policy that was resolved
 * @throws {MalformedModule} if the bytes are not sections of a module
 */
export function verifySignatures(bytes: Uint8Array, trust: Trust, options: VerifyOptions = {}): Verification {
  let contentSha256: string | null = null
  const verdict = ({ problem, message, signers = [] }: Finding) => ({ problem, message, signers, contentSha256 })
  try {
    const content = readSignedContent(bytes)
    contentSha256 = Buffer.from(content.hashes.at(-1)!).toString('hex')
    return verdict(revocation(bytes, contentSha256, trust) ?? signaturesOf(content, trust, options))
  } catch (error) {
    if (error instanceof InvalidSignature) return verdict({ problem: 'signature-invalid', message: error.message })
    throw error
  }
}

/** By its contents too: whoever signs a revoked module again, or shuffles its signatures, has made another file of the same code. */
function revocation(bytes: Uint8Array, contentSha256: string, { revokedModules }: Trust): Finding | null {
  if (revokedModules.length === 0) return null
  const fileSha256 = createHash('sha256').update(bytes).digest('hex')
  if (!revokedModules.some((revoked) => revoked === fileSha256 || revoked === contentSha256)) return null
  return { problem: 'module-revoked', message: 'The policy has revoked this module, whoever has signed it.' }
}

function signaturesOf(content: SignedContent, trust: Trust, { now = Date.now(), detached }: VerifyOptions): Finding {
  if (detached && content.signatureData)
    throw new InvalidSignature('The module has signatures in it, and others were given beside it; use one of them.')
  const data = detached ?? content.signatureData
  if (!data) return { problem: 'signature-missing', message: 'The module is not signed, and the policy requires signatures.' }
  const whole = wholeModule(readEnvelope(data), content)
  return decide(attribute(whole, trust.keys), trust, now)
}

/**
 * The signatures over this very list of hashes. A shorter list signs the front of a module, which whoever likes can extend; runtimes must ignore
 * such signatures (Signatures.md, "Partial signatures"), and so must those over another module be (SUP-04, SUP-05).
 */
function wholeModule(envelope: Envelope, { hashes }: SignedContent): SignedHashes {
  const expected = Buffer.concat(hashes)
  const set = envelope.find((set) => expected.equals(Buffer.concat(set.hashes)))
  if (set) return set
  throw new InvalidSignature(
    'The signatures are not for all of this module: it was changed or extended after it had been signed, or only a part was signed.',
  )
}

interface Attributed {
  /** A set: who signs twice is still one signer. */
  readonly signed: ReadonlySet<TrustedKey>
  /** Signatures by nobody that the policy knows. */
  readonly strangers: number
}

function attribute({ hashes, signatures }: SignedHashes, keys: readonly TrustedKey[]): Attributed {
  const message = signedMessage(hashes)
  const known = keys.map((key) => ({ key, raw: readPublicKeyText(key.publicKey)! }))
  const signed = new Set<TrustedKey>()
  let strangers = 0
  for (const signature of signatures) {
    const candidates = known.filter(({ raw }) => mayBeOf(signature, raw))
    const signer = candidates.find(({ raw }) => isSignatureOf(raw, message, signature.signature))
    if (signer) signed.add(signer.key)
    else if (signature.keyId.length > 0 && candidates[0])
      // Somebody wants this to pass for a signature of that key: nothing else in the file is believed either (SUP-05).
      throw new InvalidSignature(`The signature in the name of the key ${nameOf(candidates[0].key)} is not its signature.`)
    else strangers++
  }
  return { signed, strangers }
}

/** Without an identifier every key has to be tried. */
const mayBeOf = ({ keyId }: Signature, rawKey: Uint8Array) => keyId.length === 0 || Buffer.from(keyId).equals(keyIdOf(rawKey))

function decide({ signed, strangers }: Attributed, { required }: Trust, now: number): Finding {
  const counting = [...signed].filter((key) => whyNot(key, now) === null)
  const signers = counting.map(({ name }) => name)
  const names = counting.map(nameOf).join(', ')
  if (counting.length >= required) return { problem: null, message: `All of the module is signed by ${names}.`, signers }
  const ignored = [...signed].flatMap((key) => {
    const why = whyNot(key, now)
    return why === null ? [] : [`; ${nameOf(key)} ${why}`]
  })
  const unknown = strangers === 0 ? '' : `; signatures by keys that the policy does not have: ${strangers}`
  const message = `The policy requires signatures of ${required} of its keys; the module has ${names || 'none'}${ignored.join('')}${unknown}.`
  return { problem: 'signature-untrusted', message, signers }
}

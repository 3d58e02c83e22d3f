// Keys of the embedder: which algorithm each is for, and what it can do. The only code that touches key material.
import { constants, createHmac, createPublicKey, KeyObject, sign, timingSafeEqual, verify } from 'node:crypto'
import { UsageError } from '../errors.ts'

/** A secret (HMAC), a private key (which signs and verifies), a public key (which verifies), or a pair. */
export type EmbedderKey = KeyObject | { readonly private?: KeyObject; readonly public?: KeyObject }

/** Runs an algorithm: at once in this thread, or in one of Node's own, so that a guest's 16 MiB do not hold up the host (CTL-13). */
export type Pace = 'at once' | 'in background'

/** Null: the key cannot do that. */
export interface UsableKey {
  readonly sign: ((data: Uint8Array, pace: Pace) => Uint8Array | Promise<Uint8Array>) | null
  readonly verify: ((data: Uint8Array, signature: Uint8Array, pace: Pace) => boolean | Promise<boolean>) | null
}

/** What Node wants to know beside the key. */
interface Scheme {
  readonly digest: 'sha256' | null
  readonly how: { readonly dsaEncoding?: 'ieee-p1363'; readonly padding?: number; readonly saltLength?: number }
}

/**
 * One algorithm for each type of key, so that a guest has nothing to choose and nothing to get wrong: HMAC with SHA-256, Ed25519, ECDSA on
 * P-256 with SHA-256 (signatures of 64 bytes, as in Web Crypto), RSA-PSS with SHA-256 and a salt of 32 bytes.
 *
 * @param name for messages
 * @throws {UsageError} if it is a key for something else
 */
export function usableKey(name: string, key: EmbedderKey): UsableKey {
  const isPair = !(key instanceof KeyObject)
  const first = isPair ? (key.private ?? key.public) : key
  if (!(first instanceof KeyObject))
    throw new UsageError(`The key "${name}" is none; pass a KeyObject, or an object with private or public.`)
  if (first.type === 'secret') return hmac(first)
  const secret = first.type === 'private' ? first : null
  const open = isPair && key.public ? key.public : secret ? createPublicKey(secret) : first
  if (open.type !== 'public' || (secret && !createPublicKey(secret).equals(open)))
    throw new UsageError(
      `The parts of the key "${name}" do not belong together; pass the private key alone, or its own public key.`,
    )
  const scheme = schemeOf(open)
  if (!scheme)
    throw new UsageError(
      `The key "${name}" is of a type that is not offered; use Ed25519, EC on P-256, RSA of 2048 bits or more with SHA-256, or a secret for HMAC.`,
    )
  return { sign: secret && signer(secret, scheme), verify: verifier(open, scheme) }
}

/** Smallest secret that HMAC may have (NIST SP 800-107, 5.3.4: 112 bits), bytes. */
const MIN_SECRET = 14
const MIN_MODULUS_BITS = 2048
const SALT_BYTES = 32

function hmac(secret: KeyObject): UsableKey {
  if ((secret.symmetricKeySize ?? 0) < MIN_SECRET)
    throw new UsageError(`A secret for HMAC must have ${MIN_SECRET} bytes or more.`)
  const code = (data: Uint8Array) => createHmac('sha256', secret).update(data).digest()
  return {
    sign: code,
    verify: (data, signature) => {
      const expected = code(data)
      return signature.length === expected.length && timingSafeEqual(signature, expected)
    },
  }
}

function schemeOf({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): Scheme | null {
  const {
    namedCurve,
    modulusLength = 0,
    hashAlgorithm = 'sha256',
    mgf1HashAlgorithm = 'sha256',
    saltLength = 0,
  } = asymmetricKeyDetails
  switch (asymmetricKeyType) {
    case 'ed25519':
      return { digest: null, how: {} }
    case 'ec':
      return namedCurve === 'prime256v1' ? { digest: 'sha256', how: { dsaEncoding: 'ieee-p1363' } } : null
    case 'rsa':
    case 'rsa-pss': {
      // A key of type rsa-pss can say which hash and what salt it is for.
      const fits = hashAlgorithm === 'sha256' && mgf1HashAlgorithm === 'sha256' && saltLength <= SALT_BYTES
      if (!fits || modulusLength < MIN_MODULUS_BITS) return null
      return { digest: 'sha256', how: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: SALT_BYTES } }
    }
    default:
      return null
  }
}

const signer =
  (key: KeyObject, { digest, how }: Scheme): UsableKey['sign'] =>
  (data, pace) =>
    pace === 'at once'
      ? sign(digest, data, { key, ...how })
      : new Promise((done, fail) => sign(digest, data, { key, ...how }, (error, made) => (error ? fail(error) : done(made))))

const verifier =
  (key: KeyObject, { digest, how }: Scheme): UsableKey['verify'] =>
  (data, signature, pace) =>
    pace === 'at once'
      ? verify(digest, data, { key, ...how }, signature)
      : new Promise((done, fail) =>
          verify(digest, data, { key, ...how }, signature, (error, good) => (error ? fail(error) : done(good))),
        )

// The seal of a snapshot: a code or a signature made with a key of the embedder's. A digest alone tells damage, but whoever can write the file can
// write the digest too.
import { createHmac, createSecretKey, KeyObject, sign, timingSafeEqual, verify } from 'node:crypto'
import { UsageError } from '../errors.ts'

/** Bytes or a secret key for HMAC-SHA-256; an Ed25519 key pair's private key to write, its public key to read. */
export type IntegrityKey = Uint8Array | KeyObject

/** As the format writes them. */
export const SEAL = { none: 0, hmac: 1, ed25519: 2 } as const
export type SealKind = (typeof SEAL)[keyof typeof SEAL]
export const SEAL_BYTES: Readonly<Record<SealKind, number>> = { [SEAL.none]: 0, [SEAL.hmac]: 32, [SEAL.ed25519]: 64 }

const MIN_SECRET_BYTES = 16

/** So that no other file that is signed with the same key can be taken for a snapshot, nor the other way round. */
const DOMAIN = new TextEncoder().encode('wasm-gauntlet snapshot\0')
const message = (digest: Uint8Array) => Buffer.concat([DOMAIN, digest])

/** @throws {UsageError} if it is no key for a seal */
export function sealKindOf(key: IntegrityKey | undefined): SealKind {
  if (key === undefined) return SEAL.none
  const object = keyObject(key)
  if (object.type === 'secret') {
    if ((object.symmetricKeySize ?? 0) < MIN_SECRET_BYTES)
      throw new UsageError(`The integrity key is too short; ${MIN_SECRET_BYTES} bytes are the least.`)
    return SEAL.hmac
  }
  if (object.asymmetricKeyType !== 'ed25519')
    throw new UsageError('The integrity key must be bytes, a secret key, or a key of the kind Ed25519.')
  return SEAL.ed25519
}

/** @param digest of everything that the seal is for @throws {UsageError} if the key cannot sign */
export function makeSeal(key: IntegrityKey | undefined, digest: Uint8Array): Uint8Array {
  const kind = sealKindOf(key)
  if (kind === SEAL.none) return new Uint8Array(0)
  const object = keyObject(key!)
  if (kind === SEAL.hmac) return createHmac('sha256', object).update(message(digest)).digest()
  if (object.type !== 'private') throw new UsageError('A snapshot is sealed with the private key; this is the public one.')
  return sign(null, message(digest), object)
}

/** @param key of the kind that the seal has @returns false for a seal that this key did not make */
export function isSealedBy(key: IntegrityKey, digest: Uint8Array, seal: Uint8Array): boolean {
  const object = keyObject(key)
  if (object.type === 'secret') return timingSafeEqual(createHmac('sha256', object).update(message(digest)).digest(), seal)
  return verify(null, message(digest), object, seal)
}

const keyObject = (key: IntegrityKey): KeyObject => {
  if (key instanceof KeyObject) return key
  if (key instanceof Uint8Array) return createSecretKey(key)
  throw new UsageError('The integrity key must be bytes, a secret key, or a key of the kind Ed25519.')
}

// Ed25519 (RFC 8032) by node:crypto, over raw keys: the only code of this folder that calls cryptography.
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { CONTENT_TYPE_MODULE, DOMAIN, HASH_SHA256, SPEC_VERSION } from './format.ts'

export const RAW_KEY_BYTES = 32

/** A new secret key, from the system's random bytes. */
export const newSecretKey = (): KeyObject => generateKeyPairSync('ed25519').privateKey

/** @param seed 32 bytes, which RFC 8032 calls the private key */
export function secretKeyOf(seed: Uint8Array): KeyObject {
  // Node wants an `x` beside the `d`, and makes it anew itself.
  const key = { kty: 'OKP', crv: 'Ed25519', d: base64url(seed), x: base64url(new Uint8Array(RAW_KEY_BYTES)) }
  return createPrivateKey({ key, format: 'jwk' })
}

export function publicKeyOf(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: base64url(raw) }, format: 'jwk' })
}

/** The 32 bytes of a public key, or of the public half of a secret one. */
export function rawPublicKey(key: KeyObject): Uint8Array {
  const open = key.type === 'private' ? createPublicKey(key) : key
  return Buffer.from(String(open.export({ format: 'jwk' }).x), 'base64url')
}

/** The 32 secret bytes. */
export const seedOf = (secret: KeyObject): Uint8Array => Buffer.from(String(secret.export({ format: 'jwk' }).d), 'base64url')

export const signBytes = (secret: KeyObject, message: Uint8Array): Uint8Array => sign(null, message, secret)

/**
 * OpenSSL refuses a signature whose S is not below the group's order, so nobody but the signer can make a second one of it. OpenSSL 3.0, which
 * Node 22 has, takes public keys of small order, for which anybody can make signatures: those never get here, see public-key.ts.
 */
export function isSignatureOf(rawKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return verify(null, message, publicKeyOf(rawKey), signature)
}

/** The identifier that wasmsign2 gives a key without another one. It finds the key; it proves nothing. */
export function keyIdOf(rawKey: Uint8Array): Uint8Array {
  return createHmac('sha256', rawKey).update('key_id').digest().subarray(0, 12)
}

/** What is signed: never the hashes alone, so that the signature cannot be one of something else. Signatures.md, "Signature data". */
export function signedMessage(hashes: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Buffer.from(DOMAIN, 'latin1'), Uint8Array.of(SPEC_VERSION, CONTENT_TYPE_MODULE, HASH_SHA256), ...hashes])
}

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')

// Key files: those of wasmsign2 (Signatures.md, "Signature algorithms and key serialization"), and PEM.
import { createPrivateKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { SigningError } from '../errors.ts'
import { RAW_KEY_BYTES, rawPublicKey, secretKeyOf, seedOf } from './ed25519.ts'
import { KEY_PAIR_TAG, PUBLIC_KEY_TAG } from './format.ts'
import { flawOf, readPublicKeyText } from './public-key.ts'

/** No key file that is understood is larger, in bytes. */
export const KEY_FILE_BYTES = 4096

/** `0x01 ‖ public key`. */
export const encodePublicKey = (raw: Uint8Array): Uint8Array => Uint8Array.of(PUBLIC_KEY_TAG, ...raw)

/** `0x81 ‖ secret key ‖ public key`. */
export const encodeKeyPair = (secret: KeyObject): Uint8Array =>
  Uint8Array.of(KEY_PAIR_TAG, ...seedOf(secret), ...rawPublicKey(secret))

/**
 * @returns the 32 bytes
 * @throws {SigningError} whose message completes "FILE: "
 */
export function decodePublicKey(file: Uint8Array): Uint8Array {
  if (isKeyPair(file) || isPemSecret(file))
    throw new SigningError('This is a secret key, which nobody else should have; name the file with the public one.')
  const raw = file[0] === PUBLIC_KEY_TAG && file.length === 1 + RAW_KEY_BYTES ? file.slice(1) : readPublicKeyText(textOf(file))
  if (!raw)
    throw new SigningError('This is no public key; name a file from "gauntlet keygen" or wasmsign2, or a PEM file for Ed25519.')
  const flaw = flawOf(raw)
  if (flaw) throw new SigningError(`The key ${flaw}; do not trust whoever gave it to you.`)
  return raw
}

/** @throws {SigningError} whose message completes "FILE: " */
export function decodeSecretKey(file: Uint8Array): KeyObject {
  if (isKeyPair(file)) return fromKeyPair(file)
  if (isPemSecret(file)) return fromPem(textOf(file))
  if (file[0] === PUBLIC_KEY_TAG || readPublicKeyText(textOf(file)))
    throw new SigningError('This is a public key, with which nothing can be signed; name the file with the secret one.')
  throw new SigningError('This is no secret key; name a file from "gauntlet keygen" or wasmsign2, or a PEM file for Ed25519.')
}

const isKeyPair = (file: Uint8Array) => file[0] === KEY_PAIR_TAG && file.length === 1 + 2 * RAW_KEY_BYTES
const isPemSecret = (file: Uint8Array) => /^\s*-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(textOf(file))
const textOf = (file: Uint8Array) => Buffer.from(file).toString('latin1')

function fromKeyPair(file: Uint8Array): KeyObject {
  const secret = secretKeyOf(file.subarray(1, 1 + RAW_KEY_BYTES))
  // Signing with a public key that does not belong to the secret one gives the secret away; we would not, but the file is not what it says.
  if (!timingSafeEqual(rawPublicKey(secret), file.subarray(1 + RAW_KEY_BYTES)))
    throw new SigningError('The two halves of the key do not belong together; the file is damaged.')
  return secret
}

function fromPem(text: string): KeyObject {
  if (/ENCRYPTED/.test(text))
    throw new SigningError(
      'The key is protected by a passphrase, which is not asked for here; decrypt it into a file that only you can read, for as long as you sign.',
    )
  let key: KeyObject
  try {
    key = createPrivateKey(text)
  } catch {
    throw new SigningError('The PEM text cannot be read; the file is damaged, or of another kind.')
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new SigningError(`This is a key for ${key.asymmetricKeyType}; modules are signed with Ed25519.`)
  return key
}

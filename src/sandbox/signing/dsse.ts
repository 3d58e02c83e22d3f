// Signatures over a statement that is no module: DSSE 1.0 envelopes (github.com/secure-systems-lab/dsse), with the keys that sign modules.
import type { KeyObject } from 'node:crypto'
import { isSignatureOf, keyIdOf, rawPublicKey, signBytes } from './ed25519.ts'
import { InvalidSignature } from './invalid-signature.ts'
import { readPublicKeyText } from './public-key.ts'
import { nameOf, type Trust, type TrustedKey, whyNot } from './trust.ts'

/** Bytes of an envelope; above that it is none of ours. */
export const ENVELOPE_BYTES = 16 * 2 ** 20
/** As in the signatures of modules. */
const MAX_SIGNATURES = 64
const SIGNATURE_BYTES = 64

export interface DsseEnvelope {
  readonly payloadType: string
  readonly payload: Uint8Array
  readonly signatures: readonly DsseSignature[]
}

export interface DsseSignature {
  /** Finds the key, and proves nothing; hexadecimal. */
  readonly keyid: string
  readonly sig: Uint8Array
}

/** What is signed: type and payload with their lengths, so that no two of them are the same bytes, and none is what a module's signature is over. */
function preAuthentication({ payloadType, payload }: Pick<DsseEnvelope, 'payloadType' | 'payload'>): Uint8Array {
  const type = Buffer.from(payloadType)
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload])
}

/** Adds a signature to those that the envelope has; the same key's takes the place of its former one. */
export function signDsse(envelope: DsseEnvelope, secret: KeyObject): DsseEnvelope {
  const keyid = hex(keyIdOf(rawPublicKey(secret)))
  const others = envelope.signatures.filter((signature) => signature.keyid !== keyid)
  return { ...envelope, signatures: [...others, { keyid, sig: signBytes(secret, preAuthentication(envelope)) }] }
}

// --- bytes --------------------------------------------------------------------------------------------------------------------------------

export function encodeDsse({ payloadType, payload, signatures }: DsseEnvelope): string {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  const signed = signatures.map(({ keyid, sig }) => ({ keyid, sig: base64(sig) }))
  return `${JSON.stringify({ payloadType, payload: base64(payload), signatures: signed }, null, 2)}\n`
}

/**
 * Only in the one form that {@link encodeDsse} gives it: another one (a space more, a digit of base64 that is not read, a key twice) would be bytes
 * that no signature covers, and that readers may understand differently.
 *
 * @throws {InvalidSignature}
 */
export function decodeDsse(bytes: Uint8Array): DsseEnvelope {
  const text = Buffer.from(bytes).toString('utf8')
  const envelope = envelopeOf(parse(text))
  if (encodeDsse(envelope) !== text || !Buffer.from(text).equals(bytes))
    throw new InvalidSignature('The envelope is not in the form in which it is written; it was changed.')
  return envelope
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new InvalidSignature('The envelope is not JSON; it is damaged, or something else.')
  }
}

function envelopeOf(value: unknown): DsseEnvelope {
  const payloadType = own(value, 'payloadType')
  const payload = own(value, 'payload')
  const signatures = own(value, 'signatures')
  if (typeof payloadType !== 'string' || typeof payload !== 'string' || !Array.isArray(signatures)) throw noEnvelope()
  if (signatures.length === 0 || signatures.length > MAX_SIGNATURES)
    throw new InvalidSignature(`The envelope has ${signatures.length} signatures; it must have 1 to ${MAX_SIGNATURES}.`)
  return { payloadType, payload: Buffer.from(payload, 'base64'), signatures: signatures.map(signatureOf) }
}

function signatureOf(value: unknown): DsseSignature {
  const keyid = own(value, 'keyid')
  const text = own(value, 'sig')
  if (typeof keyid !== 'string' || typeof text !== 'string') throw noEnvelope()
  const sig = Buffer.from(text, 'base64')
  if (sig.length !== SIGNATURE_BYTES) throw new InvalidSignature('A signature of the envelope has not the length of one.')
  return { keyid, sig }
}

const noEnvelope = () => new InvalidSignature('This is no DSSE envelope: a field is missing or of another type.')

function own(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined
}

// --- who has signed -----------------------------------------------------------------------------------------------------------------------

export interface DsseVerification {
  readonly verified: boolean
  /** One sentence. */
  readonly message: string
  /** Names of the keys whose signatures count. */
  readonly signers: readonly string[]
}

/**
 * Whether enough of the trusted keys have signed the payload. It says nothing about what the payload claims.
 *
 * @param trust from a policy that was resolved; its revoked modules have no meaning here
 */
export function verifyDsse(envelope: DsseEnvelope, { keys, required }: Trust, now: number): DsseVerification {
  const message = preAuthentication(envelope)
  const known = keys.map((key) => ({ key, raw: readPublicKeyText(key.publicKey)! }))
  const signed = new Set<TrustedKey>()
  let strangers = 0
  for (const { keyid, sig } of envelope.signatures) {
    const named = known.find(({ raw }) => hex(keyIdOf(raw)) === keyid)
    if (!named) strangers++
    // Somebody wants this to pass for that key's: nothing else in the file is believed either.
    else if (!isSignatureOf(named.raw, message, sig))
      return refused(`the signature in the name of the key ${nameOf(named.key)} is not its signature of this`)
    else signed.add(named.key)
  }
  const counting = [...signed].filter((key) => whyNot(key, now) === null)
  const names = counting.map(nameOf).join(', ')
  if (counting.length >= required)
    return { verified: true, message: `signed by ${names}`, signers: counting.map(({ name }) => name) }
  const ignored = [...signed].flatMap((key) => {
    const why = whyNot(key, now)
    return why === null ? [] : [`; ${nameOf(key)} ${why}`]
  })
  const unknown = strangers === 0 ? '' : `; signatures by other keys: ${strangers}`
  return refused(`${required} of the trusted keys must have signed it, and ${names || 'none'} has${ignored.join('')}${unknown}`)
}

const refused = (message: string): DsseVerification => ({ verified: false, message, signers: [] })
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

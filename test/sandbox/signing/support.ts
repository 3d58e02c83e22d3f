// Keys, trust and modules for the tests of signatures.
import type { KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { keyIdOf, newSecretKey, rawPublicKey, signBytes, signedMessage } from '../../../src/sandbox/signing/ed25519.ts'
import { encodeEnvelope, type Signature, type SignedHashes } from '../../../src/sandbox/signing/envelope.ts'
import type { TrustInput } from '../../../src/sandbox/signing/verify-module.ts'
import { writer as w } from '../../../src/wasm/index.ts'

export const fixture = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`./fixtures/${name}`, import.meta.url)))

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
export const publicText = (secret: KeyObject): string => base64(rawPublicKey(secret))

/** A key for each letter, the same during one run. */
const keys = new Map<string, KeyObject>()
export function keyOf(name: string): KeyObject {
  const known = keys.get(name) ?? newSecretKey()
  keys.set(name, known)
  return known
}

type KeyPart = Partial<TrustInput['keys'][number]>
/** The keys with these letters, and what is to be said about some of them. */
export const trust = (required: number, names: string, more: Record<string, KeyPart> = {}): TrustInput => ({
  required,
  keys: [...names].map((name) => ({ name, publicKey: publicText(keyOf(name)), ...more[name] })),
})

/** `run` gives 42; a custom section behind the code. */
export const MODULE = w.moduleOf(
  w.typeSection(w.bytes(0x60, 0, 1, 0x7f)),
  w.functionSection(0),
  w.exportSection(w.bytes(w.name('_start2'), 0, 0), w.bytes(w.name('run'), 0, 0)),
  w.codeSection(w.body(w.bytes(w.instruction.i32Const(42), w.END))),
  w.customSection('about', [1, 2, 3]),
)

export const signatureBy = (name: string, hashes: readonly Uint8Array[], keyId?: Uint8Array): Signature => ({
  keyId: keyId ?? keyIdOf(rawPublicKey(keyOf(name))),
  signature: signBytes(keyOf(name), signedMessage(hashes)),
})

export const envelopeSection = (...sets: readonly SignedHashes[]): Uint8Array =>
  w.customSection('signature', encodeEnvelope(sets))

/** The module with sections put in front of its own. */
export const withFront = (module: Uint8Array, ...sections: readonly Uint8Array[]): Uint8Array =>
  w.bytes(module.subarray(0, 8), w.concat(sections), module.subarray(8))

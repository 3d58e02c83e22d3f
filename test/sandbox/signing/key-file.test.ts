// Key files: what is read, and what is said about everything else without showing any of it.
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { SigningError } from '../../../src/sandbox/errors.ts'
import { newSecretKey, publicKeyOf, rawPublicKey, seedOf } from '../../../src/sandbox/signing/ed25519.ts'
import { decodePublicKey, decodeSecretKey, encodeKeyPair, encodePublicKey } from '../../../src/sandbox/signing/key-file.ts'
import { base64 } from './support.ts'

const secret = newSecretKey()
const raw = rawPublicKey(secret)
const bytes = (text: string | Buffer) => Uint8Array.from(Buffer.from(text))
const pkcs8 = bytes(secret.export({ type: 'pkcs8', format: 'pem' }))
const spki = bytes(publicKeyOf(raw).export({ type: 'spki', format: 'pem' }))
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const ecSecret = bytes(ec.privateKey.export({ type: 'pkcs8', format: 'pem' }))
const locked = bytes(secret.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }))

function complaintOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof SigningError) return error.message
    throw error
  }
  return ''
}

describe('a secret key', () => {
  it.each([
    ['a file of wasmsign2', encodeKeyPair(secret)],
    ['PEM', pkcs8],
  ])('is read from %s', (_, file) => {
    expect(base64(seedOf(decodeSecretKey(file)))).toBe(base64(seedOf(secret)))
  })

  it.each([
    ['a public key', encodePublicKey(raw), /^This is a public key/],
    ['a public key in PEM', spki, /^This is a public key/],
    ['a key with a passphrase', locked, /passphrase/],
    ['a key of another algorithm', ecSecret, /^This is a key for ec/],
    [
      'a damaged PEM file',
      bytes(
        Buffer.from(pkcs8)
          .toString()
          .replace(/\n.{20}/, '\n'),
      ),
      /^The PEM text cannot be read/,
    ],
    ['a file that is cut', encodeKeyPair(secret).subarray(0, 64), /^This is no secret key/],
    ['a file that is too long', Uint8Array.of(...encodeKeyPair(secret), 0), /^This is no secret key/],
    ['nothing', new Uint8Array(), /^This is no secret key/],
    ['a module', Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), /^This is no secret key/],
  ])('is not read from %s', (_, file, complaint) => {
    const said = complaintOf(() => decodeSecretKey(file))
    expect(said).toMatch(complaint)
    expect(said).not.toContain(base64(seedOf(secret)).slice(0, 10))
  })

  it('is not read if its public half is that of another', () => {
    const mixed = encodeKeyPair(secret)
    mixed.set(rawPublicKey(newSecretKey()), 33)
    expect(complaintOf(() => decodeSecretKey(mixed))).toMatch(/^The two halves of the key do not belong together/)
  })
})

describe('a public key', () => {
  it.each([
    ['a file of wasmsign2', encodePublicKey(raw)],
    ['PEM', spki],
    ['base64, as a policy has it', bytes(`${base64(raw)}\n`)],
  ])('is read from %s', (_, file) => {
    expect(base64(decodePublicKey(file))).toBe(base64(raw))
  })

  it.each([
    ['a secret key', encodeKeyPair(secret), /^This is a secret key, which nobody else should have/],
    ['a secret key in PEM', pkcs8, /^This is a secret key/],
    ['a secret key with a passphrase', locked, /^This is a secret key/],
    ['a file that is cut', encodePublicKey(raw).subarray(0, 32), /^This is no public key/],
    ['nothing', new Uint8Array(), /^This is no public key/],
    ['a key of small order', encodePublicKey(new Uint8Array(32)), /^The key is a point of small order/],
    ['a number that is no point', encodePublicKey(Uint8Array.of(2, ...new Uint8Array(31))), /^The key is no point/],
  ])('is not read from %s', (_, file, complaint) => {
    expect(complaintOf(() => decodePublicKey(file))).toMatch(complaint)
  })
})

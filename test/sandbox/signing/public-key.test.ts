// What is accepted as a public key, in a policy and in a file.
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { newSecretKey, publicKeyOf, rawPublicKey } from '../../../src/sandbox/signing/ed25519.ts'
import { flawOf, readPublicKeyText } from '../../../src/sandbox/signing/public-key.ts'
import { base64 } from './support.ts'

const raw = rawPublicKey(newSecretKey())
const pem = (key: Uint8Array) => publicKeyOf(key).export({ type: 'spki', format: 'pem' }).toString()
const P = 2n ** 255n - 19n
const encoded = (y: bigint, sign = 0n) =>
  Uint8Array.from(Buffer.from((y + (sign << 255n)).toString(16).padStart(64, '0'), 'hex').reverse())

/** y of twice the point with this y: (y² + x²) / (2 - y² + x²), where x² follows from the equation of the curve. */
function doubledY(y: bigint): bigint {
  const modulo = (value: bigint) => ((value % P) + P) % P
  const inverse = (value: bigint) => {
    let result = 1n
    for (let rest = P - 2n, factor = modulo(value); rest > 0n; rest >>= 1n, factor = modulo(factor * factor))
      if (rest & 1n) result = modulo(result * factor)
    return result
  }
  const d = modulo(-121665n * inverse(121666n))
  const y2 = modulo(y * y)
  const x2 = modulo((y2 - 1n) * inverse(d * y2 + 1n))
  return modulo((y2 + x2) * inverse(2n - y2 + x2))
}

describe('the text of a public key', () => {
  it.each([
    ['base64', base64(raw)],
    ['base64 with space around', `  ${base64(raw)}\n`],
    ['PEM', pem(raw)],
  ])('is %s', (_, text) => {
    expect(base64(readPublicKeyText(text)!)).toBe(base64(raw))
  })

  const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const own = generateKeyPairSync('ed25519')
  it.each([
    ['nothing', ''],
    ['hexadecimal', Buffer.from(raw).toString('hex')],
    ['31 bytes', base64(raw.subarray(1))],
    ['33 bytes', base64(Uint8Array.of(1, ...raw))],
    ['base64 of the web', base64(new Uint8Array(32).fill(0xff)).replaceAll('/', '_')],
    ['base64 with bits to spare', `${'A'.repeat(42)}B=`],
    ['a secret key', own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['a key of another kind', ec.publicKey.export({ type: 'spki', format: 'pem' }).toString()],
    ['a PEM block that is cut', pem(raw).replace(/.{10}\n-----END/, '\n-----END')],
    ['two PEM blocks', pem(raw) + pem(raw)],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
  ])('is not %s', (_, text) => {
    expect(readPublicKeyText(text)).toBeNull()
  })
})

describe('a usable public key', () => {
  it('is any that Node makes', () => {
    for (let times = 0; times < 50; times++) expect(flawOf(rawPublicKey(newSecretKey()))).toBeNull()
  })

  it('is a point of the curve: about half of all numbers are', () => {
    const flawed = Array.from({ length: 100 }, (_, index) => flawOf(encoded(BigInt(index) + 2n))).filter((flaw) => flaw !== null)
    expect(flawed.every((flaw) => flaw === 'is no point of the Ed25519 curve')).toBe(true)
    expect(flawed.length).toBeGreaterThan(25)
    expect(flawed.length).toBeLessThan(75)
    // 2 is one that is not: no x solves the equation of the curve.
    expect(flawOf(encoded(2n))).toBe('is no point of the Ed25519 curve')
  })

  it('is not a second encoding of a point', () => {
    for (const y of [P, P + 1n, 2n ** 255n - 1n]) expect(flawOf(encoded(y))).toBe('is no point of the Ed25519 curve')
  })

  // Points of order 1, 2, 4 and 8.
  const eighth = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n
  const small = [0n, 1n, P - 1n, eighth, P - eighth].flatMap((y) => [encoded(y), encoded(y, 1n)])
  it.each(small.map((key) => [base64(key), key] as const))('is not of small order: %s', (_, key) => {
    expect(flawOf(key)).toMatch(/^is a point of small order/)
  })

  it('is not of small order, as the points of small order are: eight times each is the neutral one', () => {
    for (const y of [0n, 1n, P - 1n, eighth, P - eighth]) expect(doubledY(doubledY(doubledY(y)))).toBe(1n)
    expect(doubledY(doubledY(eighth))).not.toBe(1n)
  })

  it('has 32 bytes', () => {
    expect(flawOf(raw.subarray(1))).toBe('has another length than 32 bytes')
  })
})

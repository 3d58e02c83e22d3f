// The attack's second signature is a valid one, and another one than the prescribed.
import { createPublicKey, randomBytes, sign, verify } from 'node:crypto'
import { expect, it } from 'vitest'
import { anotherSignature } from '../../fuzz/second-signature.ts'
import { secretKeyOf } from '../../src/sandbox/signing/ed25519.ts'

it.each([1n, 2n ** 200n + 1n])('verifies, with the nonce %s', (nonce) => {
  const seed = randomBytes(32)
  const key = secretKeyOf(new Uint8Array(seed))
  const message = randomBytes(100)
  const signature = anotherSignature(seed, message, nonce)
  expect(verify(null, message, createPublicKey(key), signature)).toBe(true)
  expect(Buffer.from(signature).equals(sign(null, message, key))).toBe(false)
  expect(verify(null, randomBytes(100), createPublicKey(key), signature)).toBe(false)
})

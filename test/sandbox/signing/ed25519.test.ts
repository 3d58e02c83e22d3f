// The test vectors of RFC 8032, 7.1, by the code that signs and verifies modules, and what an attacker can do to a signature.
import { describe, expect, it } from 'vitest'
import {
  isSignatureOf,
  keyIdOf,
  newSecretKey,
  rawPublicKey,
  secretKeyOf,
  seedOf,
  signBytes,
} from '../../../src/sandbox/signing/ed25519.ts'

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex')

const VECTORS = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    key: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    key: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
] as const

/** The order of the group, RFC 8032, 5.1. */
const L = 2n ** 252n + 27742317777372353535851937790883648493n
const numberOf = (little: Uint8Array) => BigInt(`0x${hex(Uint8Array.from(little).reverse())}`)
const littleEndian = (value: bigint) => bytes(value.toString(16).padStart(64, '0')).reverse()

describe.each(VECTORS)('the vector with the key $key', ({ seed, key, message, signature }) => {
  const secret = secretKeyOf(bytes(seed))

  it('gives this public key and this signature', () => {
    expect(hex(rawPublicKey(secret))).toBe(key)
    expect(hex(seedOf(secret))).toBe(seed)
    expect(hex(signBytes(secret, bytes(message)))).toBe(signature)
    expect(isSignatureOf(bytes(key), bytes(message), bytes(signature))).toBe(true)
  })

  it('refuses the signature for another message, with a bit changed, and with S beyond the order', () => {
    expect(isSignatureOf(bytes(key), bytes(`${message}00`), bytes(signature))).toBe(false)
    for (let bit = 0; bit < 512; bit++) {
      const changed = bytes(signature)
      changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7))
      expect(isSignatureOf(bytes(key), bytes(message), changed), `bit ${bit}`).toBe(false)
    }
    // The same S modulo the order: another form of a valid signature, if it were accepted (RFC 8032, 5.1.7).
    const twin = Uint8Array.from([
      ...bytes(signature).subarray(0, 32),
      ...littleEndian(numberOf(bytes(signature).subarray(32)) + L),
    ])
    expect(isSignatureOf(bytes(key), bytes(message), twin)).toBe(false)
  })
})

describe('an identifier of a key', () => {
  it('is the one that wasmsign2 writes', () => {
    // From fixtures/one.wasm and first.pk.
    expect(hex(keyIdOf(bytes('c56d4f44e92b94481241d21fa7b8617841eda03d914cb6fd7d9d4fe076aa3582')))).toBe(
      '56f2bdf64192d03781b17121',
    )
  })

  it('differs between keys', () => {
    expect(hex(keyIdOf(rawPublicKey(newSecretKey())))).not.toBe(hex(keyIdOf(rawPublicKey(newSecretKey()))))
  })
})

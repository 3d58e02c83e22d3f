// Signatures of wasmsign2 count here, and the bytes that we write are those that it would write.
import { describe, expect, it } from 'vitest'
import { decodePublicKey, decodeSecretKey, encodeKeyPair, encodePublicKey } from '../../../src/sandbox/signing/key-file.ts'
import { signModule } from '../../../src/sandbox/signing/sign.ts'
import { verifyModule } from '../../../src/sandbox/signing/verify-module.ts'
import { base64, fixture } from './support.ts'

const both = ['first', 'second'].map((name) => ({ name, publicKey: base64(decodePublicKey(fixture(`${name}.pk`))) }))
const by = (required: number) => ({ required, keys: both })

describe('a module signed by wasmsign2', () => {
  it.each([
    ['one.wasm', ['first']],
    ['one-without-key-id.wasm', ['first']],
    ['two.wasm', ['first', 'second']],
    ['split.wasm', ['first']],
  ] as const)('%s is signed by %j', (file, signers) => {
    expect(verifyModule(fixture(file), by(signers.length))).toMatchObject({ problem: null, signers })
    expect(verifyModule(fixture(file), by(signers.length))).toEqual(verifyModule(fixture(file), by(1)))
  })

  it('has one signature too few for two keys', () => {
    expect(verifyModule(fixture('one.wasm'), by(2))).toMatchObject({ problem: 'signature-untrusted', signers: ['first'] })
  })

  it('counts with its signature beside it', () => {
    const detached = fixture('detached.sig')
    expect(verifyModule(fixture('add.wasm'), by(1), { detached })).toMatchObject({ problem: null, signers: ['first'] })
    expect(verifyModule(fixture('add.wasm'), by(1))).toMatchObject({ problem: 'signature-missing' })
    // Two answers to the question who has signed it are none.
    expect(verifyModule(fixture('one.wasm'), by(1), { detached })).toMatchObject({ problem: 'signature-invalid' })
  })
})

describe('signing here', () => {
  const [first, second] = ['first.sk', 'second.sk'].map((file) => decodeSecretKey(fixture(file))) as [
    ReturnType<typeof decodeSecretKey>,
    ReturnType<typeof decodeSecretKey>,
  ]

  it('gives the very bytes that wasmsign2 gives', () => {
    const one = signModule(fixture('add.wasm'), first)
    expect(base64(one.bytes)).toBe(base64(fixture('one.wasm')))
    expect(base64(one.signatureData)).toBe(base64(fixture('detached.sig')))
    expect(base64(signModule(fixture('one.wasm'), second).bytes)).toBe(base64(fixture('two.wasm')))
  })

  it('adds a signature to those of wasmsign2, over all parts of a module that was split', () => {
    const signed = signModule(fixture('split.wasm'), second)
    expect(signed).toMatchObject({ signatures: 2, others: 0 })
    expect(verifyModule(signed.bytes, by(2))).toMatchObject({ problem: null, signers: ['first', 'second'] })
  })

  it('reads and writes key files as wasmsign2 does', () => {
    expect(base64(encodeKeyPair(first))).toBe(base64(fixture('first.sk')))
    expect(base64(encodePublicKey(decodePublicKey(fixture('first.pk'))))).toBe(base64(fixture('first.pk')))
  })
})

// Who has signed a module, and whether that is enough.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { SigningError } from '../../../src/sandbox/errors.ts'
import { rawPublicKey, signBytes } from '../../../src/sandbox/signing/ed25519.ts'
import { signModule } from '../../../src/sandbox/signing/sign.ts'
import { verifyModule } from '../../../src/sandbox/signing/verify-module.ts'
import { writer as w } from '../../../src/wasm/index.ts'
import { envelopeSection, fixture, keyOf, MODULE, signatureBy, trust, withFront } from './support.ts'

const signedBy = (names: string, module: Uint8Array = MODULE): Uint8Array =>
  [...names].reduce<Uint8Array>((bytes, name) => signModule(bytes, keyOf(name)).bytes, module)
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const CONTENT = MODULE.subarray(8)
const HASHES = [sha256(CONTENT)]
const delimiter = (value: number) => w.customSection('signature_delimiter', new Uint8Array(16).fill(value))

describe('n of m', () => {
  it.each([
    ['a', 1, 'a', ['a']],
    ['a', 1, 'ab', ['a']],
    ['ab', 2, 'ab', ['a', 'b']],
    ['abc', 2, 'bcd', ['b', 'c']],
    ['cba', 3, 'abc', ['c', 'b', 'a']],
  ] as const)('a module signed by %s counts for %i of %s', (signers, required, keys, counted) => {
    expect(verifyModule(signedBy(signers), trust(required, keys))).toMatchObject({ problem: null, signers: counted })
  })

  it.each([
    ['a', 2, 'ab', ['a']],
    ['a', 1, 'b', []],
    ['abx', 3, 'abc', ['a', 'b']],
    ['xyz', 1, 'abc', []],
  ] as const)('a module signed by %s does not count for %i of %s', (signers, required, keys, counted) => {
    expect(verifyModule(signedBy(signers), trust(required, keys))).toMatchObject({
      problem: 'signature-untrusted',
      signers: counted,
    })
  })

  it('counts a key once, however often it has signed', () => {
    // Ed25519 gives the same signature each time; only the identifier, which nobody signs, can make two of it.
    const twice = [signatureBy('a', HASHES), { ...signatureBy('a', HASHES), keyId: new Uint8Array() }]
    expect(verifyModule(withFront(MODULE, envelopeSection({ hashes: HASHES, signatures: twice })), trust(2, 'ab'))).toMatchObject(
      {
        problem: 'signature-invalid',
        message: 'The signature data has the same signature twice.',
      },
    )
    expect(() => signModule(signedBy('ab'), keyOf('a'))).toThrow('The module is signed with this key already.')
  })

  it('says who is missing and why', () => {
    const more = {
      b: { revoked: { at: '2026-02-01T00:00:00Z', reason: 'laptop lost' } },
      c: { notAfter: '2001-01-01T00:00:00Z' },
    }
    expect(verifyModule(signedBy('abcx'), trust(2, 'abcd', more)).message).toBe(
      'The policy requires signatures of 2 of its keys; the module has "a"; "b" was revoked on 2026-02-01T00:00:00Z ("laptop lost"); "c" does not count after 2001-01-01T00:00:00Z; signatures by keys that the policy does not have: 1.',
    )
  })
})

describe('rotation', () => {
  const keys = trust(1, 'ab', { a: { notAfter: '2026-06-01T00:00:00Z' }, b: { notBefore: '2026-05-01T00:00:00+02:00' } })
  const at = (time: string) => ({ now: Date.parse(time) })
  it.each([
    ['2026-04-30T21:59:59Z', 'a', null],
    ['2026-04-30T21:59:59Z', 'b', 'signature-untrusted'],
    ['2026-04-30T22:00:00Z', 'b', null],
    ['2026-05-15T00:00:00Z', 'a', null],
    ['2026-06-01T00:00:00Z', 'a', null],
    ['2026-06-01T00:00:00.001Z', 'a', 'signature-untrusted'],
    ['2026-06-01T00:00:00.001Z', 'b', null],
  ])('at %s the key %s counts: %s', (time, name, problem) => {
    expect(verifyModule(signedBy(name), keys, at(time)).problem).toBe(problem)
  })

  it('takes the clock of the host if no time is given', () => {
    expect(verifyModule(signedBy('a'), trust(1, 'a', { a: { notAfter: '2020-01-01T00:00:00Z' } })).problem).toBe(
      'signature-untrusted',
    )
    expect(verifyModule(signedBy('a'), trust(1, 'a', { a: { notBefore: '2020-01-01T00:00:00Z' } })).problem).toBeNull()
  })
})

describe('revocation', () => {
  it('of a key holds for all that it has signed, even if its time is in the future', () => {
    const revoked = { at: '2999-01-01T00:00:00Z', reason: 'planned' }
    expect(verifyModule(signedBy('a'), trust(1, 'ab', { a: { revoked } })).problem).toBe('signature-untrusted')
    expect(verifyModule(signedBy('ab'), trust(1, 'ab', { a: { revoked } }))).toMatchObject({ problem: null, signers: ['b'] })
  })

  it('of a file holds for the file, and of contents for whatever signatures are in front of them', () => {
    const module = signedBy('a')
    const { contentSha256 } = verifyModule(module, trust(1, 'ab'))
    expect(contentSha256).toBe(hex(HASHES[0]!))
    const revoking = (sha: string) => ({ ...trust(1, 'ab'), revokedModules: [sha] })
    expect(verifyModule(module, revoking(hex(sha256(module)))).problem).toBe('module-revoked')
    expect(verifyModule(signedBy('b', module), revoking(hex(sha256(module)))).problem).toBeNull()
    for (const other of [module, signedBy('b', module), signedBy('b'), MODULE])
      expect(verifyModule(other, revoking(contentSha256!)).problem).toBe('module-revoked')
  })
})

describe('what is signed', () => {
  it('is missing in a module as its compiler made it', () => {
    expect(verifyModule(MODULE, trust(1, 'a'))).toMatchObject({ problem: 'signature-missing' })
    expect(verifyModule(MODULE.subarray(0, 8), trust(1, 'a'))).toMatchObject({ problem: 'signature-missing' })
  })

  it('can be a module without any section', () => {
    expect(verifyModule(signedBy('a', MODULE.subarray(0, 8)), trust(1, 'a')).problem).toBeNull()
  })

  it.each([
    ['another module', [sha256(w.bytes(1))]],
    ['the module with its header', [sha256(MODULE)]],
    ['the hashes of a module in two parts', [HASHES[0]!, HASHES[0]!]],
  ])('is not %s', (_, hashes) => {
    const section = envelopeSection({ hashes, signatures: [signatureBy('a', hashes)] })
    expect(verifyModule(withFront(MODULE, section), trust(1, 'a')).problem).toBe('signature-invalid')
  })

  it('is not the hashes alone: a signature of 32 bytes of something else is none of a module', () => {
    const naked = { ...signatureBy('a', HASHES), signature: signBytes(keyOf('a'), HASHES[0]!) }
    const section = envelopeSection({ hashes: HASHES, signatures: [naked] })
    expect(verifyModule(withFront(MODULE, section), trust(1, 'a')).problem).toBe('signature-invalid')
  })

  it('is signed by the key in whose name it is, or nothing in the file is believed', () => {
    const name = signatureBy('b', HASHES).keyId
    const section = envelopeSection({
      hashes: HASHES,
      signatures: [signatureBy('a', HASHES), { ...signatureBy('x', HASHES), keyId: name }],
    })
    expect(verifyModule(withFront(MODULE, section), trust(1, 'ab'))).toMatchObject({
      problem: 'signature-invalid',
      message: 'The signature in the name of the key "b" is not its signature.',
    })
  })

  it('is found without the identifier of a key, and not under that of another', () => {
    const signed = (keyId: Uint8Array) =>
      withFront(MODULE, envelopeSection({ hashes: HASHES, signatures: [signatureBy('a', HASHES, keyId)] }))
    expect(verifyModule(signed(new Uint8Array()), trust(1, 'ab'))).toMatchObject({ problem: null, signers: ['a'] })
    expect(verifyModule(signed(new Uint8Array(12)), trust(1, 'ab')).problem).toBe('signature-untrusted')
    expect(verifyModule(signed(rawPublicKey(keyOf('b'))), trust(1, 'ab')).problem).toBe('signature-untrusted')
  })
})

describe('a module in parts', () => {
  const part = (value: number) => w.customSection('part', new Uint8Array(40).fill(value))
  const parts = w.bytes(MODULE, delimiter(1), part(2), delimiter(2))
  const cut = sha256(w.bytes(CONTENT, delimiter(1)))
  const partial = (module: Uint8Array) =>
    withFront(module, envelopeSection({ hashes: [cut], signatures: [signatureBy('a', [cut])] }))

  it('counts if all parts are signed, with or without a last delimiter', () => {
    for (const module of [parts, w.bytes(parts, part(3)), withFront(parts, delimiter(0))])
      expect(verifyModule(signedBy('ab', module), trust(2, 'ab')).problem).toBeNull()
  })

  it('does not count if only the first part is signed', () => {
    expect(verifyModule(partial(w.bytes(MODULE, delimiter(1))), trust(1, 'a')).problem).toBeNull()
    for (const module of [parts, w.bytes(MODULE, delimiter(1), part(9)), w.bytes(MODULE, delimiter(1), delimiter(1))])
      expect(verifyModule(partial(module), trust(1, 'a')).problem).toBe('signature-invalid')
  })

  it('does not count if it has lost its last part', () => {
    const signed = signedBy('a', parts)
    const lost = signed.subarray(0, signed.length - part(2).length - delimiter(2).length)
    expect(verifyModule(lost, trust(1, 'a')).problem).toBe('signature-invalid')
  })

  it('counts for those who have signed all of it, beside those who have signed a part', () => {
    const both = withFront(parts, envelopeSection({ hashes: [cut], signatures: [signatureBy('a', [cut])] }))
    const signed = signModule(both, keyOf('b'))
    expect(signed).toMatchObject({ signatures: 1, others: 1 })
    expect(verifyModule(signed.bytes, trust(1, 'ab'))).toMatchObject({ problem: null, signers: ['b'] })
    expect(verifyModule(signed.bytes, trust(2, 'ab')).problem).toBe('signature-untrusted')
  })

  it('has 64 parts at most', () => {
    const many = (count: number) => w.bytes(MODULE, w.concat(Array.from({ length: count }, (_, n) => delimiter(n))))
    expect(verifyModule(signedBy('a', many(64)), trust(1, 'a')).problem).toBeNull()
    expect(verifyModule(many(65), trust(1, 'a'))).toMatchObject({ problem: 'signature-invalid' })
    expect(() => signModule(many(65), keyOf('a'))).toThrow(SigningError)
  })

  it('has 100,100 sections at most', () => {
    const sections = (count: number) => w.bytes(MODULE.subarray(0, 8), w.concat(new Array(count).fill(w.bytes(0, 1, 0))))
    expect(verifyModule(sections(100_100), trust(1, 'a')).problem).toBe('signature-missing')
    expect(verifyModule(sections(100_101), trust(1, 'a')).problem).toBe('signature-invalid')
  })
})

describe('the place of signatures', () => {
  const section = envelopeSection({ hashes: HASHES, signatures: [signatureBy('a', HASHES)] })
  const empty = w.customSection('x')

  it.each([
    ['behind the module', w.bytes(MODULE, section)],
    ['behind another section', withFront(MODULE, empty, section)],
    ['twice', withFront(MODULE, section, section)],
    ['at both ends', w.bytes(withFront(MODULE, section), section)],
    ['first, and once more without contents', w.bytes(withFront(MODULE, section), w.customSection('signature'))],
    ['without contents', withFront(MODULE, w.customSection('signature'))],
    ['in a section whose size is padded', withFront(MODULE, w.bytes(0, w.u32(section.length - 3, 3), section.subarray(3)))],
  ])('is not %s', (_, module) => {
    expect(verifyModule(module, trust(1, 'a')).problem).toBe('signature-invalid')
  })

  it('is the first section, whatever is in the next ones', () => {
    expect(verifyModule(withFront(MODULE, section), trust(1, 'a')).problem).toBeNull()
    expect(verifyModule(signedBy('a', withFront(MODULE, w.customSection('signaturf'), empty)), trust(1, 'a')).problem).toBeNull()
  })
})

describe('what is no module', () => {
  it.each([
    ['nothing', new Uint8Array()],
    ['text', Uint8Array.from(Buffer.from('(module)'))],
    ['a component', w.bytes([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0])],
    ['another version', w.bytes([0, 0x61, 0x73, 0x6d, 2, 0, 0, 0], signedBy('a').subarray(8))],
    ['a section that is cut', fixture('one.wasm').subarray(0, 100)],
    ['a name that is longer than its section', w.bytes(MODULE, 0, 1, 5)],
  ])('is not verified: %s', (_, bytes) => {
    expect(verifyModule(bytes, trust(1, 'a'))).toMatchObject({ problem: 'signature-invalid', contentSha256: null })
    expect(() => signModule(bytes, keyOf('a'))).toThrow(SigningError)
  })
})

describe('signing', () => {
  it('changes nothing behind the signature section', () => {
    const once = signedBy('a')
    expect(hex(once.subarray(once.length - CONTENT.length))).toBe(hex(CONTENT))
    const twice = signedBy('b', once)
    expect(hex(twice.subarray(twice.length - CONTENT.length))).toBe(hex(CONTENT))
  })

  it('refuses to add to what it could not read', () => {
    expect(() => signModule(withFront(MODULE, w.customSection('signature', [9])), keyOf('a'))).toThrow(
      'The signature data is of another version of the format than 1. Remove the signatures that are there.',
    )
  })

  it('stops at the number of signatures that can be verified', () => {
    const full = signedBy(Array.from({ length: 64 }, (_, n) => String.fromCharCode(0x400 + n)).join(''))
    expect(() => signModule(full, keyOf('a'))).toThrow(SigningError)
  })
})

// DSSE envelopes: the published example, any byte that is changed, and who counts.
import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import { type DsseEnvelope, decodeDsse, encodeDsse, signDsse, verifyDsse } from '../../../src/sandbox/signing/dsse.ts'
import { type newSecretKey, rawPublicKey, secretKeyOf } from '../../../src/sandbox/signing/ed25519.ts'
import { InvalidSignature } from '../../../src/sandbox/signing/invalid-signature.ts'
import type { Trust, TrustedKey } from '../../../src/sandbox/signing/trust.ts'

const [alice, bob, eve] = [1, 2, 3].map((byte) => secretKeyOf(new Uint8Array(32).fill(byte))) as [never, never, never]
const NOW = Date.parse('2026-06-01T00:00:00Z')

function trust(required: number, ...keys: [string, ReturnType<typeof newSecretKey>, Partial<TrustedKey>?][]): Trust {
  const entries = keys.map(([name, key, more]) => ({
    name,
    publicKey: Buffer.from(rawPublicKey(key)).toString('base64'),
    ...more,
  }))
  return resolvePolicy({ signatures: { required, keys: entries as never } }).signatures!
}

const unsigned: DsseEnvelope = {
  payloadType: 'http://example.com/HelloWorld',
  payload: Buffer.from('hello world'),
  signatures: [],
}
const envelope = signDsse(unsigned, alice)
const bytes = Buffer.from(encodeDsse(envelope))

it('signs what the specification says is signed', () => {
  // The example of DSSE's protocol.md: type and body with their lengths.
  const signed = Buffer.from('DSSEv1 29 http://example.com/HelloWorld 11 hello world')
  expect(verify(null, signed, createPublicKey(alice), envelope.signatures[0]!.sig)).toBe(true)
})

it('is read again as it was written', () => {
  const both = signDsse(envelope, bob)
  expect(decodeDsse(Buffer.from(encodeDsse(both)))).toEqual(both)
  expect(verifyDsse(both, trust(2, ['alice', alice], ['bob', bob]), NOW)).toEqual({
    verified: true,
    message: 'signed by "alice", "bob"',
    signers: ['alice', 'bob'],
  })
})

it('has one signature of each key, however often it signs', () => {
  const again = signDsse(signDsse(envelope, bob), alice)
  expect(again.signatures).toHaveLength(2)
  expect(verifyDsse(again, trust(2, ['alice', alice], ['bob', bob]), NOW).verified).toBe(true)
})

it('is not verified after any bit of it was changed, or a byte was added or taken away', () => {
  const trusted = trust(1, ['alice', alice])
  const holds = (changed: Uint8Array): boolean => {
    try {
      return verifyDsse(decodeDsse(changed), trusted, NOW).verified
    } catch (error) {
      if (error instanceof InvalidSignature) return false
      throw error
    }
  }
  expect(holds(bytes)).toBe(true)
  for (let index = 0; index < bytes.length; index++) {
    for (let bit = 0; bit < 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[index]! ^= 1 << bit
      expect(holds(changed), `bit ${bit} of byte ${index}`).toBe(false)
    }
    const inserted = Buffer.concat([bytes.subarray(0, index), Buffer.from(' '), bytes.subarray(index)])
    expect(holds(inserted), `a space before byte ${index}`).toBe(false)
    const removed = Buffer.concat([bytes.subarray(0, index), bytes.subarray(index + 1)])
    expect(holds(removed), `without byte ${index}`).toBe(false)
  }
})

it.each([
  ['nothing', ''],
  ['no object', '[]'],
  ['a number', '1'],
  ['no signatures', encodeDsse({ ...envelope, signatures: [] })],
  ['too many signatures', encodeDsse({ ...envelope, signatures: Array(65).fill(envelope.signatures[0]) })],
  ['a short signature', encodeDsse({ ...envelope, signatures: [{ keyid: 'x', sig: new Uint8Array(63) }] })],
  ['another field', bytes.toString().replace('"payloadType"', '"extra": 1, "payloadType"')],
  ['a key twice', bytes.toString().replace('"payloadType"', '"payloadType": "x", "payloadType"')],
  ['a field of the prototype', bytes.toString().replace('"payload"', '"__proto__"')],
  ['other white space', JSON.stringify(JSON.parse(bytes.toString()))],
  ['what is no UTF-8', Buffer.concat([bytes, Buffer.of(0xff)])],
])('with %s is refused', (_, text) => {
  expect(() => decodeDsse(Buffer.from(text as string))).toThrow(InvalidSignature)
})

describe('whose signatures count', () => {
  const both = signDsse(envelope, bob)
  it.each([
    [
      'a stranger',
      envelope,
      trust(1, ['bob', bob]),
      /^1 of the trusted keys must have signed it, and none has; signatures by other keys: 1$/,
    ],
    [
      'one of two',
      envelope,
      trust(2, ['alice', alice], ['bob', bob]),
      /^2 of the trusted keys must have signed it, and "alice" has$/,
    ],
    [
      'one that has expired',
      both,
      trust(2, ['alice', alice], ['bob', bob, { notAfter: '2026-01-01T00:00:00Z' }]),
      /"bob" does not count after 2026/,
    ],
    [
      'one that was revoked',
      envelope,
      trust(1, ['alice', alice, { revoked: { at: '2026-01-01T00:00:00Z', reason: 'lost' } }], ['bob', bob]),
      /"alice" was revoked/,
    ],
  ] as const)('not that of %s', (_, signed, trusted, message) => {
    const answer = verifyDsse(signed, trusted, NOW)
    expect(answer).toMatchObject({ verified: false, signers: [] })
    expect(answer.message).toMatch(message)
  })

  it('none, if one in the name of a trusted key is not its own, whoever else has signed', () => {
    const forged = { ...signDsse(unsigned, eve).signatures[0]!, keyid: envelope.signatures[0]!.keyid }
    const answer = verifyDsse(
      { ...both, signatures: [forged, both.signatures[1]!] },
      trust(1, ['alice', alice], ['bob', bob]),
      NOW,
    )
    expect(answer).toEqual({
      verified: false,
      message: 'the signature in the name of the key "alice" is not its signature of this',
      signers: [],
    })
  })

  it('not those over the same payload as something else', () => {
    expect(verifyDsse({ ...envelope, payloadType: 'text/plain' }, trust(1, ['alice', alice]), NOW).verified).toBe(false)
  })
})

// A trust policy that could not mean what it says is refused when the sandbox is created.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { PolicyError } from '../../../src/sandbox/errors.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import { LIMITS } from '../../../src/sandbox/signing/format.ts'
import type { TrustInput } from '../../../src/sandbox/signing/verify-module.ts'
import { base64, keyOf, publicText, trust } from './support.ts'

function placesOf(signatures: unknown): readonly string[] {
  try {
    resolvePolicy({ signatures: signatures as TrustInput })
    return []
  } catch (error) {
    if (error instanceof PolicyError) return error.places
    throw error
  }
}
const key = (more: object) => ({ required: 1, keys: [{ name: 'a', publicKey: publicText(keyOf('a')), ...more }] })

describe('a trust policy', () => {
  it('is kept as it was written, with no module revoked', () => {
    const written = trust(2, 'abc', { b: { notBefore: '2026-01-01T00:00:00Z', notAfter: '2027-01-01T00:00:00Z' } })
    expect(resolvePolicy({ signatures: written }).signatures).toEqual({ ...written, revokedModules: [] })
  })

  it('is none in the profiles, is inherited, and can be replaced or taken away as a whole', () => {
    for (const profile of ['strict', 'default', 'relaxed']) expect(resolvePolicy(profile).signatures).toBeNull()
    const base = resolvePolicy({ signatures: trust(1, 'a') })
    expect(resolvePolicy({ quotas: { handles: 10 } }, base).signatures).toEqual(base.signatures)
    expect(resolvePolicy({ signatures: trust(1, 'b') }, base).signatures?.keys.map(({ name }) => name)).toEqual(['b'])
    expect(resolvePolicy({ signatures: null }, base).signatures).toBeNull()
  })

  it('is not found on a polluted prototype', () => {
    const polluted = Object.prototype as { signatures?: unknown }
    polluted.signatures = trust(1, 'x')
    try {
      const base = resolvePolicy({ signatures: trust(1, 'a') })
      expect(resolvePolicy({ quotas: { handles: 10 } }, base).signatures?.keys[0]?.name).toBe('a')
      expect(resolvePolicy({}).signatures).toBeNull()
    } finally {
      delete polluted.signatures
    }
  })

  it.each([
    ['more signatures than keys', trust(3, 'ab'), ['signatures.required']],
    [
      'more signatures than keys that are not revoked',
      trust(2, 'ab', { b: { revoked: { at: '2026-01-01T00:00:00Z', reason: 'lost' } } }),
      ['signatures.required'],
    ],
    ['no signatures', { ...trust(1, 'a'), required: 0 }, ['signatures.required']],
    ['half a signature', { ...trust(1, 'a'), required: 0.5 }, ['signatures.required']],
    ['no keys', { required: 1, keys: [] }, ['signatures.keys']],
    ['a key that is no base64', key({ publicKey: 'not a key' }), ['signatures.keys.0']],
    ['a key that is no point', key({ publicKey: base64(Uint8Array.of(2, ...new Uint8Array(31))) }), ['signatures.keys.0']],
    ['a key of small order', key({ publicKey: base64(new Uint8Array(32)) }), ['signatures.keys.0']],
    [
      'one key under two names',
      { required: 2, keys: [...trust(1, 'a').keys, { name: 'b', publicKey: publicText(keyOf('a')) }] },
      ['signatures.keys.1'],
    ],
    [
      'two keys under one name',
      { required: 1, keys: [...trust(1, 'a').keys, { name: 'a', publicKey: publicText(keyOf('b')) }] },
      ['signatures.keys.1'],
    ],
    [
      'a time that ends before it begins',
      key({ notBefore: '2026-01-02T00:00:00Z', notAfter: '2026-01-01T00:00:00Z' }),
      ['signatures.keys.0'],
    ],
    ['a time without a zone', key({ notAfter: '2026-01-01T00:00:00' }), ['signatures.keys.0.notAfter']],
    ['a day that does not exist', key({ notAfter: '2026-02-30T00:00:00Z' }), ['signatures.keys.0.notAfter']],
    ['a revocation without a reason', key({ revoked: { at: '2026-01-01T00:00:00Z' } }), ['signatures.keys.0.revoked.reason']],
    ['a misspelt key of the policy', key({ notafter: '2026-01-01T00:00:00Z' }), ['signatures.keys.0']],
    ['a hash that is none', { ...trust(1, 'a'), revokedModules: ['ABC'] }, ['signatures.revokedModules.0']],
  ])('does not have %s', (_, signatures, places) => {
    expect(placesOf(signatures)).toEqual(places)
  })
})

describe('docs/signing.md', () => {
  const page = readFileSync(new URL('../../../docs/signing.md', import.meta.url), 'utf8')
  const examples = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1]!)

  it('has a policy that can be used', () => {
    expect(examples).toHaveLength(1)
    expect(resolvePolicy(parse(examples[0]!)).signatures).toMatchObject({ required: 2, keys: [{}, {}, {}] })
  })

  it('names the limits that there are', () => {
    const { sets, hashes, signatures, envelopeBytes } = LIMITS
    expect(page.replaceAll(/\s+/g, ' ')).toContain(
      `at most ${sets} sets of hashes, ${hashes} hashes in each (and so ${hashes} parts), ${signatures} signatures, and ${envelopeBytes / 1024} KiB`,
    )
  })
})

// A module's manifest inside of it and beside it, and what admission makes of a bad one.
import { describe, expect, it } from 'vitest'
import { admit } from '../../../src/sandbox/admission/admit.ts'
import { ManifestError } from '../../../src/sandbox/errors.ts'
import { checkManifest, MANIFEST_BYTES } from '../../../src/sandbox/policy/manifest.ts'
import { oneManifest } from '../../../src/sandbox/policy/manifest-section.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import { EVERYTHING, moduleWith } from '../support/manifests.ts'

const TEXT = JSON.stringify(EVERYTHING)

describe('admission', () => {
  it('hands on the manifest that it finds', () => {
    const admission = admit(moduleWith(TEXT), resolvePolicy())
    expect(admission.verdict === 'admitted' && admission.manifest).toEqual(checkManifest(EVERYTHING))
  })

  it('needs none', () => {
    const admission = admit(moduleWith(), resolvePolicy())
    expect(admission.verdict === 'admitted' && admission.manifest).toBeNull()
  })

  it('grants nothing because of one', () => {
    expect(admit(moduleWith(TEXT), resolvePolicy('strict')).verdict).toBe('admitted')
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['two of them', moduleWith(TEXT, TEXT), /more than one section/],
    ['one that is too large', moduleWith(' '.repeat(MANIFEST_BYTES + 1)), /65537 bytes/],
    ['one that is not JSON', moduleWith('{'), /it is not JSON/],
    ['one that is empty', moduleWith(''), /it is not JSON/],
    ['one with a key twice', moduleWith(TEXT.replace('{', '{"name":"x",')), /a key twice/],
    ['one that is not valid', moduleWith('{"manifest":1}'), /not valid/],
  ])('refuses a module with %s, and names the byte', (_, bytes, message) => {
    const admission = admit(bytes, resolvePolicy())
    if (admission.verdict !== 'refused') return expect.unreachable()
    expect(admission.refusal.code).toBe('manifest-invalid')
    expect(admission.refusal.message).toMatch(message)
    expect(admission.refusal.events[0]).toMatchObject({ type: 'module-refused', code: 'manifest-invalid' })
    expect(admission.refusal.offset).toBeGreaterThan(8)
  })
})

describe('a manifest inside and one beside the module', () => {
  const inside = checkManifest(EVERYTHING)
  it('are one if they say the same, in whatever order of keys', () => {
    const { capabilities, ...rest } = structuredClone(EVERYTHING) as unknown as Record<string, unknown>
    expect(oneManifest(inside, checkManifest({ capabilities, ...rest }))).toBe(inside)
  })

  it('are refused if they differ in anything', () => {
    expect(() => oneManifest(inside, checkManifest({ ...EVERYTHING, version: '1.2.4' }))).toThrow(ManifestError)
    expect(() => oneManifest(inside, checkManifest({ ...EVERYTHING, capabilities: [] }))).toThrow(ManifestError)
  })

  it('do not need each other', () => {
    expect(oneManifest(null, inside)).toBe(inside)
    expect(oneManifest(inside, null)).toBe(inside)
    expect(oneManifest(null, null)).toBeNull()
  })
})

// Reading a manifest before anything is run.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ManifestError } from '../../src/sandbox/errors.ts'
import { readManifest } from '../../src/sandbox/index.ts'
import { EVERYTHING, moduleWith } from './support/manifests.ts'
import { wat } from './support/wat.ts'

const TEXT = JSON.stringify(EVERYTHING)

describe('readManifest', () => {
  it('finds the manifest inside, the one beside, and none', () => {
    const inside = readManifest(moduleWith(TEXT))
    expect(inside.manifest).toMatchObject({ name: EVERYTHING.name, version: EVERYTHING.version })
    expect(inside.sha256).toBe(createHash('sha256').update(moduleWith(TEXT)).digest('hex'))
    expect(readManifest(moduleWith(), 'default', EVERYTHING).manifest).toEqual(inside.manifest)
    expect(readManifest(moduleWith()).manifest).toBeNull()
  })

  it('finds that of a module which the policy refuses, and none in what is no module', () => {
    const thief = Uint8Array.from(Buffer.concat([wat('(module (import "env" "f" (func)))'), moduleWith(TEXT).subarray(8)]))
    expect(readManifest(thief).manifest).toMatchObject({ name: EVERYTHING.name })
    expect(readManifest(new Uint8Array(3)).manifest).toBeNull()
  })

  it('reads the bytes of a file beside the module as strictly as those inside', () => {
    const side = Buffer.from(TEXT)
    expect(readManifest(moduleWith(), 'default', side).manifest).toEqual(readManifest(moduleWith(TEXT)).manifest)
    const twice = Buffer.from(TEXT.replace('{', '{"name":"another",'))
    expect(() => readManifest(moduleWith(), 'default', twice)).toThrow(/a key twice/)
  })

  it.each<[string, Parameters<typeof readManifest>]>([
    ['is broken', [moduleWith('{')]],
    ['is there twice', [moduleWith(TEXT, TEXT)]],
    ['differs from the one beside', [moduleWith(TEXT), 'default', { ...EVERYTHING, version: '9.9.9' }]],
    ['beside is not valid', [moduleWith(), 'default', { manifest: 1 }]],
  ])('throws if the manifest %s', (_, args) => expect(() => readManifest(...args)).toThrow(ManifestError))
})

// What admission thinks of a module, for people.
import { describe, expect, it } from 'vitest'
import { inspectModule } from '../../src/sandbox/index.ts'
import { checkManifest } from '../../src/sandbox/policy/manifest.ts'
import { IMPORTS } from './support/guests.ts'
import { moduleWith } from './support/manifests.ts'
import { wat } from './support/wat.ts'

describe('inspectModule', () => {
  it('describes an admitted module, with the maxima that would be written into it', () => {
    const found = inspectModule(
      wat(`(module ${IMPORTS.write} (memory (export "m") 1) (table 2 funcref) (func $s) (start $s)
        (func (export "_start") (drop (i32.extend8_s (i32.const 1)))) (func (export "r") (param externref)))`),
      { quotas: { memoryBytes: 3 * 65_536, tableElements: 50 } },
    )
    expect(found).toMatchObject({
      verdict: 'admitted',
      code: null,
      policy: 'default, changed',
      functions: 3,
      hasStart: true,
      memories: [{ initialBytes: 65_536, maximumBytes: 3 * 65_536 }],
      tables: [{ initial: 2, maximum: 50 }],
      imports: [
        {
          module: '"wasi_snapshot_preview1"',
          name: '"fd_write"',
          kind: 'function',
          capabilities: ['stdio', 'fs', 'net'],
          place: 'either',
          granted: true,
        },
      ],
      manifest: null,
    })
    expect(found.message).toContain('admits')
    expect(found.exports).toEqual([
      { name: '"m"', kind: 'memory', signature: null },
      { name: '"_start"', kind: 'function', signature: { params: [], results: [] } },
      { name: '"r"', kind: 'function', signature: null },
    ])
    expect(found.features.map((f) => [f.name, f.allowed])).toEqual(expect.arrayContaining([['sign-extension', true]]))
  })

  it('describes a refused one as it came', () => {
    const bytes =
      wat(`(module (import "e\\1b" "f" (func)) (import "wasi_snapshot_preview1" "fd_write" (global i32)) (memory 1 9) (table 1 funcref)
      (func (export "f") (drop (i32.extend8_s (i32.const 1)))))`)
    const found = inspectModule(bytes, { features: [] })
    expect(found).toMatchObject({ verdict: 'refused', code: 'feature', bytes: bytes.length })
    expect(found.imports).toEqual([
      { module: '"e\\u{1b}"', name: '"f"', kind: 'function', capabilities: null, place: null, granted: false },
      {
        module: '"wasi_snapshot_preview1"',
        name: '"fd_write"',
        kind: 'global',
        capabilities: ['stdio', 'fs', 'net'],
        place: 'either',
        granted: false,
      },
    ])
    expect(found.memories).toEqual([{ initialBytes: 65_536, maximumBytes: 9 * 65_536 }])
    expect(found.tables).toEqual([{ initial: 1, maximum: null }])
    expect(found.exports).toEqual([{ name: '"f"', kind: 'function', signature: null }])
    expect(inspectModule(wat('(module (memory 1) (func (export "_start") (param i32)))')).memories).toEqual([
      { initialBytes: 65_536, maximumBytes: null },
    ])
  })

  it('describes what is no module at all', () => {
    const found = inspectModule(new TextEncoder().encode('not a module'), 'strict')
    expect(found).toMatchObject({
      verdict: 'refused',
      code: 'not-a-module',
      policy: 'strict',
      imports: [],
      exports: [],
      memories: [],
      functions: 0,
      hasStart: false,
    })
    expect(found.sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it('shows what a module asks for, neutralised, and what the policy would grant of it', () => {
    const manifest = {
      manifest: 1,
      name: 'probe',
      version: '1.0.0',
      description: 'Harmless\u001b[2J.',
      capabilities: [
        { capability: 'log', reason: 'To tell.' },
        { capability: 'kv', reason: 'To remember.' },
      ],
    }
    const { manifest: shown, sha256 } = inspectModule(moduleWith(JSON.stringify(manifest)))
    expect(shown).toMatchObject({ name: 'probe', version: '1.0.0', sha256, description: '"Harmless\\u{1b}[2J."' })
    expect(shown!.lines.map(({ sentence, claim }) => [sentence, claim])).toEqual([
      ['Write lines to the log.', '"To tell."'],
      ['Keep data between runs, and read what others with the same namespace have kept.', '"To remember."'],
    ])
    expect(shown!.decisions.map(({ state }) => state)).toEqual(['granted', 'refused'])
    expect(inspectModule(moduleWith('{')).manifest).toBeNull()
    expect(inspectModule(moduleWith(), 'default', checkManifest(manifest)).manifest).toMatchObject({ name: 'probe' })
  })
})

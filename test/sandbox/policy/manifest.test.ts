// Manifests: what is one and what is not; and that the hostile ones change nothing and show nothing.
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { ManifestError } from '../../../src/sandbox/errors.ts'
import { checkManifest, MANIFEST_BYTES, type Manifest, parseManifest } from '../../../src/sandbox/policy/manifest.ts'
import { manifestJsonSchema, manifestSchemaText } from '../../../src/sandbox/policy/manifest-json-schema.ts'
import { EVERYTHING } from '../support/manifests.ts'

const NOTHING = { manifest: 1, name: 'a', version: '0.0.0', capabilities: [] }
const asking = (...capabilities: unknown[]) => ({ ...NOTHING, capabilities })
const parse = (text: string) => parseManifest(new TextEncoder().encode(text))

describe('a manifest', () => {
  it('may ask for everything that there is, or for nothing', () => {
    expect(checkManifest(EVERYTHING).capabilities).toHaveLength(EVERYTHING.capabilities.length)
    expect(checkManifest(NOTHING).capabilities).toEqual([])
  })

  it('asks for reading and for hashes where it says no more', () => {
    const [fs, crypto] = checkManifest(
      asking({ capability: 'fs', mounts: [{ at: '/' }], reason: 'r' }, { capability: 'crypto', reason: 'r' }),
    ).capabilities
    expect(fs).toMatchObject({ mounts: [{ at: '/', writable: false }] })
    expect(crypto).toMatchObject({ keys: [] })
  })

  it('may give different reasons for different objects of one capability', () => {
    const origins = ['https://a.example', 'https://b.example']
    expect(() =>
      checkManifest(asking(...origins.map((one) => ({ capability: 'net.http', allow: [one], reason: one })))),
    ).not.toThrow()
  })

  const wrong: [string, unknown, RegExp][] = [
    ['another version of the format', { ...NOTHING, manifest: 2 }, /manifest: /],
    ['an unknown key', { ...NOTHING, grants: 'all' }, /\(top level\): has a key that is not known/],
    ['no name', { ...NOTHING, name: undefined }, /name: /],
    ['a name that looks like another', { ...NOTHING, name: 'ехample' }, /name: must be lower-case letters/],
    ['a name in capitals', { ...NOTHING, name: 'Example' }, /name: must be lower-case letters/],
    ['a version that cannot be ordered', { ...NOTHING, version: '1.0' }, /version: must be a version such as 1\.2\.3/],
    ['a capability that does not exist', asking({ capability: 'root', reason: 'r' }), /capabilities\.0\.capability: /],
    ['a capability without a reason', asking({ capability: 'kv' }), /capabilities\.0\.reason: /],
    ['an empty reason', asking({ capability: 'kv', reason: '' }), /capabilities\.0\.reason: /],
    ['a reason that is a page', asking({ capability: 'kv', reason: 'x'.repeat(301) }), /capabilities\.0\.reason: /],
    [
      'the same thing twice',
      asking({ capability: 'kv', reason: 'a' }, { capability: 'kv', reason: 'b' }),
      /capabilities\.1: asks for the same thing/,
    ],
    [
      'the same origin twice, for two reasons',
      asking(
        { capability: 'net.http', allow: ['https://a.example'], reason: 'a' },
        { capability: 'net.http', allow: ['https://a.example'], reason: 'b' },
      ),
      /capabilities\.1: asks for the same thing/,
    ],
    [
      'an origin that is not canonical',
      asking({ capability: 'net.http', allow: ['https://A.example'], reason: 'r' }),
      /capabilities\.0\.allow\.0: must be an origin such as/,
    ],
    [
      'a path that climbs',
      asking({ capability: 'fs', mounts: [{ at: '/a/..' }], reason: 'r' }),
      /capabilities\.0\.mounts\.0\.at: /,
    ],
    ['no origin at all', asking({ capability: 'net.http', allow: [], reason: 'r' }), /capabilities\.0\.allow: /],
    ['101 capabilities', asking(...Array(101).fill({ capability: 'kv', reason: 'r' })), /capabilities: /],
    ['a list', [], /\(top level\): /],
    ['null', null, /\(top level\): /],
  ]
  it.each(wrong)('with %s is refused, with the place', (_, value, message) => {
    expect(() => checkManifest(value)).toThrow(ManifestError)
    expect(() => checkManifest(value)).toThrow(message)
  })

  it('cannot put words of its own into the message', () => {
    const hostile = '\u001b[2J\u202eok'
    const value = {
      [hostile]: 1,
      ...asking({ capability: hostile, [hostile]: 1, reason: hostile }, { capability: 'net.http', allow: [hostile], reason: '' }),
    }
    try {
      checkManifest(value)
      expect.unreachable()
    } catch (error) {
      expect((error as Error).message).not.toContain('\u001b')
      expect((error as Error).message).not.toContain('\u202e')
    }
  })

  it('named __proto__ inside pollutes nothing and is refused (SUP-01)', () => {
    expect(() => parse('{"__proto__":{"polluted":1},"manifest":1,"name":"a","version":"1.0.0","capabilities":[]}')).toThrow(
      ManifestError,
    )
    expect(() =>
      parse('{"manifest":1,"name":"a","version":"1.0.0","capabilities":[{"capability":"kv","reason":"r","__proto__":{}}]}'),
    ).toThrow(ManifestError)
    expect({}).not.toHaveProperty('polluted')
  })

  it('means the same in a host whose Object.prototype somebody wrote to', () => {
    const prototype = Object.prototype as Record<string, unknown>
    prototype['writable'] = true
    let manifest: Manifest | null = null
    try {
      manifest = checkManifest(asking({ capability: 'fs', mounts: [{ at: '/data' }], reason: 'r' }))
    } finally {
      delete prototype['writable']
    }
    expect(manifest!.capabilities[0]).toMatchObject({ mounts: [{ writable: false }] })
  })
})

describe('the text of a manifest', () => {
  it.each<[string, string | Uint8Array, RegExp]>([
    ['longer than 64 KiB', ' '.repeat(MANIFEST_BYTES + 1), /65537 bytes, and may have 65536/],
    ['not UTF-8', Uint8Array.of(0x22, 0xff, 0x22), /is not UTF-8 text/],
    ['behind a byte order mark', `\ufeff${JSON.stringify(NOTHING)}`, /it is not JSON/],
    ['not JSON', 'manifest: 1', /it is not JSON/],
    ['with a key twice', JSON.stringify(NOTHING).replace('{', '{"name":"b",'), /a key twice/],
    [
      'with half a character',
      JSON.stringify(asking({ capability: 'kv', reason: 'X' })).replace('X', '\\ud800'),
      /half a character/,
    ],
  ])('%s is refused', (_, text, message) => {
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
    expect(() => parseManifest(bytes)).toThrow(ManifestError)
    expect(() => parseManifest(bytes)).toThrow(message)
  })

  it('of exactly 64 KiB is read', () => {
    expect(parse(JSON.stringify(NOTHING).padEnd(MANIFEST_BYTES)).name).toBe('a')
  })
})

describe('docs/manifest.schema.json', () => {
  const validate = new Ajv2020({ allErrors: true }).compile(manifestJsonSchema())

  it('is current', () => {
    const committed = readFileSync(new URL('../../../docs/manifest.schema.json', import.meta.url), 'utf8')
    const remedy = `run: node -e "import('./src/sandbox/policy/manifest-json-schema.ts').then((m) => process.stdout.write(m.manifestSchemaText()))" > docs/manifest.schema.json`
    expect(committed === manifestSchemaText(), `docs/manifest.schema.json is out of date; ${remedy}`).toBe(true)
  })

  it('accepts what the sandbox accepts', () => {
    for (const one of [EVERYTHING, NOTHING, asking({ capability: 'clock', reason: 'r' })]) {
      validate(one)
      expect(validate.errors).toBeNull()
    }
  })

  it.each([
    ['an unknown key', { ...NOTHING, extra: 1 }],
    ['an unknown capability', asking({ capability: 'root', reason: 'r' })],
    ['a missing reason', asking({ capability: 'kv' })],
    ['a bad version', { ...NOTHING, version: 'one' }],
  ])('refuses %s', (_, value) => expect(validate(value)).toBe(false))
})

// Policies: what is refused, with its place; what a partial policy keeps; and that every profile can be enforced.
import { describe, expect, it } from 'vitest'
import { PolicyError } from '../../../src/sandbox/errors.ts'
import { unenforceable } from '../../../src/sandbox/policy/enforceable.ts'
import { PROFILES } from '../../../src/sandbox/policy/profiles.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import { type PolicyInput, policySchema } from '../../../src/sandbox/policy/schema.ts'

const MiB = 2 ** 20
const INLINE = {
  isolation: { level: 'inline', exclusiveJail: false },
  quotas: { wallClockMs: null, cpuMs: null, residentBytes: null },
} as const

/** The places that a policy is refused for. */
function placesOf(input: unknown): readonly string[] {
  try {
    resolvePolicy(input as PolicyInput)
  } catch (error) {
    expect(error).toBeInstanceOf(PolicyError)
    for (const place of (error as PolicyError).places) expect((error as PolicyError).message).toContain(place)
    return (error as PolicyError).places
  }
  return []
}

describe('profiles', () => {
  it.each([...PROFILES])('%s is valid and can be enforced', (name, profile) => {
    expect(policySchema.parse(profile)).toEqual(profile)
    expect(unenforceable(profile)).toEqual([])
    expect(resolvePolicy(name)).toEqual(profile)
    expect(profile.name).toBe(name)
  })

  it('are ordered: strict grants nothing that default does not, default nothing that relaxed does not', () => {
    const [strict, standard, relaxed] = ['strict', 'default', 'relaxed'].map((name) => PROFILES.get(name)!)
    for (const [narrow, wide] of [
      [strict!, standard!],
      [standard!, relaxed!],
    ] as const) {
      // Null is no limit.
      for (const quota of Object.keys(narrow.quotas) as (keyof typeof narrow.quotas)[])
        expect(narrow.quotas[quota] ?? Infinity, quota).toBeLessThanOrEqual(wide.quotas[quota] ?? Infinity)
      expect(wide.features).toEqual(expect.arrayContaining(narrow.features))
    }
  })

  it('are not changed by what is resolved from them', () => {
    const before = JSON.stringify([...PROFILES])
    resolvePolicy({ extends: 'strict', quotas: { memoryBytes: '1MiB' }, capabilities: { clock: null }, features: [] })
    expect(JSON.stringify([...PROFILES])).toBe(before)
  })

  it('unknown names are refused, and cut in the message', () => {
    for (const name of ['', 'Default', '__proto__', 'constructor', 'x'.repeat(1000)]) {
      expect(() => resolvePolicy(name)).toThrow(PolicyError)
      expect(() => resolvePolicy(name)).toThrow(/strict, default, relaxed/)
      expect(() => resolvePolicy(name)).not.toThrow(/x{41}/)
    }
  })
})

describe('a partial policy', () => {
  it('without anything is the default', () => {
    expect(resolvePolicy()).toEqual(PROFILES.get('default'))
    expect(resolvePolicy({})).toEqual(PROFILES.get('default'))
    expect(resolvePolicy({ extends: 'strict' })).toEqual(PROFILES.get('strict'))
  })

  it('changes what it names and nothing else', () => {
    const base = PROFILES.get('strict')!
    expect(
      resolvePolicy({
        extends: 'strict',
        quotas: { memoryBytes: '1MiB', wallClockMs: '2s' },
        capabilities: { random: { seed: 1 } },
      }),
    ).toEqual({
      ...base,
      name: 'strict, changed',
      quotas: { ...base.quotas, memoryBytes: MiB, wallClockMs: 2000 },
      capabilities: { ...base.capabilities, random: { seed: 1 } },
    })
  })

  it('starts from the sandbox’s own policy in a call, unless it says otherwise', () => {
    const base = resolvePolicy({ name: 'mine', quotas: { outputBytes: 77 } })
    expect(resolvePolicy({ quotas: { inputBytes: 5 } }, base)).toEqual({
      ...base,
      name: 'mine, changed',
      quotas: { ...base.quotas, inputBytes: 5 },
    })
    expect(resolvePolicy({ extends: 'default' }, base)).toEqual(PROFILES.get('default'))
    expect(resolvePolicy({ name: 'yours' }, base).name).toBe('yours')
  })

  it('keeps a value whose key is there with undefined', () => {
    const input = {
      extends: undefined,
      name: undefined,
      features: undefined,
      isolation: { level: undefined },
      quotas: { wallClockMs: undefined, memoryBytes: undefined },
      capabilities: { stdio: undefined, clock: undefined },
    } as unknown as PolicyInput
    expect({ ...resolvePolicy(input), name: 'default' }).toEqual(PROFILES.get('default'))
  })

  it('denies a capability by null', () => {
    const none = {
      ...{ stdio: null, args: false, env: false, clock: null, random: null, fs: null, net: null, kv: null },
      ...{ log: false, metric: false, result: false, crypto: null },
    }
    expect(resolvePolicy({ capabilities: none }).capabilities).toEqual(none)
    // None that the schema knows was forgotten above.
    expect(Object.keys(none).sort()).toEqual(Object.keys(policySchema.shape.capabilities.shape).sort())
  })

  it('can allow no feature at all', () => {
    expect(resolvePolicy({ features: [] }).features).toEqual([])
  })
})

describe('a policy that is not valid', () => {
  it.each<[string, unknown, readonly string[]]>([
    ['an unknown key', { quota: {} }, ['(top level)']],
    ['an unknown quota', { quotas: { memory: 1 } }, ['quotas']],
    ['an unknown capability', { capabilities: { threads: true } }, ['capabilities']],
    ['files without mounts', { capabilities: { fs: true } }, ['capabilities.fs']],
    [
      'an unknown kind of mount',
      { capabilities: { fs: { mounts: [{ kind: 'proc', at: '/proc' }] } } },
      ['capabilities.fs.mounts.0.kind'],
    ],
    [
      'a mount at a path that is not plain',
      { capabilities: { fs: { mounts: [{ kind: 'memory', at: '/a/../b' }] } } },
      ['capabilities.fs.mounts.0.at'],
    ],
    [
      'a directory without a source',
      { capabilities: { fs: { mounts: [{ kind: 'directory', at: '/' }] } } },
      ['capabilities.fs.mounts.0.source'],
    ],
    ['no list of origins', { capabilities: { net: { http: ['https://a.test'] } } }, ['capabilities.net.http']],
    ['a name of variables that is empty', { capabilities: { env: { names: [''] } } }, ['capabilities.env.names.0']],
    ['a namespace that is a path', { capabilities: { kv: { namespace: '../x' } } }, ['capabilities.kv.namespace']],
    [
      'an unknown use of a key',
      { capabilities: { crypto: { keys: [{ name: 'k', use: ['read'] }] } } },
      ['capabilities.crypto.keys.0.use.0'],
    ],
    ['a host call that there is not', { hostCalls: { deny: ['fd_read', 'fork'] } }, ['hostCalls.deny.1']],
    ['an unknown filter', { hostCalls: { allow: [] } }, ['hostCalls']],
    ['an unknown isolation key', { isolation: { jail: true } }, ['isolation']],
    [
      'an unknown stream',
      { capabilities: { stdio: { stdin: true, stdout: true, stderr: true, fd3: true } } },
      ['capabilities.stdio'],
    ],
    ['half a stdio', { capabilities: { stdio: { stdout: true } } }, ['capabilities.stdio.stdin', 'capabilities.stdio.stderr']],
    ['an unknown profile', { extends: 'none' }, ['extends']],
    ['an unknown feature', { features: ['simd', 'turbo'] }, ['features.1']],
    ['an unknown level', { isolation: { level: 'vm' } }, ['isolation.level']],
    ['a level that is no word', { isolation: { level: 3 } }, ['isolation.level']],
    ['a boolean as quota', { quotas: { memoryBytes: true } }, ['quotas.memoryBytes']],
    ['a boolean as text', { capabilities: { args: 'yes' } }, ['capabilities.args']],
    ['a fraction', { quotas: { functions: 1.5 } }, ['quotas.functions']],
    ['a negative', { quotas: { outputBytes: -1 } }, ['quotas.outputBytes']],
    ['not a number', { quotas: { memoryBytes: Number.NaN } }, ['quotas.memoryBytes']],
    ['infinity', { quotas: { wallClockMs: Number.POSITIVE_INFINITY } }, ['quotas.wallClockMs']],
    ['a unit of another kind', { quotas: { memoryBytes: '10ms' } }, ['quotas.memoryBytes']],
    ['a count with a unit', { quotas: { functions: '10k' } }, ['quotas.functions']],
    ['more memory than there is', { quotas: { memoryBytes: '5GiB' } }, ['quotas.memoryBytes']],
    ['less time than a call takes', { quotas: { wallClockMs: 9 } }, ['quotas.wallClockMs']],
    ['more than a day', { quotas: { cpuMs: '25h' } }, ['quotas.cpuMs']],
    ['fewer handles than streams', { quotas: { handles: 2 } }, ['quotas.handles']],
    ['two threads', { quotas: { threads: 2 } }, ['quotas.threads']],
    ['no nesting', { quotas: { nesting: 0 } }, ['quotas.nesting']],
    ['more locals than the engine has', { quotas: { localsPerFunction: 50_001 } }, ['quotas.localsPerFunction']],
    ['null where there must be a limit', { quotas: { memoryBytes: null } }, ['quotas.memoryBytes']],
    ['a seed out of range', { capabilities: { random: { seed: 2 ** 32 } } }, ['capabilities.random.seed']],
    ['another random source', { capabilities: { random: 'weak' } }, ['capabilities.random']],
    ['a clock without steps', { capabilities: { clock: { granularityNs: 0 } } }, ['capabilities.clock.granularityNs']],
    ['a long name', { name: 'x'.repeat(65) }, ['name']],
    ['a list', [], ['(top level)']],
    ['a number', 5, ['(top level)']],
    ['a key that is a prototype', JSON.parse('{"__proto__": {"quotas": {"outputBytes": 1}}}'), ['(top level)']],
    ['a quota that is a prototype', JSON.parse('{"quotas": {"__proto__": {"outputBytes": 1}}}'), ['quotas']],
  ])('%s', (_, input, places) => {
    expect(placesOf(input)).toEqual(places)
  })

  it('names every place at once', () => {
    expect(placesOf({ quotas: { handles: 1, nesting: 0 }, name: 5 })).toHaveLength(3)
  })
})

describe('a policy that cannot be enforced', () => {
  it.each(['wallClockMs', 'cpuMs', 'residentBytes'] as const)('a jail without a limit on %s', (quota) => {
    expect(placesOf({ quotas: { [quota]: null } })).toEqual([`quotas.${quota}`])
  })

  it.each(['wallClockMs', 'cpuMs', 'residentBytes'] as const)('inline with a limit on %s', (quota) => {
    const { [quota]: _, ...others } = INLINE.quotas
    expect(placesOf({ ...INLINE, quotas: others })).toEqual([`quotas.${quota}`])
  })

  it('inline in a jail of its own', () => {
    expect(placesOf({ ...INLINE, isolation: { level: 'inline', exclusiveJail: true } })).toEqual(['isolation.exclusiveJail'])
    expect(placesOf({ ...INLINE, extends: 'strict', isolation: { level: 'inline' } })).toEqual(['isolation.exclusiveJail'])
  })

  it('inline without any of these is fine', () => {
    expect(resolvePolicy(INLINE).isolation.level).toBe('inline')
  })

  // What has to wait for somebody else cannot be offered in the thread that would do the waiting.
  it('inline with a network or live directories', () => {
    expect(placesOf({ ...INLINE, capabilities: { net: { http: { allow: ['https://a.test'] } } } })).toEqual(['capabilities.net'])
    const mount = (kind: string) => ({ ...INLINE, capabilities: { fs: { mounts: [{ kind, at: '/', source: '/srv' }] } } })
    expect(placesOf(mount('directory'))).toEqual(['capabilities.fs.mounts'])
    expect(placesOf(mount('snapshot'))).toEqual([])
  })

  it('two mounts at one place, or more than there are handles for', () => {
    const mounts = (...at: string[]) => ({ capabilities: { fs: { mounts: at.map((path) => ({ kind: 'memory', at: path })) } } })
    expect(placesOf(mounts('/a', '/b', '/a'))).toEqual(['capabilities.fs.mounts'])
    expect(placesOf({ ...mounts('/a', '/b'), quotas: { handles: 4 } })).toEqual(['quotas.handles'])
    expect(placesOf({ ...mounts('/a', '/b'), quotas: { handles: 5 } })).toEqual([])
  })

  it('a network list with a pattern that means nothing', () => {
    expect(placesOf({ capabilities: { net: { http: { allow: ['a.test'] } } } })).toEqual(['capabilities.net.http.allow.0'])
  })

  it('resident memory that files in memory would exceed', () => {
    const policy = (residentBytes: number, kind: string) => ({
      quotas: { memoryBytes: MiB, tableElements: 0, fileBytes: 16 * MiB, residentBytes },
      capabilities: { fs: { mounts: [{ kind, at: '/', ...(kind === 'memory' ? {} : { source: '/srv' }) }] } },
    })
    expect(placesOf(policy(161 * MiB - 1, 'memory'))).toEqual(['quotas.residentBytes'])
    expect(placesOf(policy(161 * MiB, 'memory'))).toEqual([])
    expect(placesOf(policy(145 * MiB, 'snapshot'))).toEqual(['quotas.residentBytes'])
    // Files of a live directory stay where they are.
    expect(placesOf(policy(145 * MiB, 'directory'))).toEqual([])
  })

  it('resident memory that an honest guest would exceed', () => {
    expect(placesOf({ quotas: { residentBytes: '160MiB' } })).toEqual(['quotas.residentBytes'])
    const small = { memoryBytes: '1MiB', tableElements: 1000, residentBytes: '160MiB' }
    expect(placesOf({ quotas: small })).toEqual([])
    // Tables are memory too.
    expect(placesOf({ quotas: { ...small, tableElements: 10_000_000 } })).toEqual(['quotas.residentBytes'])
    const exact = (144 + 16) * MiB
    const edge = { memoryBytes: 16 * MiB, tableElements: 0 }
    expect(placesOf({ quotas: { ...edge, residentBytes: exact } })).toEqual([])
    expect(placesOf({ quotas: { ...edge, tableElements: 1, residentBytes: exact } })).toEqual(['quotas.residentBytes'])
  })
})

// Negotiation: each decision with its sentence, and that no grant is ever wider than manifest, policy or consent.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManifestError } from '../../../src/sandbox/errors.ts'
import { type Authority, authoritiesOf, narrow, requestsOf, same } from '../../../src/sandbox/policy/authority.ts'
import { checkManifest, type Manifest } from '../../../src/sandbox/policy/manifest.ts'
import { type Consent, negotiate, withinPolicy } from '../../../src/sandbox/policy/negotiate.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import type { Policy, PolicyInput } from '../../../src/sandbox/policy/schema.ts'
import { EVERYTHING } from '../support/manifests.ts'

const manifestOf = (...capabilities: unknown[]): Manifest =>
  checkManifest({ manifest: 1, name: 'm', version: '1.0.0', capabilities })
const policyWith = (capabilities: PolicyInput['capabilities']): Policy => resolvePolicy({ name: 'p', capabilities })
const WIDE = policyWith({
  clock: { granularityNs: 1 },
  fs: {
    mounts: [
      { kind: 'memory', at: '/data' },
      { kind: 'memory', at: '/out' },
      { kind: 'memory', at: '/other' },
    ],
  },
  net: { http: { allow: ['https://*', 'http://*'] }, dns: { allow: ['*'] }, tcp: { allow: ['*:*'] } },
  kv: { namespace: 'shared' },
  crypto: {
    keys: [
      { name: 'report', use: ['sign', 'verify'] },
      { name: 'other', use: ['sign'] },
    ],
  },
})
const net = (kind: 'http' | 'dns' | 'tcp', allow: string[], deny: string[] = []) =>
  policyWith({ net: { [kind]: { allow, deny } } })
const asks = (kind: 'http' | 'dns' | 'tcp', ...allow: string[]) => manifestOf({ capability: `net.${kind}`, allow, reason: 'r' })

describe('negotiate', () => {
  it('grants what manifest and policy have in common, and leaves quotas, isolation and filters as they are', () => {
    const { grants, decisions } = negotiate(checkManifest(EVERYTHING), WIDE, 'not-needed')
    expect(decisions.map(({ state }) => state)).toEqual(decisions.map(() => 'granted'))
    const { capabilities, name, ...rest } = grants
    expect({ ...rest, name: WIDE.name, capabilities: WIDE.capabilities }).toEqual(WIDE)
    expect(name).toBe('p, narrowed')
    expect(capabilities).toEqual({
      stdio: { stdin: true, stdout: true, stderr: true },
      args: true,
      env: { names: ['LANG', 'TARGET'] },
      clock: { granularityNs: 1000 },
      random: 'system',
      fs: {
        mounts: [
          { kind: 'memory', at: '/data', writable: false },
          { kind: 'memory', at: '/out', writable: true },
        ],
      },
      net: {
        http: { allow: ['https://api.example.org', 'https://*.example.net'], deny: [] },
        dns: { allow: ['example.org'], deny: [] },
        tcp: { allow: ['example.org:443'], deny: [] },
        addresses: { allow: [], deny: [] },
        redirects: 5,
      },
      kv: { namespace: 'shared' },
      log: true,
      metric: true,
      result: true,
      crypto: { keys: [{ name: 'report', use: ['sign', 'verify'] }] },
    })
  })

  it('gives a policy that can be used as it is', () => {
    const { grants } = negotiate(checkManifest(EVERYTHING), WIDE, 'not-needed')
    expect(resolvePolicy(grants)).toEqual(grants)
    const longest = resolvePolicy({ name: 'n'.repeat(64) })
    expect(resolvePolicy(negotiate(manifestOf(), longest, 'not-needed').grants).name).toHaveLength(64)
  })

  it('gives a module that asks for nothing nothing', () => {
    const { grants, decisions } = negotiate(manifestOf(), WIDE, 'not-needed')
    expect(decisions).toEqual([])
    expect(authoritiesOf(grants)).toEqual([])
    // Host calls on files, without a file: what compilers link in.
    expect(grants.capabilities.fs).toEqual({ mounts: [] })
  })

  it('leaves a module without a manifest to the policy, unless one is required', () => {
    expect(negotiate(null, WIDE, [])).toEqual({ grants: WIDE, decisions: [] })
    expect(() => negotiate(null, WIDE, 'not-needed', { requireManifest: true })).toThrow(ManifestError)
    expect(() => negotiate(manifestOf(), WIDE, 'not-needed', { requireManifest: true })).not.toThrow()
  })

  it('explains each decision as data and in one sentence', () => {
    const manifest = manifestOf(
      { capability: 'log', reason: 'r' },
      { capability: 'net.http', allow: ['https://api.example.org'], reason: 'r' },
      { capability: 'clock', granularityNs: 1, reason: 'r' },
    )
    expect(negotiate(manifest, policyWith({ clock: { granularityNs: 1_000_000 } }), 'not-needed').decisions).toEqual([
      {
        capability: 'log',
        object: null,
        state: 'granted',
        requested: 'use',
        granted: 'use',
        because: 'Requested, granted by the policy "p".',
      },
      {
        capability: 'net.http',
        object: '"https://api.example.org"',
        state: 'refused',
        requested: 'use',
        granted: null,
        because: 'Requested, refused because the policy "p" does not grant net.http to "https://api.example.org".',
      },
      {
        capability: 'clock',
        object: null,
        state: 'narrowed',
        requested: 'steps of 1 ns',
        granted: 'steps of 1000000 ns',
        because: 'Requested, granted in part because the policy "p" grants no more than clock: steps of 1000000 ns.',
      },
    ])
  })

  it('shows the objects of a module neutralised', () => {
    const manifest = manifestOf(
      { capability: 'env', names: ['A\u001b[2J'], reason: 'r' },
      { capability: 'crypto', keys: [{ name: 'k\u202e', use: ['sign'] }], reason: 'r' },
    )
    const text = JSON.stringify(negotiate(manifest, resolvePolicy('strict'), 'not-needed').decisions)
    expect(text).toContain('\\\\u{1b}')
    expect(text).not.toMatch(/\\u001b|\u202e/)
  })

  it('mounts read-only what was asked for or granted read-only', () => {
    const granted = (asked: boolean, offered: boolean) =>
      negotiate(
        manifestOf({ capability: 'fs', mounts: [{ at: '/d', writable: asked }], reason: 'r' }),
        policyWith({ fs: { mounts: [{ kind: 'snapshot', at: '/d', source: '/srv', writable: offered }] } }),
        'not-needed',
      )
    expect(granted(true, true).grants.capabilities.fs?.mounts).toEqual([
      { kind: 'snapshot', at: '/d', source: '/srv', writable: true },
    ])
    for (const [asked, offered] of [
      [true, false],
      [false, true],
      [false, false],
    ] as const)
      expect(granted(asked, offered).grants.capabilities.fs?.mounts).toMatchObject([{ writable: false }])
    expect(granted(true, false).decisions).toMatchObject([{ state: 'narrowed', requested: 'read and write', granted: 'read' }])
  })

  it('does not take a mount above or below for the one that was asked for', () => {
    const manifest = manifestOf({ capability: 'fs', mounts: [{ at: '/data/a' }, { at: '/' }], reason: 'r' })
    expect(negotiate(manifest, WIDE, 'not-needed').grants.capabilities.fs?.mounts).toEqual([])
  })
})

describe('network patterns', () => {
  it.each([
    ['https://api.example.org', ['https://*.example.org'], 'granted'],
    ['https://*.example.org', ['https://*'], 'granted'],
    ['https://*.example.org', ['https://api.example.org'], 'refused'],
    ['https://example.org', ['http://example.org'], 'refused'],
    ['https://example.org:8443', ['https://example.org'], 'refused'],
    ['https://10.0.0.1', ['https://*'], 'refused'],
  ] as const)('%s under %j is %s', (asked, allow, state) => {
    expect(negotiate(asks('http', asked), net('http', [...allow]), 'not-needed').decisions).toMatchObject([{ state }])
  })

  it('keep the policy’s deny list, addresses and redirects', () => {
    const policy = policyWith({
      net: {
        http: { allow: ['https://*'], deny: ['https://secret.example.org'] },
        addresses: { allow: ['private'], deny: ['10.0.0.1/32'] },
        redirects: 1,
      },
    })
    expect(negotiate(asks('http', 'https://*.example.org'), policy, 'not-needed').grants.capabilities.net).toEqual({
      http: { allow: ['https://*.example.org'], deny: ['https://secret.example.org'] },
      dns: null,
      tcp: null,
      addresses: { allow: ['private'], deny: ['10.0.0.1/32'] },
      redirects: 1,
    })
  })

  it('that the deny list covers are refused in its name', () => {
    const { decisions, grants } = negotiate(
      asks('dns', 'a.secret.example'),
      net('dns', ['*'], ['*.secret.example']),
      'not-needed',
    )
    expect(decisions).toMatchObject([
      { state: 'refused', because: 'Requested, refused because the policy "p" denies net.dns to "a.secret.example".' },
    ])
    expect(grants.capabilities.net).toBeNull()
  })
})

describe('consent', () => {
  const manifest = manifestOf({ capability: 'log', reason: 'r' }, { capability: 'metric', reason: 'r' })

  it('is asked of nobody by default: without it there is nothing', () => {
    const { decisions, grants } = negotiate(manifest, WIDE, [])
    expect(decisions.map(({ because }) => because)).toEqual([
      'Requested, refused because there is no consent to log.',
      'Requested, refused because there is no consent to metric.',
    ])
    expect(authoritiesOf(grants)).toEqual([])
  })

  it('to one thing is no consent to another', () => {
    const { grants } = negotiate(manifest, WIDE, [{ capability: 'log', object: null }])
    expect(authoritiesOf(grants)).toEqual([{ capability: 'log', object: null }])
  })

  it('to more than the policy grants does not widen it', () => {
    expect(
      negotiate(manifest, resolvePolicy('strict'), requestsOf(manifest)).decisions.every(({ state }) => state === 'refused'),
    ).toBe(true)
  })

  it('narrows what it covers in part', () => {
    const clock = manifestOf({ capability: 'clock', granularityNs: 1, reason: 'r' })
    const { grants, decisions } = negotiate(clock, WIDE, [{ capability: 'clock', object: null, granularityNs: 5000 }])
    expect(grants.capabilities.clock).toEqual({ granularityNs: 5000 })
    expect(decisions[0]?.because).toBe(
      'Requested, granted in part because there is consent to no more than clock: steps of 5000 ns.',
    )
  })

  it('is asked for what the policy would grant, and no more', () => {
    expect(withinPolicy(checkManifest(EVERYTHING), resolvePolicy('strict')).map(({ capability }) => capability)).toEqual([
      'stdio',
      'stdio',
      'stdio',
      'args',
    ])
  })
})

describe('whatever is negotiated', () => {
  const names = ['a', 'b', '__proto__']
  const origins = [
    'https://*',
    'https://*.a.example',
    'https://x.a.example',
    'https://*.x.a.example',
    'http://x.a.example',
    'https://10.0.0.1',
  ]
  const some = <T>(values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 })
  const steps = fc.constantFrom(1, 1000, 1_000_000)
  const use = some(['sign', 'verify'] as const)
  const entry = fc.oneof(
    ...['args', 'random', 'kv', 'log', 'metric', 'result'].map((capability) => fc.constant({ capability })),
    some(['stdin', 'stdout', 'stderr']).map((streams) => ({ capability: 'stdio', streams })),
    some(names).map((list) => ({ capability: 'env', names: list })),
    steps.map((granularityNs) => ({ capability: 'clock', granularityNs })),
    fc
      .tuple(some(['/', '/d', '/d/e']), fc.boolean())
      .map(([at, writable]) => ({ capability: 'fs', mounts: at.map((one) => ({ at: one, writable })) })),
    some(origins).map((allow) => ({ capability: 'net.http', allow })),
    fc.tuple(some(names), use).map(([keys, uses]) => ({ capability: 'crypto', keys: keys.map((name) => ({ name, use: uses })) })),
  )
  const manifests = fc
    .uniqueArray(entry, { maxLength: 8, selector: ({ capability }) => capability })
    .map((entries) => manifestOf(...entries.map((one) => ({ ...one, reason: 'r' }))))
  const mount = fc.record({
    kind: fc.constant('memory' as const),
    at: fc.constantFrom('/', '/d', '/d/e'),
    writable: fc.boolean(),
  })
  const policies = fc
    .record({
      stdio: fc.option(fc.record({ stdin: fc.boolean(), stdout: fc.boolean(), stderr: fc.boolean() })),
      args: fc.boolean(),
      env: fc.oneof(
        fc.boolean(),
        some(names).map((list) => ({ names: list })),
      ),
      clock: fc.option(steps.map((granularityNs) => ({ granularityNs }))),
      random: fc.option(fc.constant('system' as const)),
      fs: fc.option(fc.uniqueArray(mount, { maxLength: 3, selector: ({ at }) => at }).map((mounts) => ({ mounts }))),
      net: fc.option(
        fc.record({ http: fc.option(fc.record({ allow: some(origins), deny: fc.oneof(some(origins), fc.constant([])) })) }),
      ),
      kv: fc.option(fc.constant({ namespace: 'n' })),
      log: fc.boolean(),
      metric: fc.boolean(),
      result: fc.boolean(),
      crypto: fc.option(
        fc
          .uniqueArray(fc.constantFrom(...names), { maxLength: 3 })
          .chain((list) => use.map((uses) => ({ keys: list.map((name) => ({ name, use: uses })) }))),
      ),
    })
    .map((capabilities) => policyWith(capabilities as PolicyInput['capabilities']))
  const consents: fc.Arbitrary<Consent> = fc.oneof(
    fc.constant('not-needed' as const),
    manifests.map((manifest) => requestsOf(manifest)),
  )
  const within = (inner: readonly Authority[], outer: readonly Authority[]) =>
    inner.every((one) =>
      outer.some((limit) => {
        const part = narrow(one, limit)
        return part !== null && same(part, one)
      }),
    )

  it('is never wider than the manifest, the policy or the consent', () => {
    fc.assert(
      fc.property(manifests, policies, consents, (manifest, policy, consent) => {
        const { grants } = negotiate(manifest, policy, consent)
        const granted = authoritiesOf(grants)
        expect(within(granted, requestsOf(manifest))).toBe(true)
        expect(within(granted, authoritiesOf(policy))).toBe(true)
        if (consent !== 'not-needed') expect(within(granted, consent)).toBe(true)
        const { capabilities } = grants
        // Said once more without the functions under test, which would agree with themselves.
        const asked = manifest.capabilities.flatMap((one) => (one.capability === 'fs' ? one.mounts : []))
        for (const { at, writable } of capabilities.fs?.mounts ?? []) {
          const [wanted, offered] = [asked, policy.capabilities.fs!.mounts].map((list) => list.find((one) => one.at === at)!)
          expect(writable).toBe(writable && wanted!.writable && offered!.writable)
        }
        if (capabilities.clock)
          expect(capabilities.clock.granularityNs).toBeGreaterThanOrEqual(policy.capabilities.clock!.granularityNs)
        for (const { name, use: uses } of capabilities.crypto?.keys ?? [])
          expect(policy.capabilities.crypto!.keys.find((key) => key.name === name)!.use).toEqual(expect.arrayContaining(uses))
        expect(capabilities.net?.http?.deny ?? []).toEqual(capabilities.net?.http ? policy.capabilities.net?.http?.deny : [])
        expect(resolvePolicy(grants)).toEqual(grants)
      }),
      { numRuns: 500 },
    )
  })

  it('is what the decisions say', () => {
    fc.assert(
      fc.property(manifests, policies, consents, (manifest, policy, consent) => {
        const { grants, decisions } = negotiate(manifest, policy, consent)
        expect(decisions).toHaveLength(requestsOf(manifest).length)
        expect(decisions.filter(({ state }) => state !== 'refused')).toHaveLength(authoritiesOf(grants).length)
        for (const { state, granted, requested } of decisions) {
          expect(granted === null).toBe(state === 'refused')
          expect(granted === requested).toBe(state === 'granted')
        }
      }),
      { numRuns: 500 },
    )
  })

  it('only grows when manifest, policy or consent do', () => {
    fc.assert(
      fc.property(manifests, policies, consents, fc.nat(), (manifest, policy, consent, seed) => {
        const full = authoritiesOf(negotiate(manifest, policy, consent).grants)
        const without = <T>(list: readonly T[]) => list.filter((_, index) => index !== seed % Math.max(1, list.length))
        const smaller = [
          negotiate({ ...manifest, capabilities: without(manifest.capabilities) }, policy, consent),
          negotiate(manifest, policy, consent === 'not-needed' ? [] : without(consent)),
          negotiate(manifest, { ...policy, capabilities: { ...policy.capabilities, net: null, log: false } }, consent),
        ]
        for (const { grants } of smaller) expect(within(authoritiesOf(grants), full)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('is all that both have if the consent is to all', () => {
    fc.assert(
      fc.property(manifests, policies, (manifest, policy) => {
        expect(negotiate(manifest, policy, requestsOf(manifest)).grants).toEqual(negotiate(manifest, policy, 'not-needed').grants)
      }),
    )
  })
})

// Who may have whose cell: what the key depends on, and which policies can have one.
import { afterEach, describe, expect, it } from 'vitest'
import { PolicyError, type PolicyInput, resolvePolicy } from '../../src/sandbox/index.ts'
import { policyDigest } from '../../src/sandbox/policy/digest.ts'
import { reuseKey } from '../../src/sandbox/reuse-key.ts'

const policy = (reuse: 'never' | 'same-module' | 'same-principal', more: PolicyInput = {}) =>
  resolvePolicy({ ...more, isolation: { reuse } })

describe('a reuse key', () => {
  it('is there only where somebody may have the cell', () => {
    expect(reuseKey(policy('never'), 'm', 'p')).toBeNull()
    expect(reuseKey(policy('same-principal'), 'm', null)).toBeNull()
    expect(reuseKey(policy('same-principal'), 'm', 'p')).not.toBeNull()
    expect(reuseKey(policy('same-module'), 'm', null)).not.toBeNull()
  })

  it('differs wherever guests must be kept apart, and only there', () => {
    const other: PolicyInput = { quotas: { wallClockMs: 1234 } }
    const keys = [
      reuseKey(policy('same-module'), 'm', null),
      reuseKey(policy('same-module'), 'n', null),
      reuseKey(policy('same-module'), 'm', 'p'),
      reuseKey(policy('same-module'), 'm', 'q'),
      reuseKey(policy('same-module', other), 'm', null),
      reuseKey(policy('same-principal'), 'm', 'p'),
      reuseKey(policy('same-principal'), 'm', 'q'),
      reuseKey(policy('same-principal', other), 'm', 'p'),
    ]
    expect(new Set(keys).size).toBe(keys.length)
    expect(reuseKey(policy('same-principal'), 'n', 'p')).toBe(reuseKey(policy('same-principal'), 'm', 'p'))
    expect(reuseKey(policy('same-module'), 'm', 'p')).toBe(reuseKey(policy('same-module'), 'm', 'p'))
  })

  it('is not confused by names that look like another part of it, and does not tell them', () => {
    const key = reuseKey(policy('same-module'), 'm', 'x\np:y')
    expect(key).not.toBe(reuseKey(policy('same-module'), 'm', 'x'))
    expect(key).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('the digest of a policy', () => {
  afterEach(() => {
    Reflect.deleteProperty(Object.prototype, 'toJSON')
  })

  it('does not depend on the order of keys, nor on what is on a polluted Object.prototype', () => {
    const plain = resolvePolicy()
    const turned = { ...Object.fromEntries(Object.entries(plain).reverse()) } as typeof plain
    expect(policyDigest(turned)).toBe(policyDigest(plain))
    Object.defineProperty(Object.prototype, 'toJSON', { value: () => 'all alike', configurable: true })
    const digests = ['default', 'strict', 'relaxed'].map((name) => policyDigest({ ...resolvePolicy(name) }))
    expect(new Set(digests).size).toBe(3)
    expect(policyDigest({ ...plain })).toBe(policyDigest(plain))
  })
})

describe('isolation.reuse', () => {
  const inline: PolicyInput = { isolation: { level: 'inline' }, quotas: { wallClockMs: null, cpuMs: null, residentBytes: null } }
  it('is never where there is no cell that could be used again, unless somebody writes otherwise, which is refused', () => {
    expect(resolvePolicy({ isolation: { exclusiveJail: true } }).isolation.reuse).toBe('never')
    expect(resolvePolicy('strict').isolation).toMatchObject({ exclusiveJail: true, reuse: 'never' })
    expect(() => resolvePolicy({ isolation: { exclusiveJail: true, reuse: 'same-module' } })).toThrow(PolicyError)
    expect(() => resolvePolicy({ ...inline, isolation: { level: 'inline', reuse: 'same-principal' } })).toThrow(/isolation.reuse/)
    expect(() => resolvePolicy({ isolation: { reuse: 'always' } } as unknown as PolicyInput)).toThrow(PolicyError)
  })
})

describe('a policy that has been resolved', () => {
  it('is frozen, and is taken as it is when it comes again', () => {
    const made = resolvePolicy({ quotas: { handles: 5 } })
    expect([Object.isFrozen(made), Object.isFrozen(made.quotas), Object.isFrozen(made.features)]).toEqual([true, true, true])
    expect(resolvePolicy(made)).toBe(made)
    // A copy is not it: it is read and checked like any other.
    expect(() => resolvePolicy({ ...made, quotas: { ...made.quotas, handles: -1 } })).toThrow(PolicyError)
  })
})

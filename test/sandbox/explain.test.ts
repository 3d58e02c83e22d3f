// Every code has an explanation, and what the explanations name is there.
import { describe, expect, it } from 'vitest'
import { AuditLogError } from '../../src/sandbox/audit/error.ts'
import * as errors from '../../src/sandbox/errors.ts'
import { CODES, explain } from '../../src/sandbox/explain.ts'
import { ABI, findAbiFunction, NATIVE_MODULE, WASI_MODULE } from '../../src/sandbox/host/abi/index.ts'
import { PROFILES } from '../../src/sandbox/policy/profiles.ts'
import { OUTCOMES, TRAPS } from '../../src/sandbox/result.ts'
import { StoreError } from '../../src/sandbox/store/store-error.ts'

const of = (kind: string) => CODES.filter((code) => code.startsWith(`${kind}/`)).map((code) => code.slice(kind.length + 1))

describe('explain', () => {
  // Refusals and events are unions without values; their tables are typed as complete.
  it('has every outcome and trap', () => {
    expect(of('outcome').sort()).toEqual([...OUTCOMES].sort())
    expect(of('trap').sort()).toEqual([...TRAPS].sort())
  })

  it('has every errno that a host call can answer, and no other', () => {
    expect(of('errno').sort()).toEqual([...new Set(ABI.flatMap(({ errnos }) => errnos))].sort())
  })

  it('has every class of error, by the name that its errors have', () => {
    const own = Object.keys(errors)
    expect(own).toContain('PolicyError')
    expect(of('error').sort()).toEqual(
      [...own, new StoreError('full', '', '').name, new AuditLogError('full', '', '').name, 'SnapshotError'].sort(),
    )
    expect(new errors.UsageError('').name).toBe('UsageError')
    expect(new StoreError('full', '', '').name).toBe('StoreError')
    expect(new AuditLogError('full', '', '').name).toBe('AuditLogError')
  })

  it('answers null for what is no code, own names of objects included', () => {
    for (const code of ['', 'outcome', 'outcome/', 'outcome/toString', '__proto__', 'errno/__proto__', 'errno/success'])
      expect(explain(code)).toBeNull()
  })

  it('hands out what nobody can change for the others', () => {
    const one = explain('errno/notcapable')
    expect(Object.isFrozen(one)).toBe(true)
    expect(Object.isFrozen(one.cause)).toBe(true)
  })

  it.each(CODES)('%s says something everywhere, in whole sentences', (code) => {
    const { title, meaning, cause, remedy } = explain(code)
    expect(title).toMatch(/^\S.*[^.]$/)
    expect(cause.length).toBeGreaterThan(0)
    for (const text of [meaning, remedy, ...cause]) expect(text).toMatch(/^[\p{Lu}`].*\.$/u)
  })

  it.each(CODES)('%s names only codes, quotas, capabilities and host calls that there are', (code) => {
    const { meaning, cause, remedy } = explain(code)
    const text = [meaning, ...cause, remedy].join('\n')
    const { quotas, capabilities } = PROFILES.get('default')!
    for (const [, mentioned = ''] of text.matchAll(/`([a-z]+\/[\w-]+)`/g)) expect(explain(mentioned), mentioned).not.toBeNull()
    for (const [, quota] of text.matchAll(/\bquotas\.(\w+)/g)) expect(Object.keys(quotas)).toContain(quota)
    for (const [, capability] of text.matchAll(/\bcapabilities\.(\w+)/g)) expect(Object.keys(capabilities)).toContain(capability)
    for (const [, call = ''] of text.matchAll(/`((?:fd|path|sock|poll|proc|tcp|tls|dns|http|kv|crypto)_[a-z_]+)`/g))
      expect(findAbiFunction(WASI_MODULE, call) ?? findAbiFunction(NATIVE_MODULE, call), call).toBeDefined()
  })
})

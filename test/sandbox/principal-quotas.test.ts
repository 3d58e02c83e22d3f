// What all guests of one principal may have together: refused before anything starts, given back when a guest is gone, however it went.
import { describe, expect, test } from 'vitest'
import { assemble } from '../../src/attacks/assemble.ts'
import { createSandbox, PrincipalQuotaExceeded, resolvePolicy, UsageError } from '../../src/sandbox/index.ts'
import { Principals } from '../../src/sandbox/principal-quotas.ts'

const policy = resolvePolicy({ quotas: { memoryBytes: '10MiB', handles: 10 } })
const INLINE = {
  isolation: { level: 'inline', exclusiveJail: false },
  quotas: { wallClockMs: null, cpuMs: null, residentBytes: null },
} as const
const idle = await assemble('(module (func (export "run")))')
const busy = await assemble(
  '(module (func (export "run") (local $n i64) (loop $l (br_if $l (i64.lt_u (local.tee $n (i64.add (local.get $n) (i64.const 1))) (i64.const 400000000))))))',
)

describe('the sums of a principal', () => {
  test('are its own, and guests of nobody in particular count together', () => {
    const principals = new Principals({ instances: 1 })
    principals.enter('acme', policy)
    expect(() => principals.enter('acme', policy)).toThrow(PrincipalQuotaExceeded)
    principals.enter('beta', policy)
    principals.enter(null, policy)
    expect(() => principals.enter(null, policy)).toThrow('instances, 1')
    // Not to be had by calling oneself nothing.
    expect(() => principals.enter('', policy)).not.toThrow()
  })

  test.each([
    ['memoryBytes', { memoryBytes: 25 * 2 ** 20 }],
    ['handles', { handles: 25 }],
  ] as const)('hold what policies allow of %s, and a refused guest counts nothing', (quota, limits) => {
    const principals = new Principals(limits)
    const first = principals.enter('acme', policy)
    principals.enter('acme', policy)
    for (let again = 0; again < 3; again++)
      expect(() => principals.enter('acme', policy)).toThrow(expect.objectContaining({ name: 'PrincipalQuotaExceeded', quota }))
    first.release()
    first.release()
    principals.enter('acme', policy)
    expect(() => principals.enter('acme', policy)).toThrow(PrincipalQuotaExceeded)
  })

  test('count processor time over a window, of all guests and of each activation', () => {
    let now = 0
    const principals = new Principals({ cpu: { ms: 100, windowMs: 30_000 } }, () => now)
    const one = principals.enter('acme', policy)
    const other = principals.enter('acme', policy)
    one.sampled(40)
    one.sampled(50)
    other.sampled(30)
    expect(() => one.mustHaveTime()).not.toThrow()
    // The next activation begins at nothing again.
    other.sampled(20)
    expect(() => one.mustHaveTime()).toThrow(PrincipalQuotaExceeded)
    expect(() => principals.enter('acme', policy)).toThrow('cpu, 100')
    principals.enter('beta', policy)
    now = 31_000
    expect(() => other.mustHaveTime()).not.toThrow()
  })

  test.each([
    [{ instances: 0 }, 'perPrincipal.instances'],
    [{ memoryBytes: 1.5 }, 'perPrincipal.memoryBytes'],
    [{ cpu: { ms: 1, windowMs: 10 } }, 'perPrincipal.cpu.windowMs'],
    [{ cpu: 5 }, 'perPrincipal.cpu'],
    [{ guests: 5 }, 'guests'],
  ])('%j is refused', (limits, place) => {
    expect(() => new Principals(limits as object)).toThrow(UsageError)
    expect(() => new Principals(limits as object)).toThrow(place)
  })

  test('cannot hold processor time where nobody measures it', () => {
    expect(() => new Principals({ cpu: { ms: 1, windowMs: 1000 } }).enter(null, resolvePolicy(INLINE))).toThrow(UsageError)
  })
})

describe('a sandbox', () => {
  test('gives back what a guest had, whether it completed, was refused, or was ended', async () => {
    await using sandbox = createSandbox(INLINE, { perPrincipal: { instances: 1 } })
    const options = { principal: 'acme' }
    for (let again = 0; again < 3; again++) await sandbox.execute(idle, undefined, { ...options, entry: 'run' })
    const trapping = await assemble('(module (func $s unreachable) (start $s))')
    for (let again = 0; again < 3; again++)
      await expect(sandbox.create(trapping, undefined, options)).rejects.toThrow('unreachable')
    const instance = await sandbox.create(idle, undefined, options)
    await expect(sandbox.create(idle, undefined, options)).rejects.toThrow(PrincipalQuotaExceeded)
    await sandbox.create(idle, undefined, { principal: 'beta' })
    await instance.terminate()
    await sandbox.create(idle, undefined, options)
  })

  test('makes no more calls when the processor time of the principal is used up', async () => {
    await using sandbox = createSandbox({}, { perPrincipal: { cpu: { ms: 60, windowMs: 600_000 } } })
    const instance = await sandbox.create(busy, undefined, { principal: 'acme' })
    expect((await instance.call('run')).outcome).toBe('completed')
    await expect(instance.call('run')).rejects.toThrow(PrincipalQuotaExceeded)
    expect(instance.state).toBe('ready')
    await expect(sandbox.execute(idle, undefined, { principal: 'acme', entry: 'run' })).rejects.toThrow('cpu, 60')
    expect((await sandbox.execute(idle, undefined, { principal: 'beta', entry: 'run' })).outcome).toBe('completed')
  })
})

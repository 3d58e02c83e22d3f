// A sandbox whose policy requires signatures runs what is signed, and nothing else.
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { createSandbox, GuestNotReady, inspectModule, PolicyError } from '../../../src/sandbox/index.ts'
import { signModule } from '../../../src/sandbox/signing/sign.ts'
import { writer as w } from '../../../src/wasm/index.ts'
import { keyOf, MODULE, trust } from './support.ts'

const inline = {
  isolation: { level: 'inline', exclusiveJail: false },
  quotas: { wallClockMs: null, cpuMs: null, residentBytes: null },
} as const
const signed = signModule(MODULE, keyOf('a')).bytes
const requiring = createSandbox({ ...inline, signatures: trust(1, 'ab') })
afterAll(() => requiring[Symbol.asyncDispose]())
afterEach(() => void vi.useRealTimers())
const run = (module: Uint8Array, policy?: Parameters<typeof requiring.execute>[1]) =>
  requiring.execute(module, policy, { entry: 'run' })

describe('a sandbox that requires signatures', () => {
  it('runs what is signed', async () => {
    expect(await run(signed)).toMatchObject({ outcome: 'completed', values: [42], securityEvents: [] })
  })

  it.each([
    ['is not signed', MODULE, 'signature-missing'],
    ['was changed', w.bytes(signed, w.customSection('x')), 'signature-invalid'],
    ['is signed by somebody else', signModule(MODULE, keyOf('x')).bytes, 'signature-untrusted'],
    ['is no module', new Uint8Array(8), 'not-a-module'],
    ['is cut', signed.subarray(0, 50), 'malformed'],
  ])('refuses a module that %s', async (_, module, code) => {
    const result = await run(module)
    expect(result).toMatchObject({ outcome: 'refused', success: false })
    expect(result.securityEvents).toMatchObject([{ type: 'module-refused', severity: 'warning', code, message: result.message }])
    await expect(requiring.create(module)).rejects.toThrow(GuestNotReady)
    expect(inspectModule(module, requiring.policy)).toMatchObject({ verdict: 'refused', code })
  })

  it('still says of an unsigned module what it is, without running it', () => {
    expect(inspectModule(MODULE, requiring.policy)).toMatchObject({ functions: 1, exports: [{}, { name: '"run"' }] })
    expect(inspectModule(signed, requiring.policy)).toMatchObject({ verdict: 'admitted', code: null })
  })

  it('refuses a module that is signed and not admitted for another reason', async () => {
    const foreign = w.moduleOf(
      w.typeSection(w.bytes(0x60, 0, 0)),
      w.section(2, w.vec([w.bytes(w.name('env'), w.name('x'), 0, 0)])),
    )
    expect((await run(signModule(foreign, keyOf('a')).bytes)).securityEvents[0]).toMatchObject({ code: 'import-unknown' })
  })

  it('looks again at each guest, so that a key which expires between two of them counts for the first only', async () => {
    const policy = { signatures: trust(1, 'a', { a: { notAfter: '2030-01-01T00:00:00Z' } }) }
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2029-12-31T23:59:59Z') })
    expect((await run(signed, policy)).outcome).toBe('completed')
    vi.setSystemTime(new Date('2030-01-01T00:00:01Z'))
    expect((await run(signed, policy)).securityEvents).toMatchObject([{ code: 'signature-untrusted' }])
  })

  it('verifies the bytes that it runs, whatever becomes of the caller’s', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(signed.length))
    shared.set(signed)
    const running = run(shared)
    shared.fill(0)
    expect((await running).outcome).toBe('completed')
  })

  it('can be asked for another module, or for none, by a policy for one call', async () => {
    expect((await run(signed, { signatures: trust(2, 'ab') })).outcome).toBe('refused')
    expect((await run(MODULE, { signatures: null })).outcome).toBe('completed')
  })

  it('cannot be made with a policy that trusts nobody', () => {
    expect(() => createSandbox({ signatures: trust(2, 'a') })).toThrow(PolicyError)
  })
})

describe('a sandbox that requires none', () => {
  it('does not look at signatures', async () => {
    await using sandbox = createSandbox(inline)
    const forged = w.bytes(MODULE.subarray(0, 8), w.customSection('signature', [1, 2, 3]), MODULE.subarray(8))
    for (const module of [MODULE, signed, forged])
      expect((await sandbox.execute(module, undefined, { entry: 'run' })).outcome).toBe('completed')
  })
})

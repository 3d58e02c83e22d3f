// Metering as an embedder sees it: outcomes, events and figures, in a jail and inline.
import { afterAll, describe, expect, it } from 'vitest'
import { createSandbox, type PolicyInput } from '../../../src/sandbox/index.ts'
import { inspectMetering } from '../../../src/sandbox/metering/inspect-metering.ts'
import { writer as w } from '../../../src/wasm/index.ts'
import { wat } from '../support/wat.ts'

const PAGE = 65_536
const QUOTAS = { fuel: 100_000, callDepth: 50, memoryBytes: 4 * PAGE, tableElements: 10 }
const INLINE: PolicyInput = {
  isolation: { level: 'inline', exclusiveJail: false },
  quotas: { ...QUOTAS, wallClockMs: null, cpuMs: null, residentBytes: null },
}

const MODULE = wat(`(module
  (memory 1) (table 2 funcref)
  (func (export "spin") (loop (br 0)))
  (func $deep (export "deep") (call $deep))
  (func (export "work") (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func (export "grow") (result i32) (drop (table.grow 0 (ref.null func) (i32.const 20))) (memory.grow (i32.const 5)))
  (func (export "trap") unreachable))`)

describe.each([
  ['jail', { quotas: QUOTAS } as PolicyInput],
  ['inline', INLINE],
])('in a sandbox at level %s', (_, policy) => {
  const sandbox = createSandbox(policy)
  afterAll(() => sandbox[Symbol.asyncDispose]())
  const run = (entry: string, ...callArguments: number[]) => sandbox.execute(MODULE, undefined, { entry, callArguments })

  it('a guest out of fuel ends as fuel-limit, with its event', async () => {
    const result = await run('spin')
    expect(result).toMatchObject({ outcome: 'fuel-limit', success: false, trap: null, resourceUsage: { fuel: 100_000 } })
    expect(result.securityEvents).toMatchObject([{ type: 'fuel-limit', severity: 'warning', limit: 100_000 }])
  })

  it('a guest too deep ends in a trap of its own kind', async () => {
    const result = await run('deep')
    expect(result).toMatchObject({ outcome: 'trapped', trap: 'call-depth' })
    expect(result.securityEvents).toMatchObject([{ type: 'quota-exceeded', quota: 'callDepth', limit: 50 }])
  })

  it('what was used is told, and the same every time', async () => {
    const [once, twice] = [await run('work', 100), await run('work', 100)]
    expect(once).toMatchObject({ outcome: 'completed', resourceUsage: { fuel: 2 + 100 * 5 } })
    expect(twice.resourceUsage.fuel).toBe(once.resourceUsage.fuel)
  })

  it('refused growth is told once for memories and once for tables, and ends nobody', async () => {
    const result = await sandbox.execute(MODULE, { quotas: { fuel: null } }, { entry: 'grow' })
    expect(result).toMatchObject({ outcome: 'completed', values: [-1], resourceUsage: { fuel: null } })
    expect(result.securityEvents).toMatchObject([
      { type: 'memory-limit', limitBytes: 4 * PAGE },
      { type: 'quota-exceeded', quota: 'tableElements', limit: 10 },
    ])
  })

  it('a trap of the guest’s own stays what it is', async () => {
    expect(await run('trap')).toMatchObject({ outcome: 'trapped', trap: 'unreachable', securityEvents: [] })
  })

  it('every call has all of the fuel', async () => {
    await using instance = await sandbox.create(MODULE)
    for (let call = 0; call < 3; call++) {
      const { outcome, resourceUsage } = await instance.call('work', 15_000)
      expect([outcome, resourceUsage.fuel]).toEqual(['completed', 75_002])
    }
    expect((await instance.call('work', 25_000)).outcome).toBe('fuel-limit')
    expect(instance.state).toBe('ended')
  })

  it('the start function is under the limit too', async () => {
    const start = wat('(module (func $spin (loop (br 0))) (start $spin) (func (export "_start")))')
    expect((await sandbox.execute(start)).outcome).toBe('fuel-limit')
  })
})

describe('inspectMetering', () => {
  it('says what was proven, and how much larger the code became', () => {
    const { verdict, code, proof } = inspectMetering(MODULE)
    expect([verdict, proof?.functions]).toEqual(['proven', 5])
    expect(code!.after).toBeGreaterThan(code!.before)
  })

  it('says why a module cannot be read or metered', () => {
    expect(inspectMetering(Uint8Array.of(1, 2, 3))).toMatchObject({ verdict: 'refused', code: null, proof: null })
    const { instruction: i } = w
    const full = w.moduleOf(
      w.typeSection(w.functionType()),
      w.functionSection(0),
      w.codeSection(w.body(w.bytes(i.loop(i.br(0)), w.END), [[50_000, 'i32']])),
    )
    expect(inspectMetering(full, 'relaxed')).toMatchObject({ verdict: 'refused', message: expect.stringContaining('no room') })
  })
})

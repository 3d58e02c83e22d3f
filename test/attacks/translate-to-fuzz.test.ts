// Modules that binaryen's fuzzer makes: the same bytes give the same one, engines take all of them, and metering changes nothing of what they do.
import { afterAll, describe, expect, test } from 'vitest'
import { assemble } from '../../src/attacks/assemble.ts'
import { DEFAULT_LIMITS } from '../../src/attacks/limits.ts'
import { findGenerator } from '../../src/attacks/registry.ts'
import { moduleFromBytes, TranslateError } from '../../src/attacks/translate-to-fuzz.ts'
import makeSandboxTarget from '../../src/targets/sandbox.ts'

const bytesFrom = (seed: number) => Uint8Array.from({ length: 600 }, (_, i) => Math.imul(i + seed * 7919, 0x9e3779b1) >>> 24)
const SEED =
  '(module (import "wasi_snapshot_preview1" "sched_yield" (func (result i32))) (memory (export "memory") 1) (func (export "run")))'
const target = makeSandboxTarget('inline')
afterAll(async () => await target.close!())

describe('moduleFromBytes', () => {
  test('keeps imports and exports, and gives the same for the same', async () => {
    const seed = await assemble(SEED)
    const made = await moduleFromBytes(bytesFrom(1), seed)
    expect(await moduleFromBytes(bytesFrom(1), seed)).toEqual(made)
    expect(await moduleFromBytes(bytesFrom(2), seed)).not.toEqual(made)
    const module = new WebAssembly.Module(Uint8Array.from(made))
    expect(WebAssembly.Module.imports(module).map(({ name }) => name)).toEqual(['sched_yield'])
    expect(WebAssembly.Module.exports(module).map(({ name }) => name)).toEqual(expect.arrayContaining(['memory', 'run']))
  })

  test('says so where the initial content is no module, and works afterwards', async () => {
    await expect(moduleFromBytes(bytesFrom(1), Uint8Array.of(1, 2, 3))).rejects.toThrow(TranslateError)
    expect((await moduleFromBytes(bytesFrom(1), await assemble(SEED))).length).toBeGreaterThan(8)
  })
})

test('with and without fuel, each program does the same', async () => {
  for (let seed = 0; seed < 12; seed++) {
    const { bytes, run } = await findGenerator('translated-bytes').generate(seed)
    const results = []
    for (const quotas of [{ fuel: null }, { fuel: 1_000_000_000 }]) {
      const policy = { quotas, capabilities: { random: { seed: 1 }, clock: { granularityNs: 3_600_000_000_000 } } }
      const answer = await target.run({
        ...run,
        policy,
        module: Uint8Array.from(bytes),
        limits: { ...DEFAULT_LIMITS, ...run.limits },
      })
      expect(answer.outcome, `seed ${seed}`).not.toBe('refused')
      results.push([answer.outcome, answer.detail, answer.exitCode, answer.values, Buffer.from(answer.stdout).toString('hex')])
    }
    expect(results[1], `seed ${seed}`).toEqual(results[0])
  }
})

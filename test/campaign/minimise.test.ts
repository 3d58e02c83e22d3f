// The module minimiser drops what does not matter, keeps what does, and stops when its budget does.
import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/attacks/assemble.ts'
import { canBeMinimised } from '../../src/campaign/findings.ts'
import { minimiseModule } from '../../src/campaign/minimise.ts'
import { readModule } from '../../src/wasm/index.ts'

const BUDGET = { attempts: 3_000, milliseconds: 30_000 }

const wat = `(module
  (import "env" "log" (func $log (param i32 i32)))
  (memory (export "memory") 2)
  (data (i32.const 0) "a long text that has nothing to do with it at all")
  (global (export "g") i32 (i32.const 7))
  (func (export "other") (param i64) (result i64) (i64.mul (local.get 0) (i64.const 3)))
  (func (export "run") (loop $l (br $l))))`

const imports = (bytes: Uint8Array): string[] => {
  try {
    return readModule(bytes).imports.map((entry) => entry.name)
  } catch {
    return []
  }
}

describe('minimiseModule', () => {
  it('keeps what the finding needs, and nothing else', async () => {
    const bytes = await assemble(wat)
    const result = await minimiseModule(bytes, (candidate) => imports(candidate).includes('log'), BUDGET)
    expect(result.reproduced).toBe(true)
    const small = readModule(result.bytes)
    expect(small.imports.map((entry) => entry.name)).toEqual(['log'])
    expect([small.exports.length, small.memories.length, small.bodies.length, small.data.length]).toEqual([0, 0, 0, 0])
    expect(result.bytes.length).toBeLessThan(bytes.length / 3)
  })
  it('empties functions that do not matter, in a module that must stay valid', async () => {
    const bytes = await assemble(wat)
    const endless = (candidate: Uint8Array): boolean => {
      try {
        new WebAssembly.Module(Uint8Array.from(candidate))
        const module = readModule(candidate)
        return module.bodies.some((body) => body.maxNesting > 0) && module.exports.some((entry) => entry.name === 'run')
      } catch {
        return false
      }
    }
    const { bytes: small } = await minimiseModule(bytes, endless, BUDGET)
    const module = readModule(small)
    expect(module.exports.map((entry) => entry.name)).toEqual(['run'])
    expect(module.data).toEqual([])
    expect(small.length).toBeLessThan(bytes.length)
  })
  it('falls back to bytes for what is no module', async () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => i & 0xff)
    const { bytes: small } = await minimiseModule(bytes, (candidate) => candidate.includes(0x77), BUDGET)
    expect([...small]).toEqual([0x77])
  })
  it('returns the original if that does not show the finding', async () => {
    const bytes = await assemble(wat)
    expect(await minimiseModule(bytes, () => false, BUDGET)).toMatchObject({ bytes, reproduced: false, attempts: 1 })
  })
  it('asks no more often than it may', async () => {
    const bytes = await assemble(wat)
    let asked = 0
    const result = await minimiseModule(bytes, () => ++asked === 1, { attempts: 5, milliseconds: 30_000 })
    expect(asked).toBe(5)
    expect(result).toMatchObject({ attempts: 5, complete: false, reproduced: true })
    expect((await minimiseModule(bytes, () => true, { attempts: 5, milliseconds: 0 })).attempts).toBe(0)
    expect((await minimiseModule(bytes, () => true, { ...BUDGET, signal: AbortSignal.abort() })).attempts).toBe(0)
  })
})

it.each([
  ['canary', 'file-secret', true],
  ['process', 'host-died', true],
  ['resource', 'memory-overrun', true],
  ['verdict', 'hostile-text', true],
  ['verdict', 'outcome-not-expected', false],
  ['verdict', 'exit-code', false],
  ['time', 'hung', false],
])('a finding of %s %s can be minimised: %s', (oracle, code, expected) => expect(canBeMinimised({ oracle, code })).toBe(expected))

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

/** Whether a module is valid and its export `run` calls `log` with 42. */
async function logs(bytes: Uint8Array): Promise<boolean> {
  try {
    let seen = false
    const log = (a: number) => {
      seen ||= a === 42
    }
    const { instance } = await WebAssembly.instantiate(Uint8Array.from(bytes), { env: { log } })
    try {
      ;(instance.exports['run'] as () => void)()
    } catch {
      // What it did before it trapped is what counts.
    }
    return seen
  } catch {
    return false
  }
}

describe('a call that matters among much that does not', () => {
  // No loop, and no call of what calls: the candidates are run in this process, and whatever is taken away, they end.
  const noise = Array.from(
    { length: 40 },
    (_, i) => `(func $f${i} (param i64) (result i64) (local f64) (i64.add (local.get 0) (i64.const ${i * 1000})))`,
  )
  const big = `(module
    (type $never (func (param f32 f64)))
    (import "env" "log" (func $log (param i32 i32)))
    (memory 17) (global $g (mut i32) (i32.const 8)) (table 9 funcref) (elem (i32.const 1) $f3 $f4)
    (data (i32.const 16) "${'x'.repeat(3_000)}")
    ${noise.join('\n')}
    (func $inner (param i32) (local i64 f64)
      (local.set 1 (call $f7 (i64.const 1234567)))
      (block $out (block $again (br_if $out (i32.gt_u (local.get 0) (i32.const 100000)))
        (if (i32.eqz (local.get 0)) (then (global.set $g (i32.const 99999)) (drop (call $f3 (i64.const 5)))
          (call $log (i32.const 42) (i32.add (i32.const 1000000) (i32.const 7)))) (else (nop)))
        (local.set 0 (i32.add (local.get 0) (i32.const 1))) (br $again)))
      (drop (memory.grow (i32.const 3))))
    (func (export "other") (drop (call $f1 (i64.const 9))))
    (func (export "run") (call $inner (i32.const 0))))`

  it('is what is left, in a module that is valid at every step', async () => {
    const bytes = await assemble(big)
    expect(bytes.length).toBeGreaterThan(3_000)
    const result = await minimiseModule(bytes, logs, BUDGET)
    expect(result).toMatchObject({ reproduced: true, complete: true })
    expect(await logs(result.bytes)).toBe(true)
    // The import, the function that calls it, and the one that calls that: nothing else is needed.
    expect(result.bytes.length).toBeLessThan(80)
    const module = readModule(result.bytes)
    expect(module.sections.map(({ id }) => id)).toEqual([1, 2, 3, 7, 10])
    expect([module.types.length, module.imports.length, module.bodies.length, module.exports.length]).toEqual([3, 1, 2, 1])
    expect(module.bodies.map(({ instructionCount }) => instructionCount)).toEqual([4, 3])
  })
  it('is found in the same way each time', async () => {
    const bytes = await assemble(big)
    const [one, other] = [await minimiseModule(bytes, logs, BUDGET), await minimiseModule(bytes, logs, BUDGET)]
    expect(Buffer.from(one.bytes).equals(other.bytes)).toBe(true)
  })
})

it('asks only about valid modules if the first was valid', async () => {
  const asked: boolean[] = []
  await minimiseModule(
    await assemble(wat),
    (candidate) => {
      asked.push(WebAssembly.validate(Uint8Array.from(candidate)))
      return imports(candidate).includes('log')
    },
    BUDGET,
  )
  expect(asked.length).toBeGreaterThan(5)
  expect(asked).not.toContain(false)
})

const MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)

describe('canBeMinimised', () => {
  it.each([
    ['canary', 'file-secret', true],
    ['process', 'host-died', true],
    ['resource', 'memory-overrun', true],
    ['verdict', 'hostile-text', true],
    ['verdict', 'outcome-not-expected', false],
    ['verdict', 'exit-code', false],
    ['effect', 'effect-not-expected', false],
    ['time', 'hung', false],
  ])('of our own sandbox, %s %s: %s', (oracle, code, expected) =>
    expect(canBeMinimised({ oracle, code }, true, MODULE)).toBe(expected),
  )

  it.each([
    ['verdict', 'outcome-not-expected', MODULE, true],
    ['verdict', 'outcome-not-expected', Uint8Array.of(1, 2), false],
    ['canary', 'file-secret', Uint8Array.of(1, 2), true],
    ['time', 'hung', MODULE, false],
  ])('of another host, %s %s: where ours can say what it is', (oracle, code, bytes, expected) =>
    expect(canBeMinimised({ oracle, code }, false, bytes)).toBe(expected),
  )
})

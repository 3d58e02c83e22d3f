// Taking entries out of a module: what is left is valid and does the same, or nothing is taken out.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { assemble } from '../../../src/attacks/assemble.ts'
import { loadCorpus } from '../../../src/attacks/corpus.ts'
import { SPACES, sizeOf, withoutEntries } from '../../../src/campaign/reduce/entries.ts'
import { readModule } from '../../../src/wasm/index.ts'

const remove = async (wat: string, space: (typeof SPACES)[number], first: number, end = first + 1) => {
  const bytes = await assemble(wat)
  return withoutEntries(bytes, readModule(bytes), space, first, end)
}
const run = async (bytes: Uint8Array, imports: WebAssembly.Imports = {}) => {
  const { instance } = await WebAssembly.instantiate(Uint8Array.from(bytes), imports)
  return (instance.exports['run'] as () => unknown)()
}

describe('withoutEntries', () => {
  it('renumbers calls, exports, elements and references to functions', async () => {
    const small = await remove(
      `(module (type $t (func (result i32))) (table 2 funcref) (elem (i32.const 0) 2 1) (elem declare func 2)
        (func $gone) (func $five (result i32) i32.const 5) (func $seven (result i32) i32.const 7)
        (func (export "run") (result i32) (i32.add (call $five) (block (result i32) (drop (ref.func $seven)) (call_indirect (type $t) (i32.const 0))))))`,
      'function',
      0,
    )
    expect(await run(small!)).toBe(12)
    expect(readModule(small!).bodies).toHaveLength(3)
  })
  it('takes an import out with its function', async () => {
    const small = await remove(
      '(module (import "a" "gone" (func)) (import "a" "kept" (func $k (result i32))) (func (export "run") (result i32) (call $k)))',
      'function',
      0,
    )
    expect(readModule(small!).imports.map(({ name }) => name)).toEqual(['kept'])
    expect(await run(small!, { a: { kept: () => 3 } })).toBe(3)
  })
  it.each([
    [
      'global',
      '(module (global i32 (i32.const 1)) (global i32 (i32.const 2)) (func (export "run") (result i32) (global.get 1)))',
      2,
    ],
    [
      'memory',
      '(module (memory 1) (memory 2) (func (export "run") (result i32) (i32.add (memory.size 1) (i32.load 1 (i32.const 0)))))',
      2,
    ],
    [
      'data',
      '(module (memory 1) (data "no") (data "\\05") (func (export "run") (result i32) (memory.init 1 (i32.const 0) (i32.const 0) (i32.const 1)) (i32.load8_u (i32.const 0))))',
      5,
    ],
    [
      'type',
      '(module (type (func (param i64))) (type $t (func (result i32))) (func (export "run") (type $t) (block (type $t) (i32.const 4))))',
      4,
    ],
    ['table', '(module (table 1 funcref) (table 3 funcref) (func (export "run") (result i32) (table.size 1)))', 3],
    [
      'tag',
      '(module (tag) (tag $e (param i32)) (func (export "run") (result i32) (try (result i32) (do (throw $e (i32.const 6))) (catch $e))))',
      6,
    ],
    [
      'element',
      '(module (table 2 funcref) (elem func 0) (elem func 0) (func (export "run") (result i32) (table.init 1 (i32.const 0) (i32.const 0) (i32.const 1)) (i32.const 8)))',
      8,
    ],
  ] as const)('renumbers %s', async (space, wat, value) => {
    const small = await remove(wat, space, 0)
    expect(small).not.toBeNull()
    expect(await run(small!)).toBe(value)
  })
  it.each([
    ['function', '(module (func $f) (func (call $f)))'],
    ['global', '(module (global $g i32 (i32.const 1)) (global i32 (global.get $g)))'],
    ['memory', '(module (memory 1) (data (i32.const 0) "x"))'],
    ['type', '(module (type (func)) (func (type 0)))'],
    ['data', '(module (memory 1) (data "x") (func (data.drop 0)))'],
  ] as const)('leaves a %s that is used', async (space, wat) => expect(await remove(wat, space, 0)).toBeNull())
})

it('makes no valid module of the corpus invalid, whatever single entry is taken out', async () => {
  const { attacks } = await loadCorpus(join(import.meta.dirname, '..', '..', '..', 'corpus'))
  const modules = attacks.map(({ twin }) => twin.bytes).filter((bytes) => bytes.length < 10_000)
  let taken = 0
  for (const bytes of modules) {
    const module = readModule(bytes)
    for (const space of SPACES) {
      for (let index = 0; index < sizeOf(module, space); index++) {
        const small = withoutEntries(bytes, module, space, index, index + 1)
        if (!small) continue
        taken++
        // A segment may be what declares a function that an instruction takes a reference to: that the engine has to say.
        if (space === 'element') continue
        expect(WebAssembly.validate(Uint8Array.from(small)), `${space} ${index}`).toBe(true)
      }
    }
  }
  expect(taken).toBeGreaterThan(300)
}, 60_000)

// The recipes: with honest parameters they make modules that engines take and our reader reads; a lie is exactly the lie that was asked for.
import { describe, expect, test } from 'vitest'
import { cook, RECIPES, RecipeError } from '../../src/attacks/recipes/index.ts'
import { MalformedModule, readModule } from '../../src/wasm/index.ts'

const compiles = (bytes: Uint8Array) => WebAssembly.validate(Uint8Array.from(bytes))
const GRANTED = { module: 'wasi_snapshot_preview1', name: 'sched_yield' }

/** Honest parameters of every recipe. */
const HONEST: Readonly<Record<string, unknown>> = {
  'count-lie': { section: 'type' },
  'size-lie': { section: 'code', by: 0 },
  'padded-count': { width: 5, import: GRANTED },
  'look-alike': { shown: GRANTED, real: GRANTED },
  'section-order': { order: ['type', 'custom', 'import', 'function', 'export', 'code'] },
  header: {},
  bytes: { hex: '0061736d01000000' },
  locals: { functions: 3, runs: [{ count: 4, type: 'v128' }] },
  signature: { functions: 3, parameters: 2, results: 2 },
  nesting: { depth: 3, construct: 'if' },
  'branch-tables': { functions: 2, tables: 2, targets: 5 },
  segments: { data: 3, bytes: 2, elements: 3 },
  tables: { count: 2, minimum: 5, maximum: 9 },
  memory: { minimum: 1, maximum: 2 },
  'custom-sections': { count: 3, bytes: 7 },
  imports: { count: 3, ...GRANTED },
  exports: { count: 40, nameBytes: 3 },
  types: { count: 300 },
  names: { imports: [{ module: 'm', name: 'n' }], exports: ['a', { text: 'b', times: 3 }], debugName: 'c' },
  signed: { signers: [1, 2] },
  'export-kinds': { exports: { a: 'function', b: 'table', c: 'memory', d: 'global' } },
}

describe('honest parameters', () => {
  test('are known for every recipe', () => {
    expect(Object.keys(HONEST).sort()).toEqual([...RECIPES.keys()].sort())
  })

  test.each(Object.entries(HONEST))('%s makes a valid module, the same each time', (name, parameters) => {
    const bytes = cook(name, parameters)
    expect(compiles(bytes)).toBe(true)
    expect(readModule(bytes).byteLength).toBe(bytes.length)
    expect(Buffer.compare(cook(name, parameters), bytes)).toBe(0)
  })

  test.each(['block', 'loop', 'if', 'try', 'try_table'])('nesting of %s is as deep as asked for', (construct) => {
    const [body] = readModule(cook('nesting', { depth: 17, construct })).bodies
    expect(body!.maxNesting).toBeGreaterThanOrEqual(17)
    expect(body!.maxNesting).toBeLessThanOrEqual(18)
  })

  test('counts are those that were asked for', () => {
    expect(readModule(cook('types', { count: 300 })).types.length).toBe(301)
    expect(readModule(cook('imports', { count: 30, ...GRANTED })).imports.length).toBe(30)
    expect(readModule(cook('exports', { count: 30, nameBytes: 9 })).exports.map(({ name }) => name.length)).toEqual([
      3,
      ...Array(30).fill(9),
    ])
    expect(
      readModule(
        cook('locals', {
          functions: 2,
          runs: [
            { count: 30, type: 'i64' },
            { count: 5, type: 'f32' },
          ],
        }),
      ).bodies.map((b) => b.declaredLocals),
    ).toEqual([35, 35])
    expect(readModule(cook('branch-tables', { functions: 1, tables: 1, targets: 30 })).bodies[0]!.maxBrTableTargets).toBe(30)
    expect(readModule(cook('segments', { data: 4, bytes: 1, elements: 6 }))).toMatchObject({
      data: { length: 4 },
      elements: { length: 6 },
    })
  })
})

/** A lie, and what our reader makes of it. */
const LIES: readonly (readonly [string, unknown])[] = [
  ['count-lie', { section: 'type', declared: 0xffff_ffff, alone: true }],
  ['count-lie', { section: 'export', declared: 0 }],
  ['size-lie', { section: 'import', by: 1 }],
  ['size-lie', { section: 'data', by: 2_000_000_000 }],
  ['padded-count', { width: 6, import: GRANTED }],
  ['padded-count', { width: 5, unusedBits: true, import: GRANTED }],
  ['section-order', { order: ['import', 'type', 'function', 'export', 'code'] }],
  ['section-order', { order: ['type', 14, 'import', 'function', 'export', 'code'] }],
  ['header', { magic: '00617372' }],
  ['header', { version: '02000000' }],
  ['header', { prefix: ' ' }],
  ['header', { keep: 7 }],
]
describe('lies', () => {
  test.each(LIES)('%s %j is no module', (name, parameters) => {
    const bytes = cook(name, parameters)
    expect(compiles(bytes)).toBe(false)
    expect(() => readModule(bytes)).toThrow(MalformedModule)
  })

  test('a look-alike section names what it shows, the module imports what is real', () => {
    const bytes = cook('look-alike', { shown: GRANTED, real: { module: 'constructor', name: 'keys' } })
    expect(Buffer.from(bytes).includes('sched_yield')).toBe(true)
    expect(readModule(bytes).imports.map(({ module, name }) => `${module}.${name}`)).toEqual(['constructor.keys'])
  })

  test('a padded count says the same as a short one', () => {
    const imports = (width: number) => readModule(cook('padded-count', { width, import: GRANTED })).imports
    expect(imports(5)).toEqual(imports(1))
    expect(cook('padded-count', { width: 5, import: GRANTED }).length).toBe(
      cook('padded-count', { width: 1, import: GRANTED }).length + 4,
    )
  })

  test('a debug name is what the engine shows in a stack trace', () => {
    const forged = 'x\n    at forged (/nowhere.js:1:1)'
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(cook('names', { debugName: forged }))))
    expect(() => (exports['crash'] as () => void)()).toThrow(WebAssembly.RuntimeError)
    try {
      ;(exports['crash'] as () => void)()
    } catch (error) {
      expect((error as Error).stack).toContain(forged)
    }
  })
})

describe('what a recipe cannot make', () => {
  const BAD: readonly (readonly [string, unknown, RegExp])[] = [
    ['stew', {}, /there is no recipe "stew"/],
    ['memory', { minimum: 1.5 }, /parameters of memory\.minimum: /],
    ['memory', { minimum: 1, most: 2 }, /parameters of memory: Unrecognized key: "most"/],
    ['header', { magic: 'xyz' }, /parameters of header\.magic: must be pairs of lower-case hexadecimal digits/],
    ['custom-sections', { count: 1, bytes: 1e12 }, /parameters of custom-sections\.bytes: /],
  ]
  test.each(BAD)('%s %j', (name, parameters, message) => {
    expect(() => cook(name, parameters)).toThrow(RecipeError)
    expect(() => cook(name, parameters)).toThrow(message)
  })
})

// Every reader limit: what just fits is read, one more is refused by name, with the numbers, at the default and at a caller's value.

import { describe, expect, it } from 'vitest'
import { DEFAULT_READER_LIMITS, ModuleLimitExceeded, type ReaderLimits, readModule } from '../../src/wasm/index.ts'
import * as w from '../../src/wasm/writer.ts'

const repeat = (id: number, count: number, entry: Uint8Array) => w.section(id, w.vec(new Array(count).fill(entry)))
const FUNC = w.typeSection(w.functionType())
const MIN_0 = w.limits({ min: 0, is64: false, shared: false })
const memoryImport = w.bytes(w.name(''), w.name(''), 2, MIN_0)
const inBody = (code: w.Bytes, locals: [number, 'i32'][] = []) =>
  w.moduleOf(FUNC, w.functionSection(0), w.codeSection(w.body(w.bytes(code, w.END), locals)))

/** A module that has exactly `count` of what the limit counts. */
const MODULE_WITH: { readonly [Name in keyof ReaderLimits]: (count: number) => Uint8Array } = {
  maxModuleBytes: (count) => w.moduleOf(w.customSection('', new Uint8Array(count - 11))),
  maxTypes: (count) => w.moduleOf(repeat(1, count, w.functionType())),
  maxRecursionGroupTypes: (count) => w.moduleOf(w.typeSection(w.bytes(0x4e, w.vec(new Array(count).fill(w.functionType()))))),
  maxSubtypeDepth: (count) =>
    w.moduleOf(
      w.section(
        1,
        w.vec([
          w.bytes(0x50, 0, w.functionType()),
          ...Array.from({ length: count }, (_, index) => w.bytes(0x50, 1, w.u32(index), w.functionType())),
        ]),
      ),
    ),
  maxParams: (count) => w.moduleOf(w.typeSection(w.functionType(new Array(count).fill('i32')))),
  maxResults: (count) => w.moduleOf(w.typeSection(w.functionType([], new Array(count).fill('i32')))),
  maxStructFields: (count) => w.moduleOf(w.typeSection(w.bytes(0x5f, w.vec(new Array(count).fill(w.bytes(0x7f, 0)))))),
  maxFunctions: (count) => w.moduleOf(FUNC, repeat(3, count, w.u32(0)), repeat(10, count, w.body(w.END))),
  maxImports: (count) => w.moduleOf(FUNC, repeat(2, count, w.bytes(w.name(''), w.name(''), 0, 0))),
  maxExports: (count) =>
    w.moduleOf(
      w.memorySection(MIN_0),
      w.section(7, w.vec(Array.from({ length: count }, (_, index) => w.bytes(w.name(index.toString(36)), 2, 0)))),
    ),
  maxGlobals: (count) => w.moduleOf(repeat(6, count, w.bytes(0x7f, 0, 0x41, 0, w.END))),
  maxTables: (count) => w.moduleOf(repeat(4, count, w.bytes(0x70, MIN_0))),
  // One of them imported: imported and defined entries count together.
  maxMemories: (count) => w.moduleOf(w.importSection(memoryImport), repeat(5, count - 1, MIN_0)),
  maxTags: (count) => w.moduleOf(FUNC, repeat(13, count, w.bytes(0, 0))),
  maxElementSegments: (count) => w.moduleOf(repeat(9, count, w.bytes(1, 0, 0))),
  maxElementsPerSegment: (count) =>
    w.moduleOf(w.elementSection(w.bytes(5, 0x6f, w.vec(new Array(count).fill(w.bytes(0xd0, 0x6f, w.END)))))),
  maxDataSegments: (count) => w.moduleOf(repeat(11, count, w.bytes(1, 0))),
  maxLocalsPerFunction: (count) =>
    w.moduleOf(w.typeSection(w.functionType(['i32'])), w.functionSection(0), w.codeSection(w.body(w.END, [[count - 1, 'i64']]))),
  maxFunctionBodyBytes: (count) => inBody(new Uint8Array(count - 2).fill(0x01)),
  maxNesting: (count) => inBody(w.concat([...new Array(count).fill(w.bytes(0x02, 0x40)), new Uint8Array(count).fill(w.END)])),
  maxBrTableTargets: (count) => inBody(w.bytes(0x00, w.instruction.brTable(new Array(count).fill(0), 0))),
  maxArrayNewFixedOperands: (count) =>
    w.moduleOf(
      w.typeSection(w.functionType(), w.bytes(0x5e, 0x7f, 0)),
      w.functionSection(0),
      w.codeSection(w.body(w.bytes(0x00, w.prefixed(0xfb, 8), 1, w.u32(count), 0x1a, w.END))),
    ),
  maxNameBytes: (count) => w.moduleOf(w.customSection('n'.repeat(count))),
  maxCustomSections: (count) => w.moduleOf(...new Array<Uint8Array>(count).fill(w.customSection(''))),
  maxCustomSectionBytes: (count) =>
    w.moduleOf(w.customSection('', new Uint8Array(7)), w.customSection('', new Uint8Array(count - 9))),
}

const names = Object.keys(DEFAULT_READER_LIMITS) as (keyof ReaderLimits)[]

function exceeded(bytes: Uint8Array, limits?: Partial<ReaderLimits>): ModuleLimitExceeded | undefined {
  try {
    readModule(bytes, limits)
    return undefined
  } catch (error) {
    if (error instanceof ModuleLimitExceeded) return error
    throw error
  }
}

describe("a caller's value", () => {
  it.each(names)('%s', (name) => {
    const max = 20
    expect(exceeded(MODULE_WITH[name](max), { [name]: max })).toBeUndefined()
    const error = exceeded(MODULE_WITH[name](max + 1), { [name]: max })
    expect(error).toMatchObject({ name: 'ModuleLimitExceeded', code: 'limit-exceeded', limit: name, actual: max + 1, max })
    expect(error?.message).toBe(`At byte ${error?.offset}: ${name} is 20, the module has 21.`)
  })
})

describe('the default, where a module of that size is small enough to make', () => {
  it.each(names.filter((name) => DEFAULT_READER_LIMITS[name] <= 100_000))('%s', (name) => {
    const max = DEFAULT_READER_LIMITS[name]
    expect(exceeded(MODULE_WITH[name](max))).toBeUndefined()
    expect(exceeded(MODULE_WITH[name](max + 1))).toMatchObject({ limit: name, actual: max + 1, max })
  })
})

describe('a limit stops the reader at the count, before the entries', () => {
  it.each([
    ['maxTypes', 1],
    ['maxFunctions', 3],
    ['maxImports', 2],
    ['maxExports', 7],
    ['maxGlobals', 6],
    ['maxTables', 4],
    ['maxMemories', 5],
    ['maxElementSegments', 9],
    ['maxDataSegments', 11],
  ] as const)('%s', (name, section) => {
    // The entries themselves are garbage: only a reader that looks at them would say so.
    const bytes = w.moduleOf(w.section(section, w.concat([w.u32(1000), new Uint8Array(1000).fill(0xff)])))
    expect(exceeded(bytes, { [name]: 999 })).toMatchObject({ limit: name, actual: 1000, max: 999, offset: 11 })
  })

  it('maxTypes, for the members of a group', () => {
    const group = w.bytes(0x4e, 3, new Uint8Array(9).fill(0xff))
    expect(exceeded(w.moduleOf(w.typeSection(group)), { maxTypes: 2 })).toMatchObject({
      limit: 'maxTypes',
      actual: 3,
      offset: 11,
    })
  })

  it('maxDataSegments, in the data count section', () => {
    expect(exceeded(w.moduleOf(w.dataCountSection(5)), { maxDataSegments: 4 })).toMatchObject({ actual: 5 })
  })

  it('maxTables, for imported tables', () => {
    const table = w.bytes(w.name(''), w.name(''), 1, 0x70, MIN_0)
    expect(exceeded(w.moduleOf(w.importSection(table, table)), { maxTables: 1 })).toMatchObject({ limit: 'maxTables', actual: 2 })
  })
})

describe('limits that are no limits', () => {
  it.each([Number.NaN, -1, '5'])('%s is refused', (value) => {
    expect(() => readModule(w.moduleOf(), { maxTypes: value as number })).toThrow(RangeError)
  })

  it('undefined leaves the default', () => {
    const given = { maxTypes: undefined } as unknown as Partial<ReaderLimits>
    expect(exceeded(MODULE_WITH.maxTypes(3), given)).toBeUndefined()
  })
})

// Recipes of modules whose cost is out of proportion to their size (MOD-04 to MOD-14). With small numbers each is an honest module.
import { z } from 'zod'
import { body, bytes, customSection, END, moduleOf, section, u32, vec } from '../../wasm/writer.ts'
import { joined, repeat } from './bulk.ts'
import { recipe, upTo } from './recipe.ts'
import {
  EMPTY_BODY,
  exportRun,
  functionExport,
  functionImport,
  functionsOfType0,
  runnable,
  SECTIONS,
  VOID,
  YIELD,
} from './skeleton.ts'

const typesOf = (...entries: readonly Uint8Array[]) => section(SECTIONS.type, vec(entries))
const codeOf = (...entries: readonly Uint8Array[]) => section(SECTIONS.code, vec(entries))
const I32_CONST_0 = bytes(0x41, 0)
const valueType = z.enum(['i32', 'i64', 'f32', 'f64', 'v128'])
/** More than any engine takes of anything, and still only megabytes of module. */
const MANY = 2_000_000

/** Code and function section for one body, `count` times over. */
const manyFunctions = (count: number, one: Uint8Array) => [
  functionsOfType0(count),
  exportRun(0),
  section(SECTIONS.code, bytes(u32(count), repeat(one, count))),
]

/** Functions that each declare runs of locals; the sum of the runs may pass 2^32 (MOD-04). */
export const locals = recipe(
  'locals',
  { functions: upTo(100_000), runs: z.array(z.strictObject({ count: upTo(0xffff_ffff), type: valueType })) },
  (p) => {
    return moduleOf(
      typesOf(VOID),
      ...manyFunctions(
        p.functions,
        body(
          END,
          p.runs.map((run) => [run.count, run.type] as const),
        ),
      ),
    )
  },
)

/** Many functions of one type with many parameters and results (MOD-05). */
export const signature = recipe('signature', { functions: upTo(100_000), parameters: upTo(2000), results: upTo(2000) }, (p) => {
  const wide = bytes(
    bytes(0x60),
    u32(p.parameters),
    repeat(bytes(0x7e), p.parameters),
    u32(p.results),
    repeat(bytes(0x7e), p.results),
  )
  const types = bytes(u32(p.functions), bytes(0), repeat(bytes(1), p.functions - 1))
  const code = bytes(u32(p.functions), EMPTY_BODY, repeat(body(bytes(0x00, END)), p.functions - 1))
  return moduleOf(typesOf(VOID, wide), section(SECTIONS.function, types), exportRun(0), section(SECTIONS.code, code))
})

const CONSTRUCTS = {
  block: bytes(0x02, 0x40),
  loop: bytes(0x03, 0x40),
  if: bytes(0x41, 1, 0x04, 0x40),
  try: bytes(0x06, 0x40),
  try_table: bytes(0x1f, 0x40, 0),
} as const

/** One function of `depth` constructs, each inside the one before (MOD-06). */
export const nesting = recipe(
  'nesting',
  { depth: upTo(500_000), construct: z.enum(['block', 'loop', 'if', 'try', 'try_table']) },
  (p) => {
    const code = bytes(repeat(CONSTRUCTS[p.construct], p.depth), repeat(bytes(END), p.depth))
    return moduleOf(typesOf(VOID), functionsOfType0(1), exportRun(0), codeOf(body(bytes(code, END))))
  },
)

/** Functions full of br_table instructions with many targets each (MOD-07). */
export const branchTables = recipe('branch-tables', { functions: upTo(1000), tables: upTo(1000), targets: upTo(MANY) }, (p) => {
  const one = bytes(bytes(0x02, 0x40), I32_CONST_0, bytes(0x0e), u32(p.targets), new Uint8Array(p.targets), bytes(0), END)
  return moduleOf(typesOf(VOID), ...manyFunctions(p.functions, body(bytes(repeat(one, p.tables), END))))
})

/** Active segments: `data` of them with `bytes` bytes each at address 0, and `elements` that each set table entry 0 (MOD-09). */
export const segments = recipe('segments', { data: upTo(MANY), bytes: upTo(65_536), elements: upTo(MANY) }, (p) => {
  const data = bytes(bytes(0), I32_CONST_0, END, u32(p.bytes), new Uint8Array(p.bytes))
  const element = bytes(bytes(0), I32_CONST_0, END, vec([bytes(0)]))
  const table = section(SECTIONS.table, vec([bytes(0x70, 0x00, 1)]))
  const memory = section(SECTIONS.memory, vec([bytes(0x00, 1)]))
  return moduleOf(
    ...runnable({
      beforeExport: [table, memory],
      afterExport: [section(SECTIONS.element, bytes(u32(p.elements), repeat(element, p.elements)))],
      afterCode: [section(SECTIONS.data, bytes(u32(p.data), repeat(data, p.data)))],
    }),
  )
})

const limitsOf = (minimum: number, maximum: number | undefined) =>
  maximum === undefined ? bytes(bytes(0x00), u32(minimum)) : bytes(bytes(0x01), u32(minimum), u32(maximum))

/** Tables with large minima, in a file of a few bytes (MOD-10). */
export const tables = recipe(
  'tables',
  { count: upTo(200_000), minimum: upTo(0xffff_ffff), maximum: upTo(0xffff_ffff).optional() },
  (p) => {
    const one = bytes(bytes(0x70), limitsOf(p.minimum, p.maximum))
    return moduleOf(...runnable({ beforeExport: [section(SECTIONS.table, bytes(u32(p.count), repeat(one, p.count)))] }))
  },
)

/** One memory, in pages (MOD-11). */
export const memory = recipe('memory', { minimum: upTo(0xffff_ffff), maximum: upTo(0xffff_ffff).optional() }, (p) =>
  moduleOf(...runnable({ beforeExport: [section(SECTIONS.memory, vec([limitsOf(p.minimum, p.maximum)]))] })),
)

/** Custom sections behind the code (MOD-12). */
export const customSections = recipe('custom-sections', { count: upTo(MANY), bytes: upTo(40_000_000) }, (p) =>
  moduleOf(...runnable({ afterCode: [repeat(customSection('c', new Uint8Array(p.bytes)), p.count)] })),
)

/** The same granted function imported again and again (MOD-14). */
export const imports = recipe('imports', { count: upTo(MANY), module: z.string(), name: z.string() }, (p) => {
  const one = functionImport(p.module, p.name, 1)
  return moduleOf(
    typesOf(VOID, YIELD),
    section(SECTIONS.import, bytes(u32(p.count), repeat(one, p.count))),
    functionsOfType0(1),
    exportRun(p.count),
    codeOf(EMPTY_BODY),
  )
})

/** `run` and `count` further exports of the same function, each name padded to `nameBytes` bytes (MOD-14, MOD-13). */
export const exportNames = recipe('exports', { count: upTo(300_000), nameBytes: upTo(200_000) }, (p) => {
  const more = Array.from({ length: p.count }, (_, i) => functionExport(i.toString(36).padStart(p.nameBytes, '_'), 0))
  const all = section(SECTIONS.export, bytes(u32(p.count + 1), functionExport('run', 0), joined(more)))
  return moduleOf(typesOf(VOID), functionsOfType0(1), all, codeOf(EMPTY_BODY))
})

/** Function types, as many as asked for, all different in their parameters (MOD-05, MOD-08). */
export const types = recipe('types', { count: upTo(MANY) }, (p) => {
  const one = (i: number) =>
    bytes(
      bytes(0x60, 8),
      Uint8Array.from({ length: 8 }, (_, bit) => 0x7f - ((i >> (2 * bit)) & 3)),
      bytes(0),
    )
  const all = section(SECTIONS.type, bytes(u32(p.count + 1), VOID, joined(Array.from({ length: p.count }, (_, i) => one(i)))))
  return moduleOf(all, functionsOfType0(1), exportRun(0), codeOf(EMPTY_BODY))
})

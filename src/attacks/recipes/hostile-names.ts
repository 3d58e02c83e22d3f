// Recipes of names: imports, exports, debug names and other texts that a guest chooses and a host may print, copy, compile or follow (MOD-13, LNK-08,
// LNK-09, OUT-01 to OUT-04, OUT-09, OUT-13).
import { z } from 'zod'
import { body, bytes, customSection, END, moduleOf, name, section, u32, vec } from '../../wasm/writer.ts'
import { recipe, upTo } from './recipe.ts'
import { EMPTY_BODY, functionExport, functionImport, functionsOfType0, SECTIONS, VOID, YIELD } from './skeleton.ts'

/** A piece of text, repeated. */
const text = z.union([z.string(), z.strictObject({ text: z.string().min(1), times: upTo(1_000_000) })])
const spell = (t: z.infer<typeof text>) => (typeof t === 'string' ? t : t.text.repeat(t.times))

/**
 * A module with the given imports (functions without parameters and results), exports of one function that returns 42, and a debug name for the
 * function `crash`, which traps, and custom sections. Every name is data of the case.
 */
export const names = recipe(
  'names',
  {
    imports: z.array(z.strictObject({ module: text, name: text })).optional(),
    exports: z.array(text).optional(),
    debugName: text.optional(),
    /** Custom sections behind all others, with these very contents: manifests, addresses of source maps. */
    customs: z.array(z.strictObject({ name: text, contents: text })).optional(),
  },
  (p) => {
    const imported = (p.imports ?? []).map((each) => functionImport(spell(each.module), spell(each.name), 0))
    const first = imported.length
    const exported = ['run', ...(p.exports ?? [])].map((each) => functionExport(spell(each), first))
    const crash = functionExport('crash', first + 1)
    return moduleOf(
      section(SECTIONS.type, vec([VOID, YIELD])),
      section(SECTIONS.import, vec(imported)),
      section(SECTIONS.function, vec([bytes(1), bytes(0)])),
      section(SECTIONS.export, vec([...exported, crash])),
      section(SECTIONS.code, vec([body([0x41, 42, END]), body([0x00, END])])),
      ...(p.debugName === undefined ? [] : [debugNames(first + 1, spell(p.debugName))]),
      ...(p.customs ?? []).map((each) => customSection(spell(each.name), Buffer.from(spell(each.contents)))),
    )
  },
)

/** The custom section `name` with a function name, as engines show it in stack traces (core specification, appendix 7.4.1). */
function debugNames(index: number, functionName: string) {
  return customSection('name', section(1, vec([bytes(u32(index), name(functionName))])))
}

/** Kinds of things under names that a host expects to be something else (LNK-10). */
export const exportKinds = recipe(
  'export-kinds',
  { exports: z.record(z.string(), z.enum(['function', 'table', 'memory', 'global'])) },
  (p) => {
    const kinds = { function: 0, table: 1, memory: 2, global: 3 } as const
    const entries = Object.entries(p.exports).map(([title, kind]) => bytes(name(title), bytes(kinds[kind], 0)))
    return moduleOf(
      section(SECTIONS.type, vec([VOID])),
      functionsOfType0(1),
      section(SECTIONS.table, vec([bytes(0x70, 0x00, 1)])),
      section(SECTIONS.memory, vec([bytes(0x00, 1)])),
      section(SECTIONS.global, vec([bytes(0x7f, 0x00, 0x41, 7, END)])),
      section(SECTIONS.export, vec(entries)),
      section(SECTIONS.code, vec([EMPTY_BODY])),
    )
  },
)

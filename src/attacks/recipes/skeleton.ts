// The modules from which recipes deviate: an exported function `run` that returns at once, and one entry in every kind of section.
import { body, bytes, customSection, functionType, instruction, name, section, u32, vec } from '../../wasm/writer.ts'

/** Section ids of the core specification, 5.5.2. */
export const SECTIONS = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const
export type SectionName = keyof typeof SECTIONS

/** () -> () */
export const VOID = functionType()
/** () -> i32, the type of sched_yield. */
export const YIELD = functionType([], ['i32'])
/** A function without locals that returns at once. */
export const EMPTY_BODY = body(instruction.end)

/** An entry of an import section. */
export const functionImport = (module: string, field: string, type: number) => bytes(name(module), name(field), 0x00, u32(type))
/** An entry of an export section that names a function. */
export const functionExport = (title: string, index: number) => bytes(name(title), 0x00, u32(index))
export const exportRun = (index: number) => section(SECTIONS.export, vec([functionExport('run', index)]))
/** `count` functions of type 0. */
export const functionsOfType0 = (count: number) => section(SECTIONS.function, bytes(u32(count), new Uint8Array(count)))

const I32_CONST_0 = bytes(instruction.i32Const(0), instruction.end)
const ENTRIES: ReadonlyMap<SectionName, readonly Uint8Array[]> = new Map<SectionName, readonly Uint8Array[]>([
  ['type', [VOID, YIELD]],
  ['import', [functionImport('wasi_snapshot_preview1', 'sched_yield', 1)]],
  ['function', [u32(0)]],
  ['table', [bytes(0x70, 0x00, 1)]],
  ['memory', [bytes(0x00, 1)]],
  ['global', [bytes(0x7f, 0x00, instruction.i32Const(7), instruction.end)]],
  ['export', [functionExport('run', 1)]],
  ['element', [bytes(0x00, I32_CONST_0, 1, 1)]],
  ['code', [EMPTY_BODY]],
  ['data', [bytes(0x00, I32_CONST_0, 3, 0x61, 0x62, 0x63)]],
])
export const FULL_ORDER: readonly SectionName[] = [...ENTRIES.keys()]

/** One section of the full skeleton, honest unless told otherwise: `count` replaces the number of entries, `sizeBy` is added to the size. */
export function fullSection(which: SectionName, lie: { readonly count?: number; readonly sizeBy?: number } = {}): Uint8Array {
  const entries = ENTRIES.get(which)
  if (!entries) return customSection('note', [1, 2, 3])
  const payload = vec(entries, lie.count ?? entries.length)
  return section(SECTIONS[which], payload, payload.length + (lie.sizeBy ?? 0))
}

/** The sections of the smallest module with an exported `run`, around whatever else a recipe puts between them. */
export function runnable(
  extra: {
    readonly beforeExport?: readonly Uint8Array[]
    readonly afterExport?: readonly Uint8Array[]
    readonly afterCode?: readonly Uint8Array[]
  } = {},
): Uint8Array[] {
  return [
    section(SECTIONS.type, vec([VOID])),
    functionsOfType0(1),
    ...(extra.beforeExport ?? []),
    exportRun(0),
    ...(extra.afterExport ?? []),
    section(SECTIONS.code, vec([EMPTY_BODY])),
    ...(extra.afterCode ?? []),
  ]
}

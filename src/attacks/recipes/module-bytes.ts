// Recipes of the module's outer form: counts, sizes, encodings, order and headers that lie (MOD-01, MOD-02, MOD-03, MOD-16).
import { z } from 'zod'
import { withUnusedBits } from '../../wasm/leb128.ts'
import { bytes, customSection, moduleOf, section, u32, vec } from '../../wasm/writer.ts'
import { recipe, upTo } from './recipe.ts'
import {
  EMPTY_BODY,
  exportRun,
  FULL_ORDER,
  fullSection,
  functionImport,
  functionsOfType0,
  SECTIONS,
  type SectionName,
  VOID,
  YIELD,
} from './skeleton.ts'

const sectionName = z.enum(FULL_ORDER as [SectionName, ...SectionName[]])
const importName = z.strictObject({ module: z.string(), name: z.string() })

/** The full skeleton with one section changed. */
const fullWith = (which: SectionName, changed: Uint8Array) =>
  moduleOf(...FULL_ORDER.map((each) => (each === which ? changed : fullSection(each))))

/** A section that declares another number of entries than it has; without `declared` it is honest. `alone`: nothing else in the module. */
export const countLie = recipe(
  'count-lie',
  { section: sectionName, declared: upTo(0xffff_ffff).optional(), alone: z.boolean().optional() },
  (p) => {
    const lying = fullSection(p.section, p.declared === undefined ? {} : { count: p.declared })
    return p.alone ? moduleOf(lying) : fullWith(p.section, lying)
  },
)

/** A section whose declared size is off by `by` bytes; 0 is honest. */
export const sizeLie = recipe('size-lie', { section: sectionName, by: z.number().int().min(-3).max(0xffff_ff00) }, (p) =>
  fullWith(p.section, fullSection(p.section, { sizeBy: p.by })),
)

/**
 * The number of imports as a LEB128 of `width` bytes. Up to 5 bytes are legal for a u32 (core specification 5.2.2); `unusedBits` sets bits of the
 * fifth byte that must be zero.
 */
export const paddedCount = recipe(
  'padded-count',
  { width: z.number().int().min(1).max(10), unusedBits: z.boolean().optional(), import: importName },
  (p) => {
    const count = p.unusedBits ? withUnusedBits(u32(1), 32, false) : u32(1, p.width)
    return withImports(bytes(count, functionImport(p.import.module, p.import.name, 1)))
  },
)

/** A module whose import section has the given payload; `run` returns at once. */
function withImports(payload: Uint8Array, ...before: readonly Uint8Array[]): Uint8Array {
  const types = section(SECTIONS.type, vec([VOID, YIELD]))
  return moduleOf(
    ...before,
    types,
    section(SECTIONS.import, payload),
    functionsOfType0(1),
    exportRun(1),
    section(SECTIONS.code, vec([EMPTY_BODY])),
  )
}

/** A custom section that holds a whole import section naming `shown`, in front of the true one naming `real`: bait for a scanner that looks for id 2. */
export const lookAlike = recipe('look-alike', { shown: importName, real: importName }, (p) => {
  const imports = (of: { module: string; name: string }) => vec([functionImport(of.module, of.name, 1)])
  // The custom section's own name is one byte, so that a scanner which is off by the header lands on the id of the section inside.
  return withImports(imports(p.real), customSection('x', section(SECTIONS.import, imports(p.shown))))
})

/** The full skeleton's sections in a given order, with repetitions; a number is a section of that id with an empty vector. */
export const sectionOrder = recipe(
  'section-order',
  { order: z.array(z.union([sectionName, z.literal('custom'), upTo(255)])) },
  (p) => moduleOf(...p.order.map((each) => (typeof each === 'number' ? section(each, [0]) : fullSection(each)))),
)

const hex = z.string().regex(/^([0-9a-f]{2})*$/, 'must be pairs of lower-case hexadecimal digits')

/** Magic and version as given in hexadecimal, text in front, and only the first `keep` bytes of the whole. */
export const header = recipe(
  'header',
  { magic: hex.optional(), version: hex.optional(), prefix: z.string().max(1000).optional(), keep: upTo(1000).optional() },
  (p) => {
    const sections = FULL_ORDER.map((each) => fullSection(each))
    const front = [
      Buffer.from(p.prefix ?? ''),
      Buffer.from(p.magic ?? '0061736d', 'hex'),
      Buffer.from(p.version ?? '01000000', 'hex'),
    ]
    const whole = bytes(...front, ...sections)
    return whole.slice(0, p.keep ?? whole.length)
  },
)

/** The bytes themselves, for a module that an engine found and that nothing describes better. */
export const raw = recipe('bytes', { hex }, (p) => Uint8Array.from(Buffer.from(p.hex, 'hex')))

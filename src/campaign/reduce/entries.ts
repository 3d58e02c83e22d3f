// Takes entries out of a module's index spaces (functions, globals, memories …) and renumbers whatever points behind them.
import { ByteCursor } from '../../wasm/cursor.ts'
import { FeatureLog } from '../../wasm/features.ts'
import {
  decoderOfBody,
  type ExternalKind,
  encodeExportSection,
  encodeImportSection,
  encodeMemorySection,
  encodeStartSection,
  type Immediate,
  type Import,
  leb128,
  replaceSections,
  type SectionId,
  type WasmModule,
  writer,
} from '../../wasm/index.ts'
import { type Instruction, InstructionDecoder } from '../../wasm/instructions.ts'
import { NO_LIMITS } from '../../wasm/limits.ts'

export type Space = ExternalKind | 'type' | 'element' | 'data'
export const SPACES = [
  'function',
  'data',
  'element',
  'global',
  'table',
  'memory',
  'tag',
  'type',
] as const satisfies readonly Space[]

/** Number of entries of a space, imported ones included. */
export function sizeOf(module: WasmModule, space: Space): number {
  const sizes: Readonly<Record<Space, number>> = {
    function: module.functionTypeIndices.length,
    table: module.tables.length,
    memory: module.memories.length,
    global: module.globals.length,
    tag: module.tags.length,
    type: module.types.length,
    element: module.elements.length,
    data: module.data.length,
  }
  return sizes[space]
}

/** Something still points at an entry that was to go. */
class StillUsed extends Error {}

/** Spaces that immediates of instructions point into. */
const SPACE_OF: Partial<Record<Immediate, Space>> = {
  function: 'function',
  global: 'global',
  table: 'table',
  memory: 'memory',
  tag: 'tag',
  element: 'element',
  data: 'data',
  'function-type': 'type',
  'struct-type': 'type',
  'array-type': 'type',
}

/**
 * The module without the entries from `first` to `end` of one space, and without their exports and imports; null if something else still needs
 * one of them. `bytes` must be those that the module was read from.
 */
export function withoutEntries(
  bytes: Uint8Array,
  module: WasmModule,
  space: Space,
  first: number,
  end: number,
): Uint8Array | null {
  // References to types stand in types and locals as well; only where they cannot are types as easy to take out as functions.
  const types = module.features.has('gc') || module.features.has('typed-function-references')
  if (space === 'type' && types) return null
  try {
    return new Thinned(bytes, module, space, first, end).bytes()
  } catch (error) {
    if (error instanceof StillUsed) return null
    throw error
  }
}

class Thinned {
  readonly #bytes: Uint8Array
  readonly #module: WasmModule
  readonly #space: Space
  readonly #first: number
  readonly #end: number

  constructor(bytes: Uint8Array, module: WasmModule, space: Space, first: number, end: number) {
    this.#bytes = bytes
    this.#module = module
    this.#space = space
    this.#first = first
    this.#end = end
  }

  bytes(): Uint8Array {
    const module = this.#module
    const present = new Set(module.sections.map(({ id }) => id))
    const edits = new Map<SectionId, Uint8Array | null>()
    const set = (id: SectionId, entries: readonly Uint8Array[]): void => {
      if (present.has(id)) edits.set(id, entries.length === 0 ? null : writer.vec(entries))
    }
    if (this.#space === 'type') set(1, this.#types())
    const imports = this.#imports()
    if (present.has(2)) edits.set(2, imports.length === 0 ? null : encodeImportSection(imports))
    const { function: imported } = module.importCounts
    set(
      3,
      this.#kept('function', imported).map((index) => writer.u32(this.#at('type', module.functionTypeIndices[index]!))),
    )
    set(4, this.#tables())
    const memories = this.#kept('memory', 0).map((index) => module.memories[index]!)
    if (present.has(5)) edits.set(5, memories.some((memory) => !memory.imported) ? encodeMemorySection(memories) : null)
    set(
      13,
      this.#kept('tag', module.importCounts.tag).map((index) =>
        writer.bytes(0, writer.u32(this.#at('type', module.tags[index]!.typeIndex))),
      ),
    )
    set(6, this.#globals())
    this.#exports(edits)
    if (module.start !== undefined)
      edits.set(8, this.#isKept('function', module.start) ? encodeStartSection(this.#at('function', module.start)) : null)
    set(9, this.#elements())
    const data = this.#data()
    if (module.dataCount !== undefined) edits.set(12, writer.u32(data.length))
    set(
      10,
      this.#kept('function', imported).map((index) => this.#body(index - imported)),
    )
    set(11, data)
    return replaceSections(this.#bytes, module, edits)
  }

  #isKept(space: Space, index: number): boolean {
    return space !== this.#space || index < this.#first || index >= this.#end
  }

  /** Indices from `from` on that stay. */
  #kept(space: Space, from: number): number[] {
    const all = Array.from({ length: sizeOf(this.#module, space) - from }, (_, i) => from + i)
    return all.filter((index) => this.#isKept(space, index))
  }

  /** The new number of an entry. */
  #at(space: Space, index: number): number {
    if (!this.#isKept(space, index)) throw new StillUsed()
    return space === this.#space && index >= this.#end ? index - (this.#end - this.#first) : index
  }

  #slice(from: number, to: number): Uint8Array {
    return this.#bytes.subarray(from, to)
  }

  #payloadEnd(id: SectionId): number {
    const section = this.#module.sections.find((each) => each.id === id)
    return section ? section.payloadOffset + section.payloadSize : 0
  }

  #types(): Uint8Array[] {
    const { types } = this.#module
    return this.#kept('type', 0).map((index) =>
      this.#slice(types[index]!.offset, types[index + 1]?.offset ?? this.#payloadEnd(1)),
    )
  }

  #imports(): Import[] {
    const seen: Record<ExternalKind, number> = { function: 0, table: 0, memory: 0, global: 0, tag: 0 }
    return this.#module.imports.flatMap((entry) => {
      const { type } = entry
      if (!this.#isKept(type.kind, seen[type.kind]++)) return []
      if (type.kind !== 'function' && type.kind !== 'tag') return [entry]
      return [{ ...entry, type: { ...type, typeIndex: this.#at('type', type.typeIndex) } }]
    })
  }

  #tables(): Uint8Array[] {
    return this.#kept('table', this.#module.importCounts.table).map((index) => {
      const { elementType, limits, init } = this.#module.tables[index]!
      const type = writer.bytes(writer.referenceType(elementType), writer.limits(limits))
      return init ? writer.bytes(0x40, 0x00, type, this.#expression(init.offset, init.offset + init.size)) : type
    })
  }

  #globals(): Uint8Array[] {
    return this.#kept('global', this.#module.importCounts.global).map((index) => {
      const { type, mutable, init } = this.#module.globals[index]!
      return writer.bytes(writer.valueType(type), mutable ? 1 : 0, this.#expression(init!.offset, init!.offset + init!.size))
    })
  }

  #exports(edits: Map<SectionId, Uint8Array | null>): void {
    const { exports } = this.#module
    if (exports.length === 0) return
    const kept = exports.filter(({ kind, index }) => this.#isKept(kind, index))
    const renumbered = kept.map((each) => ({ ...each, index: this.#at(each.kind, each.index) }))
    edits.set(7, kept.length === 0 ? null : encodeExportSection(renumbered))
  }

  #elements(): Uint8Array[] {
    return this.#kept('element', 0).map((index) =>
      this.#element(this.#module.elements[index]!.offset, this.#module.elements[index]!.count),
    )
  }

  /** See the reader for the meaning of the flags (section 5.5.12). */
  #element(offset: number, count: number): Uint8Array {
    const cursor = new ByteCursor(this.#bytes, offset)
    const flags = leb128.readU32(cursor)
    const out: Uint8Array[] = [writer.u32(flags)]
    const active = (flags & 1) === 0
    if (active) {
      const table = (flags & 2) === 0 ? 0 : leb128.readU32(cursor)
      const moved = this.#at('table', table)
      // Without a table's index in it, the segment is for the first table, which must stay the first.
      if ((flags & 2) === 0 && moved !== table) throw new StillUsed()
      if ((flags & 2) !== 0) out.push(writer.u32(moved))
      out.push(this.#expressionAt(cursor))
    }
    const kindAt = cursor.position
    if ((flags & 3) !== 0) skipElementType(cursor, flags)
    out.push(this.#slice(kindAt, cursor.position), writer.u32(leb128.readU32(cursor)))
    for (let i = 0; i < count; i++)
      out.push((flags & 4) !== 0 ? this.#expressionAt(cursor) : writer.u32(this.#at('function', leb128.readU32(cursor))))
    return writer.concat(out)
  }

  /** Section 5.5.14. */
  #data(): Uint8Array[] {
    const section = this.#module.sections.find(({ id }) => id === 11)
    if (!section) return []
    const cursor = new ByteCursor(this.#bytes, section.payloadOffset)
    leb128.readU32(cursor)
    const all = this.#module.data.map(({ contents }, index) => {
      const flags = leb128.readU32(cursor)
      const out: Uint8Array[] = [writer.u32(flags)]
      const memory = flags === 2 ? leb128.readU32(cursor) : 0
      if (flags !== 1 && this.#isKept('data', index)) {
        const moved = this.#at('memory', memory)
        if (flags === 0 && moved !== 0) throw new StillUsed()
        if (flags === 2) out.push(writer.u32(moved))
      }
      if (flags !== 1) out.push(this.#isKept('data', index) ? this.#expressionAt(cursor) : skipped(this.#decoder(cursor)))
      cursor.position = contents.offset + contents.size
      out.push(writer.u32(contents.size), this.#slice(contents.offset, cursor.position))
      return writer.concat(out)
    })
    return this.#kept('data', 0).map((index) => all[index]!)
  }

  #body(index: number): Uint8Array {
    const { offset, codeOffset } = this.#module.bodies[index]!
    const code = this.#instructions(decoderOfBody(this.#bytes, this.#module, index))
    const contents = writer.bytes(this.#slice(offset, codeOffset), code)
    return writer.bytes(writer.u32(contents.length), contents)
  }

  #decoder(cursor: ByteCursor): InstructionDecoder {
    const module = this.#module
    const scope = { spaces: module, limits: NO_LIMITS, features: new FeatureLog(), typesInScope: module.types.length }
    const decoder = new InstructionDecoder(cursor, scope)
    decoder.begin(0)
    return decoder
  }

  #expressionAt(cursor: ByteCursor): Uint8Array {
    return this.#instructions(this.#decoder(cursor))
  }

  #expression(from: number, to: number): Uint8Array {
    return this.#expressionAt(new ByteCursor(this.#bytes, from, to))
  }

  #instructions(decoder: Pick<InstructionDecoder, 'open' | 'next'> & Instruction): Uint8Array {
    const out: Uint8Array[] = []
    while (decoder.open) {
      decoder.next()
      out.push(...this.#instruction(decoder))
    }
    return writer.concat(out)
  }

  #instruction(instruction: Instruction): Uint8Array[] {
    const { info, offset, end, starts } = instruction
    const { immediates } = info
    if (immediates.length === 0) return [this.#slice(offset, end)]
    const out = [this.#slice(offset, starts[0]!)]
    for (let slot = 0; slot < immediates.length; slot++) {
      const to = slot + 1 < immediates.length ? starts[slot + 1]! : end
      out.push(this.#immediate(instruction, slot, starts[slot]!, to))
    }
    return out
  }

  #immediate({ info, values, memory }: Instruction, slot: number, from: number, to: number): Uint8Array {
    const kind = info.immediates[slot]!
    const value = values[slot]!
    const space = SPACE_OF[kind]
    if (space) return writer.u32(this.#at(space, value))
    if (kind === 'block-type' || kind === 'heap-type')
      return value < 0 ? this.#slice(from, to) : writer.s33(this.#at('type', value))
    if (kind === 'memarg') return this.#memarg(from, to, memory)
    if (kind === 'catches') return this.#catches(from, to)
    return this.#slice(from, to)
  }

  #memarg(from: number, to: number, memory: number): Uint8Array {
    const moved = this.#at('memory', memory)
    if (moved === memory) return this.#slice(from, to)
    const cursor = new ByteCursor(this.#bytes, from, to)
    const flags = leb128.readU32(cursor)
    leb128.readU32(cursor)
    return writer.bytes(writer.u32(flags), writer.u32(moved), this.#slice(cursor.position, to))
  }

  #catches(from: number, to: number): Uint8Array {
    const cursor = new ByteCursor(this.#bytes, from, to)
    const count = leb128.readU32(cursor)
    const out: Uint8Array[] = [writer.u32(count)]
    for (let i = 0; i < count; i++) {
      const clause = cursor.readByte()
      const tag = clause < 2 ? writer.u32(this.#at('tag', leb128.readU32(cursor))) : []
      out.push(writer.bytes(clause, tag, writer.u32(leb128.readU32(cursor))))
    }
    return writer.concat(out)
  }
}

/** Reads to the end of an expression of which nothing is kept. */
function skipped(decoder: InstructionDecoder): Uint8Array {
  while (decoder.open) decoder.next()
  return new Uint8Array(0)
}

/** An element kind of one byte; or a reference type, whose heap type follows the prefixes 0x63 and 0x64. */
function skipElementType(cursor: ByteCursor, flags: number): void {
  const byte = cursor.readByte()
  if ((flags & 4) !== 0 && (byte === 0x63 || byte === 0x64)) leb128.readU32(cursor)
}

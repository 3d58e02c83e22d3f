// Replacing whole sections of a module that was read, leaving every other byte as it is.

import {
  type Export,
  type Import,
  type Memory,
  SECTION_ORDER,
  type Section,
  type SectionId,
  type Table,
  type WasmModule,
} from './module.ts'
import { EXTERNAL_KINDS, type ExternalType } from './types.ts'
import { bytes, concat, limits, name, referenceType, section, u32, valueType, vec } from './writer.ts'

/** For each section to change its new payload, or `null` to leave it out. */
export type SectionEdits = ReadonlyMap<SectionId, Uint8Array | null>

export interface RewriteOptions {
  /** Custom sections for which this returns true are left out. */
  readonly dropCustom?: (section: Section) => boolean
}

/**
 * Returns a new module in which the named sections are replaced, removed or inserted. `original` must be the bytes that
 * `module` was read from. An inserted section goes directly before the first section that must come after it, or behind all
 * others: custom sections keep their place among the known ones. The result is not read again here; do that before use.
 */
export function replaceSections(
  original: Uint8Array,
  module: WasmModule,
  edits: SectionEdits,
  { dropCustom = () => false }: RewriteOptions = {},
): Uint8Array {
  if (original.length !== module.byteLength) throw new RangeError('The module was read from other bytes than these.')
  const present = new Set(module.sections.map((entry) => entry.id))
  const insertions = SECTION_ORDER.filter((id) => edits.get(id) && !present.has(id))
  const parts: Uint8Array[] = [original.subarray(0, 8)]
  const insertBefore = (rank: number) => {
    while (insertions.length > 0 && SECTION_ORDER.indexOf(insertions[0]!) < rank) parts.push(written(insertions.shift()!, edits))
  }
  for (const entry of module.sections) {
    const bytesOfEntry = original.subarray(entry.offset, entry.offset + entry.size)
    if (entry.id === 0) {
      if (!dropCustom(entry)) parts.push(bytesOfEntry)
      continue
    }
    const id = entry.id as SectionId
    insertBefore(SECTION_ORDER.indexOf(id))
    const edit = edits.get(id)
    if (edit === undefined) parts.push(bytesOfEntry)
    else if (edit !== null) parts.push(section(id, edit))
  }
  insertBefore(SECTION_ORDER.length)
  return concat(parts)
}

function written(id: SectionId, edits: SectionEdits): Uint8Array {
  return section(id, edits.get(id)!)
}

// Payloads of sections, from the reader's own data. Imported entries belong to the import section and are passed over.

/** Payload of a memory section. */
export function encodeMemorySection(memories: readonly Memory[]): Uint8Array {
  return vec(memories.filter((memory) => !memory.imported).map((memory) => limits(memory.limits)))
}

/** Payload of a table section. Initial values keep their bytes, which are taken from `original`. */
export function encodeTableSection(original: Uint8Array, tables: readonly Table[]): Uint8Array {
  return vec(tables.filter((table) => !table.imported).map((table) => encodeTable(original, table)))
}

function encodeTable(original: Uint8Array, { elementType, limits: size, init }: Table): Uint8Array {
  const type = bytes(referenceType(elementType), limits(size))
  return init === undefined ? type : bytes(0x40, 0x00, type, original.subarray(init.offset, init.offset + init.size))
}

/** Payload of an export section. */
export function encodeExportSection(exports: readonly Export[]): Uint8Array {
  return vec(exports.map((entry) => bytes(name(entry.name), EXTERNAL_KINDS.indexOf(entry.kind), u32(entry.index))))
}

/** Payload of an import section. */
export function encodeImportSection(imports: readonly Import[]): Uint8Array {
  return vec(imports.map((entry) => bytes(name(entry.module), name(entry.name), encodeExternalType(entry.type))))
}

/** Payload of a start section. */
export function encodeStartSection(functionIndex: number): Uint8Array {
  return u32(functionIndex)
}

function encodeExternalType(type: ExternalType): Uint8Array {
  const kind = EXTERNAL_KINDS.indexOf(type.kind)
  switch (type.kind) {
    case 'function':
      return bytes(kind, u32(type.typeIndex))
    case 'table':
      return bytes(kind, referenceType(type.elementType), limits(type.limits))
    case 'memory':
      return bytes(kind, limits(type.limits))
    case 'global':
      return bytes(kind, valueType(type.type), type.mutable ? 1 : 0)
    case 'tag':
      return bytes(kind, 0x00, u32(type.typeIndex))
  }
}

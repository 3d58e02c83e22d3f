// The admitted module, written out: maxima, the memory's export, the start function turned into an ordinary call, and no pointers to elsewhere.
// Nothing else changes.
import {
  type Export,
  encodeExportSection,
  encodeMemorySection,
  encodeTableSection,
  replaceSections,
  type Section,
  type SectionId,
  type WasmModule,
} from '../../wasm/index.ts'
import { RESERVED_PREFIX as RESERVED } from '../metering/names.ts'
import type { Maxima } from './maxima.ts'
import { Refusal } from './refusal.ts'

// Names under which the rewriter exports things.
const MEMORY = `${RESERVED}memory`
const START = `${RESERVED}start`

/** Custom sections that name a file or URL elsewhere; who debugs the jail would have it fetched from there (OUT-13, tool conventions). */
const POINTERS: ReadonlySet<string> = new Set(['sourceMappingURL', 'external_debug_info'])
const pointsElsewhere = ({ name }: Section): boolean => name !== undefined && POINTERS.has(name)

export interface Rewritten {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly memoryExport: string | null
  readonly startExport: string | null
}

/**
 * @param more what else is to be exported, under reserved names: the state, for a guest that is to be captured, and the meter
 * @param sections what metering has made of sections
 * @throws {Refusal} if the module exports a reserved name
 */
export function rewrite(
  original: Uint8Array,
  module: WasmModule,
  maxima: Maxima,
  more: readonly Export[] = [],
  sections: ReadonlyMap<SectionId, Uint8Array> = new Map(),
): Rewritten {
  if (module.exports.some((entry) => entry.name.startsWith(RESERVED))) {
    throw new Refusal('export-reserved', `The module exports a name that begins with "${RESERVED}", which is reserved.`)
  }
  const memoryExport = module.memories.length > 0 ? MEMORY : null
  const startExport = module.start === undefined ? null : START
  const exports: Export[] = [...module.exports, ...more]
  // Host calls use this memory and no other, whatever the guest exports as "memory" (LNK-10, LNK-11).
  if (memoryExport) exports.push({ name: MEMORY, kind: 'memory', index: 0 })
  // The start section would run inside instantiation, before the memory is bound and under no call's limits (LNK-12). Instantiation does
  // everything else first, so calling the function right after it means the same to the guest.
  if (module.start !== undefined) exports.push({ name: START, kind: 'function', index: module.start })
  const edits = new Map<SectionId, Uint8Array | null>(sections)
  if (module.memories.some((memory) => !memory.imported)) edits.set(5, encodeMemorySection(maxima.memories))
  if (module.tables.some((table) => !table.imported)) edits.set(4, encodeTableSection(original, maxima.tables))
  if (exports.length > module.exports.length) edits.set(7, encodeExportSection(exports))
  if (startExport) edits.set(8, null)
  const written = replaceSections(original, module, edits, { dropCustom: pointsElsewhere })
  return { bytes: new Uint8Array(written), memoryExport, startExport }
}

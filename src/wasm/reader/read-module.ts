// One forward pass over a module: header, then section after section, each in its place and of its exact size (section 5.5).

import { ByteCursor } from '../cursor.ts'
import { MalformedModule } from '../errors.ts'
import { readU32 } from '../leb128.ts'
import { checkLimit, completeLimits, type ReaderLimits } from '../limits.ts'
import { SECTION_NAMES, SECTION_ORDER, type SectionId, type WasmModule } from '../module.ts'
import { readName } from '../name.ts'
import { readCodeSection } from './code.ts'
import { readGlobalSection, readMemorySection, readTableSection, readTagSection } from './definitions.ts'
import { Reading } from './draft.ts'
import { readExportSection } from './exports.ts'
import { readFunctionSection, readImportSection, readStartSection } from './functions.ts'
import { readDataCountSection, readDataSection, readElementSection } from './segments.ts'
import { readTypeSection } from './type-section.ts'

const SECTION_READERS: { readonly [Id in SectionId]: (reading: Reading) => void } = {
  1: readTypeSection,
  2: readImportSection,
  3: readFunctionSection,
  4: readTableSection,
  5: readMemorySection,
  13: readTagSection,
  6: readGlobalSection,
  7: readExportSection,
  8: readStartSection,
  9: readElementSection,
  12: readDataCountSection,
  10: readCodeSection,
  11: readDataSection,
}

const MAGIC = [0x00, 0x61, 0x73, 0x6d]
const CORE_VERSION = [0x01, 0x00]
const CORE_LAYER = [0x00, 0x00]

/**
 * Reads a core module: strictly, in linear time, with no recursion and no allocation that the bytes do not pay for.
 *
 * Checks the whole binary grammar of WebAssembly 3.0 (with threads and legacy exceptions), every index and the nesting of
 * blocks; the types of operands are left to the engine. The bytes must not change while they are read: pass a private copy.
 *
 * @throws MalformedModule if the bytes are not such a module
 * @throws ModuleLimitExceeded if it is larger than `limits` (by default those of the JS API) allow
 */
export function readModule(bytes: Uint8Array, limits?: Partial<ReaderLimits>): WasmModule {
  const reading = new Reading(new ByteCursor(bytes), completeLimits(limits))
  checkLimit(reading.limits, 'maxModuleBytes', bytes.length, 0)
  readHeader(reading.cursor)
  const order = new SectionOrder()
  while (reading.cursor.remaining > 0) readSection(reading, order)
  checkCounts(reading)
  return finish(reading)
}

/** Moves over magic and version. @throws MalformedModule if they are not those of a core module */
export function readHeader(cursor: ByteCursor): void {
  expectBytes(cursor, MAGIC, 'bad-magic', 'the bytes do not start with the magic number of WebAssembly')
  const versionAt = cursor.position
  const version = [cursor.readByte(), cursor.readByte()]
  const layer = [cursor.readByte(), cursor.readByte()]
  if (layer[0] === 1 && layer[1] === 0) {
    throw new MalformedModule('component', versionAt, 'this is a component, not a core module: extract the core module first')
  }
  if (![...version, ...layer].every((byte, index) => byte === [...CORE_VERSION, ...CORE_LAYER][index])) {
    throw new MalformedModule('bad-version', versionAt, 'the binary format version is not 1')
  }
}

function expectBytes(cursor: ByteCursor, expected: readonly number[], code: 'bad-magic', what: string): void {
  for (const byte of expected) {
    const at = cursor.position
    if (cursor.readByte() !== byte) throw new MalformedModule(code, at, what)
  }
}

/** Knows which sections have been seen, and refuses a second one or one out of order. */
class SectionOrder {
  private rank = -1
  private readonly seen = new Set<number>()

  check(id: number, offset: number): SectionId {
    const rank = SECTION_ORDER.indexOf(id as SectionId)
    if (rank < 0) throw new MalformedModule('unknown-section', offset, 'a section has an unknown id')
    const name = SECTION_NAMES[id]
    if (this.seen.has(id)) throw new MalformedModule('duplicate-section', offset, `there is a second ${name} section`)
    if (rank < this.rank) throw new MalformedModule('section-order', offset, `the ${name} section comes too late`)
    this.seen.add(id)
    this.rank = rank
    return id as SectionId
  }
}

function readSection(reading: Reading, order: SectionOrder): void {
  const { cursor, draft } = reading
  const offset = cursor.position
  const id = cursor.readByte()
  const known = id === 0 ? undefined : order.check(id, offset)
  const sizeAt = cursor.position
  const payloadSize = readU32(cursor)
  if (payloadSize > cursor.remaining) {
    throw new MalformedModule('section-size', sizeAt, 'a section is larger than what is left of the module')
  }
  const payloadOffset = cursor.position
  const moduleEnd = cursor.end
  cursor.end = payloadOffset + payloadSize
  const place = { id, offset, size: cursor.end - offset, payloadOffset, payloadSize }
  if (known === undefined) {
    draft.sections.push({ ...place, name: readCustomSection(reading, payloadSize) })
  } else {
    SECTION_READERS[known](reading)
    draft.sections.push(place)
  }
  if (cursor.position !== cursor.end) {
    throw new MalformedModule('section-size', cursor.position, 'a section has bytes behind its contents')
  }
  cursor.end = moduleEnd
}

function readCustomSection(reading: Reading, payloadSize: number): string {
  const { cursor, draft, limits } = reading
  const at = cursor.position
  checkLimit(limits, 'maxCustomSections', draft.customs.length + 1, at)
  reading.customBytes += payloadSize
  checkLimit(limits, 'maxCustomSectionBytes', reading.customBytes, at)
  const name = readName(cursor, limits)
  const offset = cursor.position
  const size = cursor.remaining
  cursor.skip(size)
  draft.customs.push({ name, offset, size })
  return name
}

/** Counts that two sections must agree on, even if one of them is missing (section 5.5.17). */
function checkCounts({ draft, cursor }: Reading): void {
  const defined = draft.functionTypeIndices.length - draft.importCounts.function
  if (draft.bodies.length !== defined) {
    throw new MalformedModule('function-count', cursor.position, 'the function section has entries but there is no code section')
  }
  if (draft.dataCount !== undefined && draft.dataCount !== draft.data.length) {
    throw new MalformedModule('data-count', cursor.position, 'the data count section does not state the number of data segments')
  }
}

function finish({ draft, features, cursor }: Reading): WasmModule {
  const { start, dataCount, ...rest } = draft
  return {
    ...rest,
    byteLength: cursor.end,
    features: features.firstUse,
    ...(start === undefined ? {} : { start }),
    ...(dataCount === undefined ? {} : { dataCount }),
  }
}

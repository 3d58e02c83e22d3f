// Smaller contents of what a module keeps whole: data segments with less in them, memories and tables with less room.
import { ByteCursor } from '../../wasm/cursor.ts'
import {
  encodeMemorySection,
  encodeTableSection,
  leb128,
  type Memory,
  replaceSections,
  type SectionId,
  type Table,
  type WasmModule,
  writer,
} from '../../wasm/index.ts'

const DATA = 11 satisfies SectionId

/** Modules that are one step away. */
export function* smallerSizes(bytes: Uint8Array, module: WasmModule): Generator<Uint8Array> {
  for (const [index, { contents }] of module.data.entries()) {
    for (const [from, to] of partsOf(contents.size)) yield withContents(bytes, module, index, from, to)
  }
  for (const [index, { imported, limits }] of module.memories.entries()) {
    if (imported) continue
    const { max: _max, ...open } = limits
    for (const smaller of [open, { ...limits, min: 0 }, { ...limits, min: Math.min(limits.min, 1) }])
      yield replaceSections(
        bytes,
        module,
        new Map([[5, encodeMemorySection(replaced<Memory>(module.memories, index, { limits: smaller }))]]),
      )
  }
  for (const [index, { imported, limits }] of module.tables.entries()) {
    if (imported) continue
    const tables = replaced<Table>(module.tables, index, { limits: { ...limits, min: 0 } })
    yield replaceSections(bytes, module, new Map([[4, encodeTableSection(bytes, tables)]]))
  }
}

const replaced = <T>(all: readonly T[], index: number, changes: Partial<T>): T[] =>
  all.map((each, i) => (i === index ? { ...each, ...changes } : each))

/** Nothing, each half, all but a byte at either end. */
function partsOf(size: number): (readonly [number, number])[] {
  const half = Math.floor(size / 2)
  const parts = [
    [0, 0],
    [0, half],
    [half, size],
    [0, size - 1],
    [1, size],
  ] as const
  return size === 0 ? [] : parts.filter(([from, to]) => to - from < size)
}

/** The module with only a part of one data segment's bytes. */
function withContents(bytes: Uint8Array, module: WasmModule, index: number, from: number, to: number): Uint8Array {
  const section = module.sections.find(({ id }) => id === DATA)!
  const { contents } = module.data[index]!
  // The size before the contents is the only thing that changes beside them; where it begins is found from the front, as its length may vary.
  const sizeAt = startOfSize(bytes, module, index, section.payloadOffset)
  const payload = writer.bytes(
    bytes.subarray(section.payloadOffset, sizeAt),
    writer.u32(to - from),
    bytes.subarray(contents.offset + from, contents.offset + to),
    bytes.subarray(contents.offset + contents.size, section.payloadOffset + section.payloadSize),
  )
  return replaceSections(bytes, module, new Map([[DATA, payload]]))
}

/** Offset of the LEB128 integer that ends right before the segment's contents and states their size. */
function startOfSize(bytes: Uint8Array, module: WasmModule, index: number, lowest: number): number {
  const { offset, size } = module.data[index]!.contents
  for (let at = offset - 1; at >= Math.max(lowest, offset - 5); at--) {
    const cursor = new ByteCursor(bytes, at, offset)
    try {
      if (leb128.readU32(cursor) === size && cursor.position === offset) return at
    } catch {
      // The bytes from here on are no integer; it begins earlier.
    }
  }
  throw new RangeError('There is no size before the contents of the data segment.')
}

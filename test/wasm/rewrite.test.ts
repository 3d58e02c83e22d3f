// Rewriting by sections: nothing changes but what was asked for, and the result is a module again.

import { describe, expect, it } from 'vitest'
import * as wasm from '../../src/wasm/index.ts'
import { readModule, replaceSections, SECTION_ORDER, type SectionId } from '../../src/wasm/index.ts'
import * as w from '../../src/wasm/writer.ts'
import { seeds } from './support/seeds.ts'

const FUNC = w.typeSection(w.functionType())
const MIN_1 = w.limits({ min: 1, is64: false, shared: false })
const custom = (name: string) => w.customSection(name, [1])
const edits = (...entries: [SectionId, Uint8Array | null][]) => new Map(entries)

const original = w.moduleOf(
  custom('first'),
  FUNC,
  custom('second'),
  w.functionSection(0),
  w.memorySection(MIN_1),
  w.codeSection(w.body(w.END)),
  custom('last'),
)
const module = readModule(original)
const order = (bytes: Uint8Array) => readModule(bytes).sections.map((section) => section.name ?? section.id)

describe('replaceSections', () => {
  it('without edits gives the same bytes', async () => {
    for (const { bytes } of await seeds())
      expect(replaceSections(bytes, readModule(bytes), new Map())).toEqual(Uint8Array.from(bytes))
  })

  it('replaces', () => {
    const out = replaceSections(original, module, edits([5, w.vec([w.limits({ min: 1, max: 2, is64: false, shared: false })])]))
    expect(readModule(out).memories[0]!.limits.max).toBe(2)
    expect(order(out)).toEqual(order(original))
    expect(out.length).toBe(original.length + 1)
  })

  it('removes', () => {
    expect(order(replaceSections(original, module, edits([5, null])))).toEqual(['first', 1, 'second', 3, 10, 'last'])
    expect(replaceSections(original, module, edits([8, null]))).toEqual(original)
  })

  it('inserts directly before the first section that must come later', () => {
    const table = w.vec([w.bytes(0x70, MIN_1)])
    expect(order(replaceSections(original, module, edits([4, table], [8, w.u32(0)])))).toEqual([
      'first',
      1,
      'second',
      3,
      4,
      5,
      8,
      10,
      'last',
    ])
  })

  it('inserts behind all others when nothing must come later', () => {
    expect(order(replaceSections(original, module, edits([11, w.vec([])])))).toEqual(['first', 1, 'second', 3, 5, 10, 'last', 11])
    expect(order(replaceSections(w.moduleOf(), readModule(w.moduleOf()), edits([11, w.vec([])], [1, w.vec([])])))).toEqual([
      1, 11,
    ])
  })

  it('inserts into every gap in the right order', () => {
    const empty = w.moduleOf()
    const all = edits(
      ...SECTION_ORDER.filter((id) => id !== 8 && id !== 12).map((id): [SectionId, Uint8Array] => [id, w.vec([])]),
    )
    expect(order(replaceSections(empty, readModule(empty), all))).toEqual(SECTION_ORDER.filter((id) => id !== 8 && id !== 12))
    for (const id of all.keys()) {
      const without = replaceSections(empty, readModule(empty), new Map([...all].filter(([other]) => other !== id)))
      expect(order(replaceSections(without, readModule(without), edits([id, w.vec([])])))).toEqual([...all.keys()])
    }
  })

  it('drops custom sections on request', () => {
    const out = replaceSections(original, module, new Map(), { dropCustom: (section) => section.name !== 'second' })
    expect(order(out)).toEqual([1, 'second', 3, 5, 10])
  })

  it('writes a padded section size anew only where it edits', () => {
    const padded = w.moduleOf(w.section(1, w.vec([w.functionType()]), w.u32(4, 5)), w.section(5, w.vec([MIN_1]), w.u32(3, 5)))
    const out = replaceSections(padded, readModule(padded), edits([5, w.vec([MIN_1])]))
    expect(out.length).toBe(padded.length - 4)
  })

  it('refuses bytes of another length', () => {
    expect(() => replaceSections(original.subarray(0, 20), module, new Map())).toThrow(RangeError)
  })
})

describe("encoders from the reader's data", () => {
  it('give back what was read, for every seed', async () => {
    for (const { name, bytes } of await seeds()) {
      const read = readModule(bytes)
      const payloads: [SectionId, Uint8Array][] = [
        [2, wasm.encodeImportSection(read.imports)],
        [4, wasm.encodeTableSection(bytes, read.tables)],
        [5, wasm.encodeMemorySection(read.memories)],
        [7, wasm.encodeExportSection(read.exports)],
      ]
      if (read.start !== undefined) payloads.push([8, wasm.encodeStartSection(read.start)])
      for (const [id, payload] of payloads) {
        const section = read.sections.find((entry) => entry.id === id)
        if (!section) continue
        const before = bytes.subarray(section.payloadOffset, section.payloadOffset + section.payloadSize)
        expect([name, id, Buffer.from(payload).toString('hex')]).toEqual([name, id, Buffer.from(before).toString('hex')])
      }
    }
  })

  it('write changed limits and keep initial values', () => {
    const init = w.bytes(w.instruction.refFunc(0), w.END)
    const bytes = w.moduleOf(
      FUNC,
      w.functionSection(0),
      w.tableSection(w.bytes(0x40, 0, 0x64, 0x70, MIN_1, init)),
      w.exportSection(w.bytes(w.name('f'), 0, 0)),
      w.codeSection(w.body(w.END)),
    )
    const read = readModule(bytes)
    const capped = read.tables.map((table) => ({ ...table, limits: { ...table.limits, max: 10 } }))
    const out = replaceSections(bytes, read, edits([4, wasm.encodeTableSection(bytes, capped)]))
    const again = readModule(out).tables[0]!
    expect(again.limits.max).toBe(10)
    expect([...out.subarray(again.init!.offset, again.init!.offset + again.init!.size)]).toEqual([...init])
    expect(WebAssembly.validate(Uint8Array.from(out))).toBe(true)
  })
})

// Going through a body: one reused object tells where each instruction is and what its immediates are.

import { describe, expect, it } from 'vitest'
import {
  ByteCursor,
  forEachInstruction,
  forEachLabel,
  functionTypeOfBody,
  type Instruction,
  leb128,
  MalformedModule,
  readModule,
} from '../../src/wasm/index.ts'
import * as w from '../../src/wasm/writer.ts'

const { END } = w
const MIN_1 = w.limits({ min: 1, is64: false, shared: false })

const moduleWith = (...code: w.Bytes[]) =>
  w.moduleOf(
    w.typeSection(w.functionType(['i32']), w.bytes(0x5f, w.vec([w.bytes(0x7f, 1), w.bytes(0x7e, 1)]))),
    w.importSection(w.bytes(w.name(''), w.name(''), 0, 0)),
    w.functionSection(0),
    w.tableSection(w.bytes(0x70, MIN_1)),
    w.memorySection(MIN_1, w.limits({ min: 1, is64: true, shared: false })),
    w.tagSection(w.bytes(0, 0)),
    w.codeSection(w.body(w.bytes(0x00, ...code, END), [[2, 'i64']])),
  )

interface Seen {
  name: string
  depth: number
  values: number[]
  at: number
  size: number
  memory: number
  align: number
}

function seen(bytes: Uint8Array): Seen[] {
  const module = readModule(bytes)
  const out: Seen[] = []
  forEachInstruction(bytes, module, 0, ({ info, depth, values, offset, end, memory, align }) => {
    const count = info.immediates.length
    out.push({
      name: info.name,
      depth,
      values: [...values.subarray(0, count)],
      at: offset - module.bodies[0]!.codeOffset,
      size: end - offset,
      memory,
      align,
    })
  })
  return out
}

const second = (...code: w.Bytes[]) => seen(moduleWith(...code))[1]!

describe('values of immediates', () => {
  it.each([
    ['local.get', [0x20, 2], [2]],
    ['call', [0x10, 1], [1]],
    ['call_indirect', [0x11, 0, 0], [0, 0]],
    ['i32.const', [0x41, 0x7f], [-1]],
    ['i32.const', [0x41, ...w.s32(-(2 ** 31))], [-(2 ** 31)]],
    ['i64.const', [0x42, ...w.s64(-5)], [-5]],
    ['i64.const', [0x42, ...w.s64(2n ** 62n)], [Number.NaN]],
    ['f64.const', [0x44, ...w.f64(1.5)], [Number.NaN]],
    ['br_table', [0x0e, 2, 0, 0, 0], [2]],
    ['block', [0x02, 0x40, END], [-64]],
    ['block', [0x02, 0x7f, 0x00, END], [-1]],
    ['block', [0x02, 0, END], [0]],
    ['block', [0x02, 0x63, 0, 0x00, END], [0x63 - 128]],
    ['ref.null', [0xd0, 0x70], [-16]],
    ['ref.null', [0xd0, 1], [1]],
    ['struct.get', [0xfb, 2, 1, 1], [1, 1]],
    ['br_on_cast', [0xfb, 24, 3, 0, 0x6e, 0x6b], [3, 0, -18, -21]],
    ['i8x16.extract_lane_s', [0xfd, 21, 7], [7]],
    // A lane is a byte, not an integer that could go on.
    ['i8x16.extract_lane_s', [0xfd, 21, 0x85], [0x85]],
    ['select', [0x1c, 1, 0x7f], [1]],
    ['try_table', [0x1f, 0x40, 2, 0, 0, 0, 3, 0, END], [-64, 2]],
    ['throw', [0x08, 0], [0]],
  ] as const)('%s %j', (name, code, values) => {
    expect(second(Uint8Array.from(code))).toMatchObject({ name, values })
  })

  it('a memory access has its memory, alignment and offset', () => {
    expect(second(0x28, w.memarg(2, 300))).toMatchObject({ values: [300], memory: 0, align: 2 })
    expect(second(0x28, w.memarg(1, 2n ** 40n, 1))).toMatchObject({ values: [2 ** 40], memory: 1, align: 1 })
  })

  it('what a number cannot hold is read from its place', () => {
    const bytes = moduleWith(0x42, w.s64(-(2n ** 60n)), 0x1a)
    const found: bigint[] = []
    forEachInstruction(bytes, readModule(bytes), 0, ({ info, starts }) => {
      if (info.name === 'i64.const') found.push(leb128.readS64(new ByteCursor(bytes, starts[0])))
    })
    expect(found).toEqual([-(2n ** 60n)])
  })
})

describe('places', () => {
  it('follow each other without gaps, and depths tell the blocks', () => {
    const bytes = moduleWith(0x02, 0x40, 0x04, 0x40, 0x05, 0x01, END, END)
    const all = seen(bytes)
    expect(all.map(({ name, depth }) => `${name} ${depth}`)).toEqual([
      'unreachable 1',
      'block 1',
      'if 2',
      'else 3',
      'nop 3',
      'end 3',
      'end 2',
      'end 1',
    ])
    for (const [index, one] of all.entries()) expect(one.at).toBe(index === 0 ? 0 : all[index - 1]!.at + all[index - 1]!.size)
  })

  it('are handed out in one object', () => {
    const bytes = moduleWith(0x01)
    const objects = new Set<Instruction>()
    forEachInstruction(bytes, readModule(bytes), 0, (instruction) => objects.add(instruction))
    expect(objects.size).toBe(1)
  })
})

describe('labels', () => {
  it.each([
    ['a branch', [0x0c, 0], [0]],
    ['a table, default last', [0x02, 0x40, 0x0e, 3, 0, 1, 0, 1, END], [0, 1, 0, 1]],
    ['the clauses of a try_table', [0x02, 0x40, 0x1f, 0x40, 4, 0, 0, 0, 1, 0, 1, 2, 0, 3, 1, END, END], [0, 1, 0, 1]],
    ['a cast', [0x02, 0x40, 0xfb, 24, 3, 1, 0x6e, 0x6b, END], [1]],
    ['delegate', [0x06, 0x40, 0x18, 0], [0]],
    ['nothing', [0x01, 0x20, 1, 0x1a], []],
  ] as const)('of %s', (_what, code, labels) => {
    const bytes = moduleWith(Uint8Array.from(code))
    const found: number[] = []
    forEachInstruction(bytes, readModule(bytes), 0, (instruction) =>
      forEachLabel(bytes, instruction, (label) => found.push(label)),
    )
    expect(found).toEqual(labels)
  })
})

describe('wrong use', () => {
  it('of a body that is not there is an error of the caller', () => {
    const bytes = moduleWith()
    expect(() => forEachInstruction(bytes, readModule(bytes), 1, () => undefined)).toThrow(RangeError)
  })

  it('of other bytes is noticed, not followed', () => {
    const bytes = moduleWith(0x20, 1, 0x1a)
    const changed = Uint8Array.from(bytes)
    changed[bytes.lastIndexOf(0x20) + 1] = 9
    expect(() => forEachInstruction(changed, readModule(bytes), 0, () => undefined)).toThrow(MalformedModule)
  })
})

it('the type of a body counts imported functions', () => {
  expect(functionTypeOfBody(readModule(moduleWith()), 0).params).toEqual(['i32'])
})

// Hostile sizes: what is declared costs nothing, what is nested needs no stack, and a megabyte is read in one quick pass.

import { describe, expect, it } from 'vitest'
import { MalformedModule, readModule } from '../../src/wasm/index.ts'
import * as w from '../../src/wasm/writer.ts'

const FUNC = w.typeSection(w.functionType())
const withBody = (code: w.Bytes) => w.moduleOf(FUNC, w.functionSection(0), w.codeSection(w.body(code)))

describe('declared counts', () => {
  it('of 2^32 - 1, anywhere, cost no memory', () => {
    const before = process.memoryUsage()
    for (const id of [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 13]) {
      for (const padding of [5, 200]) {
        const payload = w.bytes(w.u32(2 ** 32 - 1), new Uint8Array(padding))
        expect(() => readModule(w.moduleOf(w.section(id, payload)))).toThrow(MalformedModule)
      }
    }
    const after = process.memoryUsage()
    expect(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(32 * 2 ** 20)
  })

  it('of 50,000 locals allocate nothing per local', () => {
    const bodies = new Array(1000).fill(w.body(w.END, [[50_000, 'i64']]))
    const bytes = w.moduleOf(FUNC, w.functionSection(...new Array(1000).fill(0)), w.codeSection(...bodies))
    const read = readModule(bytes)
    expect(bytes.length).toBeLessThan(10_000)
    expect(read.bodies.reduce((sum, body) => sum + body.declaredLocals, 0)).toBe(50_000_000)
  })
})

describe('nesting', () => {
  const levels = 1_000_000
  const open = w.concat(new Array(levels).fill(Uint8Array.of(0x02, 0x40)))

  it('a million deep is read without recursion', () => {
    const { maxNesting, instructionCount } = readModule(withBody(w.bytes(open, new Uint8Array(levels + 1).fill(w.END))))
      .bodies[0]!
    expect([maxNesting, instructionCount]).toEqual([levels, 2 * levels + 1])
  })

  it('a million deep without ends is refused', () => {
    expect(() => readModule(withBody(open))).toThrow(MalformedModule)
  })

  it('of blocks one after the other is not deep', () => {
    const code = w.bytes(w.concat(new Array(1000).fill(w.instruction.block([]))), w.END)
    expect(readModule(withBody(code)).bodies[0]).toMatchObject({ maxNesting: 1, instructionCount: 2001 })
  })
})

describe('a megabyte', () => {
  it('of code is read in far less than a second', () => {
    const { localGet, i32Const, localSet, drop } = w.instruction
    const step = w.bytes(localGet(0), i32Const(7777), 0x6a, localSet(0), localGet(0), 0x28, w.memarg(2, 1234), drop)
    const body = w.body(w.bytes(w.concat(new Array(1000).fill(step)), w.END), [[1, 'i32']])
    const module = (count: number) =>
      w.moduleOf(
        FUNC,
        w.functionSection(...new Array(count).fill(0)),
        w.memorySection(w.limits({ min: 1, is64: false, shared: false })),
        w.codeSection(...new Array(count).fill(body)),
      )
    const bytes = module(Math.ceil(2 ** 20 / body.length))
    const start = performance.now()
    const read = readModule(bytes)
    // It takes 10 to 40 ms. The bound is only there to tell a linear pass from one that is not, on a busy machine too.
    expect(performance.now() - start).toBeLessThan(10_000)
    expect(read.byteLength).toBeGreaterThan(2 ** 20)
  })

  it('of tiny custom sections is read', () => {
    const bytes = w.moduleOf(w.concat(new Array(350_000).fill(w.customSection(''))))
    expect(readModule(bytes).customs.length).toBe(350_000)
  })
})

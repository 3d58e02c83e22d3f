// How memory and table growth is shared out.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planMaxima } from '../../../src/sandbox/admission/maxima.ts'
import { Refusal } from '../../../src/sandbox/admission/refusal.ts'
import { resolvePolicy } from '../../../src/sandbox/policy/resolve.ts'
import type { Memory, Table, WasmModule } from '../../../src/wasm/index.ts'

const PAGE = 65_536

interface Size {
  readonly min: number
  readonly max: number | null
}
const limitsOf = ({ min, max }: Size) => ({ min, ...(max !== null && { max }), is64: false, shared: false })
const memory = (size: Size): Memory => ({ imported: false, limits: limitsOf(size) })
const table = (size: Size): Table => ({ imported: false, elementType: 'funcref', limits: limitsOf(size) })
const moduleWith = (memories: Memory[], tables: Table[]) => ({ memories, tables }) as unknown as WasmModule
const policyWith = (pages: number, elements: number) => {
  const base = resolvePolicy()
  return { ...base, quotas: { ...base.quotas, memoryBytes: pages * PAGE, tableElements: elements } }
}

const size = fc
  .record({ min: fc.integer({ min: 0, max: 40 }), more: fc.option(fc.integer({ min: 0, max: 200 })) })
  .map(({ min, more }) => ({ min, max: more === null ? null : min + more }))
const sizes = fc.array(size, { maxLength: 6 })
const budget = fc.integer({ min: 0, max: 200 })

describe('planMaxima', () => {
  it('stays within the budget, never below a minimum, never above its own maximum, and wastes nothing', () => {
    fc.assert(
      fc.property(sizes, sizes, budget, budget, (memories, tables, pages, elements) => {
        const plan = () => planMaxima(moduleWith(memories.map(memory), tables.map(table)), policyWith(pages, elements))
        const wanted = (all: Size[]) => all.reduce((sum, { min }) => sum + min, 0)
        if (wanted(memories) > pages || wanted(tables) > elements) {
          expect(plan).toThrow(Refusal)
          return
        }
        const planned = plan()
        for (const [given, made, limit] of [
          [memories, planned.memories, pages],
          [tables, planned.tables, elements],
        ] as const) {
          const maxima = made.map((one) => one.limits.max!)
          const sum = maxima.reduce((total, max) => total + max, 0)
          expect(sum).toBeLessThanOrEqual(limit)
          maxima.forEach((max, i) => {
            expect(max).toBeGreaterThanOrEqual(given[i]!.min)
            expect(max).toBeLessThanOrEqual(given[i]!.max ?? Number.POSITIVE_INFINITY)
            expect(made[i]!.limits.min).toBe(given[i]!.min)
          })
          // What is left over is left because nobody could use it.
          if (sum < limit) expect(maxima).toEqual(given.map(({ max }) => max))
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('gives what is left in order of index', () => {
    const plan = planMaxima(
      moduleWith(
        [
          { min: 1, max: 3 },
          { min: 1, max: null },
          { min: 1, max: null },
        ].map(memory),
        [],
      ),
      policyWith(10, 0),
    )
    expect(plan.memories.map((one) => one.limits.max)).toEqual([3, 6, 1])
  })

  it('counts whole pages only', () => {
    const policy = { ...policyWith(0, 0) }
    const almostTwo = { ...policy, quotas: { ...policy.quotas, memoryBytes: 2 * PAGE - 1 } }
    expect(planMaxima(moduleWith([memory({ min: 0, max: null })], []), almostTwo).memories[0]!.limits.max).toBe(1)
  })
})

// The cost table against the opcode table: an allow-list without gaps and without strangers.
import { describe, expect, it } from 'vitest'
import { costOf, entryCost, METERED_INSTRUCTIONS } from '../../../src/sandbox/metering/costs.ts'
import { OPCODES } from '../../../src/wasm/index.ts'

describe('the cost table', () => {
  it('has a row for every instruction that the reader knows, and for no other', () => {
    const known = [...new Set(OPCODES.map(({ name }) => name))].sort()
    expect([...METERED_INSTRUCTIONS.keys()].sort()).toEqual(known)
  })

  it('finds the row of every opcode', () => {
    for (const info of OPCODES) expect(costOf(info), info.name).toBe(METERED_INSTRUCTIONS.get(info.name))
  })

  it('lets nothing run for free but the marks of structure, for which no code is made, and the trap', () => {
    const free = [...METERED_INSTRUCTIONS].filter(([, { fixed }]) => fixed === 0).map(([name]) => name)
    expect(free.sort()).toEqual('block catch catch_all delegate else end loop nop try try_table unreachable'.split(' '))
  })

  it('charges whole units, small enough that those of the largest body can be added exactly', () => {
    for (const [name, { fixed, each = 0, length }] of METERED_INSTRUCTIONS) {
      for (const units of [fixed, each, length?.shift ?? 0, length?.factor ?? 1]) {
        expect(Number.isInteger(units) && units >= 0 && units <= 2 ** 16, name).toBe(true)
      }
      // 2^40 times the factor must stay below 2^63.
      expect((length?.factor ?? 0) * 2 ** 40, name).toBeLessThan(2 ** 62)
    }
  })

  it('charges by length for every instruction whose work has one', () => {
    const byLength = [...METERED_INSTRUCTIONS].filter(([, { length }]) => length !== undefined).map(([name]) => name)
    const bulk = OPCODES.map(({ name }) => name).filter((name) =>
      /^(memory|table|array)\.(fill|copy|init|grow|init_\w+|new|new_default|new_data|new_elem)$/.test(name),
    )
    expect(byLength.sort()).toEqual([...new Set(bulk)].sort())
  })

  it('charges for entering a function by the values that it has to write', () => {
    expect([0, 3, 4, 50_000].map(entryCost)).toEqual([2, 2, 3, 12_502])
  })
})

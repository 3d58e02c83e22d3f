// The handle table: lowest free number first, quota, and closed numbers that mean nothing.
import { describe, expect, it } from 'vitest'
import { GuestFault } from '../../../src/sandbox/host/errno.ts'
import { HandleTable } from '../../../src/sandbox/host/handles.ts'

const errnoOf = (action: () => unknown): number => {
  try {
    action()
  } catch (error) {
    if (error instanceof GuestFault) return error.errno
    throw error
  }
  return 0
}

describe('HandleTable', () => {
  it('gives out the lowest free number', () => {
    const table = new HandleTable(4)
    expect(['stdin', 'stdout', 'stderr'].map((kind) => table.open({ kind } as { kind: 'stdin' }))).toEqual([0, 1, 2])
    table.close(1)
    expect(table.open({ kind: 'stderr' })).toBe(1)
    expect(table.get(1)).toEqual({ kind: 'stderr' })
  })

  it('keeps to its cap, and counts closed ones as free', () => {
    const table = new HandleTable(1)
    table.open({ kind: 'stdin' })
    expect(errnoOf(() => table.open({ kind: 'stdin' }))).toBe(33)
    table.close(0)
    expect(table.open({ kind: 'stdin' })).toBe(0)
  })

  it('knows nothing that is not open', () => {
    const table = new HandleTable(4)
    table.open({ kind: 'stdin' })
    for (const fd of [1, -1, 2 ** 31, Number.NaN]) {
      expect(errnoOf(() => table.get(fd))).toBe(8)
      expect(errnoOf(() => table.close(fd))).toBe(8)
    }
    table.close(0)
    expect(errnoOf(() => table.close(0))).toBe(8)
  })
})

// The handle table: lowest free number first, quota, and closed numbers that mean nothing.
import { describe, expect, it } from 'vitest'
import { GuestFault } from '../../../src/sandbox/host/errno.ts'
import { HandleTable } from '../../../src/sandbox/host/handles.ts'
import { STREAMS, streamHandle } from '../../../src/sandbox/host/streams.ts'

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
    expect(STREAMS.map((stream) => table.open(streamHandle(stream)))).toEqual([0, 1, 2])
    table.close(1)
    expect(table.open(streamHandle('stderr'))).toBe(1)
    expect(table.get(1)).toMatchObject({ kind: 'stream', stream: 'stderr' })
  })

  it('keeps to its cap, and counts closed ones as free', () => {
    const table = new HandleTable(1)
    table.open(streamHandle('stdin'))
    expect(errnoOf(() => table.open(streamHandle('stdin')))).toBe(33)
    table.close(0)
    expect(table.open(streamHandle('stdin'))).toBe(0)
  })

  it('says before something is opened that there is no room for it', () => {
    const table = new HandleTable(1)
    table.reserve()
    table.open(streamHandle('stdin'))
    expect(errnoOf(() => table.reserve())).toBe(33)
  })

  it('tells kinds apart', () => {
    const table = new HandleTable(1)
    table.open(streamHandle('stdin'))
    expect(table.getOf(0, 'stream').stream).toBe('stdin')
    expect(errnoOf(() => table.getOf(0, 'file'))).toBe(8)
  })

  it('moves a handle to the number of another, and gives that back', () => {
    const table = new HandleTable(3)
    for (const stream of STREAMS) table.open(streamHandle(stream))
    expect(table.renumber(2, 0)).toMatchObject({ stream: 'stdin' })
    expect(table.get(0)).toMatchObject({ stream: 'stderr' })
    expect(errnoOf(() => table.get(2))).toBe(8)
    expect(table.renumber(0, 0)).toBeNull()
    for (const [from, to] of [
      [9, 0],
      [0, 9],
      [9, 9],
    ] as const)
      expect(errnoOf(() => table.renumber(from, to))).toBe(8)
    expect(table.all()).toHaveLength(2)
  })

  it('knows nothing that is not open', () => {
    const table = new HandleTable(4)
    table.open(streamHandle('stdin'))
    for (const fd of [1, -1, 2 ** 31, Number.NaN]) {
      expect(errnoOf(() => table.get(fd))).toBe(8)
      expect(errnoOf(() => table.close(fd))).toBe(8)
    }
    table.close(0)
    expect(errnoOf(() => table.close(0))).toBe(8)
  })
})

// The rotation: every round has all items, begins with something of everything, and a few rounds in a row reach all of them.
import { describe, expect, it } from 'vitest'
import { inRotation, roundOfDay } from '../../src/campaign/rotation.ts'

const items = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

describe('inRotation', () => {
  it.each([0, 1, 2, 3, 10, 383, 400])('gives each of %i items once', (count) => {
    for (const round of [0, 1, 2 ** 31 - 1]) expect(inRotation(items(count), round).sort((a, b) => a - b)).toEqual(items(count))
  })

  it.each([
    [27, 10],
    [14, 5],
  ])('reaches all in %i rounds in a row that get through one part of %i each', (rounds, parts) => {
    for (const count of [100, 383, 401]) {
      for (const first of [1, 17, 20_000, 2 ** 31 - 100]) {
        const tried = new Set<number>()
        for (let round = first; round < first + rounds; round++)
          for (const item of inRotation(items(count), round).slice(0, Math.ceil(count / parts))) tried.add(item)
        expect(tried.size).toBe(count)
      }
    }
  })

  it('begins with items from all over the list', () => {
    const quarters = new Set(
      inRotation(items(400), 3)
        .slice(0, 12)
        .map((item) => Math.floor(item / 100)),
    )
    expect(quarters.size).toBe(4)
  })

  it('gives the same order for the same round', () => expect(inRotation(items(50), 9)).toEqual(inRotation(items(50), 9)))
})

it('counts days as rounds', () => {
  expect(roundOfDay(new Date('2026-03-02T00:00:00Z')) - roundOfDay(new Date('2026-03-01T23:59:59Z'))).toBe(1)
})

// Data without a prototype.
import { describe, expect, it } from 'vitest'
import { ownData } from '../../src/sandbox/own-data.ts'

describe('ownData', () => {
  it('copies plain data deeply, with null prototypes', () => {
    const given = { a: [{ b: 1 }, 'x', null], c: undefined, d: 5n }
    const copy = ownData(given) as { a: [object] }
    expect(copy).toEqual(given)
    expect([Object.getPrototypeOf(copy), Object.getPrototypeOf(copy.a[0])]).toEqual([null, null])
    given.a.length = 0
    expect(copy.a).toHaveLength(3)
  })

  it('keeps an own key that is called __proto__ as a key', () => {
    const copy = ownData(JSON.parse('{"__proto__": {"polluted": 1}}')) as object
    expect([Object.keys(copy), 'polluted' in copy]).toEqual([['__proto__'], false])
  })

  it('hands over what is not plain as it is', () => {
    const bytes = Uint8Array.of(1)
    const { signal } = new AbortController()
    expect(ownData({ bytes, signal, bare: Object.create(null) })).toEqual({ bytes, signal, bare: {} })
    expect((ownData({ signal }) as { signal: AbortSignal }).signal).toBe(signal)
    for (const value of [null, undefined, 1, 'x', true]) expect(ownData(value)).toBe(value)
  })

  it('has nothing of a polluted prototype', () => {
    const polluted = Object.prototype as unknown as Record<string, unknown>
    polluted['planted'] = 1
    try {
      const found: string[] = []
      for (const key in ownData({ own: { deep: 1 } }) as object) found.push(key)
      expect(found).toEqual(['own'])
    } finally {
      delete polluted['planted']
    }
  })
})

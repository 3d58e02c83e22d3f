// args_* and environ_*: exactly what was granted, laid out as the specification says.
import { describe, expect, it } from 'vitest'
import { type CallHarness, harness, PAGE } from '../../support/calls.ts'

const kinds = [
  { sizes: 'args_sizes_get', get: 'args_get', grant: 'args' },
  { sizes: 'environ_sizes_get', get: 'environ_get', grant: 'env' },
] as const
const cString = (made: CallHarness, at: number) => {
  const end = made.bytes.indexOf(0, at)
  return Buffer.from(made.bytes.subarray(at, end)).toString()
}

describe.each(kinds)('$get', ({ sizes, get, grant }) => {
  it('fills as many pointers and bytes as the sizes call announced', () => {
    const strings = ['first', '', 'é😀', 'x=y=z']
    const made = harness({ [grant]: strings })
    made.bytes.fill(0xaa)
    expect(made.call(sizes, 0, 4)).toBe(0)
    const [count, size] = [made.view.getUint32(0, true), made.view.getUint32(4, true)]
    expect([count, size]).toEqual([4, 5 + 1 + 1 + 6 + 1 + 5 + 1])
    expect(made.call(get, 16, 1000)).toBe(0)
    const pointers = strings.map((_, i) => made.view.getUint32(16 + i * 4, true))
    expect(pointers.map((at) => cString(made, at))).toEqual(strings)
    expect(pointers[0]).toBe(1000)
    // Not a byte more than announced.
    expect([made.bytes[16 + 4 * count], made.bytes[1000 + size]]).toEqual([0xaa, 0xaa])
  })

  it('has nothing to say when nothing is granted', () => {
    const made = harness({ [grant]: [] })
    made.bytes.fill(0xaa)
    expect(made.call(sizes, 0, 4)).toBe(0)
    expect([made.view.getUint32(0, true), made.view.getUint32(4, true)]).toEqual([0, 0])
    expect(made.call(get, PAGE, PAGE)).toBe(0)
    expect(made.call(get, PAGE + 1, 0)).toBe(21)
    expect(made.call(get, 0, PAGE + 1)).toBe(21)
    expect(made.bytes[8]).toBe(0xaa)
  })

  it('writes no pointer when the strings do not fit, and no string when the pointers do not', () => {
    const made = harness({ [grant]: ['abc', 'def'] })
    expect(made.call(get, 0, PAGE - 7)).toBe(21)
    expect(made.call(get, PAGE - 7, 0)).toBe(21)
    expect(made.bytes.every((byte) => byte === 0)).toBe(true)
    expect(made.call(get, 0, PAGE - 8)).toBe(0)
  })
})

// The one accessor of guest memory.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GuestFault } from '../../../src/sandbox/host/errno.ts'
import { GuestMemory } from '../../../src/sandbox/host/guest-memory.ts'
import { badPointers, goodPointers } from '../support/boundary.ts'
import { PAGE } from '../support/calls.ts'

const fresh = () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 4 })
  return { memory, guest: new GuestMemory(memory) }
}
const faults = (action: () => unknown) => expect(action).toThrow(GuestFault)

describe('GuestMemory', () => {
  it('checks exactly the ranges that are inside, whatever numbers it is given', () => {
    const { guest } = fresh()
    const number = fc.oneof(
      fc.integer({ min: -2, max: PAGE + 2 }),
      fc.constantFrom(2 ** 31, 2 ** 32 - 1, 2 ** 53, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, -(2 ** 31)),
    )
    fc.assert(
      fc.property(number, number, (pointer, length) => {
        const whole = Number.isInteger(pointer) && Number.isInteger(length)
        const inside = whole && pointer >= 0 && length >= 0 && BigInt(pointer) + BigInt(length) <= BigInt(PAGE)
        if (inside) guest.check(pointer, length)
        else faults(() => guest.check(pointer, length))
      }),
      { numRuns: 2000 },
    )
  })

  it('reads copies and writes in place', () => {
    const { memory, guest } = fresh()
    guest.write(10, Uint8Array.of(1, 2, 3))
    const copy = guest.read(10, 3)
    new Uint8Array(memory.buffer)[10] = 99
    expect([...copy]).toEqual([1, 2, 3])
    guest.writeU32(20, 0x01020304)
    guest.writeU64(24, 0x0102030405060708n)
    expect([...guest.read(20, 12)]).toEqual([4, 3, 2, 1, 8, 7, 6, 5, 4, 3, 2, 1])
    expect(guest.readU32(20)).toBe(0x01020304)
  })

  it('counts what it copies, in either direction, and nothing that it refuses', () => {
    const { guest } = fresh()
    guest.read(0, 10)
    guest.readU32(0)
    guest.write(0, new Uint8Array(100))
    guest.writeU32(0, 1)
    guest.writeU64(0, 1n)
    faults(() => guest.read(PAGE, 1))
    faults(() => guest.write(PAGE, new Uint8Array(1)))
    expect(guest.tally).toMatchObject({ fromGuest: 14, toGuest: 112 })
  })

  it('refuses every access that leaves the memory, and leaves the memory alone', () => {
    for (const [bytes, action] of [
      [8, (g: GuestMemory, at: number) => g.read(at, 8)],
      [8, (g: GuestMemory, at: number) => g.write(at, new Uint8Array(8).fill(1))],
      [4, (g: GuestMemory, at: number) => g.readU32(at)],
      [4, (g: GuestMemory, at: number) => g.writeU32(at, 0xffffffff)],
      [8, (g: GuestMemory, at: number) => g.writeU64(at, 2n ** 64n - 1n)],
    ] as const) {
      const { memory, guest } = fresh()
      for (const at of badPointers(bytes)) faults(() => action(guest, at))
      expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true)
      for (const at of goodPointers(bytes)) action(guest, at)
    }
  })

  it.each([
    ['a memory of its own', { initial: 1, maximum: 4 }],
    // Its buffer is not taken away by growth, so nothing shows on the old views.
    ['a memory that others share', { initial: 1, maximum: 4, shared: true }],
    ['a memory that was empty', { initial: 0, maximum: 4 }],
  ])('sees growth at once, of %s', (_, descriptor) => {
    const memory = new WebAssembly.Memory(descriptor)
    const guest = new GuestMemory(memory)
    const end = descriptor.initial * PAGE
    faults(() => guest.read(end, 1))
    memory.grow(1)
    expect(guest.size).toBe(end + PAGE)
    guest.writeU32(end + PAGE - 4, 7)
    expect([...guest.read(end + PAGE - 4, 4)]).toEqual([7, 0, 0, 0])
    expect(new Uint8Array(memory.buffer)[end + PAGE - 4]).toBe(7)
  })
})

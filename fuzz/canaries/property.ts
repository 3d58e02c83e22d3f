// A planted defect that only a generator with boundary values finds: the sum of pointer and length, wrapped around at 32 bits (MEM-01). Of numbers
// drawn evenly, one pair in 65,000 shows it.
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { checkProperty } from '../check.ts'

const SIZE = 65_536
const U32 = 0xffff_ffff

const holdsBuffer = (pointer: number, length: number): boolean => (pointer + length) >>> 0 <= SIZE

const word = fc.oneof(fc.integer({ min: 0, max: U32 }), fc.constantFrom(0, 1, SIZE - 1, SIZE, SIZE + 1, U32 - 1, U32))

const property: Property = {
  name: 'canary',
  threats: ['MEM-01'],
  run: async (seed, milliseconds) =>
    checkProperty(
      fc.tuple(word, word),
      ([pointer, length]) =>
        holdsBuffer(pointer, length) && pointer + length > SIZE
          ? `${length} bytes at ${pointer} were taken to be inside of ${SIZE}`
          : null,
      (pair) => JSON.stringify(pair),
      seed,
      milliseconds,
    ),
}
export default property

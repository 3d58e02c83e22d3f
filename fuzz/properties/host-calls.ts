// Whatever a guest passes to host calls, each answers an error number, changes only its outputs, and nothing happens after the guest's end.
import fc from 'fast-check'
import { decodeProgram } from '../../src/attacks/executor/decode.ts'
import { PAGE } from '../../src/attacks/executor/module.ts'
import { mutateProgram } from '../../src/attacks/executor/mutate.ts'
import { formatProgram } from '../../src/attacks/executor/text.ts'
import { ByteChoices } from '../../src/attacks/random.ts'
import type { Property } from '../../src/campaign/property.ts'
import { checkProperty } from '../check.ts'
import { runOneOfMany, smallest } from '../executor.ts'
import { LITERALS } from '../literals.ts'

const decoded = fc.uint8Array({ minLength: 17, maxLength: 200, size: 'max' }).map((bytes) => decodeProgram(bytes, PAGE, LITERALS))
/** Longer ones, and such as no bytes stand for: two programs in one, and honest calls with a little wrong. */
const mutated = fc
  .tuple(decoded, decoded, fc.uint8Array({ minLength: 8, maxLength: 60 }))
  .map(([program, other, choices]) => mutateProgram(program, other, new ByteChoices(choices)))

const property: Property = {
  name: 'host-calls',
  threats: [
    'MEM-01',
    'MEM-02',
    'MEM-03',
    'MEM-09',
    'MEM-10',
    'MEM-11',
    'MEM-12',
    'MEM-16',
    'MEM-21',
    'MEM-24',
    'MEM-26',
    'CTL-01',
    'WSI-04',
    'WSI-06',
  ],
  run: async (seed, milliseconds) =>
    checkProperty(fc.oneof(decoded, mutated), runOneOfMany, (program) => formatProgram(smallest(program)), seed, milliseconds),
}
export default property

// Whatever a jail writes to its host, the host takes it as what it says, within quotas, or hears no more of it; it never fails.
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { checkProperty } from '../check.ts'
import { decodeJailFrames, hearJail } from '../jail-frames.ts'

const property: Property = {
  name: 'jail-frames',
  threats: ['CTL-09', 'HST-09', 'LNK-08', 'RES-07', 'FSX-15'],
  run: async (seed, milliseconds) =>
    checkProperty(
      fc.record({
        frames: fc.uint8Array({ minLength: 4, maxLength: 300, size: 'max' }).map(decodeJailFrames),
        cut: fc.integer({ min: 1, max: 100_000 }),
      }),
      ({ frames, cut }) => hearJail(frames, cut),
      ({ frames, cut }) =>
        [
          `in pieces of ${cut}`,
          ...frames.map(
            ({ type, payload }) =>
              `0x${type.toString(16)} ${JSON.stringify(Buffer.from(payload).toString('latin1').slice(0, 400))}`,
          ),
        ].join('\n'),
      seed,
      milliseconds,
    ),
}
export default property

// What a jail says of its guest's calls, and of why its state cannot be captured, is taken as numbers in their bounds and as words of the host's own, or not
// at all: nothing of it can be a name, or a line of text, of the guest's.
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { ABI } from '../../src/sandbox/host/abi/index.ts'
import { FRAME, ProtocolError } from '../../src/sandbox/isolation/frames.ts'
import { decodeJailFrame } from '../../src/sandbox/isolation/jail-frames.ts'
import { CAPTURE_PROBLEMS } from '../../src/sandbox/snapshot/problem.ts'
import { checkProperty } from '../check.ts'

const number = fc.oneof(
  { weight: 6, arbitrary: fc.nat(5) },
  fc.constantFrom(-1, 0.5, ABI.length - 1, ABI.length, ABI.length + 1, 2 ** 53, 1e300),
  fc.constantFrom(null, '1', [1]),
)
const place = fc.oneof(
  fc.constantFrom('global 3', 'handle 5 (file)', ''),
  fc.string({ maxLength: 5 }),
  fc.constantFrom('table\n3', 'global 3; ls', '\u001b[2J', 'Global', 'x'.repeat(61)),
)
const claim = fc.oneof(
  fc.record({
    type: fc.constant('counts' as const),
    calls: fc.array(fc.array(number, { minLength: 4, maxLength: 4 }), { maxLength: 4 }),
    refusedGrows: number,
    fuel: number,
    open: number,
  }),
  fc.record({
    type: fc.constant('uncapturable' as const),
    problem: fc.constantFrom(...CAPTURE_PROBLEMS, 'because', 'toString'),
    place,
  }),
)
type Claim = typeof claim extends fc.Arbitrary<infer T> ? T : never

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0

function holds(made: Claim): string | null {
  try {
    return made.type === 'counts' ? countsHold(made) : reasonHolds(made)
  } catch (error) {
    return error instanceof ProtocolError ? null : `it threw ${error}`
  }
}

function countsHold({ calls, refusedGrows, fuel, open }: Claim & { type: 'counts' }): string | null {
  const counts = { calls, handles: { open, peak: 1 }, fuel, refusedGrows }
  const ending = { ending: { kind: 'returned', values: [] }, memoryBytes: 0, hostCalls: 0, counts }
  const frame = decodeJailFrame({ type: FRAME.ending, payload: encode(ending) })
  if (frame.kind !== 'ending' || frame.counts === null) return 'an ending with counts is taken for something else'
  let last = -1
  for (const [index] of frame.counts.calls) {
    if (!isCount(index) || index >= ABI.length) return `calls are counted of host call ${index}, and there are ${ABI.length}`
    if (index <= last) return `calls of host call ${index} are counted twice, or out of order`
    last = index
  }
  return isCount(frame.counts.refusedGrows) && frame.counts.refusedGrows <= 3
    ? null
    : `memory.grow is told to have been refused in ${frame.counts.refusedGrows} ways, and there are 3`
}

function reasonHolds({ problem, place }: Claim & { type: 'uncapturable' }): string | null {
  const frame = decodeJailFrame({ type: FRAME.uncapturable, payload: encode({ problem, place }) })
  if (frame.kind !== 'uncapturable') return 'a reason is taken for something else'
  const { why } = frame
  if (!(CAPTURE_PROBLEMS as readonly string[]).includes(why.problem)) return `${why.problem} is taken for a reason`
  const isPlain = why.place.length <= 60 && /^[a-z0-9 ()]*$/.test(why.place)
  return isPlain ? null : `${JSON.stringify(why.place)} is taken for a place in a module`
}

const property: Property = {
  name: 'jail-claims',
  threats: ['CTL-09', 'OUT-11', 'OUT-02'],
  run: async (seed, milliseconds) => checkProperty(claim, holds, (value) => JSON.stringify(value), seed, milliseconds),
}
export default property

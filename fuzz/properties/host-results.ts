// Whatever the code behind a host call gives back, a guest gets an error number of the interface or is ended; nothing is taken for success by mistake.
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { ABI } from '../../src/sandbox/host/abi/index.ts'
import { CallCounts } from '../../src/sandbox/host/call-counts.ts'
import type { HostContext } from '../../src/sandbox/host/context.ts'
import { ERRNO, errnoName, GuestFault } from '../../src/sandbox/host/errno.ts'
import { gate } from '../../src/sandbox/host/gate.ts'
import type { Handler } from '../../src/sandbox/host/handler.ts'
import { checkProperty } from '../check.ts'

/** The ways in which a handler can end, with what it gives back or throws. */
const ENDINGS = ['returns', 'throws', 'throws a fault'] as const

interface Answer {
  readonly call: number
  readonly ending: (typeof ENDINGS)[number]
  readonly value: unknown
}

const value = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, true, false, '', '0', Promise.resolve(0), () => 0, Symbol('0'), [], [0], {
    errno: 0,
  }),
  fc.constantFrom<unknown>(Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5, 77, 2 ** 32, 2 ** 32 + 8, 0n, 8n),
  fc.constantFrom<unknown>(ERRNO.success, ERRNO.badf, ERRNO.notcapable),
  fc.double(),
  fc.object({ maxDepth: 1 }),
)
const answer: fc.Arbitrary<Answer> = fc.record({
  call: fc.nat(ABI.length - 1),
  ending: fc.constantFrom(...ENDINGS),
  value,
})

const TRAP = Symbol('the guest was ended')

/** As much of a context as the gate looks at; the guest has a page of memory, all zeros. */
const contextOf = (): HostContext =>
  ({
    grants: {
      ...Object.fromEntries(ABI.flatMap(({ capabilities }) => capabilities).map((capability) => [capability, true])),
      hostCalls: { deny: [], log: [] },
      callLimit: null,
    },
    memory: { check: () => undefined },
    death: null,
    hostCalls: 0,
    calls: new CallCounts(),
    event: () => undefined,
    stopRequested: () => false,
  }) as unknown as HostContext

function holds({ call, ending, value }: Answer): string | null {
  const entry = ABI[call]!
  const handler = (() => {
    if (ending === 'returns') return value
    throw ending === 'throws' ? value : new GuestFault(value as GuestFault['errno'])
  }) as Handler
  const context = contextOf()
  const imported = gate(entry, handler, context, () => {
    throw TRAP
  })
  const zeros = entry.parameters.map(({ type }) => (type === 'i64' ? 0n : 0))
  const isErrno = typeof value === 'number' && errnoName(value) !== undefined
  let got: unknown
  try {
    got = imported(...zeros)
  } catch (error) {
    if (error !== TRAP) return `${entry.name}: an exception of the host's reached the guest`
    if (context.death === null) return `${entry.name}: the guest was ended, and nothing says why`
    return isErrno && ending !== 'throws' ? `${entry.name}: the guest was ended for an error number of the interface` : null
  }
  if (ending === 'throws' || !isErrno) return `${entry.name}: the guest lives on after what is no answer of the interface`
  return got === value ? null : `${entry.name}: the guest got another error number than the call gave`
}

const show = ({ call, ending, value }: Answer) => `${ABI[call]!.name} ${ending}: ${typeof value} ${fc.stringify(value)}`

const property: Property = {
  name: 'host-results',
  threats: ['MEM-15', 'CTL-16', 'HST-08'],
  run: async (seed, milliseconds) => checkProperty(answer, holds, show, seed, milliseconds),
}
export default property

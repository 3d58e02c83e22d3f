// Whatever guests of several principals come, end, trap and are refused, in whatever order: no principal ever has more than its guests may have together,
// none is refused what it has left, and what one has says nothing of another.
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { createSandbox, GuestNotReady, type Instance, PrincipalQuotaExceeded } from '../../src/sandbox/index.ts'
import { checkPropertyAsync } from '../check.ts'

/** `(module (memory 1))`, and the same with a start function that traps. */
const IDLE = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 3, 1, 0, 1])
const TRAPS = Uint8Array.from([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 8, 1, 0, 10, 5, 1, 3, 0, 0, 0x0b,
])
const MiB = 2 ** 20

const PRINCIPALS = [null, 'acme', 'beta', '__proto__', 'p:acme'] as const
const principal = fc.constantFrom(...PRINCIPALS)
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('create' as const), principal, mebibytes: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('trap' as const), principal }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const), which: fc.nat(9) }) },
)
const trial = fc.record({
  instances: fc.integer({ min: 1, max: 4 }),
  mebibytes: fc.integer({ min: 6, max: 15 }),
  steps: fc.array(step, { maxLength: 30 }),
})
type Trial = typeof trial extends fc.Arbitrary<infer T> ? T : never

interface Guest {
  readonly principal: string | null
  readonly mebibytes: number
  readonly instance: Instance
}

async function holds({ instances, mebibytes, steps }: Trial): Promise<string | null> {
  const inline = {
    isolation: { level: 'inline', exclusiveJail: false },
    quotas: { wallClockMs: null, cpuMs: null, residentBytes: null },
  } as const
  await using sandbox = createSandbox(inline, { perPrincipal: { instances, memoryBytes: mebibytes * MiB } })
  const live: Guest[] = []
  for (const one of steps) {
    if (one.do === 'end') {
      const [guest] = live.splice(one.which % Math.max(1, live.length), 1)
      await guest?.instance.terminate()
      continue
    }
    const size = one.do === 'create' ? one.mebibytes : 1
    const own = live.filter((guest) => guest.principal === one.principal)
    const fits = own.length < instances && own.reduce((sum, guest) => sum + guest.mebibytes, size) <= mebibytes
    const options = one.principal === null ? {} : { principal: one.principal }
    const policy = { ...inline, quotas: { ...inline.quotas, memoryBytes: size * MiB } }
    try {
      const instance = await sandbox.create(one.do === 'trap' ? TRAPS : IDLE, policy, options)
      if (!fits) return `${String(one.principal)} got a guest beyond what its guests may have together`
      live.push({ principal: one.principal, mebibytes: size, instance })
    } catch (error) {
      if (error instanceof PrincipalQuotaExceeded) {
        if (fits) return `${String(one.principal)} was refused what it has left: ${error.message}`
      } else if (!(one.do === 'trap' && fits && error instanceof GuestNotReady)) {
        return `a guest was to be started, and there was ${String(error)}`
      }
    }
  }
  return null
}

const property: Property = {
  name: 'principal-sums',
  threats: ['RES-11', 'RES-03', 'RES-09', 'MOD-11'],
  run: async (seed, milliseconds) => checkPropertyAsync(trial, holds, (value) => JSON.stringify(value), seed, milliseconds),
}
export default property

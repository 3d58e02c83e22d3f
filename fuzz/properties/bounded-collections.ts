// Whatever guests come and go, under whatever names, the monitor keeps no more of them than it was told to, forgets nobody who is still there, and
// loses nothing from its sums.
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { ResourceMonitor } from '../../src/sandbox/monitor/resource-monitor.ts'
import { resolvePolicy } from '../../src/sandbox/policy/resolve.ts'
import { checkProperty } from '../check.ts'

const POLICY = resolvePolicy('default')

type Step =
  | { readonly do: 'enter'; readonly principal: string | null }
  | { readonly do: 'write'; readonly which: number; readonly bytes: number }
  | { readonly do: 'leave'; readonly which: number; readonly again: boolean }
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('enter' as const),
    principal: fc.oneof(fc.constantFrom(null, '__proto__', 'constructor', '1', 'a'), fc.nat(30).map(String)),
  }),
  fc.record({ do: fc.constant('write' as const), which: fc.nat(9), bytes: fc.nat(1000) }),
  fc.record({ do: fc.constant('leave' as const), which: fc.nat(9), again: fc.boolean() }),
)
const trial = fc.record({
  keepEnded: fc.nat(4),
  keepPrincipals: fc.nat(4),
  steps: fc.array(step, { maxLength: 60 }),
})
type Trial = typeof trial extends fc.Arbitrary<infer T> ? T : never

function holds({ keepEnded, keepPrincipals, steps }: Trial): string | null {
  const monitor = new ResourceMonitor({ keepEnded, keepPrincipals })
  const live: { readonly principal: string | null; readonly entered: ReturnType<ResourceMonitor['enter']> }[] = []
  let [created, written] = [0, 0]
  for (const one of steps) {
    if (one.do === 'enter') {
      const { principal } = one
      const instance = `${++created}`
      live.push({ principal, entered: monitor.enter({ instance, principal, module: '00', policy: POLICY }) })
    } else {
      const at = one.which % Math.max(1, live.length)
      const guest = live[at]
      if (!guest) continue
      if (one.do === 'write') {
        guest.entered.monitor.wrote(one.bytes)
        written += one.bytes
      } else {
        guest.entered.left()
        // Whoever tells it twice tells it once.
        if (one.again) guest.entered.left()
        live.splice(at, 1)
      }
    }
    const { instances, principals, totals } = monitor.snapshot()
    if (instances.live.length !== live.length || instances.created !== created)
      return `${instances.live.length} of ${instances.created} guests are there, and ${live.length} of ${created} should be`
    if (instances.ended.length > keepEnded)
      return `${instances.ended.length} guests are kept after their end, and ${keepEnded} may be`
    const there = new Set(live.flatMap(({ principal }) => (principal === null ? [] : [principal])))
    // Those of guests that are there are kept whatever their number; the rest goes when the next one comes.
    if (one.do === 'enter' && one.principal !== null && principals.length > Math.max(keepPrincipals, there.size))
      return `${principals.length} principals are kept, and ${keepPrincipals} may be`
    const known = new Set(principals.map(({ principal }) => principal))
    const forgotten = [...there].find((principal) => !known.has(principal))
    if (forgotten !== undefined) return `the principal ${forgotten} is forgotten while a guest of it is there`
    if (totals.outputBytes !== written) return `${totals.outputBytes} bytes of output are counted, and ${written} were written`
  }
  return null
}

const property: Property = {
  name: 'bounded-collections',
  threats: ['RES-07'],
  run: async (seed, milliseconds) => checkProperty(trial, holds, (value) => JSON.stringify(value), seed, milliseconds),
}
export default property

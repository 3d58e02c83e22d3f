// Whatever version an engine says that it has, a policy that refuses engines with published defects refuses it if one is published, or if it is no
// engine that the list speaks of, and in no other case.
import fc from 'fast-check'
import type { Property } from '../../src/campaign/property.ts'
import { ADVISORIES, ENDED_LINES } from '../../src/sandbox/engine/advisories.ts'
import { unenforceable } from '../../src/sandbox/policy/enforceable.ts'
import { resolvePolicy } from '../../src/sandbox/policy/resolve.ts'
import { checkProperty } from '../check.ts'

const BASE = resolvePolicy('default')
const REFUSING = { ...BASE, isolation: { ...BASE.isolation, engineGate: 'refuse' as const } }

/** Near the versions with a fix, where mistakes are, and anywhere else. */
const version = fc.oneof(
  fc
    .tuple(fc.constantFrom(...ADVISORIES), fc.nat(), fc.integer({ min: -1, max: 1 }), fc.integer({ min: -1, max: 1 }))
    .map(([{ node }, which, minor, patch]) => {
      const lines = Object.entries(node)
      const [line, [fixedMinor, fixedPatch]] = lines[which % lines.length]!
      return [Number(line), Math.max(0, fixedMinor + minor), Math.max(0, fixedPatch + patch)] as const
    }),
  fc.tuple(fc.integer({ min: 18, max: 30 }), fc.nat(30), fc.nat(12)),
)
const trial = fc.record({ version, other: fc.constantFrom(null, null, null, 'bun', 'deno', 'unnamed') })
type Trial = typeof trial extends fc.Arbitrary<infer T> ? T : never

const versionsOf = ({ version: [major, minor, patch], other }: Trial): Record<string, string> => {
  const node = `${major}.${minor}.${patch}`
  if (other === 'unnamed') return { node }
  return { node, v8: '13.6.233.17', ...(other !== null && { [other]: '2.0.0' }) }
}

/** In one number, which is another way to compare than the gate's. */
const ordinal = (minor: number, patch: number) => minor * 1000 + patch

/** @returns why it must be refused, or null */
function expected({ version: [major, minor, patch], other }: Trial): string | null {
  if (other !== null) return 'it is no engine that the list speaks of'
  if (ENDED_LINES.has(major)) return 'its line has ended'
  const found = ADVISORIES.find(({ node }) => {
    const fixed = Object.entries(node).find(([line]) => line === String(major))?.[1]
    return fixed !== undefined && ordinal(minor, patch) < ordinal(...fixed)
  })
  return found ? `of ${found.id}` : null
}

function holds(value: Trial): string | null {
  const refused = unenforceable(REFUSING, versionsOf(value)).some(({ place }) => place === 'isolation.engineGate')
  const why = expected(value)
  if (why !== null && !refused) return `an engine is taken although ${why}`
  if (why === null && refused) return 'an engine is refused that nothing is known against'
  if (unenforceable(BASE, versionsOf(value)).length > 0) return 'a policy that only reports is refused'
  return null
}

const property: Property = {
  name: 'engine-gate',
  threats: ['ENG-01', 'ENG-02', 'ENG-04', 'ENG-08', 'RES-07'],
  run: async (seed, milliseconds) =>
    checkProperty(trial, holds, (value) => JSON.stringify(versionsOf(value)), seed, milliseconds),
}
export default property

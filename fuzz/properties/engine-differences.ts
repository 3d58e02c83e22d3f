// Whatever engines make of the same attacks: each attack that is not the same on all that can take it is told, as are attacks that got through and
// guests that outlived their end; and what is the same everywhere is not.
import fc from 'fast-check'
import { differences, type EngineResult, failures } from '../../src/campaign/engine-matrix.ts'
import type { Property } from '../../src/campaign/property.ts'
import { checkProperty } from '../check.ts'

const ATTACKS = ['CTL-01-a', 'MEM-02-b', 'RES-03-c'] as const
/** What an engine makes of one attack; `-` if it cannot compile it, null if it was not tried. */
const outcome = fc.constantFrom('contained, refused', 'contained, refused', 'contained, limit', 'violated, completed', '-', null)
const engine = fc.record({
  outcomes: fc.tuple(outcome, outcome, outcome),
  killMs: fc.constantFrom(0, 10, 100, 100_000),
})
type Engine = typeof engine extends fc.Arbitrary<infer T> ? T : never

function resultOf({ outcomes, killMs }: Engine, index: number): EngineResult {
  const all = ATTACKS.map((id, at) => [id, outcomes[at]!] as const)
  const tried = all.filter(([, made]) => made !== '-' && made !== null)
  const doubts = tried.filter(([, made]) => made!.startsWith('violated')).map(([id]) => `${id} is violated`)
  return {
    node: `v${20 + index}`,
    v8: '1',
    attacks: tried.length,
    contained: tried.length - doubts.length,
    notApplicable: all.filter(([, made]) => made === '-').map(([id]) => id),
    doubts,
    killed: killMs > 0 ? 1 : 0,
    longestKillMs: killMs,
    longestKill: killMs > 0 ? ATTACKS[0] : null,
    outcomes: new Map(tried as [string, string][]),
  }
}

function holds(engines: readonly Engine[]): string | null {
  const results = engines.map(resultOf)
  const told = new Set(differences(results).map(({ attack }) => attack))
  for (const [at, id] of ATTACKS.entries()) {
    const made = engines.map(({ outcomes }) => outcomes[at]!).filter((one) => one !== '-')
    // Not tried is a difference too, unless it was tried nowhere.
    const differs = new Set(made).size > 1
    if (differs !== told.has(id))
      return `${id} is ${made.join('; ')}, and that is ${told.has(id) ? '' : 'not '}told as a difference`
  }
  const words = failures(results)
  for (const { node, doubts, longestKillMs } of results) {
    const mine = words.filter((text) => text.startsWith(`${node}: `))
    const expected = doubts.length + (longestKillMs >= 100_000 ? 1 : 0)
    if (mine.length !== expected) return `${node} has ${expected} faults, and ${mine.length} are told`
  }
  return null
}

const property: Property = {
  name: 'engine-differences',
  threats: ['ENG-08'],
  run: async (seed, milliseconds) =>
    checkProperty(fc.array(engine, { maxLength: 4 }), holds, (value) => JSON.stringify(value), seed, milliseconds),
}
export default property

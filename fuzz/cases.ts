// Runs a property that is a list of cases, each a moment that chance would hardly ever hit: in a random order, again and again while there is time.
import { nextInput, SHOWN } from '../src/campaign/input-journal.ts'
import type { PropertyRun } from '../src/campaign/property.ts'

/** Returns what is wrong, in one sentence, or null. */
export type Case = () => Promise<string | null> | string | null

/** Every case is tried once, however little time there is. */
export async function checkCases(
  cases: Readonly<Record<string, Case>>,
  seed: number,
  milliseconds: number,
): Promise<PropertyRun> {
  const all = Object.entries(cases)
  const end = performance.now() + milliseconds
  let executions = 0
  do {
    for (const index of all.keys()) {
      const [name, holds] = all[(index + seed) % all.length]!
      executions++
      const next = nextInput()
      const problem = next === 'try' ? await holds() : next === 'show' ? SHOWN : null
      if (problem !== null) return { executions, failure: { message: problem, counterexample: name } }
    }
  } while (performance.now() < end)
  return { executions }
}

// Runs a fast-check property for some milliseconds and says what came of it in the campaign's words.
import fc from 'fast-check'
import type { PropertyRun } from '../src/campaign/property.ts'

/**
 * @param holds returns what is wrong, in one sentence, or null
 * @param show the counterexample as people read it
 */
export function checkProperty<T>(
  arbitrary: fc.Arbitrary<T>,
  holds: (value: T) => string | null,
  show: (value: T) => string,
  seed: number,
  milliseconds: number,
): PropertyRun {
  const property = fc.property(arbitrary, (value) => {
    const problem = holds(value)
    if (problem !== null) throw new Error(problem)
  })
  const details = fc.check(property, {
    seed,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: milliseconds,
    markInterruptAsFailure: false,
  })
  if (!details.failed) return { executions: details.numRuns }
  const [value] = details.counterexample!
  return {
    executions: details.numRuns,
    failure: {
      message: holds(value) ?? 'it failed once and holds now',
      counterexample: show(value),
      replay: `seed ${details.seed}, path ${details.counterexamplePath}`,
    },
  }
}

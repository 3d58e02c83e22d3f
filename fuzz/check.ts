// Runs a fast-check property for some milliseconds and says what came of it in the campaign's words.
import fc from 'fast-check'
import type { PropertyRun } from '../src/campaign/property.ts'

export const parameters = (seed: number, milliseconds: number) => ({
  seed,
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: milliseconds,
  markInterruptAsFailure: false,
})

const refuted = (problem: string | null): void => {
  if (problem !== null) throw new Error(problem)
}

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
  const property = fc.property(arbitrary, (value) => refuted(holds(value)))
  const details = fc.check(property, parameters(seed, milliseconds))
  return details.counterexample ? failedRun(details, holds(details.counterexample[0]), show) : { executions: details.numRuns }
}

/** The same for what has to be waited for. Of a time that was over before the first input, nothing is known. */
export async function checkPropertyAsync<T>(
  arbitrary: fc.Arbitrary<T>,
  holds: (value: T) => Promise<string | null>,
  show: (value: T) => string,
  seed: number,
  milliseconds: number,
): Promise<PropertyRun> {
  const property = fc.asyncProperty(arbitrary, async (value) => refuted(await holds(value)))
  const details = await fc.check(property, parameters(seed, milliseconds))
  return details.counterexample
    ? failedRun(details, await holds(details.counterexample[0]), show)
    : { executions: details.numRuns }
}

function failedRun<T>(details: fc.RunDetails<[T]>, problem: string | null, show: (value: T) => string): PropertyRun {
  return {
    executions: details.numRuns,
    failure: {
      message: problem ?? 'it failed once and holds now',
      counterexample: show(details.counterexample![0]),
      replay: `seed ${details.seed}, path ${details.counterexamplePath}`,
    },
  }
}

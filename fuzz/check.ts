// Runs a fast-check property for some milliseconds and says what came of it in the campaign's words.
import fc from 'fast-check'
import { nextInput, SHOWN } from '../src/campaign/input-journal.ts'
import type { PropertyRun } from '../src/campaign/property.ts'

/** How fast-check is asked. */
export const parameters = (seed: number, milliseconds: number) => ({
  seed,
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: milliseconds,
  markInterruptAsFailure: false,
})

/** What a property says of an input; anything else that is thrown is a defect of the property itself. */
class Refuted extends Error {}

/** Throws what is wrong. Each input is noted before it is tried. */
export function refute(holds: () => string | null): void {
  const next = nextInput()
  const problem = next === 'try' ? holds() : next === 'show' ? SHOWN : null
  if (problem !== null) throw new Refuted(problem)
}

export async function refuteAsync(holds: () => Promise<string | null>): Promise<void> {
  const next = nextInput()
  const problem = next === 'try' ? await holds() : next === 'show' ? SHOWN : null
  if (problem !== null) throw new Refuted(problem)
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
  const property = fc.property(arbitrary, (value) => refute(() => holds(value)))
  const details = fc.check(property, parameters(seed, milliseconds))
  return runOf(details, show)
}

/** The same for what has to be waited for. Of a time that was over before the first input, nothing is known. */
export async function checkPropertyAsync<T>(
  arbitrary: fc.Arbitrary<T>,
  holds: (value: T) => Promise<string | null>,
  show: (value: T) => string,
  seed: number,
  milliseconds: number,
): Promise<PropertyRun> {
  const property = fc.asyncProperty(arbitrary, async (value) => await refuteAsync(() => holds(value)))
  const details = await fc.check(property, parameters(seed, milliseconds))
  return runOf(details, show)
}

/** @throws what the property threw, if that says nothing of the input */
export function runOf<T extends unknown[]>(details: fc.RunDetails<T>, show: (...values: T) => string): PropertyRun {
  const { numRuns: executions, counterexample, errorInstance, seed, counterexamplePath } = details
  if (!counterexample) return { executions }
  if (!(errorInstance instanceof Refuted)) throw errorInstance
  return {
    executions,
    failure: {
      message: errorInstance.message,
      counterexample: show(...counterexample),
      replay: `seed ${seed}, path ${counterexamplePath}`,
    },
  }
}

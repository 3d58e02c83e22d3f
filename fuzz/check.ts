// Runs a fast-check property for some milliseconds and says what came of it in the campaign's words.
import fc from 'fast-check'
import { nextInput, SHOWN } from '../src/campaign/input-journal.ts'
import type { PropertyRun } from '../src/campaign/property.ts'

/** How fast-check is asked. */
const parameters = (seed: number, milliseconds: number) => ({
  seed,
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: milliseconds,
  markInterruptAsFailure: false,
})

/** One input is tried to its end, however little time there is and however busy the machine: else nothing would be known. */
const once = (seed: number) => ({ seed, numRuns: 1 })

export async function checkInTime<T>(
  property: fc.IAsyncProperty<T>,
  seed: number,
  milliseconds: number,
): Promise<fc.RunDetails<T>> {
  const details = await fc.check(property, parameters(seed, milliseconds))
  return details.interrupted && details.numRuns === 0 ? await fc.check(property, once(seed)) : details
}

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
  return runOf(details.interrupted && details.numRuns === 0 ? fc.check(property, once(seed)) : details, show)
}

/** The same for what has to be waited for. */
export async function checkPropertyAsync<T>(
  arbitrary: fc.Arbitrary<T>,
  holds: (value: T) => Promise<string | null>,
  show: (value: T) => string,
  seed: number,
  milliseconds: number,
): Promise<PropertyRun> {
  const property = fc.asyncProperty(arbitrary, async (value) => await refuteAsync(() => holds(value)))
  return runOf(await checkInTime(property, seed, milliseconds), show)
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

// Tries things that happen at the same time in every order that a scheduler can think of, and shows the order that something went wrong in.
import fc from 'fast-check'
import type { PropertyRun } from '../../src/campaign/property.ts'
import { checkInTime, refuteAsync, runOf } from '../check.ts'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Turns of the event loop in which nothing was scheduled, after which nothing will be. */
const QUIET_TURNS = 3

/** Until nobody waits for the scheduler any more, those included who come back through the event loop. */
export async function untilQuiet(scheduler: fc.Scheduler): Promise<void> {
  for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
    if (scheduler.count() > 0) quiet = 0
    await scheduler.waitIdle()
    await turn()
  }
}

/**
 * @param holds returns what is wrong, in one sentence, or null
 * @param show what was tried, as people read it
 */
export async function checkRaces<T>(
  arbitrary: fc.Arbitrary<T>,
  holds: (value: T, scheduler: fc.Scheduler) => Promise<string | null>,
  show: (value: T) => string,
  seed: number,
  milliseconds: number,
): Promise<PropertyRun> {
  const property = fc.asyncProperty(
    fc.scheduler(),
    arbitrary,
    async (scheduler, value) => await refuteAsync(() => holds(value, scheduler)),
  )
  return runOf(await checkInTime(property, seed, milliseconds), (scheduler, value) => `${show(value)}\n${String(scheduler)}`)
}

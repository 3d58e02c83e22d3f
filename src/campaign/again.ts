// How often a finding can be seen again: a few tries if they agree, more if they do not. One that is not seen again is flaky, not gone.
import type { FindingRecord } from '../reports/run-record.ts'
import { monotonicMs } from './clock.ts'

/** Tries once more; true if the same cause showed. */
export type TryAgain = () => Promise<boolean>

/** Tries of a finding that shows each time. */
const TRIES = 3
/** Tries of one that does not: enough to tell "every other time" from "hardly ever". */
const FLAKY_TRIES = 10
/** Time for all of them, in milliseconds: what hangs takes its whole deadline each time. The first try is made in any case. */
const WITHIN_MS = 20_000

export async function seeAgain(again: TryAgain, signal?: AbortSignal): Promise<Pick<FindingRecord, 'reproduced' | 'flaky'>> {
  const untilMs = monotonicMs() + WITHIN_MS
  let runs = 0
  let times = 0
  const enough = (): boolean => runs >= (times === runs ? TRIES : FLAKY_TRIES) || (runs > 0 && monotonicMs() >= untilMs)
  while (!enough() && !signal?.aborted) {
    if (await again()) times++
    runs++
  }
  // Nothing is known of one that could not be tried.
  return { reproduced: { runs, times }, ...(runs > 0 && { flaky: times < runs }) }
}

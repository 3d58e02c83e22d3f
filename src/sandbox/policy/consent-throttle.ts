// When nobody is asked any more: whoever refuses again and again has said enough, and a flood of questions is answered without one (OUT-10).
import type { ConsentRecord } from './consent-store.ts'

/** Refusals of modules with one name, within {@link NAME_WINDOW_MS}: new bytes or new words alone bring no further question. */
export const REFUSALS_OF_A_NAME = 3
const NAME_WINDOW_MS = 24 * 3600e3
/** Refusals of whatever modules, within {@link ALL_WINDOW_MS}: names cost an author nothing. */
export const REFUSALS_OF_ALL = 10
const ALL_WINDOW_MS = 600e3

/**
 * True if the next question is not asked, and taken as refused. Taking a record away (`ConsentStore.remove`) lets its name ask again.
 *
 * @param now milliseconds since the epoch
 */
export function isThrottled(
  records: readonly ConsentRecord[],
  { name, principal }: Pick<ConsentRecord, 'name' | 'principal'>,
  now: number,
): boolean {
  // A record from the future is from a clock that was wrong; it counts, or setting a clock back would open the flood again.
  const refused = records.filter(({ state, time }) => state === 'denied' && now - time < NAME_WINDOW_MS)
  const ofName = refused.filter((record) => record.name === name && record.principal === principal)
  const lately = refused.filter(({ time }) => now - time < ALL_WINDOW_MS)
  return ofName.length >= REFUSALS_OF_A_NAME || lately.length >= REFUSALS_OF_ALL
}

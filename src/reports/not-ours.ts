// What a report on somebody else's host says in place of what is only known of our own sandbox.
import type { EngineRunRecord } from './run-record.ts'

export const NO_WEAKENINGS = 'No weakening was planted: that is done in the code of our own sandbox, which this run is not about.'

/** Engines that had something to do, and one sentence on those that had not; null if there are none. */
export function applicableEngines(engines: readonly EngineRunRecord[]): {
  readonly shown: readonly EngineRunRecord[]
  readonly rest: string | null
} {
  const shown = engines.filter(({ result }) => result !== 'not-applicable')
  const rest = engines.filter(({ result }) => result === 'not-applicable')
  const reasons = [...new Set(rest.map(({ reason }) => reason))]
  return { shown, rest: rest.length === 0 ? null : `Not applicable, ${rest.length} of ${engines.length}: ${reasons.join('; ')}.` }
}

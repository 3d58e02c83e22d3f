// Alert thresholds: shares of a policy's limits. One that could never be told is refused before a guest runs.
import { PolicyError, UsageError } from '../errors.ts'
import type { Policy } from '../policy/schema.ts'

/** Who measures a figure. The jail's word is bounded and counted, but a guest that broke out of its engine can make it up. */
export type MeasuredBy = 'host' | 'jail'

/** The quotas that can be watched, each by the name that it has in the policy. */
export const ALERT_METRICS = {
  wallClockMs: 'host',
  cpuMs: 'host',
  residentBytes: 'host',
  outputBytes: 'host',
  networkBytes: 'host',
  networkRequests: 'host',
  /** The time of one brokered call. */
  hostCallMs: 'host',
  kvBytes: 'host',
  kvEntries: 'host',
  memoryBytes: 'jail',
  handles: 'jail',
  fuel: 'jail',
} as const satisfies Partial<Record<keyof Policy['quotas'], MeasuredBy>>
export type AlertMetric = keyof typeof ALERT_METRICS

export interface AlertThreshold {
  readonly metric: AlertMetric
  /** Share of the policy's limit, more than 0 and at most 1. */
  readonly at: number
}

/** More would be looked through at every sample. */
const MAX_THRESHOLDS = 50

const isMetric = (name: unknown): name is AlertMetric => typeof name === 'string' && Object.hasOwn(ALERT_METRICS, name)

/**
 * @param list what the embedder wrote
 * @throws {UsageError} if it is no list of thresholds, or holds one twice
 */
export function readThresholds(list: unknown): readonly AlertThreshold[] {
  if (!Array.isArray(list) || list.length > MAX_THRESHOLDS)
    throw new UsageError(`monitor.alerts must be a list of at most ${MAX_THRESHOLDS} thresholds.`)
  const seen = new Set<string>()
  return list.map((entry: unknown, index) => {
    const place = `monitor.alerts[${index}]`
    const own = entry !== null && typeof entry === 'object' ? new Map(Object.entries(entry)) : new Map<string, unknown>()
    const metric = own.get('metric')
    const at = own.get('at')
    if (!isMetric(metric))
      throw new UsageError(
        `${place}.metric must be one of ${Object.keys(ALERT_METRICS).join(', ')}: the quotas that are measured.`,
      )
    if (typeof at !== 'number' || !(at > 0 && at <= 1))
      throw new UsageError(`${place}.at must be a share of the limit: more than 0 and at most 1.`)
    if (own.size !== 2) throw new UsageError(`${place} must have the keys metric and at, and no others.`)
    if (seen.has(`${metric} ${at}`)) throw new UsageError(`${place} is there twice.`)
    seen.add(`${metric} ${at}`)
    return { metric, at }
  })
}

/** @throws {PolicyError} if a threshold is the share of a limit that the policy does not have */
export function checkThresholds(thresholds: readonly AlertThreshold[], { name, quotas }: Policy): void {
  const without = [...new Set(thresholds.map(({ metric }) => metric))].filter((metric) => quotas[metric] === null)
  if (without.length === 0) return
  const places = without.map((metric) => `quotas.${metric}`)
  throw new PolicyError(
    `An alert cannot be given: the policy "${name}" has no limit for ${places.join(', ')}. Set one, or leave the alert out.`,
    places,
  )
}

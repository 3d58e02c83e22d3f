// Entry point `wasm-gauntlet/opentelemetry`: a monitor's figures through OpenTelemetry's metrics API. Needs the peer dependency @opentelemetry/api.
import { type Attributes, type Meter, metrics, type Observable, type ObservableResult } from '@opentelemetry/api'
import { LATENCY_BOUNDS_MS } from './latency.ts'
import { METRICS, type Metric, OPERATION_DURATION, PREFIX, principalMetrics } from './metrics.ts'
import type { ResourceMonitor } from './resource-monitor.ts'

export interface OpenTelemetryOptions {
  /** Default: the global meter provider's, named `wasm-gauntlet`. */
  readonly meter?: Meter
  /** Added to every measurement, for embedders with several sandboxes. */
  readonly attributes?: Readonly<Attributes>
  /** Principals that get measurements of their own, at most; the default is none. */
  readonly principals?: number
}

/**
 * Offers everything that the monitor adds up as observable instruments, which are read when the embedder's reader collects, and records the
 * duration of brokered calls from now on.
 *
 * @returns ends it
 */
export function reportToOpenTelemetry(monitor: ResourceMonitor, options: OpenTelemetryOptions = {}): () => void {
  const { meter = metrics.getMeter('wasm-gauntlet'), attributes = {}, principals = 0 } = options
  const list = principals > 0 ? [...METRICS, ...principalMetrics(principals)] : METRICS
  const undo = list.map((metric) => {
    const instrument = observable(meter, metric)
    const observe = (result: ObservableResult) => {
      for (const [value, own] of metric.read(monitor)) result.observe(value, { ...attributes, ...own })
    }
    instrument.addCallback(observe)
    return () => instrument.removeCallback(observe)
  })
  const { name, unit, description, attribute } = OPERATION_DURATION
  const advice = { explicitBucketBoundaries: LATENCY_BOUNDS_MS.map((bound) => bound / 1000) }
  const duration = meter.createHistogram(name, { unit, description, advice })
  const unsubscribe = monitor.subscribe(
    (event) => {
      if (event.type === 'brokered') duration.record(event.milliseconds / 1000, { ...attributes, [attribute]: event.operation })
    },
    { types: ['brokered'] },
  )
  return () => {
    unsubscribe()
    for (const remove of undo) remove()
  }
}

function observable(meter: Meter, { name, kind, unit, description }: Metric): Observable {
  const full = PREFIX + name
  return kind === 'counter'
    ? meter.createObservableCounter(full, { unit, description })
    : meter.createObservableGauge(full, { unit, description })
}
